"""The pages: home, the meeting, the console, and plain ones if those are not built."""

from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from meet import wiring
from meet.rooms.model import NAME
from meet.web import headers


@dataclass(frozen=True)
class Pages:
    """The function's own files, and the folder that web/ is built into."""

    files: Path
    static: Path
    _read: dict[Path, str | None] = field(default_factory=dict)

    def home(self, request: Request) -> Response:
        """Greet visitors without a link."""
        return self._plain("Meet", "To join a meeting, open the link you were given.")

    def join(self, request: Request) -> Response:
        """Serve the meeting page; with status 404 if the room is not open."""
        name = request.path_params["room_name"]
        if NAME.fullmatch(name) is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if wiring.room_service().is_open(name):
            return self._meeting(name, "This is the room of your meeting.")
        text = "This room does not exist, or it is over."
        return self._meeting("Room not found", text, HTTPStatus.NOT_FOUND)

    def console(self, request: Request) -> Response:
        """Serve the console, which includes the login form."""
        html = self._text(self.static / "console.html")
        if html is None:
            return self._plain("Console", "The console is not built.")
        return HTMLResponse(html, headers=headers.of_console())

    def plain_style(self, request: Request) -> Response:
        """Serve the style of the plain pages."""
        return FileResponse(self.files / "page.css")

    def icon(self, request: Request) -> Response:
        """Serve the icon of the built pages."""
        file = self.static / "icon.svg"
        if not file.exists():
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return FileResponse(file)

    def openapi(self, request: Request) -> Response:
        """Serve the description of the API."""
        return FileResponse(self.files / "openapi.json", media_type="application/json")

    def _meeting(self, title: str, text: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
        """Return the meeting page; if it is not built, a plain page with the text."""
        html = self._text(self.static / "meeting.html")
        if html is None:
            return self._plain(title, text, status)
        embedders = " ".join(headers.allowed_embedders())
        html = html.replace("{title}", escape(title)).replace("{embedders}", escape(embedders))
        return HTMLResponse(html, status, headers=headers.of_meeting())

    def _plain(self, title: str, text: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
        html = (self.files / "page.html").read_text()
        html = html.replace("{title}", escape(title)).replace("{text}", escape(text))
        return HTMLResponse(html, status)

    def _text(self, file: Path) -> str | None:
        """Return the text of a built page, None if it is not built; each is read once."""
        if file not in self._read:
            self._read[file] = file.read_text() if file.exists() else None
        return self._read[file]
