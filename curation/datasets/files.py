"""What exports are called: the file somebody saves, where it is kept in the bucket, and where it is being written."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from curation.spool import ENDING
from db.models import Export, ExportFormat

FOLDER = "exports"
RECEIPT = "receipt.json"
SHOWN, MEDIA = "shown.bin", "media.bin"
ARCHIVE = ("zip", "application/zip")
SINGLE: dict[ExportFormat, tuple[str, str]] = {
    ExportFormat.CSV: ("csv", "text/csv"),
    ExportFormat.JSONL: ("jsonl", "application/jsonl"),
    ExportFormat.COCO: ("json", "application/json"),
    ExportFormat.PARQUET: ("parquet", "application/vnd.apache.parquet"),
}


def file_name_for(format: ExportFormat, single: bool, asked_at: datetime, release: str | None) -> str:
    """Such as `vigie-coco-20260812-174208.zip`, or with a release's name for the time."""
    what = re.sub(r"[^A-Za-z0-9._-]+", "-", release).strip("-.")[:60] if release else ""
    ending, _ = SINGLE[format] if single else ARCHIVE
    return f"vigie-{format.value}-{what or f'{asked_at:%Y%m%d-%H%M%S}'}.{ending}"


def content_type_of(format: ExportFormat, single: bool) -> str:
    return (SINGLE[format] if single else ARCHIVE)[1]


def export_key(export_id: int, attempt: int, sha256: str, file_name: str) -> str:
    """Where a finished file is kept: each attempt has its own place, so that none deletes what another one made."""
    return f"{FOLDER}/{export_id}-{attempt}-{sha256[:12]}/{file_name}"


def receipt_key(bucket_key: str) -> str:
    """Where the receipt of the file with this key is: beside it."""
    return f"{bucket_key.rpartition('/')[0]}/{RECEIPT}"


def shown_key(bucket_key: str) -> str:
    """Where the ids of the media are whose pixels the file with this key shows: beside it."""
    return f"{bucket_key.rpartition('/')[0]}/{SHOWN}"


def media_key(bucket_key: str) -> str:
    """Where the ids of all media are that the file with this key tells of: beside it."""
    return f"{bucket_key.rpartition('/')[0]}/{MEDIA}"


def kept_key(export: Export) -> str:
    """Where the file of a finished export is, or was: its receipt stays beside that place."""
    # Its last attempt is the one that finished it: nothing that is over is begun again.
    return export.bucket_key or export_key(export.id, export.attempts, export.sha256 or "", export.file_name)


def export_of(key: str) -> int | None:
    """The export that an object of the bucket belongs to, None for any other object."""
    found = re.fullmatch(rf"{FOLDER}/([0-9]{{1,18}})-[0-9]{{1,9}}-[0-9a-f]{{12}}/[^/]+", key)
    return int(found[1]) if found else None


def growing_file(spool_folder: Path, export_id: int, attempt: int) -> Path:
    """Where an attempt to make an export is written; whoever makes it holds its lock."""
    return spool_folder / f"export-{export_id}-{attempt}{ENDING}"


def growing_files(spool_folder: Path, export_id: int) -> list[Path]:
    """What all attempts to make an export have left."""
    return sorted(spool_folder.glob(f"export-{export_id}-*{ENDING}"))
