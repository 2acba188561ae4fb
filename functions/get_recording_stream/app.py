"""GET and HEAD /recordings/{recordingId}/stream: play a recording, whole or in part."""

import re
from dataclasses import dataclass
from http import HTTPStatus

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from meet import wiring
from meet.errors import (
    InvalidRangeHeader,
    RangeNotSatisfiable,
    RecordingNotFound,
    RecordingNotReady,
)
from meet.http import create_api, entrypoint, json_reply
from meet.negotiation import prefers
from meet.recordings.byte_range import MAX_LENGTH, ByteRange
from meet.recordings.lifecycle import Status
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
from meet.recordings.schemas import LinkView
from meet.types import decode_segment

api: APIGatewayRestResolver = create_api(validate=False)  # Powertools would refuse the bytes

_JSON = "application/json"
_PRIVATE = "private, no-store"
_PLAYERS = {"video", "audio"}
_STRONG_ETAG = re.compile(r'"[!#-~]*"')


@api.route(
    "/api/v1/recordings/<recording_id>/stream",
    method=["GET", "HEAD"],
    summary="Stream an OpenVidu Meet recording",
    response_description="The whole recording; or a link to it, for those who prefer JSON",
    tags=["Internal API - Recordings"],
)
def get_recording_stream(recording_id: str) -> Response[str]:
    """Send the bytes asked for, at most 4 MiB of them, or point to a link to the file."""
    recording = wiring.recording_repository().get(decode_segment(recording_id))
    if recording.status is not Status.READY:
        raise RecordingNotReady
    headers = api.current_event.headers
    stream = _Stream(
        wiring.media_store(),
        recording,
        is_head=api.current_event.http_method == "HEAD",
        is_player=headers.get("Sec-Fetch-Dest", "").strip().lower() in _PLAYERS,
    )
    if prefers(headers.get("Accept"), _JSON, usual=MEDIA_TYPE):
        is_download = api.current_event.query_string_parameters.get("download") == "true"
        return stream.link(is_download=is_download)
    validator = headers.get("If-Range")
    return stream.answer(stream.wanted(headers.get("Range"), validator), validator)


@dataclass(frozen=True)
class _Stream:
    """Answers about one recording, from what S3 says of its file.

    The size in the item is a hint: whoever may write to the bucket may replace the file.
    """

    media: MediaStore
    recording: Recording
    is_head: bool
    is_player: bool
    """Whether a media element asks: it goes by Content-Range, and asks for what is missing."""

    def link(self, *, is_download: bool) -> Response[str]:
        """Return a link to the file, as JSON."""
        self._file()  # otherwise the player would get S3's XML error instead of our 404
        kind, name = ("attachment", self.recording.filename) if is_download else self._title
        link = self.media.link(
            self.recording.object_key, disposition=content_disposition(kind, name)
        )
        view = LinkView(url=link.url, expires_at=link.expires_at)
        return json_reply(view.to_json(), HTTPStatus.OK)

    def wanted(self, header: str | None, validator: str | None) -> ByteRange | None:
        """Return the range to send, None for all; raise InvalidRangeHeader.

        If-Range allows a range by a strong ETag only (RFC 9110, 13.1.5).
        """
        if validator is not None and not _STRONG_ETAG.fullmatch(validator.strip()):
            return None
        try:
            return ByteRange.parse(header)
        except InvalidRangeHeader:
            if validator is not None and self._file().etag != validator.strip():
                return None
            raise

    def answer(self, wanted: ByteRange | None, validator: str | None) -> Response[str]:
        """Return the bytes, or a redirect; raise RecordingNotFound, RangeNotSatisfiable."""
        etag = validator.strip() if validator is not None and wanted is not None else None
        if self.is_head or self._is_too_long(wanted, self.recording.size):
            file = self._file()
            if etag not in {None, file.etag}:
                return self.answer(None, None)
            if wanted is not None:
                wanted.check(file.size)
            # API Gateway writes the Content-Length of the body it gets: HEAD's would be 0.
            if self.is_head or self._is_too_long(wanted, file.size):
                return self._redirect()
        try:
            return self._bytes(wanted, etag)
        except FileLost as error:
            raise RecordingNotFound from error
        except FileChanged:
            return self.answer(None, None)
        except OutsideOfFile as error:
            file = self._file()
            if etag not in {None, file.etag}:
                return self.answer(None, None)
            raise RangeNotSatisfiable(file.size) from error

    def _is_too_long(self, wanted: ByteRange | None, size: int | None) -> bool:
        """True if the answer is more than one piece, to a client that would not ask for more."""
        if size is None:
            return True
        if wanted is None:
            return size > MAX_LENGTH
        return not self.is_player and wanted.length_in(size) > MAX_LENGTH

    def _bytes(self, wanted: ByteRange | None, etag: str | None) -> Response[str]:
        part = None if wanted is None else wanted.cut(MAX_LENGTH)
        with self.media.open(self.recording.object_key, part, etag=etag) as opened:
            if self._is_too_long(wanted, opened.size):
                return self._redirect()
            headers = {
                "Accept-Ranges": "bytes",
                "Cache-Control": _PRIVATE,
                "Content-Disposition": content_disposition(*self._title),
                "Content-Length": str(opened.length),
                "ETag": opened.etag,
                "Vary": "Sec-Fetch-Dest",
            }
            status = HTTPStatus.OK
            if opened.content_range is not None:
                status = HTTPStatus.PARTIAL_CONTENT
                headers["Content-Range"] = opened.content_range
            response = Response(status, MEDIA_TYPE, opened.read_base64(), headers=headers)
        response.base64_encoded = True  # Powertools would, with two more copies in memory
        return response

    def _redirect(self) -> Response[str]:
        link = self.media.link(
            self.recording.object_key,
            method="HEAD" if self.is_head else "GET",
            disposition=content_disposition(*self._title),
        )
        return Response(
            HTTPStatus.TEMPORARY_REDIRECT,
            body="",
            headers={
                "Cache-Control": _PRIVATE,
                "Location": link.url,
                "Vary": "Sec-Fetch-Dest",
            },
        )

    @property
    def _title(self) -> tuple[str, str]:
        return "inline", self.recording.title

    def _file(self) -> StoredFile:
        file = self.media.find(self.recording.object_key)
        if file is None:
            raise RecordingNotFound
        return file


handler = entrypoint(api, json_body=False)
