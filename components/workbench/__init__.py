"""The image-by-image screen: picture, shapes, keys, queue. Answers travel from the browser to the API by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from components.bundle import mount_bundle
from curation.media_filter import MediaFilter
from curation.queues import DEFAULT_ORDER, QUEUE_NAMES, QUEUE_STATES, Queue
from language import _, current


@dataclass(frozen=True)
class Place:
    """Where somebody is: a queue, the filters that narrow it as in an address, and the media on screen."""

    queue: Queue
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    start: int | None = None

    @property
    def wanted(self) -> MediaFilter:
        """The filters as one filter, in the queue's order when none is given. Raises UnknownFilter."""
        order = {} if self.queue == Queue.FILTER else {"sort": DEFAULT_ORDER.value}
        return MediaFilter.from_query({**order, **self.filters})

    def to_query(self) -> dict[str, list[str]]:
        """The query of the page's address."""
        query = {"queue": [self.queue.value], **{name: list(values) for name, values in self.filters.items()}}
        return query if self.start is None else {**query, "start": [str(self.start)]}


def workbench(
    place: Place, on_place: Callable[[Place], None], keys: Mapping[str, str], key: str = "workbench"
) -> None:
    """Fill the window below the navigation with the workbench, at this place.

    `on_place` is told where the person is, once their keys are quiet; decisions do not come this way. `keys` are
    the person's own, by what they do.
    """
    here = replace(place, start=None).to_query()
    # A filter can be left for a queue, and only be come to by its own address.
    choices = [queue for queue in QUEUE_NAMES if queue in (*QUEUE_STATES, place.queue)]
    data = {
        "api": "/api",
        "language": current().value,
        "keys": dict(keys),
        "queue": place.queue.value,
        "query": [[name, value] for name, values in here.items() for value in values],
        "start": place.start,
        "queues": [{"key": queue.value, "name": _(QUEUE_NAMES[queue])} for queue in choices],
        "plain": "?" + urlencode({**place.to_query(), "plain": ["1"]}, doseq=True),
        # The workbench has said so itself: nothing for it to do.
        "echo": _told(key) == (place.queue.value, place.start),
    }

    def moved() -> None:
        queue, start = _told(key)
        if queue == place.queue.value:
            on_place(replace(place, start=start))
        elif queue in {known.value for known in QUEUE_STATES}:
            on_place(Place(Queue(queue), start=start))

    mount_bundle("workbench")(data=data, key=key, on_place_change=moved)


def _told(key: str) -> tuple[str, int | None]:
    """What the workbench said last about where the person is."""
    state: Any = st.session_state.get(key) or {}
    said = state.get("place")
    if not isinstance(said, dict) or not isinstance(said.get("queue"), str):
        return "", None
    start = said.get("start")
    return said["queue"], start if isinstance(start, int) and not isinstance(start, bool) else None
