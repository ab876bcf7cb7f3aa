"""Exports of datasets, which a job makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

UNDER_WAY = ("waiting", "running")


@dataclass(frozen=True)
class Export:
    """How far an export is: `done` of `total` media, `progress` from 0 to 1, `size` in bytes so far.

    `state` is waiting, running, ready, cancelled, failed or expired; `receipt` the sums of a finished one.
    """

    id: int
    format: str
    state: str
    file_name: str
    content_type: str
    created_at: datetime
    asked_by: str = ""
    filter: dict[str, Any] = field(default_factory=dict)
    release_id: int | None = None
    release: str | None = None
    since_release_id: int | None = None
    since_release: str | None = None
    since_at: datetime | None = None
    options: dict[str, Any] = field(default_factory=dict)
    frozen_at: datetime | None = None
    done: int = 0
    total: int | None = None
    progress: float = 0.0
    size: int = 0
    sha256: str | None = None
    receipt: dict[str, Any] | None = None
    error: str | None = None
    finished_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY
