"""What goes into an export, in its order: annotation files, then pictures, crops and contact sheets, then all hashes.

The session that the annotations come from is let go before the first picture is read, however long those take; what
has to be known of the media until then waits on the disk.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO

from curation.datasets.archive import zip_chunks
from curation.datasets.crops import crop_members
from curation.datasets.handing_out import HandedOut
from curation.datasets.items import DatasetItem
from curation.datasets.options import ExportOptions
from curation.datasets.pictures import no_picture, picture_members, wanted_picture
from curation.datasets.receipt import Reason, ReceiptBook
from curation.datasets.records import SUMS, from_line, to_line
from curation.datasets.room import require_room, require_storable
from curation.datasets.sheets import sheet_members
from curation.datasets.shown import ShownMedia
from curation.datasets.source import AT_A_TIME, Dataset
from curation.datasets.watching import Watch, WatchedDataset
from curation.datasets.writers import Member, Writer
from curation.datasets.writers.walking import carried
from curation.datasets.writers.writer import CHUNK_BYTES
from storage import Bucket


class Contents:
    """The bytes of one export, and how many of its media are `done`; to be used in a `with`."""

    def __init__(
        self,
        writer: Writer,
        options: ExportOptions,
        bucket: Bucket,
        receipt: ReceiptBook,
        shown: ShownMedia,
        watch: Watch,
        spool_folder: Path,
    ) -> None:
        self._writer = writer
        self._options = options
        self._bucket = bucket
        self._receipt = receipt
        self._shown = shown
        self._watch = watch
        self._spool_folder = spool_folder
        self._waiting: IO[bytes] = tempfile.TemporaryFile(dir=spool_folder)  # noqa: SIM115 - closed by `with`
        self._sums: IO[bytes] = tempfile.TemporaryFile(dir=spool_folder)  # noqa: SIM115 - the same
        self._picture_bytes = 0
        self._withdrawn: set[int] = set()
        self._read_again = 0
        # How often each media is come to: once for its annotation, once for each of what is drawn of its pixels.
        self._rounds = 1 + sum((options.pictures, options.crops, options.contact_sheets))

    @property
    def done(self) -> int:
        return (self._receipt.told + self._read_again) // self._rounds

    def chunks(self, dataset: Dataset, let_go: Callable[[], None]) -> Iterator[bytes]:
        """The file, piece by piece; `let_go` ends the session of the dataset as soon as it is not needed."""
        dataset.still_wanted = self._watch.still_wanted
        watched = WatchedDataset(dataset, self._watch)
        if self._writer.single:
            yield from next(self._writer.members(watched, self._receipt)).chunks
            self._note_to_answer(watched)
            self._receipt.moved(watched.moved())
        else:
            yield from zip_chunks(self._counted(self._members(watched, let_go)))

    def _members(self, dataset: Dataset, let_go: Callable[[], None]) -> Iterator[Member]:
        if self._options.reads_bucket:
            dataset = HandedOut(dataset)
        yield from self._writer.members(dataset, self._receipt)
        self._note_to_answer(dataset)
        if self._options.reads_bucket:
            self._note_waiting(dataset)
        self._receipt.moved(dataset.moved())
        let_go()
        require_storable(self._picture_bytes, self._bucket.largest)
        # In a bucket that is a folder the finished file stands once more.
        copies = 2 if self._bucket.on_this_host else 1
        require_room(self._spool_folder, self._picture_bytes * copies)
        if self._options.pictures:
            wanted = (
                wanted_picture(item, name)
                for item in self._waited()
                if (name := self._writer.picture_name(item)) is not None
            )
            yield from picture_members(self._bucket, wanted, self._receipt)
        if self._options.crops:
            yield from crop_members(self._bucket, self._waited(), self._receipt)
        if self._options.contact_sheets:
            yield from sheet_members(self._bucket, self._waited(), dataset.vocabulary, self._receipt)

    def _note_to_answer(self, dataset: Dataset) -> None:
        for item in dataset.to_answer():
            self._receipt.in_scope(item)
            self._receipt.left_out(item, Reason.TO_ANSWER)

    def _note_waiting(self, dataset: Dataset) -> None:
        """Write down the media whose pixels are wanted, while the session is there."""
        for item in carried(self._writer, dataset.items()):
            if self._options.pictures and no_picture(item) is Reason.WITHDRAWN:
                self._receipt.picture_left_out(item.media_id, Reason.WITHDRAWN)
            elif self._options.pictures and self._writer.picture_name(item) is not None:
                self._picture_bytes += item.size or 0
            self._waiting.write(to_line(item))

    def _waited(self) -> Iterator[DatasetItem]:
        """The same media again; of those withdrawn by now no pixels are read, a few hundred before they would be."""
        first = self._read_again == 0
        self._waiting.seek(0)
        while items := [from_line(line) for line in islice(self._waiting, AT_A_TIME)]:
            withdrawn = self._shown.withdrawn(items)
            for item in items:
                self._watch.still_wanted()
                self._read_again += 1
                if item.bucket_key is None or item.removed is not None:
                    yield item
                elif item.media_id in withdrawn:
                    if item.media_id not in self._withdrawn:
                        self._withdrawn.add(item.media_id)
                        self._receipt.picture_left_out(item.media_id, Reason.WITHDRAWN)
                    yield replace(item, bucket_key=None)
                else:
                    if first:
                        self._shown.note(item)
                    yield item

    def _counted(self, members: Iterator[Member]) -> Iterator[Member]:
        """The same files, then the list of their hashes; the receipt is told of each when it was read to its end.

        By that list whoever imports the archive knows what was changed in it since.
        """
        for member in members:
            yield replace(member, chunks=self._measured(member))
        self._sums.seek(0)
        sums = Member(SUMS, iter(lambda: self._sums.read(CHUNK_BYTES), b""))
        yield replace(sums, chunks=self._measured(sums))

    def _measured(self, member: Member) -> Iterator[bytes]:
        size = 0
        # Of a picture the hash is known: it was just read and found to be this.
        digest = hashlib.sha256() if member.sha256 is None else None
        for chunk in member.chunks:
            size += len(chunk)
            if digest is not None:
                digest.update(chunk)
            yield chunk
        sha256 = digest.hexdigest() if digest is not None else member.sha256
        self._receipt.file(member.name, size, sha256 or "")
        if member.name != SUMS:
            self._sums.write(f"{sha256}  {member.name}\n".encode())

    def __enter__(self) -> Contents:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.close()
        self._sums.close()
