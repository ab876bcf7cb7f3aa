"""A dataset as its pictures may be handed out: what was withdrawn since it was frozen has no place in the bucket.

That is known before the first file is written, so that no file names a picture that does not come with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import islice

from curation.datasets.items import DatasetItem
from curation.datasets.source import AT_A_TIME, Dataset


class HandedOut(Dataset):
    """The same items; those whose pictures are withheld have lost their `bucket_key`."""

    def __init__(self, dataset: Dataset) -> None:
        self.vocabulary = dataset.vocabulary
        self._dataset = dataset

    def items(self, split: str | None = None) -> Iterator[DatasetItem]:
        walk = self._dataset.items(split)
        while some := list(islice(walk, AT_A_TIME)):
            withheld = self._dataset.withheld([item.media_id for item in some])
            for item in some:
                yield replace(item, bucket_key=None) if item.media_id in withheld else item

    def to_answer(self) -> Iterator[DatasetItem]:
        return self._dataset.to_answer()

    def is_split(self) -> bool:
        return self._dataset.is_split()

    def count(self) -> int:
        return self._dataset.count()

    def moved(self) -> int:
        return self._dataset.moved()

    def withheld(self, media_ids: Sequence[int]) -> AbstractSet[int]:
        return self._dataset.withheld(media_ids)
