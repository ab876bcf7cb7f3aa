"""Many files, streamed one by one from the browser to the API; none of them passes through this process's memory."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from components.bundle import mount_bundle
from curation.archives import MAX_UNPACKED_BYTES
from curation.picture_limits import LARGEST_BYTES


@dataclass(frozen=True)
class Batch:
    """What is said once for many files. `start` has a zone; `interval` is in seconds."""

    source: str | None = None
    timezone: str | None = None
    tags: tuple[str, ...] = ()
    sequence: str | None = None
    start: datetime | None = None
    interval: float | None = None


def uploader(batch: Batch, *, login: str, key: str = "uploader") -> None:
    """Show where to drop files and what became of each; `batch` goes with whatever is started from now on."""
    data = {
        "batch": asdict(batch) | {"start": batch.start.isoformat() if batch.start else None},
        "login": login,
        "largest_picture": LARGEST_BYTES,
        "largest_archive": MAX_UNPACKED_BYTES,
        "browse": "/browse",
        "review": "/review",
    }
    # A list around the data: Streamlit looks through a dict for data frames, and imports pandas for that.
    mount_bundle("uploader")(data=[data], key=key)
