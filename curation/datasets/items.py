"""What every format writes of a media: plain values, the same from a filter as from a release.

A release keeps them as JSON (`to_record`, `from_record`); what came out of the database a moment ago and what was
frozen a year ago therefore look alike to whoever writes a file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from enum import Enum
from functools import cached_property
from typing import Any

from db.models import MediaType, Origin, State

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class NamedClass:
    """A label class as an export names it; `key` never changes."""

    key: str
    name: str
    colour: str
    retired: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """The label classes in their order, and the questions by key: what the numbers in a file stand for."""

    label_classes: tuple[NamedClass, ...]
    questions: tuple[tuple[str, str], ...] = ()

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Where each label class stands in the list, from 0, by its key."""
        return {item.key: number for number, item in enumerate(self.label_classes)}


@dataclass(frozen=True, slots=True)
class DatasetShape:
    """A box or polygon: fractions of the upright picture, two corners."""

    label_class: str  # its key
    x_min: float
    y_min: float
    x_max: float
    y_max: float
    points: tuple[tuple[float, float], ...] | None
    origin: Origin
    confidence: float | None
    model: str | None  # whose prediction it was taken from
    id: int | None = None


@dataclass(frozen=True, slots=True)
class DatasetAnswer:
    """The annotation that counts; `readable` is false for a file that nobody here can read."""

    id: int
    number: int
    author: str
    origin: Origin
    created_at: datetime
    readable: bool
    shapes: tuple[DatasetShape, ...]
    label_classes: tuple[str, ...]
    replies: tuple[tuple[str, bool], ...]
    comment: str | None


@dataclass(frozen=True, slots=True)
class DatasetItem:
    """One media with what is known of it. `removed` makes it a tombstone: why it is in the dataset no more."""

    media_id: int
    type: MediaType
    state: State
    file_name: str | None
    sha256: str | None
    bucket_key: str | None
    content_type: str | None
    size: int | None  # bytes
    width: int | None  # pixels when upright
    height: int | None
    orientation: int
    duration: float | None  # seconds
    source: str | None
    azimuth: float | None
    lat: float | None
    lon: float | None
    sequence: str | None
    captured_at: datetime | None
    captured_at_assumed: bool
    uploaded_at: datetime
    uploader: str
    score: float | None
    tags: tuple[str, ...]
    extracted_from: int | None
    extracted_at: float | None
    reviewer: str | None
    decision: str | None
    decided_at: datetime | None
    review_comment: str | None
    answer: DatasetAnswer | None
    split: str | None = None
    removed: str | None = None
    frame_rate: float | None = None
    codec: str | None = None

    def in_split(self, split: str | None) -> DatasetItem:
        return replace(self, split=split)


def to_record(item: DatasetItem) -> dict[str, Any]:
    """What a release keeps of an item, as JSON; without its shapes, which its annotation keeps for ever."""
    kept = {name: _plain(getattr(item, name)) for name in _OF_MEDIA}
    return {name: value for name, value in kept.items() if value is not None}


def from_record(record: Mapping[str, Any], answer: DatasetAnswer | None) -> DatasetItem:
    """The item that `to_record` was given."""
    values: dict[str, Any] = {name: record.get(name) for name in _OF_MEDIA}
    for name in _MOMENTS:
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    values["type"], values["state"] = MediaType(values["type"]), State(values["state"])
    values["tags"] = tuple(values["tags"] or ())
    return DatasetItem(**values, answer=answer)


def finite(number: float | None) -> float | None:
    """A number as files can say it: one that is infinite, or none at all, is not known."""
    return number if number is not None and math.isfinite(number) else None


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return finite(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


_OF_MEDIA = tuple(field.name for field in fields(DatasetItem) if field.name != "answer")
_MOMENTS = ("captured_at", "uploaded_at", "decided_at")
