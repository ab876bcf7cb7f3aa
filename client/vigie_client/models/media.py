"""Media: one picture or video with its metadata, and what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from vigie_client.models.answers import Annotation, Box, Dispute, Review, Shape
from vigie_client.models.predictions import Prediction


@dataclass(frozen=True)
class Media:
    """A media as lists show it; `acts` and `annotation_id` go back with an answer, to notice who was faster."""

    id: int
    type: str
    state: str
    created_at: datetime
    file_name: str | None = None
    width: int | None = None
    height: int | None = None
    source: str | None = None
    azimuth: float | None = None
    captured_at: datetime | None = None
    captured_at_assumed: bool = False
    sequence: str | None = None
    lat: float | None = None
    lon: float | None = None
    score: float | None = None
    uploaded_by: str | None = None
    annotation_id: int | None = None
    original_is_upright: bool = True
    acts: int = 0
    tags: list[str] = field(default_factory=list)
    annotation: Annotation | None = None
    last_review: Review | None = None
    look: int | None = None
    dispute: Dispute | None = None
    # Withdrawn, and its content deleted for good.
    purged_at: datetime | None = None
    predictions: list[Prediction] = field(default_factory=list)
    # Of videos.
    duration: float | None = None
    frame_rate: float | None = None
    codec: str | None = None
    playable: bool | None = None
    # Of a frame that was taken out of a video: which, and at which second.
    extracted_from: int | None = None
    extracted_at: float | None = None


@dataclass(frozen=True)
class MediaDetails(Media):
    """A media in full."""

    sha256: str | None = None
    size: int | None = None
    content_type: str | None = None
    bucket_key: str | None = None
    camera: str | None = None


@dataclass(frozen=True)
class QueueMedia(Media):
    """A media of a queue; `leased_by` is who else has it open."""

    leased_by: str | None = None


@dataclass(frozen=True)
class KnownElsewhere:
    """To a device whose picture came from another before: that it is here, and nothing else."""

    id: int
    sha256: str


@dataclass(frozen=True)
class Registered:
    """The stored media; `twin` when the same content was here before, `looks_like` near twins with other bytes."""

    media: MediaDetails | KnownElsewhere
    twin: bool
    notes: list[str] = field(default_factory=list)
    looks_like: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class ArchiveEntry:
    """What became of one entry of an archive: registered, already_here or refused."""

    name: str
    result: str
    media_id: int | None = None
    detail: str | None = None
    notes: list[str] = field(default_factory=list)
    looks_like: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Link:
    """An address that opens without a token, until it expires."""

    url: str
    expires_at: datetime | None = None


@dataclass(frozen=True)
class MediaLink:
    id: int
    url: str
    expires_at: datetime | None = None


@dataclass(frozen=True)
class HistoryEntry:
    at: datetime
    who: str
    what: str
    comment: str | None = None
    annotation_id: int | None = None
    annotation_number: int | None = None
    shapes: int | None = None
    sent_to: str | None = None
    blind: bool = False


@dataclass(frozen=True)
class Neighbour:
    """A media of the same source around a moment."""

    id: int
    captured_at: datetime | None
    state: str
    shapes: list[Shape] = field(default_factory=list)


@dataclass(frozen=True)
class MediaCount:
    """How many match; `capped` when there are more than `value`."""

    value: int
    capped: bool = False


@dataclass(frozen=True)
class Facets:
    """How many media stand in each state, as counted a moment ago."""

    state: dict[str, int]
    counted_at: datetime


@dataclass(frozen=True)
class TagsChanged:
    changed: int


@dataclass(frozen=True)
class Extraction:
    """Frames being taken out of a video: `frames` of `total` are there, all of them once it has `finished_at`."""

    id: int
    media_id: int
    every_seconds: float
    frames: int
    total: int
    created_at: datetime
    asked_by: str | None = None
    finished_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True)
class Spot:
    """How many other media of this camera show a label class at a spot, and the last of them."""

    label_class: str
    count: int
    last_media_id: int
    last_at: datetime | None = None


@dataclass(frozen=True)
class SpreadTarget:
    id: int
    state: str
    captured_at: datetime | None = None
    file_name: str | None = None


@dataclass(frozen=True)
class SpreadPreview:
    """The new media of the same camera around one, and how many such media there are in all."""

    media: list[SpreadTarget]
    total: int


@dataclass(frozen=True)
class LeftOut:
    media_id: int
    why: str


@dataclass(frozen=True)
class Spread:
    batch: int
    changed: list[int]
    left_out: list[LeftOut]


@dataclass(frozen=True)
class BatchUndone:
    undone: list[int]
    left_out: list[LeftOut]


@dataclass(frozen=True)
class Example:
    """A media that shows a label class, and where on it; None where it stands for the whole picture."""

    media_id: int
    box: Box | None = None
    chosen: bool = False
