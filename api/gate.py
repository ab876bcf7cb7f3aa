"""What stands before everything the dashboard's process serves.

Streamlit hands out what it shows, and takes uploads, without asking who is there. This ASGI middleware
closes those routes to strangers.
"""

from __future__ import annotations

import logging
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from api.dependencies import find_caller
from api.errors import DATABASE_AWAY, RETRY_AFTER, problem
from api.origins import is_ours
from curation.sign_in import COOKIE
from db.models import Access, Scope
from db.outages import is_away, told

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Send
    from starlette.types import Scope as Connection

MEDIA = "/media/"
UPLOAD_FILE = "/_stcore/upload_file"
METRICS = "/_stcore/metrics"
AGENT = "/_stcore/agent"

log = logging.getLogger(__name__)

REFUSALS = {
    401: ("Sign in first.", "not_signed_in"),
    403: ("Your scope does not permit this.", "not_allowed"),
    404: ("There is nothing at this address.", "not_found"),
}


class Gate:
    """ASGI middleware around Streamlit and our own routes."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._public_url = public_url

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not _from_our_page(scope, self._public_url):
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            status = await self._refusal(scope, scope["path"])
        except SQLAlchemyError as error:
            if not is_away(error):
                raise
            log.error("database away: %s", told(error))
            await problem(503, DATABASE_AWAY, "unavailable", RETRY_AFTER)(scope, receive, send)
            return
        if status is not None:
            sentence, code = REFUSALS[status]
            await JSONResponse({"detail": sentence, "code": code}, status)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _refusal(self, scope: Connection, path: str) -> int | None:
        """The status to refuse with, or None when the way is free."""
        if _under(path, AGENT):
            return 404
        if not (_under(path, METRICS) or path.startswith(MEDIA) or _under(path, UPLOAD_FILE)):
            return None
        access = await to_thread.run_sync(_caller, _cookie(scope))
        if _under(path, METRICS):
            return None if access is not None and access.scope == Scope.ADMIN else 404
        if access is None:
            return 401
        if _under(path, UPLOAD_FILE) and access.scope not in (Scope.USER, Scope.ADMIN):
            return 403
        return None


def _from_our_page(scope: Connection, public_url: str) -> bool:
    """Whether a websocket was opened by a page of this host.

    Streamlit refuses foreign origins too, but only after it has asked another host for its own address.
    """
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get(b"origin")
    return origin is None or is_ours(origin, headers.get(b"host"), public_url)


def _under(path: str, root: str) -> bool:
    return path == root or path.startswith(root + "/")


def _cookie(scope: Connection) -> str | None:
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                found = SimpleCookie(value.decode("latin-1")).get(COOKIE)
            except CookieError:
                return None
            return found.value if found else None
    return None


def _caller(cookie: str | None) -> Access | None:
    signed_in = find_caller(cookie, None)
    return signed_in.access if signed_in else None
