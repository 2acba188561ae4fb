"""The files of recordings in S3: only this module and `replacement` know the bucket."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from botocore.exceptions import ClientError

from meet import clock
from meet.clock import SECOND, Milliseconds
from meet.recordings.byte_range import ByteRange

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

LINK_LIFETIME = 15 * 60
"""Seconds. A link ends with the session of the role that signed it. Lambda does not say when that
is, but no session of a role is shorter than this."""

MEDIA_TYPE = "video/mp4"

MAX_DELETES = 1000
"""Keys that one DeleteObjects accepts."""

_CHUNK = 64 * 1024
"""Bytes read at a time: a 4 MiB range is never in memory twice."""

_MISSING = {"404", "NoSuchKey", "NotFound"}
_NOT_A_VERSION = {
    *("400", "InvalidArgument", "404", "NoSuchVersion", "405", "MethodNotAllowed"),
    *("403", "AccessDenied"),  # for a missing one, without permission to list versions
}
"""S3's codes for a version that is gone or never was, and for a delete marker."""
_CONTENT_RANGE = re.compile(r"bytes \d+-\d+/(\d+)")


class FileLost(Exception):
    """The object is not in the bucket."""


class FileChanged(Exception):
    """The object was replaced: it has a different ETag."""


class OutsideOfFile(Exception):
    """The range lies outside the object."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Size, ETag and version of an object."""

    size: int
    etag: str
    version: str | None = None
    """S3's VersionId; None in a bucket without versions."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """An object, or a part of it, that is being read."""

    body: "StreamingBody"
    length: int
    """Bytes that are sent."""
    size: int
    """Bytes of the whole object."""
    etag: str
    content_range: str | None
    """The range that is sent; None if it is the whole object."""

    def read_base64(self) -> str:
        """Return the bytes as base64; raises botocore's error if S3 sends fewer than announced."""
        return _base64(self.body)


@dataclass(frozen=True, slots=True)
class Link:
    """A URL and its expiry."""

    url: str
    expires_at: Milliseconds


@dataclass(frozen=True)
class MediaStore:
    """Reads and deletes files."""

    client: "S3Client"
    bucket: str

    def find(self, key: str, *, version: str | None = None) -> StoredFile | None:
        """Return the facts about what `open` opens; None if the file is lost."""
        try:
            head = self._answer(self.client.head_object, key, version)
        except FileLost:
            return None
        return StoredFile(head["ContentLength"], head["ETag"], head.get("VersionId"))

    @contextmanager
    def open(
        self,
        key: str,
        part: ByteRange | None,
        *,
        etag: str | None = None,
        version: str | None = None,
    ) -> Iterator[OpenFile]:
        """Open a file or a part of it; with `etag`, only if it has that.

        If `version` is another than the newest and still kept, it is opened instead.

        Size and ETag come with the bytes, so all three belong to the same object.
        Raises FileLost, FileChanged or OutsideOfFile.
        """
        if part is not None and part.is_empty:
            raise OutsideOfFile(key)
        wanted = {} if part is None else {"Range": str(part)}
        condition = {} if etag is None else {"IfMatch": etag}
        found = self._answer(self.client.get_object, key, version, **wanted, **condition)
        sent, length = found.get("ContentRange"), found["ContentLength"]
        total = _CONTENT_RANGE.fullmatch(sent or "")
        size = length if total is None else int(total[1])
        if part is not None and not size:
            raise OutsideOfFile(key)
        with found["Body"] as body:
            yield OpenFile(body, length, size, found["ETag"], sent)

    @property
    def origin(self) -> str:
        """Origin of the presigned URLs."""
        parts = urlsplit(self.link("any").url)
        return f"{parts.scheme}://{parts.netloc}"

    def link(self, key: str, *, method: str = "GET", disposition: str | None = None) -> Link:
        """Return a presigned URL for GET or HEAD; `disposition` becomes Content-Disposition."""
        named = {"ResponseContentDisposition": disposition} if disposition else {}
        url = self.client.generate_presigned_url(
            "head_object" if method == "HEAD" else "get_object",
            Params={
                **self._place(key),
                "ResponseContentType": MEDIA_TYPE,
                **named,
            },
            ExpiresIn=LINK_LIFETIME,
        )
        return Link(url, Milliseconds(clock.now() + LINK_LIFETIME * SECOND))

    def _answer(
        self, ask: Callable[..., Any], key: str, version: str | None, **how: str
    ) -> dict[str, Any]:
        """Return S3's answer about a file, or about an earlier version of it if that is kept.

        Raises FileLost, FileChanged or OutsideOfFile; FileLost also if only old versions are left.
        """
        found, error = self._asked(ask, self._place(key), how)
        is_lost = error is not None and isinstance(failure_of(error, key), FileLost)
        if version not in {None, found.get("VersionId")} and not is_lost:
            earlier, refusal = self._asked(ask, {**self._place(key), "VersionId": version}, how)
            if refusal is None or refusal.response["Error"]["Code"] not in _NOT_A_VERSION:
                if "Body" in found:
                    found["Body"].close()
                found, error = earlier, refusal
        if error is not None:
            raise failure_of(error, key) from error
        return found

    @staticmethod
    def _asked(
        ask: Callable[..., Any], place: dict[str, Any], how: dict[str, str]
    ) -> tuple[dict[str, Any], ClientError | None]:
        try:
            return ask(**place, **how), None
        except ClientError as error:
            return {}, error

    def _place(self, key: str) -> Any:
        return {"Bucket": self.bucket, "Key": key}

    def delete_one(self, key: str) -> None:
        """Delete a file; raises OSError if S3 did not delete it."""
        if self.delete([key]):
            raise OSError(f"S3 did not delete {key}")

    def delete_forever(self, key: str) -> None:
        """Delete all versions of a file; raises OSError if S3 did not delete one.

        Until there are none: one may replace another after they are listed, but none replaces what
        is gone.
        """
        while self._delete_versions(key):
            pass

    def _delete_versions(self, key: str) -> bool:
        """Delete the versions of a file that are listed now; True if there were any."""
        pages, has_found = self.client.get_paginator("list_object_versions"), False
        for page in pages.paginate(Bucket=self.bucket, Prefix=key):
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            versions = [
                {"Key": key, "VersionId": each["VersionId"]} for each in found if each["Key"] == key
            ]
            if versions:
                has_found = True
                answer = self.client.delete_objects(
                    Bucket=self.bucket,
                    Delete={"Objects": versions, "Quiet": True},  # type: ignore[typeddict-item]
                )
                if answer.get("Errors"):
                    raise OSError(f"S3 did not delete all versions of {key}")
        return has_found

    def delete(self, keys: Iterable[str]) -> set[str]:
        """Delete files, at most MAX_DELETES; return the keys that S3 did not delete.

        Deleting a file that does not exist is not an error.
        """
        objects = [{"Key": key} for key in keys]
        answer = self.client.delete_objects(
            Bucket=self.bucket,
            Delete={"Objects": objects, "Quiet": True},  # type: ignore[typeddict-item]
        )
        return {error["Key"] for error in answer.get("Errors", [])}


def content_disposition(kind: str, name: str) -> str:
    """Return the Content-Disposition that makes clients save a file by this name (RFC 6266)."""
    ascii_name = re.sub(r'[^ -~]|["\\\\]', "_", name)
    return f"{kind}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


def failure_of(error: ClientError, key: str) -> Exception:
    """Return FileLost, FileChanged or OutsideOfFile for what S3 answered, or the error itself."""
    code = error.response["Error"]["Code"]
    if code in _MISSING:
        return FileLost(key)
    if code in {"412", "PreconditionFailed"}:
        return FileChanged(key)
    if code in {"416", "InvalidRange"}:
        return OutsideOfFile(key)
    return error


def _base64(body: "StreamingBody") -> str:
    text, rest = "", b""
    while True:
        chunk = body.read(_CHUNK)
        rest += chunk
        whole = len(rest) - (len(rest) % 3 if chunk else 0)  # three bytes are four characters
        text += b64encode(rest[:whole]).decode()  # CPython extends it in place
        rest = rest[whole:]
        if not chunk:
            return text
