"""ZIP archives: checked as a whole before anything is taken out, then registered picture by picture."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from curation.accesses import CURATORS, require_scope
from curation.capture import CaptureDetails
from curation.errors import CurationError, Refused, RefusedArchive
from curation.picture_limits import LARGEST_BYTES
from curation.spool import Spool, spool_chunks
from curation.uploads import UploadPlace, register_media
from db.models import Access
from db.types import Sessions
from storage import Bucket

MAX_FILES = 2_000
MAX_UNPACKED_BYTES = 4 * 2**30
MAX_RATIO = 100
RATIO_COUNTS_FROM = 2**20  # a handful of tiny, well packed files is no bomb
CHUNK_BYTES = 2**18


@dataclass(frozen=True)
class EntryResult:
    """What became of one entry of an archive."""

    name: str
    result: Literal["registered", "already_here", "refused"]
    media_id: int | None = None
    detail: str | None = None
    notes: tuple[str, ...] = ()


def list_entries(path: Path) -> list[zipfile.ZipInfo]:
    """The files of an archive, once the whole of it is known to be harmless. Raises RefusedArchive."""
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
    with zipfile.ZipFile(path) as archive:
        for entry in entries:
            name = _shown(entry.filename)
            try:
                yield _register_entry(
                    sessions, bucket, access, archive, entry, name, spool_folder, details, place
                )
            except CurationError as error:
                yield EntryResult(name, "refused", detail=error.sentence)


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
    if entry.flag_bits & 0x1:
        raise Refused(f"{name} is encrypted. Pack it without a password.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refused(f"{name} is a link to another file, not a picture.")
    with Spool(spool_folder, limit=LARGEST_BYTES, name=name) as spool:
        try:
            with archive.open(entry) as content:
                spooled = spool_chunks(spool, iter(lambda: content.read(CHUNK_BYTES), b""))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
            raise Refused(f"{name} is damaged inside the archive and cannot be unpacked.") from None
        registered = register_media(
            sessions, bucket, access, spooled, file_name=entry.filename, details=details, place=place
        )
    result: Literal["registered", "already_here"] = "already_here" if registered.twin else "registered"
    return EntryResult(name, result, registered.media_id, notes=registered.notes)


def _require_inside(entry: zipfile.ZipInfo) -> None:
    # zipfile cuts names at NUL and turns backslashes on Windows only: look at what was really written.
    written = (getattr(entry, "orig_filename", entry.filename) or "").replace("\\", "/")
    parts = PurePosixPath(written).parts
    if written.startswith("/") or ".." in parts or (parts and ":" in parts[0]):
        raise RefusedArchive(
            f"The archive holds “{_shown(written)}”, which climbs out of its folder. Nothing was stored."
        )


def _shown(name: str) -> str:
    return "".join(character if character.isprintable() else "·" for character in name[-200:])
