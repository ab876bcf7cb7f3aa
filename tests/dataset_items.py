"""A dataset in memory, to write and to read back."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from curation.datasets.archive import zip_chunks
from curation.datasets.items import DatasetAnswer, DatasetItem, DatasetShape, NamedClass, Vocabulary
from curation.datasets.options import ExportOptions
from curation.datasets.receipt import ReceiptBook
from curation.datasets.writers import Member, writer_for
from db.models import ExportFormat, MediaType, Origin, State

WORDS = Vocabulary(
    (
        NamedClass("wildfire", "Wildfire", "#d1495b"),
        NamedClass("low_cloud", "Low cloud", "#00798c"),
        NamedClass("no", "No", "#edae49", retired=True),
    ),
    (("missed_smoke", "Is there smoke that nobody saw?"),),
)
MOMENT = datetime(2026, 8, 12, 17, 42, 8, 250_000, tzinfo=UTC)
TRIANGLE = ((0.25, 0.125), (0.5, 0.125), (0.375, 0.4567891234))
PLAIN = ExportOptions()
_numbers = itertools.count(1)


@dataclass(frozen=True)
class InMemory:
    """What a writer asks of a dataset, of items in a list."""

    listed: tuple[DatasetItem, ...]
    vocabulary: Vocabulary = WORDS

    def items(self, split: str | None = None) -> Iterator[DatasetItem]:
        return (item for item in self.listed if split is None or item.split == split)

    def is_split(self) -> bool:
        return any(item.split for item in self.listed)


def an_item(media_id: int, *shapes: DatasetShape, answered: bool = True, **values: Any) -> DatasetItem:
    """A picture of 1920 x 1080 with these shapes."""
    answer = an_answer(*shapes) if answered else None
    known: dict[str, Any] = {
        "type": MediaType.IMAGE,
        "state": State.ACCEPTED if answered else State.NEW,
        "file_name": f"IMG_{media_id:04d}.JPG",
        "sha256": f"{media_id:064x}",
        "bucket_key": f"media/00/00/{media_id:064x}.jpg",
        "content_type": "image/jpeg",
        "size": 470_000,
        "width": 1920,
        "height": 1080,
        "orientation": 1,
        "duration": None,
        "source": "Brison 200°",
        "azimuth": 200.0,
        "lat": 44.125,
        "lon": None,
        "sequence": "s-1",
        "captured_at": MOMENT,
        "captured_at_assumed": False,
        "uploaded_at": MOMENT.replace(microsecond=0),
        "uploader": "curator",
        "score": 0.75,
        "tags": ("dusk", "élan"),
        "extracted_from": None,
        "extracted_at": None,
        "reviewer": "reviewer" if answered else None,
        "decision": "accepted" if answered else None,
        "decided_at": MOMENT if answered else None,
        "review_comment": None,
        "answer": answer,
    }
    return DatasetItem(media_id, **known | values)


def an_answer(*shapes: DatasetShape, **values: Any) -> DatasetAnswer:
    known: dict[str, Any] = {
        "number": 1,
        "author": "curator",
        "origin": Origin.HUMAN,
        "created_at": MOMENT,
        "readable": True,
        "label_classes": (),
        "replies": (),
        "comment": None,
    }
    return DatasetAnswer(next(_numbers), shapes=shapes, **known | values)


def a_box_shape(
    label_class: str = "wildfire",
    corners: tuple[float, float, float, float] = (0.1, 0.2, 0.3, 0.4),
    **values: Any,
) -> DatasetShape:
    known: dict[str, Any] = {"points": None, "origin": Origin.HUMAN, "confidence": None, "model": None}
    return DatasetShape(label_class, *corners, **known | values)


def a_polygon_shape(
    label_class: str = "low_cloud", points: tuple[tuple[float, float], ...] = TRIANGLE
) -> DatasetShape:
    xs, ys = zip(*points, strict=True)
    return replace(a_box_shape(label_class, (min(xs), min(ys), max(xs), max(ys))), points=points)


def in_memory(*items: DatasetItem) -> InMemory:
    return InMemory(items)


def written(
    format: ExportFormat, dataset: Any, receipt: ReceiptBook, options: ExportOptions = PLAIN
) -> list[tuple[str, bytes]]:
    """The files of an export by name, in their order, whole."""
    writer = writer_for(format, options, is_split=dataset.is_split())
    return [(member.name, b"".join(member.chunks)) for member in writer.members(dataset, receipt)]


def zipped(members: Iterable[Member]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(zip_chunks(members))))
