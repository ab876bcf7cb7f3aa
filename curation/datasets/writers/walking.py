"""Walking through a dataset: what every archive begins with, and telling the receipt of each item once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from curation.datasets.items import DatasetItem, Vocabulary
from curation.datasets.pictures import no_picture
from curation.datasets.receipt import Reason, ReceiptBook
from curation.datasets.records import ABOUT, MANIFEST, about, to_line
from curation.datasets.writers.writer import Member, Writer, in_chunks
from db.models import MediaType

if TYPE_CHECKING:
    from curation.datasets.options import ExportOptions


def has_pixels(options: ExportOptions) -> bool:
    """Whether an export carries more than what is written of its media, and is an archive therefore."""
    return options.pictures or options.crops or options.contact_sheets


def file_of(writer: Writer, options: ExportOptions, item: DatasetItem) -> str | None:
    """Where the picture of an item stands in the archive that is being written, if it stands there."""
    return writer.picture_name(item) if options.pictures and item.removed is None else None


def manifest_members(
    writer: Writer,
    options: ExportOptions,
    vocabulary: Vocabulary,
    items: Iterable[DatasetItem],
    receipt: ReceiptBook,
    *,
    shapes: bool = True,
) -> Iterator[Member]:
    """The words of the dataset and all that is known of its items; the receipt is told of each of them.

    Every archive begins with these, so that importing it is exact whatever its format can carry.
    """
    yield Member(ABOUT, iter([about(vocabulary)]))
    lines = (
        to_line(item, file_of(writer, options, item)) for item in told(writer, items, receipt, shapes=shapes)
    )
    yield Member(MANIFEST, in_chunks(lines))


def told(
    writer: Writer, items: Iterable[DatasetItem], receipt: ReceiptBook, *, shapes: bool = True
) -> Iterator[DatasetItem]:
    """What this format carries of the items, tombstones included; the receipt is told of each.

    `shapes` says whether the format's own files have the shapes of what they carry.
    """
    for item in items:
        receipt.in_scope(item)
        reason = writer.left_out(item)
        if reason is None:
            receipt.exported(item, shapes=shapes)
            yield item
        else:
            receipt.left_out(item, reason)


def carried(writer: Writer, items: Iterable[DatasetItem]) -> Iterator[DatasetItem]:
    """The media that this format carries, without tombstones; the receipt has been told."""
    return (item for item in items if item.removed is None and writer.left_out(item) is None)


def no_annotated_picture(item: DatasetItem, options: ExportOptions) -> Reason | None:
    """Why a format of annotated pictures cannot carry an item, None when it can or when it is a tombstone.

    Where the pictures come along it is about none that does not: who trains with it would look for them all.
    """
    if item.removed is not None:
        return None
    if item.type == MediaType.VIDEO:
        return Reason.VIDEO
    if item.sha256 is None or not item.width or not item.height:
        return Reason.NO_CONTENT
    if options.pictures and no_picture(item) is Reason.WITHDRAWN:
        return Reason.WITHDRAWN
    if item.answer is None:
        return Reason.NO_ANSWER
    return None if item.answer.readable else Reason.UNREADABLE
