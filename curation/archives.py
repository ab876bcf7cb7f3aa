"""ZIP archives: checked as a whole before anything is taken out, then registered picture by picture."""

from __future__ import annotations

import logging
import lzma
import re
import stat
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
from curation.spool import Spool, spool_chunks
from curation.uploads import UploadPlace, register_media
from db.models import Access
from db.outages import told
from db.types import Sessions
from storage import Bucket
from storage.errors import BucketError

MAX_FILES = 2_000
MAX_UNPACKED_BYTES = 4 * 2**30
MAX_RATIO = 100
MAX_DIRECTORY_BYTES = 8 * 2**20
RATIO_COUNTS_FROM = 2**20  # a handful of tiny, well packed files is no bomb
CHUNK_BYTES = 2**18
NOT_STORED = "Not stored: the database or the bucket cannot be reached. Send the archive again later."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EntryResult:
    """What became of one entry of an archive."""

    name: str
    result: Literal["registered", "already_here", "refused"]
    media_id: int | None = None
    detail: str | None = None
    notes: tuple[str, ...] = ()
    created_at: str | None = None  # ISO 8601, of a media that is new


def list_entries(path: Path) -> list[zipfile.ZipInfo]:
    """The files of an archive, once the whole of it is known to be harmless. Raises RefusedArchive."""
    _require_few_entries(path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, NotImplementedError):
        raise RefusedArchive("This is not a ZIP archive, or it is damaged. Nothing was stored.") from None
    if len(entries) > MAX_FILES:
        raise RefusedArchive(
            f"The archive holds {len(entries):,} files; at most {MAX_FILES:,} are taken at once. Nothing was stored."
        )
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, path.stat().st_size)
    if unpacked > MAX_UNPACKED_BYTES:
        raise RefusedArchive("The archive unpacks to more than 4 GiB. Nothing was stored.")
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
    if "\x00" in entry.orig_filename:
        raise Refused(f"{name} has a name with a NUL character. Rename it.")
    if entry.flag_bits & 0x1:
        raise Refused(f"{name} is encrypted. Pack it without a password.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refused(f"{name} is a link to another file, not a picture.")
    with Spool(spool_folder, limit=largest_of, name=name) as spool:
        try:
            with archive.open(entry) as content:
                spooled = spool_chunks(spool, iter(lambda: content.read(CHUNK_BYTES), b""))
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError):
            raise Refused(f"{name} is damaged inside the archive and cannot be unpacked.") from None
        registered = register_media(
            sessions, bucket, access, spooled, file_name=entry.filename, details=details, place=place
        )
    result: Literal["registered", "already_here"] = "already_here" if registered.twin else "registered"
    created_at = registered.created_at.isoformat() if registered.created_at else None
    return EntryResult(name, result, registered.media_id, notes=registered.notes, created_at=created_at)


def _require_few_entries(path: Path) -> None:
    """Look at the archive's last record before its whole directory is read into memory.

    End of central directory record: number of entries at byte 10, size of the directory at byte 12 (APPNOTE
    4.3.16). All ones mean the larger form of the record, which nobody needs for 2,000 files.
    """
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 2**16 - 22))
        tail = file.read()
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) < found + 22:
        raise RefusedArchive("This is not a ZIP archive, or it is damaged. Nothing was stored.")
    number = int.from_bytes(tail[found + 10 : found + 12], "little")
    directory = int.from_bytes(tail[found + 12 : found + 16], "little")
    # Folders are entries too, so the number alone may be larger than that of the files.
    if number == 0xFFFF or directory > MAX_DIRECTORY_BYTES:
        raise RefusedArchive(f"The archive holds more than {MAX_FILES:,} files. Nothing was stored.")


def _require_inside(entry: zipfile.ZipInfo) -> None:
    # zipfile cuts names at NUL and turns backslashes on Windows only: look at what was really written.
    written = (getattr(entry, "orig_filename", entry.filename) or "").replace("\\", "/")
    parts = PurePosixPath(written).parts
    if written.startswith("/") or ".." in parts or re.match("[A-Za-z]:", written):
        raise RefusedArchive(
            f"The archive holds “{_shown(written)}”, which climbs out of its folder. Nothing was stored."
        )


def _shown(name: str) -> str:
    return "".join(character if character.isprintable() else "·" for character in name[-200:])
