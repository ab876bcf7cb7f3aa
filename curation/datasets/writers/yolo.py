"""YOLO: a text file a picture, a line a shape, numbers as fractions; `dataset.yaml` says what the numbers mean.

A picture that was found empty has an empty file. Boxes are centre and size, polygons their points (Ultralytics,
detection and segmentation). A file that mixes both is misread, so all shapes of a dataset are written alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from curation.datasets.items import SPLITS, DatasetItem, DatasetShape, Vocabulary
from curation.datasets.pictures import picture_ending
from curation.datasets.receipt import NEEDED, Reason, ReceiptBook
from curation.datasets.writers.walking import carried, manifest_members, no_annotated_picture
from curation.datasets.writers.writer import Member
from curation.geometry import Box

if TYPE_CHECKING:
    from curation.datasets.options import ExportOptions
    from curation.datasets.source import Dataset

# A thousandth of a pixel of the widest picture.
_DECIMALS = 8


@dataclass
class _Seen:
    """What the walk for the manifest has found out about the media that are carried."""

    writer: YoloWriter
    polygons: bool = False
    splits: set[str] = field(default_factory=set)

    def looking_at(self, items: Iterable[DatasetItem]) -> Iterator[DatasetItem]:
        for item in items:
            if item.removed is None and item.answer is not None and self.writer.left_out(item) is None:
                self.polygons = self.polygons or any(shape.points for shape in item.answer.shapes)
                self.splits.add(item.split or "")
            yield item


@dataclass(frozen=True)
class YoloWriter:
    """Always an archive."""

    options: ExportOptions
    single: bool = False

    def members(self, dataset: Dataset, receipt: ReceiptBook) -> Iterator[Member]:
        seen = _Seen(self)
        items = seen.looking_at(dataset.items())
        yield from manifest_members(self, self.options, dataset.vocabulary, items, receipt)
        polygons = self.options.outlines == "polygons" or (self.options.outlines == "auto" and seen.polygons)
        splits = seen.splits if dataset.is_split() else None
        yield Member("dataset.yaml", iter([_dataset_yaml(dataset.vocabulary, splits).encode()]))
        for item in carried(self, dataset.items()):
            _tell_reduced(item, receipt, polygons=polygons)
            lines = _lines(item, dataset.vocabulary, polygons=polygons)
            yield Member(_name("labels", item, "txt"), iter(["".join(lines).encode()]))

    def left_out(self, item: DatasetItem) -> Reason | None:
        return no_annotated_picture(item, self.options)

    def picture_name(self, item: DatasetItem) -> str | None:
        ending = picture_ending(item) if self.left_out(item) is None else None
        return _name("images", item, ending) if ending is not None else None


def _name(folder: str, item: DatasetItem, ending: str) -> str:
    return "/".join(part for part in (folder, item.split, f"{item.media_id}.{ending}") if part)


def _dataset_yaml(words: Vocabulary, splits: set[str] | None) -> str:
    """Paths are beside this file: a `path` would be read as one of the machine that trains. `splits` are the parts
    that hold something, None of a dataset without parts.

    Readers refuse a file without `train` or `val`, so that these stand there even when nothing is in them. Names are
    quoted, because YAML takes a bare `no` for false.
    """
    if splits is None:
        lines = [f"{split}: images" for split in NEEDED]
    else:
        lines = [f"{split}: images/{split}" for split in SPLITS if split in splits or split in NEEDED]
    lines.append(f"nc: {len(words.label_classes)}")
    lines.append("names:" if words.label_classes else "names: []")
    lines += [f"  {number}: {json.dumps(one.key)}" for number, one in enumerate(words.label_classes)]
    return "\n".join(lines) + "\n"


def _lines(item: DatasetItem, words: Vocabulary, *, polygons: bool) -> Iterator[str]:
    for shape in item.answer.shapes if item.answer is not None else ():
        numbers = (
            [number for point in outline(shape) for number in point]
            if polygons
            else Box(shape.x_min, shape.y_min, shape.x_max, shape.y_max).to_yolo()
        )
        written = " ".join(_written(number) for number in numbers)
        yield f"{words.numbers[shape.label_class]} {written}\n"


def outline(shape: DatasetShape) -> tuple[tuple[float, float], ...]:
    """The points of a polygon, of a box its four corners; fractions."""
    if shape.points:
        return shape.points
    x_min, y_min, x_max, y_max = shape.x_min, shape.y_min, shape.x_max, shape.y_max
    return ((x_min, y_min), (x_max, y_min), (x_max, y_max), (x_min, y_max))


def _written(number: float) -> str:
    return f"{number:.{_DECIMALS}f}".rstrip("0").rstrip(".") or "0"


def _tell_reduced(item: DatasetItem, receipt: ReceiptBook, *, polygons: bool) -> None:
    assert item.answer is not None
    if polygons and not all(shape.points for shape in item.answer.shapes):
        receipt.reduced(item, Reason.BOX_TO_POLYGON)
    if not polygons and any(shape.points for shape in item.answer.shapes):
        receipt.reduced(item, Reason.POLYGON_TO_BOX)
    tell_of_whole_picture(item, receipt)


def tell_of_whole_picture(item: DatasetItem, receipt: ReceiptBook) -> None:
    """What formats of nothing but label classes and places do not carry."""
    assert item.answer is not None
    if item.answer.shapes:
        receipt.reduced(item, Reason.ORIGIN)
    if item.answer.label_classes:
        receipt.reduced(item, Reason.IMAGE_CLASSES)
    if item.answer.replies:
        receipt.reduced(item, Reason.REPLIES)
    if item.answer.comment:
        receipt.reduced(item, Reason.COMMENT)
