"""Beside an export that is being made: how far it is goes to its row each second, and whether it is still wanted."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from types import TracebackType
from typing import BinaryIO

from sqlalchemy import ColumnElement, update

from curation.datasets.items import DatasetItem
from curation.datasets.source import Dataset
from db.models import Export, ExportState
from db.outages import told
from db.types import Sessions

SECONDS = 1.0

log = logging.getLogger(__name__)


class Stopped(Exception):
    """Nobody wants what is being made any more: it was cancelled, or somebody else makes it by now."""


def still_ours(export_id: int, attempt: int) -> tuple[ColumnElement[bool], ...]:
    """That the export is being made by this attempt: whoever takes it again makes another one."""
    return Export.id == export_id, Export.state == ExportState.RUNNING, Export.attempts == attempt


class Watch:
    """Writes down `done` media and `size` bytes until its `with` block ends."""

    def __init__(self, sessions: Sessions, export_id: int, attempt: int) -> None:
        self.done = 0
        self.size = 0
        self._sessions = sessions
        self._ours = still_ours(export_id, attempt)
        self._unwanted = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch of export {export_id}", daemon=True)

    def still_wanted(self) -> None:
        """Raise Stopped as soon as it is not."""
        if self._unwanted.is_set():
            raise Stopped

    def _run(self) -> None:
        while not self._over.wait(SECONDS):
            try:
                with self._sessions() as session:
                    values = {"done": self.done, "size": self.size}
                    seen = session.execute(
                        update(Export).where(*self._ours).values(values).returning(Export.id)
                    )
                    if seen.first() is None:
                        self._unwanted.set()
                        return
            except Exception as error:  # what it watches goes on, and will find out by itself
                log.warning("how far an export is was not written down: %s", told(error))

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()


class WatchedFile(io.RawIOBase):
    """A file that is read only as long as what is made of it is wanted: bringing a large one away takes long."""

    def __init__(self, file: BinaryIO, watch: Watch) -> None:
        self._file = file
        self._watch = watch

    def read(self, size: int = -1) -> bytes:
        self._watch.still_wanted()
        return self._file.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


class WatchedDataset(Dataset):
    """A dataset whose walks end at once when nobody wants them any more."""

    def __init__(self, dataset: Dataset, watch: Watch) -> None:
        self.vocabulary = dataset.vocabulary
        self._dataset = dataset
        self._watch = watch

    def items(self, split: str | None = None) -> Iterator[DatasetItem]:
        for item in self._dataset.items(split):
            self._watch.still_wanted()
            yield item

    def is_split(self) -> bool:
        return self._dataset.is_split()

    def count(self) -> int:
        return self._dataset.count()

    def to_answer(self) -> Iterator[DatasetItem]:
        return self._dataset.to_answer()

    def moved(self) -> int:
        return self._dataset.moved()

    def withheld(self, media_ids: Sequence[int]) -> AbstractSet[int]:
        return self._dataset.withheld(media_ids)
