"""Exports of datasets: asked for, watched, cancelled, and saved with their receipts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Unpack

from vigie_client.calls import (
    Answer,
    Call,
    Page,
    Saved,
    pages,
    reads,
    reads_page,
    reads_saved,
    reads_whole,
    route,
)
from vigie_client.filters import MediaFilter
from vigie_client.models.dataset_exports import Export
from vigie_client.values import as_query, written

DatasetFormat = Literal["csv", "jsonl", "coco", "yolo", "voc", "parquet"]


class DatasetExportMethods:
    @route
    def ask_for_export(
        self,
        format: DatasetFormat,
        *,
        pictures: bool = False,
        crops: bool = False,
        contact_sheets: bool = False,
        split: Mapping[str, float] | None = None,
        outlines: Literal["auto", "boxes", "polygons"] = "auto",
        per: Literal["media", "shape"] = "media",
        raw: bool = False,
        columns: Sequence[str] | None = None,
        release_id: int | None = None,
        since_release_id: int | None = None,
        since_at: datetime | None = None,
        client_id: str | None = None,
        **wanted: Unpack[MediaFilter],
    ) -> Call[Export]:
        """Have an export made of the media that match, or of a release; with `since_…` of what has changed.

        `split` names shares that add up to 1, and a seed: {"train": 0.8, "val": 0.1, "test": 0.1, "seed": 7}. A repeat
        with the same `client_id` is the export it was first. `outlines` says how YOLO writes shapes: either boxes or
        polygons in all of its files, "auto" is boxes until one is a polygon. `per`, `raw` and `columns` are of CSV.
        """
        options: dict[str, Any] = {
            "pictures": pictures,
            "crops": crops,
            "contact_sheets": contact_sheets,
            "split": dict(split) if split is not None else None,
            "outlines": outlines,
            "per": per,
            "raw": raw,
            "columns": list(columns) if columns is not None else None,
        }
        body = {
            "format": format,
            "filter": as_query(dict(wanted)),
            "release_id": release_id,
            "since_release_id": since_release_id,
            "since_at": written(since_at),
            "options": options,
            "client_id": client_id or uuid.uuid4().hex,
        }
        return Call("POST", "/exports", reads(Export), json=body, repeatable=True)

    @pages
    def list_exports(self) -> Call[Page[Export]]:
        """One's own exports, everybody's for admins, the last first."""
        return Call("GET", "/exports", reads_page(Export))

    @route
    def get_export(self, export_id: int) -> Call[Export]:
        """How far an export is, and its receipt in short once it is ready."""
        return Call("GET", f"/exports/{export_id}", reads(Export))

    @route
    def cancel_export(self, export_id: int) -> Call[Export]:
        """End an export that is under way; nothing of it is kept."""
        return Call("POST", f"/exports/{export_id}/cancel", reads(Export), repeatable=True)

    @route
    def save_export(self, export_id: int, to: Path | str, *, sha256: str | None = None) -> Call[Saved]:
        """The file of an export; the file is there only once it is complete.

        With the `sha256` of a ready one a download that broke off is gone on with, by this call or the next, and the
        whole is compared: raises ContentDiffers. Without it an export is read while it is made.
        """
        path = Path(to)
        read = reads_whole(path, sha256) if sha256 is not None else reads_saved(path)
        resumes = f'"{sha256}"' if sha256 is not None else None
        return Call("GET", f"/exports/{export_id}/file", read, save_to=path, resumes=resumes)

    @route
    def get_export_receipt(self, export_id: int) -> Call[dict[str, Any]]:
        """The whole receipt of a finished export: its balance, and the SHA-256 of every file in it."""
        return Call("GET", f"/exports/{export_id}/receipt", _document)


def _document(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()
    return found
