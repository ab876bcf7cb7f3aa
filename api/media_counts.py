"""How many media there are, over HTTP: of a filter up to ten thousand, and of each state."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request

from api.dependencies import AccessDep, ReadSessionDep, read_filter
from api.filter_parameters import FILTER_PARAMETERS
from curation.browse import COUNT_CAP, count_matches
from curation.overview import count_states
from db.models import Scope, utc_now

router = APIRouter(tags=["media"])

# A million media take a tenth of a second to count, and everybody asks.
LASTS = 30.0


@dataclass(frozen=True)
class CountOut:
    """`value` is exact unless it is `capped`: then there are more."""

    value: int
    capped: bool


@dataclass(frozen=True)
class FacetsOut:
    """How many listed media stand in each state, as counted at a moment at most half a minute ago."""

    state: dict[str, int]
    counted_at: datetime


class Kept:
    """Counts of this process, each until it is too old; whoever comes while one is made waits for it."""

    def __init__(self) -> None:
        self._counting = threading.Lock()
        self._counts: dict[int | None, tuple[float, FacetsOut]] = {}

    def get(self, whose: int | None, count: Callable[[], FacetsOut]) -> FacetsOut:
        with self._counting:
            made_at, kept = self._counts.get(whose, (0.0, None))
            if kept is None or time.monotonic() - made_at > LASTS:
                kept = count()
                self._counts[whose] = (time.monotonic(), kept)
            return kept


@router.get(
    "/media/count",
    openapi_extra={"parameters": [one for one in FILTER_PARAMETERS if one["name"] not in ("sort", "seed")]},
)
def count_media(request: Request, session: ReadSessionDep, access: AccessDep) -> CountOut:
    """How many media match the filter; counting stops where it would take long."""
    count = count_matches(session, access, read_filter(request), cap=COUNT_CAP)
    return CountOut(count.value, count.capped)


@router.get("/media/facets")
def count_media_by_state(request: Request, session: ReadSessionDep, access: AccessDep) -> FacetsOut:
    """How many media stand in each state."""

    def count() -> FacetsOut:
        states = count_states(session, access)
        return FacetsOut({state.value: tally.count for state, tally in states.items()}, utc_now())

    kept: Kept = request.app.state.facets
    return kept.get(access.id if access.scope == Scope.DEVICE else None, count)
