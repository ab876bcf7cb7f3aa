"""Addresses with and without the slash at their end are the same address."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class EitherSlash:
    """ASGI middleware: takes the slash away before a route is looked for. A redirect would lose the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root = scope.get("root_path", "")
        if scope["type"] == "http" and scope["path"].endswith("/") and scope["path"] != f"{root}/":
            scope = {**scope, "path": scope["path"].rstrip("/")}
        await self._app(scope, receive, send)
