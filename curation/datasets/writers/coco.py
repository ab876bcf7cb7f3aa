"""COCO, object detection format: boxes as left, top, width, height in pixels, polygons as x, y, x, y, …

What the format has no place for stands under names of ours (`vigie` of a picture; `drawn`, `score`, `origin` and
`model` of an annotation), which its readers pass over. Label classes are named by their keys, which never change.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from curation.datasets.items import SPLITS, DatasetItem, DatasetShape, NamedClass, Vocabulary
from curation.datasets.pictures import picture_name
from curation.datasets.receipt import Reason, ReceiptBook
from curation.datasets.records import BOX, DRAWN, to_document, to_line
from curation.datasets.writers.walking import (
    carried,
    has_pixels,
    manifest_members,
    no_annotated_picture,
    told,
)
from curation.datasets.writers.writer import CHUNK_BYTES, Member, in_chunks
from curation.datasets.writers.yolo import outline
from curation.geometry import Box

if TYPE_CHECKING:
    from curation.datasets.options import ExportOptions
    from curation.datasets.source import Dataset

_IN_MEMORY = 2**20
# They stand in the entry itself, or are said by its annotations.
_SAID_ELSEWHERE = ("width", "height", "answer")
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


@dataclass(frozen=True)
class CocoWriter:
    """One file, or one for each part of the split; a bare file when nobody said that there are parts."""

    options: ExportOptions
    is_split: bool

    @property
    def single(self) -> bool:
        return not (self.is_split or has_pixels(self.options))

    def members(self, dataset: Dataset, receipt: ReceiptBook) -> Iterator[Member]:
        words = dataset.vocabulary
        if self.single:
            yield Member(
                "annotations.json", _document(words, told(self, dataset.items(), receipt), at_once=True)
            )
            return
        yield from manifest_members(self, self.options, words, dataset.items(), receipt)
        for split in SPLITS if dataset.is_split() else (None,):
            name = f"annotations/instances_{split or 'all'}.json"
            yield Member(name, _document(words, carried(self, dataset.items(split))))

    def left_out(self, item: DatasetItem) -> Reason | None:
        return no_annotated_picture(item, self.options)

    def picture_name(self, item: DatasetItem) -> str | None:
        return picture_name(item) if self.left_out(item) is None else None


def _document(words: Vocabulary, items: Iterable[DatasetItem], *, at_once: bool = False) -> Iterator[bytes]:
    """The file in one walk through the items: annotations wait on the disk until all pictures are written."""
    with (
        tempfile.SpooledTemporaryFile(_IN_MEMORY) as annotations,
        tempfile.SpooledTemporaryFile(_IN_MEMORY) as removed,
    ):
        ids = count(1)

        def images() -> Iterator[bytes]:
            between = b"\n"
            for item in items:
                if item.removed is not None:
                    removed.write((",\n" if removed.tell() else "\n").encode() + to_line(item)[:-1])
                    continue
                yield between + _write(_image(item)).encode()
                between = b",\n"
                for annotation in _annotations(item, words):
                    number = next(ids)
                    start = "\n" if number == 1 else ",\n"
                    annotations.write((start + _write({"id": number, **annotation})).encode())

        categories = [_category(number, named) for number, named in enumerate(words.label_classes, 1)]
        head = (
            f'{{"info":{{"description":"Vigie"}},"licenses":[],"categories":{_write(categories)},"images":['
        )
        yield from in_chunks(chain([head.encode()], images()), at_once=at_once)
        yield b'\n],"annotations":['
        annotations.seek(0)
        yield from iter(lambda: annotations.read(CHUNK_BYTES), b"")
        yield b'\n],"vigie":{"removed":['
        removed.seek(0)
        yield from iter(lambda: removed.read(CHUNK_BYTES), b"")
        yield b"\n]}}\n"


def _category(number: int, named: NamedClass) -> dict[str, Any]:
    about = {"name": named.name, "colour": named.colour, "retired": named.retired}
    return {"id": number, "name": named.key, "supercategory": "", "vigie": about}


def _image(item: DatasetItem) -> dict[str, Any]:
    document = to_document(item)
    answer = document["answer"]
    image = {
        "id": item.media_id,
        "file_name": (picture_name(item) or str(item.media_id)).rpartition("/")[2],
        "width": item.width,
        "height": item.height,
    }
    if "captured_at" in document:
        image["date_captured"] = document["captured_at"]
    about = {name: value for name, value in document.items() if name not in _SAID_ELSEWHERE}
    about["answer"] = {name: value for name, value in answer.items() if name != "shapes"}
    return image | {"vigie": about}


def _annotations(item: DatasetItem, words: Vocabulary) -> Iterator[dict[str, Any]]:
    assert item.width is not None
    assert item.height is not None
    for shape in item.answer.shapes if item.answer is not None else ():
        box = Box(shape.x_min, shape.y_min, shape.x_max, shape.y_max).to_coco(item.width, item.height)
        # A box has its four corners too: readers that make masks want an outline of every annotation.
        around = [(x * item.width, y * item.height) for x, y in outline(shape)]
        annotation: dict[str, Any] = {
            "image_id": item.media_id,
            "category_id": words.numbers[shape.label_class] + 1,
            "bbox": list(box),
            "area": polygon_area(around) if shape.points else box[2] * box[3],
            "iscrowd": 0,
            "segmentation": [[number for point in around for number in point]],
            DRAWN: "polygon" if shape.points else BOX,
        }
        yield annotation | _extras(shape)


def _extras(shape: DatasetShape) -> dict[str, Any]:
    extras: dict[str, Any] = {"origin": shape.origin.value}
    if shape.confidence is not None:
        extras["score"] = shape.confidence
    if shape.model is not None:
        extras["model"] = shape.model
    return extras


def polygon_area(points: list[tuple[float, float]]) -> float:
    """The area inside a closed line, in the unit of its points squared (Gauss's formula)."""
    around = zip(points, points[1:] + points[:1], strict=True)
    return abs(sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in around)) / 2
