"""How slowly a body may come: who goes silent, or only drips, is told so and let go, and nothing is kept of it."""

from __future__ import annotations

import time

from anyio import move_on_after
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem
from language import preferred, speaking

SILENCE_SECONDS = 30.0
# A camera on a bad mobile link sends some thousands; below this nobody is sending anything in earnest.
LEAST_BYTES_A_SECOND = 512
WINDOW_SECONDS = 60.0


class SlowBodies:
    """ASGI middleware: a body that keeps us waiting is answered 408, and its connection closed.

    The application is told that its client has gone, and cleans up as it does then; what it still answers goes
    nowhere.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        silence: float = SILENCE_SECONDS,
        least: float = LEAST_BYTES_A_SECOND,
        window: float = WINDOW_SECONDS,
    ) -> None:
        """Between two pieces of a body at most `silence` seconds, in each `window` of them `least` bytes a second."""
        self._app = app
        self._silence = silence
        self._window = window
        self._least_in_window = least * window

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        whole = answering = refused = False
        waited, came = 0.0, 0

        async def receive_in_time() -> Message:
            nonlocal whole, refused, waited, came
            if refused:
                return {"type": "http.disconnect"}
            if whole or answering:
                # What is waited for now is that the client leaves.
                return await receive()
            message: Message | None = None
            began = time.monotonic()
            with move_on_after(self._silence):
                message = await receive()
            # Only waiting is counted: a slow disk of ours makes no slow sender.
            waited += time.monotonic() - began
            if message is not None:
                whole = not message.get("more_body", False)
                came += len(message.get("body", b""))
                if whole or waited < self._window:
                    return message
                if came >= self._least_in_window:
                    waited, came = 0.0, 0
                    return message
            refused = True
            await _refuse(scope, receive, send)
            return {"type": "http.disconnect"}

        async def send_unless_refused(message: Message) -> None:
            nonlocal answering
            if not refused:
                answering = True
                await send(message)

        try:
            await self._app(scope, receive_in_time, send_unless_refused)
        except Exception:
            # The client was told already, and whatever follows from its being gone is no bug.
            if not refused:
                raise


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    with speaking(preferred(Headers(scope=scope).get("accept-language"))):
        answer = problem(
            408,
            "The body came too slowly. Nothing was changed; send it again on a better connection.",
            "too_slow",
            {"Connection": "close"},
        )
    await answer(scope, receive, send)
