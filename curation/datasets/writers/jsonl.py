"""JSON Lines: a media a line with everything that is known of it, as the manifest of every archive has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curation.datasets.items import DatasetItem
from curation.datasets.pictures import picture_name
from curation.datasets.receipt import Reason, ReceiptBook
from curation.datasets.records import MANIFEST
from curation.datasets.writers.walking import has_pixels, manifest_members
from curation.datasets.writers.writer import Member

if TYPE_CHECKING:
    from curation.datasets.options import ExportOptions
    from curation.datasets.source import Dataset


@dataclass(frozen=True)
class JsonLinesWriter:
    """Every media, lossless; in an archive the manifest is all there is to write."""

    options: ExportOptions

    @property
    def single(self) -> bool:
        return not has_pixels(self.options)

    def members(self, dataset: Dataset, receipt: ReceiptBook) -> Iterator[Member]:
        written = manifest_members(self, self.options, dataset.vocabulary, dataset.items(), receipt)
        return (member for member in written if member.name == MANIFEST or not self.single)

    def left_out(self, item: DatasetItem) -> Reason | None:
        return None

    def picture_name(self, item: DatasetItem) -> str | None:
        return picture_name(item)
