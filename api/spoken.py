"""Which language an answer of the API speaks: the caller's own choice, until that is known their browser's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from curation.batches import LeftOut
from language import preferred, speaking
from language.retold import retold


class Spoken:
    """Speaks by Accept-Language around each request; whoever is recognised as the caller may change it.

    Plain ASGI, so that what is set here is there for the routes' threads, for error handlers and for bodies that
    are written line by line.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with speaking(preferred(Headers(scope=scope).get("accept-language"))):
            await self._app(scope, receive, send)


def retold_all(sentences: Iterable[str]) -> list[str]:
    """Each of the sentences in the language spoken here."""
    return [retold(sentence) for sentence in sentences]


def retold_left_out(left_out: Sequence[LeftOut]) -> list[LeftOut]:
    """What was left out, and why in the language spoken here."""
    return [LeftOut(one.media_id, retold(one.why)) for one in left_out]
