"""ZIP archives: checked as a whole before anything is taken out, then registered picture by picture."""

from __future__ import annotations

import logging
import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from sqlalchemy.exc import OperationalError

from curation.accesses import CURATORS, require_scope
from curation.capture import CaptureDetails
from curation.content import largest_of
from curation.errors import CurationError, Refused, RefusedArchive, Unavailable
from curation.spool import Spool, Spooled, spool_chunks
from curation.uploads import UploadPlace, register_media
from db.models import Access
from db.outages import told
from db.types import Sessions
from storage import Bucket
from storage.errors import BucketError

MAX_UNPACKED_BYTES = 4 * 2**30
MAX_RATIO = 100
RATIO_COUNTS_FROM = 2**20  # a handful of tiny, well packed files is no bomb
CHUNK_BYTES = 2**18
# Bits of an entry's flags (APPNOTE 4.4.4).
ENCRYPTED, UTF8_NAME = 0x1, 0x800
NO_ARCHIVE = "This is not a ZIP archive, or it is damaged. Nothing was stored."
NOT_STORED = "Not stored: the database or the bucket cannot be reached. Send the archive again later."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ArchiveLimits:
    """How much an archive may hold: files, bytes once unpacked, bytes of its directory."""

    files: int = 2_000
    unpacked: int = MAX_UNPACKED_BYTES
    directory: int = 8 * 2**20


@dataclass(frozen=True)
class EntryResult:
    """What became of one entry of an archive."""

    name: str
    result: Literal["registered", "already_here", "refused"]
    media_id: int | None = None
    detail: str | None = None
    notes: tuple[str, ...] = ()
    created_at: str | None = None  # ISO 8601, of a media that is new
    looks_like: tuple[int, ...] = ()


def list_entries(path: Path, limits: ArchiveLimits = ArchiveLimits()) -> list[zipfile.ZipInfo]:
    """The files of an archive, once the whole of it is known to be harmless. Raises RefusedArchive."""
    _require_few_entries(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            for entry in entries:
                entry.filename = _as_written(entry)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, NotImplementedError):
        raise RefusedArchive(NO_ARCHIVE) from None
    if len(entries) > limits.files:
        raise RefusedArchive(
            f"The archive holds {len(entries):,} files; at most {limits.files:,} are taken at once. Nothing was stored."
        )
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, path.stat().st_size)
    if unpacked > limits.unpacked:
        raise RefusedArchive(
            f"The archive unpacks to more than {limits.unpacked // 2**30} GiB. Nothing was stored."
        )
    if unpacked > RATIO_COUNTS_FROM and unpacked / packed > MAX_RATIO:
        raise RefusedArchive("The archive unpacks to more than 100 times its size. Nothing was stored.")
    for entry in entries:
        _require_inside(entry)
    return entries


def register_archive(
    sessions: Sessions,
    bucket: Bucket,
    access: Access,
    path: Path,
    *,
    spool_folder: Path,
    details: CaptureDetails = CaptureDetails(),
    place: UploadPlace = UploadPlace(),
) -> Iterator[EntryResult]:
    """Register every picture of a ZIP archive; gives one result per entry as it is done.

    The archive is checked before the first result. Raises RefusedArchive, NotAllowed at once.
    """
    require_scope(access, *CURATORS)
    entries = list_entries(path)
    return _register_entries(sessions, bucket, access, path, entries, spool_folder, details, place)


def _register_entries(
    sessions: Sessions,
    bucket: Bucket,
    access: Access,
    path: Path,
    entries: list[zipfile.ZipInfo],
    spool_folder: Path,
    details: CaptureDetails,
    place: UploadPlace,
) -> Iterator[EntryResult]:
    away: str | None = None
    with zipfile.ZipFile(path) as archive:
        for entry in entries:
            name = _shown(entry.filename)
            if away is not None:
                yield EntryResult(name, "refused", detail=away)
                continue
            try:
                yield _register_entry(
                    sessions, bucket, access, archive, entry, name, spool_folder, details, place
                )
            except (Unavailable, BucketError, OperationalError) as error:
                log.error("an archive was broken off at %s: %s", name, told(error))
                away = NOT_STORED
                yield EntryResult(name, "refused", detail=away)
            except CurationError as error:
                yield EntryResult(name, "refused", detail=error.sentence)
            except Exception:  # one odd entry must not take the others with it
                log.exception("an entry of an archive could not be read: %s", name)
                yield EntryResult(name, "refused", detail=f"{name} cannot be read. It was not stored.")


def _register_entry(
    sessions: Sessions,
    bucket: Bucket,
    access: Access,
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    name: str,
    spool_folder: Path,
    details: CaptureDetails,
    place: UploadPlace,
) -> EntryResult:
    with Spool(spool_folder, limit=largest_of, name=name) as spool:
        spooled = unpack(archive, entry, spool)
        registered = register_media(
            sessions, bucket, access, spooled, file_name=entry.filename, details=details, place=place
        )
    result: Literal["registered", "already_here"] = "already_here" if registered.twin else "registered"
    created_at = registered.created_at.isoformat() if registered.created_at else None
    return EntryResult(
        name,
        result,
        registered.media_id,
        notes=registered.notes,
        created_at=created_at,
        looks_like=registered.looks_like,
    )


def unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, spool: Spool) -> Spooled:
    """Take one file out of an archive. Raises Refused, and TooLarge when it is more than the spool takes."""
    name = _shown(entry.filename)
    if "\x00" in entry.orig_filename:
        raise Refused(f"{name} has a name with a NUL character. Rename it.")
    if entry.flag_bits & ENCRYPTED:
        raise Refused(f"{name} is encrypted. Pack it without a password.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refused(f"{name} is a link to another file, not a picture.")
    try:
        with archive.open(entry) as content:
            return spool_chunks(spool, iter(lambda: content.read(CHUNK_BYTES), b""))
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError):
        raise Refused(f"{name} is damaged inside the archive and cannot be unpacked.") from None


def _require_few_entries(path: Path, limits: ArchiveLimits) -> None:
    """Look at the archive's last record before its whole directory is read into memory.

    End of central directory record: number of entries at byte 10, size of the directory at byte 12 (APPNOTE
    4.3.16). All ones mean the larger form of the record (4.3.14), whose place its locator tells.
    """
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 2**16 - 22 - 20))
        tail = file.read()
        found = tail.rfind(b"PK\x05\x06")
        if found < 0 or len(tail) < found + 22:
            raise RefusedArchive(NO_ARCHIVE)
        number, directory = struct.unpack_from("<HI", tail, found + 10)
        if (number == 0xFFFF or directory == 0xFFFFFFFF) and tail[found - 20 : found - 16] == b"PK\x06\x07":
            file.seek(min(size, int.from_bytes(tail[found - 12 : found - 4], "little")))
            larger = file.read(56)
            if len(larger) < 56 or not larger.startswith(b"PK\x06\x06"):
                raise RefusedArchive(NO_ARCHIVE)
            number, directory = struct.unpack_from("<QQ", larger, 32)
    # Folders are entries too, so the number alone may be larger than that of the files.
    if number > 2 * limits.files + 1_000 or directory > limits.directory:
        raise RefusedArchive(f"The archive holds more than {limits.files:,} files. Nothing was stored.")


def _require_inside(entry: zipfile.ZipInfo) -> None:
    # zipfile cuts names at NUL and turns backslashes on Windows only: look at what was really written.
    written = (getattr(entry, "orig_filename", entry.filename) or "").replace("\\", "/")
    parts = PurePosixPath(written).parts
    if written.startswith("/") or ".." in parts or re.match("[A-Za-z]:", written):
        raise RefusedArchive(
            f"The archive holds “{_shown(written)}”, which climbs out of its folder. Nothing was stored."
        )


def _as_written(entry: zipfile.ZipInfo) -> str:
    """The name of an entry: without a flag it is in the code page of DOS, but macOS writes UTF-8 and no flag."""
    try:
        return entry.filename if entry.flag_bits & UTF8_NAME else entry.filename.encode("cp437").decode()
    except UnicodeError:
        return entry.filename


def _shown(name: str) -> str:
    return "".join(character if character.isprintable() else "·" for character in name[-200:])
