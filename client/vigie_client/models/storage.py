"""What the server answers about its storage."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class StorageCheck:
    """A comparison of database and bucket: `outcome` is running, clean, drift, stopped or failed.

    `found` and `repaired` count by kind, `examples` holds some of each; `problem` says why it could not look, or why
    it changed nothing. `foreign` objects of the bucket are none of the server's, and no drift.
    """

    id: int
    outcome: str
    deep: bool
    repair: bool
    started_at: datetime
    asked_by: str | None = None
    problem: str | None = None
    looked_at: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    repaired: dict[str, int] = field(default_factory=dict)
    examples: dict[str, Any] = field(default_factory=dict)
    foreign: int = 0
    foreign_examples: list[str] = field(default_factory=list)
    last_seen_at: datetime | None = None
    finished_at: datetime | None = None
