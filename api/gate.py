"""What stands before everything the dashboard's process serves.

Streamlit hands out what it shows, and takes uploads, without asking who is there. This ASGI middleware
closes those routes to strangers, keeps from it messages that no page of ours sends, and sends the headers that it
does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse

from api.content_security import page_policy
from api.dependencies import find_caller
from curation.sign_in import COOKIE
from db.models import Access, Scope

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Send
    from starlette.types import Scope as Connection

MEDIA = "/media/"
UPLOAD_FILE = "/_stcore/upload_file"
METRICS = "/_stcore/metrics"
AGENT = "/_stcore/agent"

REFUSALS = {
    401: ("Sign in first.", "not_signed_in"),
    403: ("Your scope does not permit this.", "not_allowed"),
    404: ("There is nothing at this address.", "not_found"),
}
HEADERS = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


class Gate:
    """ASGI middleware around Streamlit and our own routes."""

    def __init__(
        self,
        app: ASGIApp,
        public_url: str,
        inline_scripts: Sequence[str] = (),
        *,
        is_of_a_page: Callable[[bytes], bool] = lambda _content: True,
    ) -> None:
        """`inline_scripts` are the policy's hashes of the inline scripts that libraries bring along, `is_of_a_page`
        tells which messages over a websocket are a page's."""
        self._app = app
        self._is_of_a_page = is_of_a_page
        self._public_host = urlsplit(public_url).netloc
        self._policy = page_policy(inline_scripts)

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not _from_our_page(scope, self._public_host):
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "websocket":
            await self._app(scope, self._of_a_page(receive), send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        status = await self._refusal(scope, path)
        if status is not None:
            sentence, code = REFUSALS[status]
            await JSONResponse({"detail": sentence, "code": code}, status)(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if "content-security-policy" not in headers and not path.startswith("/api/docs"):
                    headers["Content-Security-Policy"] = self._policy
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _of_a_page(self, receive: Receive) -> Receive:
        """The same, without messages that no page sends."""

        async def receive_of_a_page() -> Message:
            while True:
                message = await receive()
                content = message.get("bytes") if message["type"] == "websocket.receive" else None
                if content is None or self._is_of_a_page(content):
                    return message

        return receive_of_a_page

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


def _from_our_page(scope: Connection, public_host: str) -> bool:
    """Whether a websocket was opened by a page of this host.

    Streamlit refuses foreign origins too, but only after it has asked another host for its own address.
    """
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get(b"origin")
    return origin is None or urlsplit(origin).netloc in (headers.get(b"host"), public_host)


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
