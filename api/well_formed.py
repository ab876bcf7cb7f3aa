"""Messages to the pages' websocket that are none: refused before they reach Streamlit.

Strangers may open that websocket, since the sign-in is a page. Streamlit writes a trace to the log for each message
that it cannot read, and so anybody could fill the log.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

UNSUPPORTED, INVALID = 1003, 1007  # RFC 6455, 7.4.1


class WellFormed:
    """ASGI middleware: closes a websocket whose message is text, or is nothing that `parse` can read."""

    def __init__(self, app: ASGIApp, parse: Callable[[bytes], object]) -> None:
        """`parse` raises for what is no message."""
        self._app = app
        self._parse = parse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return

        async def receive_well_formed() -> Message:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            fault = self._fault_of(message.get("bytes"))
            if fault is None:
                return message
            await send({"type": "websocket.close", "code": fault})
            return {"type": "websocket.disconnect", "code": fault}

        await self._app(scope, receive_well_formed, send)

    def _fault_of(self, content: bytes | None) -> int | None:
        if content is None:
            return UNSUPPORTED
        try:
            self._parse(content)
        except Exception:
            return INVALID
        return None
