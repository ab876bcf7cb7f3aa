"""Where a request comes from, for everything that writes it down."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from curation.addresses import caller_address, calling_from


class Calling:
    """ASGI middleware: says the caller's address around each request, for the threads that work for it too."""

    def __init__(self, app: ASGIApp, trusted_proxies: Sequence[str]) -> None:
        self._app = app
        self._trusted_proxies = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        peer = (scope.get("client") or (None,))[0]
        forwarded = Headers(scope=scope).get("x-forwarded-for")
        with calling_from(caller_address(peer, forwarded, self._trusted_proxies)):
            await self._app(scope, receive, send)
