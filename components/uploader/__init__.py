"""Many files, streamed one by one from the browser to the API; none of them passes through this process's memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import streamlit as st

from components.bundle import mount_bundle
from curation.archives import MAX_UNPACKED_BYTES
from curation.picture_limits import LARGEST_BYTES
from curation.sources import clean_source
from curation.tags import clean_tags
from curation.video_limits import LARGEST_VIDEO_BYTES
from language import current


@dataclass(frozen=True)
class Batch:
    """What is said once for many files. `start` has a zone; `interval` is in seconds."""

    source: str | None = None
    timezone: str | None = None
    tags: tuple[str, ...] = ()
    sequence: str | None = None
    start: datetime | None = None
    interval: float | None = None

    @classmethod
    def of(
        cls,
        *,
        source: str | None,
        timezone: str,
        tags: Sequence[str],
        sequence: str,
        start_day: date | None,
        start_time: time | None,
        interval: float | None,
    ) -> Batch:
        """A batch from what the page's widgets hold. Raises InvalidText for a source or tag nobody may have."""
        start = None
        if start_day is not None:
            start = datetime.combine(start_day, start_time or time(), ZoneInfo(timezone))
        return cls(
            source=clean_source(source),
            timezone=timezone,
            tags=tuple(clean_tags(tags)),
            sequence=sequence.strip() or None,
            start=start,
            interval=interval,
        )


def uploader(batch: Batch | None, *, login: str, key: str = "uploader") -> None:
    """Show where to drop files and what became of each; without a batch nothing can be started.

    A start comes here first and goes back with the batch of this very run: what was typed a moment before
    the click has arrived by then, and is sent along.
    """
    remembered = st.session_state.get(key) or {}
    data = {
        "batch": asdict(batch) | {"start": batch.start.isoformat() if batch.start else None}
        if batch
        else None,
        "start": remembered.get("start"),
        "login": login,
        "language": current().value,
        "largest_picture": LARGEST_BYTES,
        "largest_video": LARGEST_VIDEO_BYTES,
        "largest_archive": MAX_UNPACKED_BYTES,
        "browse": "/browse",
        "review": "/review",
    }
    mount_bundle("uploader")(data=data, key=key, on_start_change=_nothing)


def _nothing() -> None:
    """A state exists only with a callback; the start is answered where the page is drawn."""
