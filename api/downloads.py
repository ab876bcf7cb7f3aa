"""Downloads: answers that are made while they are sent, written down before they begin and again when they end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from typing import Any

from anyio import CancelScope, to_thread
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.media import PICTURE_HEADERS
from curation.announcements import announce_export
from curation.errors import BrokenOff, Unavailable
from curation.events import record
from db.models import Access, Event
from db.outages import told
from db.session import open_session

log = logging.getLogger(__name__)


class Download:
    """The chunks of one download, what it holds open meanwhile, and its entry in the audit trail.

    A subclass calls `_begin` when it is made, which reads the first two chunks, so that whatever is wrong is answered
    by an error of its own. What fails later must break the answer off: raising in the middle does.

    The entry is written before a byte is sent: what cannot be written down is not handed out. How much was taken, and
    whether all of it, is added at the end.
    """

    event: str
    announced = True  # whether webhooks hear of it

    def __init__(self, access: Access, address: str) -> None:
        self._access, self._address = access, address
        self._complete = False
        self._opened: ExitStack | None = None

    @staticmethod
    def _take_a_place(opened: ExitStack, places: threading.BoundedSemaphore, taken: str) -> None:
        """Hold one of a few places until the end. Raises Unavailable with the sentence when all are taken."""
        if not places.acquire(blocking=False):
            raise Unavailable(taken)
        opened.callback(places.release)

    def _begin(self, opened: ExitStack, chunks: Generator[bytes] | Iterator[bytes]) -> None:
        self._chunks = chunks
        self._begun = next(chunks) + next(chunks, b"")
        with open_session() as session:
            event = record(session, self._access, self.event, self._detail_now(), address=self._address)
            session.flush()
            self._event_id = event.id
        self._opened = opened.pop_all()

    def _detail_now(self) -> dict[str, Any]:
        return {**self._detail(), "complete": self._complete}

    def _detail(self) -> dict[str, Any]:
        """What the audit trail says of it."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[bytes]:
        yield self._begun
        # No `yield from`: that would close the chunks as well when this is thrown away, while `close` may be at it.
        for chunk in self._chunks:  # noqa: UP028
            yield chunk
        self._complete = True
        self.close()

    def close(self) -> None:
        """Let go of what is open and add to the entry what was taken; harmless when repeated."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        try:
            opened.close()
        except SQLAlchemyError as error:  # the connection that broke has nothing to give back
            log.warning("a download's session did not close: %s", told(error))
        detail = self._detail_now()
        try:
            with open_session() as session:
                session.execute(update(Event).where(Event.id == self._event_id).values(detail=detail))
                if self._complete and self.announced:
                    announce_export(session, self._access, self.event, detail)
        except SQLAlchemyError:
            log.exception("event %s of the audit trail stays as it began: %s", self._event_id, detail)


class DownloadResponse(StreamingResponse):
    """Closes its download however the answer ends: sent, broken off, or given up by the client."""

    def __init__(self, download: Download, *, media_type: str, headers: dict[str, str]) -> None:
        super().__init__(iter(download), media_type=media_type, headers={**PICTURE_HEADERS, **headers})
        self._download = download

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except BrokenOff as ended:
            # The status has gone out, and a whole body never will: the server cuts the connection.
            log.info("a download was broken off: %s", ended)
        finally:
            with CancelScope(shield=True):
                await to_thread.run_sync(self._download.close)
