"""Replaces a file in S3 by new bytes and ranges of itself, which S3 copies (a multipart upload).

Whatever fails or is killed on the way, the file stays: the last call puts the new one in its place,
and only if it is still the same. What was uploaded until then is removed, at the latest by the
bucket's rule.
"""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from botocore.exceptions import ClientError

from meet.recordings.byte_range import ByteRange
from meet.recordings.media import MediaStore, failure_of

logger = logging.getLogger(__name__)

MIN_PART = 5 * 1024 * 1024
"""Bytes of any part but the last, by S3's rule."""

COPIED_AT_ONCE = 256 * 1024 * 1024
"""Bytes that one call copies, in seconds. S3 takes 10,000 parts, of 5 GiB at most."""

_PARALLEL = 8
_CHECKSUM: Final = "CRC32"
_KEPT = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
    "Metadata",
    "StorageClass",
)


@dataclass(frozen=True, slots=True)
class Original:
    """A file that is to be replaced, with what the new one keeps of it."""

    key: str
    size: int
    etag: str
    kept: dict[str, Any]


@dataclass
class Upload:
    """The new file, part by part."""

    id: str
    parts: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Replacement:
    """Reads and replaces files; raises FileChanged or FileLost if one is not the same."""

    media: MediaStore

    def original(self, key: str) -> Original:
        """Return the file that is there now."""
        try:
            head = self.media.client.head_object(Bucket=self.media.bucket, Key=key)
        except ClientError as error:
            raise failure_of(error, key) from error
        kept = {name: head[name] for name in _KEPT if name in head}  # type: ignore[literal-required]
        return Original(key, head["ContentLength"], head["ETag"], kept)

    def read(self, original: Original, start: int, end: int) -> bytes:
        """Return the bytes from `start` until `end`, at most to the end of the file."""
        part = ByteRange(start, end - 1)
        with self.media.open(original.key, part, etag=original.etag) as opened:
            return opened.body.read()

    @contextmanager
    def begun(self, original: Original) -> Iterator[Upload]:
        """Begin a new file, which is given up if the block fails."""
        client, place = self.media.client, self._place(original)
        try:
            tags = client.get_object_tagging(**place)["TagSet"]
        except ClientError as error:
            raise failure_of(error, original.key) from error
        tagging: Any = {"Tagging": urlencode({each["Key"]: each["Value"] for each in tags})}
        begun = client.create_multipart_upload(
            **place, ChecksumAlgorithm=_CHECKSUM, **original.kept, **(tagging if tags else {})
        )
        upload = Upload(begun["UploadId"])
        try:
            yield upload
        except Exception:
            self._give_up(original, upload)
            raise

    def add(self, original: Original, upload: Upload, content: bytes) -> None:
        """Upload the next part."""
        number = len(upload.parts) + 1
        answer = self.media.client.upload_part(
            **self._place(original),
            UploadId=upload.id,
            PartNumber=number,
            Body=content,
            ChecksumAlgorithm=_CHECKSUM,
        )
        upload.parts.append(_part(number, answer))

    def copy(self, original: Original, upload: Upload, start: int, end: int) -> None:
        """Let S3 copy the bytes from `start` until `end`, as the next parts."""
        first = len(upload.parts) + 1
        starts = range(start, end, COPIED_AT_ONCE)

        def copied(place: int) -> dict[str, Any]:
            last = min(starts[place] + COPIED_AT_ONCE, end) - 1
            return self._copied(original, upload, first + place, ByteRange(starts[place], last))

        with ThreadPoolExecutor(_PARALLEL) as pool:
            upload.parts += pool.map(copied, range(len(starts)))

    def _copied(
        self, original: Original, upload: Upload, number: int, part: ByteRange
    ) -> dict[str, Any]:
        place = self._place(original)
        try:
            answer = self.media.client.upload_part_copy(
                **place,
                UploadId=upload.id,
                PartNumber=number,
                CopySource=place,
                CopySourceIfMatch=original.etag,
                CopySourceRange=str(part),
            )
        except ClientError as error:
            raise failure_of(error, original.key) from error
        return _part(number, answer["CopyPartResult"])

    def complete(self, original: Original, upload: Upload) -> None:
        """Put the new file in the place of the original, if that is still there."""
        try:
            self.media.client.complete_multipart_upload(
                **self._place(original),
                UploadId=upload.id,
                MultipartUpload={"Parts": upload.parts},
                IfMatch=original.etag,
            )
        except ClientError as error:
            raise failure_of(error, original.key) from error

    def _give_up(self, original: Original, upload: Upload) -> None:
        try:
            self.media.client.abort_multipart_upload(**self._place(original), UploadId=upload.id)
        except Exception:  # the bucket's rule removes it
            logger.warning("upload not aborted", extra={"key": original.key}, exc_info=True)

    def _place(self, original: Original) -> Any:
        return {"Bucket": self.media.bucket, "Key": original.key}


def _part(number: int, answer: Any) -> dict[str, Any]:
    known = {name: answer[name] for name in ("ETag", f"Checksum{_CHECKSUM}") if name in answer}
    return {"PartNumber": number, **known}
