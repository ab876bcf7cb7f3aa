"""The files of an import, opened: in a ZIP that was sent, in the bucket one by one, or under a prefix of it."""

from __future__ import annotations

import errno
import hashlib
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, Protocol, cast

from curation.archives import CHUNK_BYTES, ENCRYPTED, ArchiveLimits, list_entries, unpack
from curation.content import largest_of
from curation.datasets.room import require_room
from curation.errors import CurationError, Refused
from curation.imports.found import Files, Remark
from curation.imports.staging import (
    BucketFiles,
    StagedFile,
    clean_entry_name,
    show_prefix,
    show_staged,
    shown_files,
    shown_prefix,
)
from curation.imports.work import ImportWork
from curation.spool import Spool, Spooled, spool_chunks
from db.models import ImportKind
from storage import Bucket
from storage.errors import ObjectMissing

NO_ROOM = "The server has no room to open this archive at the moment. Try again later."
LOCKED = "This file of the archive is encrypted and was left out. Pack it without a password."
ALL_LOCKED = "Every file of this archive is encrypted. Pack it without a password."
NO_NAME = "Its name is too long, or holds what no name may hold, so it was left out. Rename it."
SAME_NAME = "Several files of the archive have this name: the last of them counts, and this one was left out."
LIMITS = ArchiveLimits(files=200_000, unpacked=64 * 2**30, directory=64 * 2**20)


class OpenedFiles(Files, Protocol):
    """Files that can also be taken over into a spool, as everything is that becomes a media."""

    def key(self, name: str) -> str | None:
        """Where somebody else has put it in the bucket."""
        ...

    def nameless(self) -> list[Remark]:
        """What was sent and is not among the names: encrypted, without a name, or called like a later one."""
        ...

    def leave_out_damaged(self, names: Collection[str]) -> list[str]:
        """Those of the names that cannot be read to their end; they are not among the files any more."""
        ...

    def modified(self, name: str) -> datetime | None:
        """When it was last written, where the bucket knows that."""
        ...

    def take(self, name: str, spool: Spool) -> Spooled:
        """Its bytes. Raises KeyError, Refused, TooLarge, and what the bucket raises."""
        ...


@contextmanager
def opened_files(work: ImportWork, *, anew: bool = False) -> Iterator[OpenedFiles]:
    """The files of an import, for as long as the block lasts: those that its preview shows, `anew` all that are there.

    Raises Refused, and what the bucket raises.
    """
    if work.kind == ImportKind.PREFIX:
        under = (show_prefix if anew else shown_prefix)(work.bucket, work.import_id, work.prefix)
        yield _InBucket(work.bucket, under, foreign=True)
        return
    staged = (show_staged if anew else shown_files)(work.bucket, work.import_id)
    names = list(staged.names())
    if not names:
        raise Refused("No file was sent. Send some first.")
    if work.kind == ImportKind.FILES:
        yield _InBucket(work.bucket, staged, foreign=False)
        return
    if len(names) > 1:
        raise Refused("An archive is one ZIP. Send its files one by one, or one import for each ZIP.")
    with ExitStack() as stack:
        work.spool_folder.mkdir(parents=True, exist_ok=True)
        # Without a name from the beginning: nothing is left of it when the process is killed.
        content = stack.enter_context(tempfile.NamedTemporaryFile(dir=work.spool_folder, suffix=".zip"))
        _copy(work, staged.staged(names[0]), content)
        entries = list_entries(Path(content.name), LIMITS)
        if entries and all(entry.flag_bits & ENCRYPTED for entry in entries):
            raise Refused(ALL_LOCKED)
        yield _InArchive(stack.enter_context(zipfile.ZipFile(content.name)), entries)


def _copy(work: ImportWork, archive: StagedFile, content: IO[bytes]) -> None:
    """Copy an archive to our disk, where uploads and the database need room too. Raises Refused when it is short."""
    copied = 0
    try:
        with work.bucket.open(archive.key) as stream:
            for chunk in stream:
                work.still_wanted()
                # Asked again and again: others may be at it at the same time.
                require_room(work.spool_folder, archive.size - copied)
                copied += content.write(chunk)
        content.flush()
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Refused(NO_ROOM) from error


class _InBucket:
    """Objects of the bucket, one for each file."""

    def __init__(self, bucket: Bucket, found: BucketFiles, *, foreign: bool) -> None:
        self._bucket, self._found, self._foreign = bucket, found, foreign

    def names(self) -> Iterator[str]:
        return self._found.names()

    def size(self, name: str) -> int:
        return self._found.size(name)

    def open(self, name: str) -> BinaryIO:
        return self._found.open(name)

    def sha256(self, name: str) -> str | None:
        return self._found.staged(name).sha256

    def key(self, name: str) -> str | None:
        return self._found.staged(name).key if self._foreign else None

    def modified(self, name: str) -> datetime | None:
        return self._found.staged(name).modified

    def nameless(self) -> list[Remark]:
        return []  # each has a key of its own

    def leave_out_damaged(self, names: Collection[str]) -> list[str]:
        return []  # the bucket gives objects as they were put, or says why it cannot

    def take(self, name: str, spool: Spool) -> Spooled:
        staged = self._found.staged(name)
        try:
            with self._bucket.open(staged.key) as stream:
                if not staged.still_is(stream):
                    raise Refused(f"{name} was written anew since the preview. Import it again.")
                return spool_chunks(spool, stream)
        except ObjectMissing:
            raise Refused(f"{name} is in the bucket no more.") from None


class _InArchive:
    """The files of a ZIP that lies on our disk."""

    def __init__(self, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
        self._archive = archive
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._nameless: list[Remark] = []
        for entry in entries:
            try:
                name = clean_entry_name(entry.filename)
            except CurationError:
                shown = "".join(sign if sign.isprintable() else "·" for sign in entry.filename)
                self._nameless.append(Remark(shown, NO_NAME, fatal=True))
                continue
            if entry.flag_bits & ENCRYPTED:
                self._nameless.append(Remark(name, LOCKED, fatal=True))
                continue
            if name in self._entries:
                self._nameless.append(Remark(name, SAME_NAME, fatal=True))
            self._entries[name] = entry
        self._in_order = sorted(self._entries, key=str.encode)
        self._hashes: dict[str, str] = {}

    def names(self) -> Iterator[str]:
        return iter(self._in_order)

    def size(self, name: str) -> int:
        return self._entries[name].file_size

    def open(self, name: str) -> BinaryIO:
        try:
            return cast(BinaryIO, self._archive.open(self._entries[name]))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
            raise Refused(f"{name} is damaged inside the archive and cannot be unpacked.") from None

    def sha256(self, name: str) -> str | None:
        if name not in self._hashes:
            digest = hashlib.sha256()
            for chunk in self._chunks(name):
                digest.update(chunk)
            self._hashes[name] = digest.hexdigest()
        return self._hashes[name]

    def nameless(self) -> list[Remark]:
        return self._nameless

    def _chunks(self, name: str) -> Iterator[bytes]:
        """Its bytes, unpacked; they fit its checksum once the last was given. Raises Refused for a damaged file."""
        try:
            with self.open(name) as content:
                yield from iter(lambda: content.read(CHUNK_BYTES), b"")
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError):
            raise Refused(f"{name} is damaged inside the archive and cannot be unpacked.") from None

    def leave_out_damaged(self, names: Collection[str]) -> list[str]:
        # What is read is trusted to be whole: half a label file would say that less is on its picture.
        damaged = []
        for name in names:
            try:
                self.sha256(name)
            except Refused:
                damaged.append(name)
                del self._entries[name]
        self._in_order = [name for name in self._in_order if name in self._entries]
        return damaged

    def key(self, name: str) -> str | None:
        return None

    def modified(self, name: str) -> datetime | None:
        return None

    def take(self, name: str, spool: Spool) -> Spooled:
        return unpack(self._archive, self._entries[name], spool)


@contextmanager
def taken(files: OpenedFiles, name: str, spool_folder: Path) -> Iterator[Spooled]:
    """One file in the spool, for as long as the block lasts."""
    with Spool(spool_folder, limit=largest_of, name=name) as spool:
        yield files.take(name, spool)
