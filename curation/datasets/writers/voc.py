"""Pascal VOC: an XML file a picture, corners in pixels counted from 1; lists of pictures for each part of the split.

Corners keep their decimals: a plume far away is a few pixels wide. Polygons stand beside their boxes, as x1, y1, x2,
… counted from 1 too, which is how other programs write them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from curation.datasets.items import SPLITS, DatasetItem, DatasetShape
from curation.datasets.pictures import picture_ending
from curation.datasets.receipt import Reason, ReceiptBook
from curation.datasets.writers.walking import carried, manifest_members, no_annotated_picture
from curation.datasets.writers.writer import CHUNK_BYTES, Member
from curation.datasets.writers.yolo import tell_of_whole_picture
from curation.geometry import Box

if TYPE_CHECKING:
    from curation.datasets.options import ExportOptions
    from curation.datasets.source import Dataset

CORNERS = ("xmin", "ymin", "xmax", "ymax")
ALL = "trainval"  # the list of a dataset that is not split
# Of a pixel: less than a millionth of any picture.
_DECIMALS = 4
_IN_MEMORY = 2**20


@dataclass(frozen=True)
class VocWriter:
    """Always an archive."""

    options: ExportOptions
    single: bool = False

    def members(self, dataset: Dataset, receipt: ReceiptBook) -> Iterator[Member]:
        yield from manifest_members(self, self.options, dataset.vocabulary, dataset.items(), receipt)
        with ExitStack() as stack:
            lists = {
                name: stack.enter_context(SpooledTemporaryFile(_IN_MEMORY))
                for name in (SPLITS if dataset.is_split() else (ALL,))
            }
            for item in carried(self, dataset.items()):
                tell_of_whole_picture(item, receipt)
                lists[item.split or ALL].write(b"%d\n" % item.media_id)
                yield Member(f"Annotations/{item.media_id}.xml", iter([_document(item).encode()]))
            for name, listed in lists.items():
                listed.seek(0)
                yield Member(f"ImageSets/Main/{name}.txt", iter(partial(listed.read, CHUNK_BYTES), b""))

    def left_out(self, item: DatasetItem) -> Reason | None:
        return no_annotated_picture(item, self.options)

    def picture_name(self, item: DatasetItem) -> str | None:
        ending = picture_ending(item) if self.left_out(item) is None else None
        return f"JPEGImages/{item.media_id}.{ending}" if ending is not None else None


def _document(item: DatasetItem) -> str:
    assert item.width is not None
    assert item.height is not None
    shapes = item.answer.shapes if item.answer is not None else ()
    lines = [
        "<annotation>",
        "  <folder>JPEGImages</folder>",
        f"  <filename>{item.media_id}.{picture_ending(item)}</filename>",
        "  <source><database>Vigie</database></source>",
        f"  <size><width>{item.width}</width><height>{item.height}</height><depth>3</depth></size>",
        f"  <segmented>{int(any(shape.points for shape in shapes))}</segmented>",
        *(line for shape in shapes for line in _object(shape, item.width, item.height)),
        "</annotation>",
    ]
    return "\n".join(lines) + "\n"


def _object(shape: DatasetShape, width: int, height: int) -> Iterator[str]:
    corners = Box(shape.x_min, shape.y_min, shape.x_max, shape.y_max).to_voc(width, height)
    yield "  <object>"
    yield f"    <name>{escape(shape.label_class)}</name>"
    yield "    <pose>Unspecified</pose><truncated>0</truncated><difficult>0</difficult>"
    yield f"    <bndbox>{_numbers(CORNERS, corners)}</bndbox>"
    if shape.points:
        names = [f"{axis}{number}" for number in range(1, len(shape.points) + 1) for axis in "xy"]
        places = [place for x, y in shape.points for place in (x * width + 1, y * height + 1)]
        yield f"    <polygon>{_numbers(names, places)}</polygon>"
    yield "  </object>"


def _numbers(names: Sequence[str], numbers: Sequence[float]) -> str:
    written = (f"{number:.{_DECIMALS}f}".rstrip("0").rstrip(".") for number in numbers)
    return "".join(f"<{name}>{number}</{name}>" for name, number in zip(names, written, strict=True))
