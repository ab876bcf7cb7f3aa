"""What may be said over the pages' websocket: the messages of a page of ours, and nothing else.

Strangers may open that websocket, since the sign-in is a page. Streamlit would write a trace to the log for each
message that it cannot read, and does more for whoever asks than any page of ours asks for.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

UNSUPPORTED, INVALID = 1003, 1007  # RFC 6455, 7.4.1


class PageMessages:
    """ASGI middleware: closes a websocket whose message is text or unreadable, and keeps back what no page sends."""

    def __init__(self, app: ASGIApp, is_of_a_page: Callable[[bytes], bool]) -> None:
        """`is_of_a_page` raises for what is no message at all."""
        self._app = app
        self._is_of_a_page = is_of_a_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return

        async def receive_of_a_page() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                content = message.get("bytes")
                try:
                    if content is not None and not self._is_of_a_page(content):
                        continue
                except Exception:
                    fault = INVALID
                else:
                    if content is not None:
                        return message
                    fault = UNSUPPORTED
                await send({"type": "websocket.close", "code": fault})
                return {"type": "websocket.disconnect", "code": fault}

        await self._app(scope, receive_of_a_page, send)
