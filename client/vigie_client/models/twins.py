"""Near twins: media that look alike although their bytes differ, and what was decided about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from vigie_client.models.media import LeftOut, Media


@dataclass(frozen=True)
class Twin:
    """A media that looks like another; `distance` of 64 bits differ, `decided` is what was said of the pair."""

    media: Media
    distance: int
    decided: str | None = None


@dataclass(frozen=True)
class TwinGroup:
    """A media, and the first of those that came later and look like it, of `total`."""

    first: Media
    twins: list[Twin]
    total: int


@dataclass(frozen=True)
class TwinsDecided:
    """What was done, by the `id` that undoes it, and which media were left as they are and why."""

    id: int
    answer: str
    changed: list[int]
    left_out: list[LeftOut] = field(default_factory=list)
    repeated: bool = False


@dataclass(frozen=True)
class FrozenCamera:
    """A source whose last `frames` all show the same, since a moment at the latest."""

    source_id: int
    source: str
    since: datetime
    frames: int
