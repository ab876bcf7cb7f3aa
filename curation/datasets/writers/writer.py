"""What every format is to whoever makes an export: files under names, given piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from curation.datasets.items import DatasetItem
from curation.datasets.receipt import Reason, ReceiptBook

if TYPE_CHECKING:
    from curation.datasets.source import Dataset

CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class Member:
    """A file of an export; its name has `/` between folders. Its chunks can be read once, before the next member's.

    `size` (bytes), `crc32` and `sha256` are given where they are known before the first chunk is read.
    """

    name: str
    chunks: Iterator[bytes]
    size: int | None = None
    crc32: int | None = None
    sha256: str | None = None


class Writer(Protocol):
    """One format with the options of one export."""

    @property
    def single(self) -> bool:
        """Whether the export is one bare file; else its members go into a ZIP."""
        ...

    def members(self, dataset: Dataset, receipt: ReceiptBook) -> Iterator[Member]:
        """All files but pictures, crops and contact sheets, in a fixed order.

        The receipt is told of each item once: exported or left out, and what the format cannot carry of it.
        """
        ...

    def left_out(self, item: DatasetItem) -> Reason | None:
        """Why this format cannot carry an item at all, None when it can."""
        ...

    def picture_name(self, item: DatasetItem) -> str | None:
        """Where an item's picture or video stands in the archive; None when the item is left out or has none."""
        ...


def in_chunks(pieces: Iterable[bytes], size: int = CHUNK_BYTES, *, at_once: bool = False) -> Iterator[bytes]:
    """Many small pieces as few larger ones. `at_once` the first comes alone: it is known before any media is read."""
    waiting: list[bytes] = []
    length = 0
    pieces = iter(pieces)
    if at_once:
        yield from islice(pieces, 1)
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= size:
            yield b"".join(waiting)
            waiting.clear()
            length = 0
    if waiting:
        yield b"".join(waiting)
