"""The pages: home, the meeting, the console, share links; plain ones if those are not built."""

from collections.abc import Callable
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
from meet.web.built import BuiltPage
from meet.web.words import Words, words_for


@dataclass(frozen=True)
class Pages:
    """The function's own files, and the folder that web/ is built into."""

    files: Path
    static: Path
    _read: dict[str, BuiltPage | None] = field(default_factory=dict)

    def home(self, request: Request) -> Response:
        """Greet visitors without a link."""
        return self._plain(request, "Meet", "home")

    def join(self, request: Request) -> Response:
        """Serve the meeting page; with status 404 if the room is not open."""
        name = request.path_params["room_name"]
        if NAME.fullmatch(name) is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if wiring.room_service().is_open(name):
            return self._meeting(request, name, "room")
        _, words = _words(request)
        return self._meeting(request, words["no_room"], "no_room_text", HTTPStatus.NOT_FOUND)

    def console(self, request: Request) -> Response:
        """Serve the console, which includes the login form."""
        return self._built(request, "console", "Console", headers.of_console)

    def watch(self, request: Request) -> Response:
        """Serve the page of share links, the same for all of them: it asks what its link shows."""
        return self._built(request, "watch", "Meet", headers.of_watching)

    def _built(
        self,
        request: Request,
        name: str,
        title: str,
        its_headers: Callable[[BuiltPage], dict[str, str]],
    ) -> Response:
        page = self._page(name)
        if page is None:
            return self._plain(request, title, "not_built")
        return _worded(request, page.html, headers=its_headers(page))

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

    def _meeting(
        self, request: Request, title: str, text: str, status: HTTPStatus = HTTPStatus.OK
    ) -> Response:
        """Return the meeting page; if it is not built, a plain page with the text."""
        page = self._page("meeting")
        if page is None:
            return self._plain(request, title, text, status)
        embedders = " ".join(headers.allowed_embedders())
        values = {"title": title, "embedders": embedders}
        return _worded(request, page.html, status, headers=headers.of_meeting(page), **values)

    def _plain(
        self, request: Request, title: str, text: str, status: HTTPStatus = HTTPStatus.OK
    ) -> Response:
        _, words = _words(request)
        html = (self.files / "page.html").read_text()
        return _worded(request, html, status, headers={}, title=title, text=words[text])

    def _page(self, name: str) -> BuiltPage | None:
        """Return a built page, None if it is not built; each is read once."""
        if name not in self._read:
            file = self.static / f"{name}.html"
            self._read[name] = BuiltPage.of(file.read_text()) if file.exists() else None
        return self._read[name]


def _words(request: Request) -> tuple[str, Words]:
    return words_for(request.headers.get("accept-language"))


def _worded(
    request: Request,
    html: str,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    headers: dict[str, str],
    **values: str,
) -> Response:
    """Return a page with its {names} filled in, and its sentences in the visitor's language."""
    language, words = _words(request)
    for name, value in {**words, "language": language, **values}.items():
        html = html.replace(f"{{{name}}}", escape(value))
    return HTMLResponse(html, status, headers={**headers, "Vary": "Accept-Language"})
