"""Crops: each shape with its surroundings, from the original, in a folder for its label class."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing

from curation.datasets.ahead import ahead
from curation.datasets.items import DatasetItem, DatasetShape
from curation.datasets.pictures import fetch, no_picture, wanted_picture
from curation.datasets.receipt import CROPS, Reason, ReceiptBook
from curation.datasets.records import CROPS_FOLDER
from curation.datasets.writers.writer import Member
from curation.decoding import DECODERS, Undecodable
from curation.geometry import Box
from curation.pictures import crop_picture
from db.models import MediaType
from storage import Bucket


def crop_members(bucket: Bucket, items: Iterable[DatasetItem], receipt: ReceiptBook) -> Iterator[Member]:
    """A JPEG of 320 pixels a side for each shape, such as `crops/train/wildfire/12-1.jpg`; none of videos.

    The receipt is told of each, and of media with shapes whose picture is missing or damaged. Raises
    BucketUnreachable, and Unavailable when all decoders are busy for too long.
    """
    found = ahead(
        lambda item: _crops(bucket, item),
        _with_pictures(items, receipt),
        threads=DECODERS,
        size=lambda item: item.size or 0,
    )
    with closing(found):
        for item, crops in found:
            if isinstance(crops, Reason):
                receipt.not_drawn(CROPS, item.media_id, crops)
                continue
            for number, (shape, crop) in enumerate(crops, 1):
                yield Member(crop_name(item, shape, number), iter([crop]), len(crop), zlib.crc32(crop))
                receipt.drawn(CROPS)


def crop_name(item: DatasetItem, shape: DatasetShape, number: int) -> str:
    """`number` counts the shapes of the answer from 1."""
    file_name = f"{item.media_id}-{number}.jpg"
    return "/".join(part for part in (CROPS_FOLDER, item.split, shape.label_class, file_name) if part)


def _with_pictures(items: Iterable[DatasetItem], receipt: ReceiptBook) -> Iterator[DatasetItem]:
    for item in items:
        if item.type != MediaType.IMAGE or item.answer is None or not item.answer.shapes:
            continue
        reason = no_picture(item)
        if reason is None:
            yield item
        else:
            receipt.not_drawn(CROPS, item.media_id, reason)


def _crops(bucket: Bucket, item: DatasetItem) -> list[tuple[DatasetShape, bytes]] | Reason:
    assert item.answer is not None
    fetched = fetch(bucket, wanted_picture(item, ""))
    if isinstance(fetched, Reason):
        return fetched
    with closing(fetched):
        original = b"".join(fetched.chunks())
    try:
        return [(shape, crop_picture(original, _box(shape))) for shape in item.answer.shapes]
    except Undecodable:
        return Reason.UNDECODABLE


def _box(shape: DatasetShape) -> Box:
    return Box(shape.x_min, shape.y_min, shape.x_max, shape.y_max)
