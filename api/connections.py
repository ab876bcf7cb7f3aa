"""A connection that does not wait for ever: uvicorn's would, for the head of a request or for a body nobody wants."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 30.0
# The rest of a body that was answered before its end is read and thrown away: whoever is cut off while sending does
# not see the answer that says why.
REST_SECONDS = 600.0


class ImpatientConnection(H11Protocol):
    """Closes when the head of a request, or the rest of a refused body, takes longer than that.

    What comes while a request is being answered is the matter of `api.slow_bodies`, and for the pause between two
    requests uvicorn has a limit of its own.
    """

    head_seconds = HEAD_SECONDS
    rest_seconds = REST_SECONDS
    _limit: float | None = None
    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._allow(self.head_seconds)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        answering = self.conn.our_state in (h11.SEND_RESPONSE, h11.SEND_BODY)
        if answering or self.transport.is_closing() or self.transport.get_protocol() is not self:
            self._allow(None)  # the application's turn, or that of a websocket
        else:
            self._allow(self.rest_seconds if self.conn.their_state is h11.SEND_BODY else self.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._allow(None)
        super().connection_lost(exc)

    def _allow(self, seconds: float | None) -> None:
        """So long from when this began to be waited for, whatever drips in meanwhile."""
        if seconds == self._limit:
            return
        if self._end is not None:
            self._end.cancel()
        self._limit = seconds
        self._end = self.loop.call_later(seconds, self.transport.close) if seconds is not None else None
