"""How large a body may be, and what is said to one that is larger."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem

MAX_BODY_BYTES = 2**20  # of JSON and forms; uploads stream their bodies and have limits of their own


class TooLargeInOurWords:
    """ASGI middleware: the framework refuses a large body in plain text, our errors have one shape."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = False

        async def send_in_our_words(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] == 413:
                refused = Headers(raw=message["headers"]).get("content-type") != "application/json"
                if refused:
                    answer = problem(413, "The body is larger than 1 MiB. Nothing was changed.", "too_large")
                    await answer(scope, receive, send)
            if not refused:
                await send(message)

        await self._app(scope, receive, send_in_our_words)
