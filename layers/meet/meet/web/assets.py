"""The files of the built pages: named by a hash of their content, so cached for ever."""

import mimetypes

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from meet.web.headers import FOR_EVER


class Assets(StaticFiles):
    """Serves a folder of files, each compressed if there is a compressed copy."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve one file, compressed if there is a copy and the browser accepts gzip."""
        if "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            packed = self._packed(path) if scope["method"] in {"GET", "HEAD"} else ""
            if packed:
                kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
                headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", **FOR_EVER}
                return FileResponse(packed, media_type=kind, headers=headers)
        response = await super().get_response(path, scope)
        response.headers.update(FOR_EVER)
        return response

    async def check_config(self) -> None:
        """Do nothing: if the pages are not built, their files are 404."""

    def _packed(self, path: str) -> str:
        try:
            return self.lookup_path(f"{path}.gz")[0]
        except (OSError, ValueError):  # too long, or with a NUL: no file has such a name
            return ""
