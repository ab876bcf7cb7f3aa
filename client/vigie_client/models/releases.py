"""Releases: datasets that are frozen under a name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Release:
    """A release: `state` is making, ready or failed; `counts` says what is in it, `sha256` what it is.

    `withdrawn` of its media have been withdrawn since; a list does not say.
    """

    id: int
    name: str
    state: str
    made_by: str
    created_at: datetime
    note: str | None = None
    progress: float = 0.0
    filter: dict[str, Any] = field(default_factory=dict)
    split: dict[str, Any] | None = None
    label_classes: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)
    sha256: str | None = None
    frozen_at: datetime | None = None
    error: str | None = None
    withdrawn: int | None = None

    @property
    def is_under_way(self) -> bool:
        return self.state == "making"


@dataclass(frozen=True)
class Comparison:
    """How many media differ from one release to another; one can be relabelled, moved and edited at once."""

    release_id: int
    other_id: int
    before: int
    after: int
    added: int
    removed: int
    withdrawn: int
    relabelled: int
    moved: int
    edited: int
    unchanged: int
