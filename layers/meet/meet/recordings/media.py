"""The files of recordings in S3: the only module that knows the bucket."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from meet import clock
from meet.clock import SECOND, Milliseconds
from meet.recordings.byte_range import ByteRange

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client

LINK_LIFETIME = 3600
"""Seconds. A role's credentials end after hours, and the links signed with them."""

MAX_DELETES = 1000
"""Keys that one DeleteObjects takes."""

_CHUNK = 64 * 1024
"""Bytes read at a time: a 4 MiB range is never in memory twice."""

_MISSING = {"404", "NoSuchKey", "NotFound"}


class FileLost(Exception):
    """The object is not in the bucket."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What S3 says about an object."""

    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class Link:
    """A URL that works until a moment."""

    url: str
    expires_at: Milliseconds


@dataclass(frozen=True)
class MediaStore:
    """Reads and deletes files."""

    client: "S3Client"
    bucket: str

    def find(self, key: str) -> StoredFile | None:
        """Return what is known of a file; None if it is not there."""
        try:
            head = self.client.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise
        return StoredFile(head["ContentLength"], head["ETag"])

    def read_base64(self, key: str, part: ByteRange | None) -> str:
        """Return a file's bytes, all of them without a part, as base64; raise FileLost."""
        wanted = {} if part is None else {"Range": str(part)}
        try:
            found = self.client.get_object(Bucket=self.bucket, Key=key, **wanted)  # type: ignore[arg-type]
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                raise FileLost(key) from error
            raise
        with found["Body"] as body:
            return _base64(body)

    @property
    def origin(self) -> str:
        """Where links lead to."""
        parts = urlsplit(self.link("any").url)
        return f"{parts.scheme}://{parts.netloc}"

    def link(self, key: str, *, method: str = "GET", save_as: str | None = None) -> Link:
        """Return a presigned URL for GET or HEAD; with save_as, browsers save the file."""
        named = {"ResponseContentDisposition": f'attachment; filename="{save_as}"'}
        url = self.client.generate_presigned_url(
            "head_object" if method == "HEAD" else "get_object",
            Params={"Bucket": self.bucket, "Key": key, **(named if save_as else {})},
            ExpiresIn=LINK_LIFETIME,
        )
        return Link(url, Milliseconds(clock.now() + LINK_LIFETIME * SECOND))

    def delete_one(self, key: str) -> None:
        """Delete a file; raise OSError if it is still there."""
        if self.delete([key]):
            raise OSError(f"S3 did not delete {key}")

    def delete(self, keys: Iterable[str]) -> set[str]:
        """Delete files, at most MAX_DELETES; return the keys that are still there.

        Deleting what is not there is no error.
        """
        objects = [{"Key": key} for key in keys]
        answer = self.client.delete_objects(
            Bucket=self.bucket,
            Delete={"Objects": objects, "Quiet": True},  # type: ignore[typeddict-item]
        )
        return {error["Key"] for error in answer.get("Errors", [])}


def _base64(body: "StreamingBody") -> str:
    text, rest = "", b""
    while True:
        chunk = body.read(_CHUNK)
        rest += chunk
        whole = len(rest) - (len(rest) % 3 if chunk else 0)  # three bytes are four characters
        text += b64encode(rest[:whole]).decode()  # in a loop CPython grows it where it is
        rest = rest[whole:]
        if not chunk:
            return text
