"""What awaits the caller."""

from __future__ import annotations

from dataclasses import dataclass

from vigie_client.models.media import QueueMedia


@dataclass(frozen=True)
class QueuePage:
    """`capped` when there are more than `count`; `held` says, of an empty page, how many others have open."""

    items: list[QueueMedia]
    next_cursor: str | None
    count: int
    capped: bool
    held: int = 0


@dataclass(frozen=True)
class QueueCount:
    key: str
    name: str
    count: int
    capped: bool


@dataclass(frozen=True)
class Leased:
    """Media that the caller now holds for `seconds`, and those that are somebody else's."""

    held: list[int]
    lost: list[int]
    seconds: int
