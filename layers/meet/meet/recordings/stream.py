"""The HTTP answers with a recording's bytes: ranges, ETags, and redirects to the bucket."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, Self
from urllib.parse import urlencode

from meet.recordings.byte_range import MAX_LENGTH, ByteRange
from meet.recordings.errors import (
    DownloadNotAllowed,
    InvalidRangeHeader,
    RangeNotSatisfiable,
    RecordingNotFound,
)
from meet.recordings.media import (
    MEDIA_TYPE,
    FileChanged,
    FileLost,
    MediaStore,
    OutsideOfFile,
    StoredFile,
    content_disposition,
)
from meet.recordings.model import Recording

VERSION = "version"
"""The parameter of a stream's URL that says which version of the file to send."""

_PRIVATE = "private, no-store"
_PLAYERS = {"video", "audio"}
_STRONG_ETAG = re.compile(r'"[!#-~]*"')


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """The part of a request that decides which bytes are sent."""

    is_head: bool
    is_player: bool
    """True for a media element, which reads Content-Range and requests the rest."""
    range: str | None
    if_range: str | None
    version: str | None = None
    """The version of the file that the URL names, as S3 calls it; None for the newest."""

    @classmethod
    def of(cls, method: str, headers: Mapping[str, str], *, version: str | None = None) -> Self:
        """Read a request; `headers` has to ignore the case of their names."""
        if_range = headers.get("If-Range")
        return cls(
            is_head=method == "HEAD",
            is_player=headers.get("Sec-Fetch-Dest", "").strip().lower() in _PLAYERS,
            range=headers.get("Range"),
            if_range=None if if_range is None else if_range.strip(),
            version=version or None,
        )


@dataclass(frozen=True, slots=True)
class StreamAnswer:
    """Bytes of a file, or a redirect to it."""

    status: HTTPStatus
    headers: dict[str, str]
    base64: str = ""


def stream_query(recording: Recording, **credential: str) -> str:
    """Return the query of a URL that streams the file as it is now, also once it is replaced.

    Browsers' players do not send If-Range: with another file behind the same URL, they would
    take its bytes for those of the file that they began with. The bucket keeps a file that was
    replaced for a day, and no such URL works for longer.
    """
    version = recording.file_version
    return urlencode(credential | ({VERSION: version} if version else {}))


@dataclass(frozen=True)
class RecordingStream:
    """Answers one request for a recording's bytes, with the size and ETag that S3 reports.

    The stored size is only a hint: anyone who can write to the bucket can replace the file.
    """

    media: MediaStore
    recording: Recording
    request: StreamRequest
    disposition: Literal["inline", "attachment"] = "inline"
    """Whether browsers play the file or save it."""
    may_redirect: bool = True
    """False where all bytes have to come from here, so that each request can be refused."""

    def answer(self) -> StreamAnswer:
        """Return the bytes or a redirect.

        Raises RecordingNotFound, InvalidRangeHeader, RangeNotSatisfiable, or DownloadNotAllowed in
        place of a redirect that may not be.
        """
        wanted = self._wanted()
        return self._answer(wanted, None if wanted is None else self.request.if_range)

    def _wanted(self) -> ByteRange | None:
        """Return the range to send, None for the whole file; raises InvalidRangeHeader.

        If-Range needs a strong ETag (RFC 9110, section 13.1.5); with any other, all is sent.
        """
        etag = self.request.if_range
        if etag is not None and not _STRONG_ETAG.fullmatch(etag):
            return None
        try:
            return ByteRange.parse(self.request.range)
        except InvalidRangeHeader:
            if etag is not None and self._file().etag != etag:
                return None
            raise

    def _answer(self, wanted: ByteRange | None, etag: str | None) -> StreamAnswer:
        if self.request.is_head or self._is_too_long(wanted, self.recording.size):
            file = self._file()
            if etag not in {None, file.etag}:
                return self._answer(None, None)
            if wanted is not None:
                wanted.check(file.size)
            # API Gateway writes the Content-Length of the body it gets: HEAD's would be 0.
            if self.request.is_head or self._is_too_long(wanted, file.size):
                return self._redirect()
        try:
            return self._bytes(wanted, etag)
        except FileLost as error:
            raise RecordingNotFound from error
        except FileChanged:
            return self._answer(None, None)
        except OutsideOfFile as error:
            file = self._file()
            if etag not in {None, file.etag}:
                return self._answer(None, None)
            raise RangeNotSatisfiable(file.size) from error

    def _is_too_long(self, wanted: ByteRange | None, size: int | None) -> bool:
        """True if the answer exceeds MAX_LENGTH, and the client would not request the rest."""
        if size is None:
            return True
        if wanted is None:
            return size > MAX_LENGTH
        return not self.request.is_player and wanted.length_in(size) > MAX_LENGTH

    def _bytes(self, wanted: ByteRange | None, etag: str | None) -> StreamAnswer:
        part = None if wanted is None else wanted.cut(MAX_LENGTH)
        key, version = self.recording.object_key, self._version
        with self.media.open(key, part, etag=etag, version=version) as opened:
            if self._is_too_long(wanted, opened.size):
                return self._redirect()
            headers = {
                "Accept-Ranges": "bytes",
                "Cache-Control": _PRIVATE,
                "Content-Disposition": self._disposition,
                "Content-Length": str(opened.length),
                "Content-Type": MEDIA_TYPE,
                "ETag": opened.etag,
                "Vary": "Sec-Fetch-Dest",
            }
            status = HTTPStatus.OK
            if opened.content_range is not None:
                status = HTTPStatus.PARTIAL_CONTENT
                headers["Content-Range"] = opened.content_range
            return StreamAnswer(status, headers, opened.read_base64())

    def _redirect(self) -> StreamAnswer:
        if not self.may_redirect:
            raise DownloadNotAllowed
        method = "HEAD" if self.request.is_head else "GET"
        link = self.media.link(
            self.recording.object_key, method=method, disposition=self._disposition
        )
        headers = {"Cache-Control": _PRIVATE, "Location": link.url, "Vary": "Sec-Fetch-Dest"}
        return StreamAnswer(HTTPStatus.TEMPORARY_REDIRECT, headers)

    @property
    def _version(self) -> str | None:
        # Others send If-Range, or are redirected: a link to a version would outlive its deletion.
        return self.request.version if self.request.is_player else None

    @property
    def _disposition(self) -> str:
        return content_disposition(self.disposition, self.recording.title)

    def _file(self) -> StoredFile:
        file = self.media.find(self.recording.object_key, version=self._version)
        if file is None:
            raise RecordingNotFound
        return file
