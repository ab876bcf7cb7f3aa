"""The image-by-image screen: picture, shapes, keys, queue. Answers travel from the browser to the API by themselves."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from components.bundle import mount_bundle
from curation.errors import UnknownFilter
from curation.media_filter import SEEDS, MediaFilter, Sort
from curation.queues import DEFAULT_ORDER, QUEUE_NAMES, QUEUE_STATES, Queue, queue_filter
from language import _, current

# The orders that a queue can be stepped through in; an address may name any other.
ORDERS = (Sort.CAPTURED_FIRST, Sort.UPLOADED_FIRST, Sort.SCORE, Sort.RANDOM, Sort.SOURCE)
ORDER = ("sort", "seed")  # the filters that say it


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

    @property
    def order(self) -> dict[str, Sequence[str]]:
        """What of the filters says in which order; empty when that is left to the queue."""
        return {name: values for name, values in self.filters.items() if name in ORDER}

    def in_order(self, sort: Sort) -> Place:
        """The same queue from its start in another order, a random one never seen before."""
        kept = {name: values for name, values in self.filters.items() if name not in ORDER}
        seed = {"seed": [str(secrets.randbelow(SEEDS))]} if sort == Sort.RANDOM else {}
        return Place(self.queue, {**kept, "sort": [sort.value], **seed})

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
    here = Place(place.queue, place.filters).to_query()
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
        "echo": _told(key) == place,
    }

    def moved() -> None:
        told = _told(key)
        if told is not None and told.queue in choices:
            on_place(told)

    mount_bundle("workbench")(data=data, key=key, on_place_change=moved)


def _told(key: str) -> Place | None:
    """What the workbench said last about where the person is; without filters that are not understood."""
    state: Any = st.session_state.get(key) or {}
    said = state.get("place")
    if not isinstance(said, dict) or str(said.get("queue")) not in QUEUE_NAMES:
        return None
    queue, query, start = Queue(said["queue"]), said.get("query"), said.get("start")
    filters: dict[str, list[str]] = {}
    for pair in query if isinstance(query, list) else ():
        match pair:
            case [str(name), str(value)] if name != "queue":
                filters.setdefault(name, []).append(value)
    told = Place(queue, filters, start if isinstance(start, int) and not isinstance(start, bool) else None)
    try:
        queue_filter(queue, told.wanted)
    except UnknownFilter:
        return Place(queue, start=told.start)
    return told
