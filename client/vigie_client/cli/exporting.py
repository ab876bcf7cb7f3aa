"""Datasets by the command `export`: made by a job, waited for, saved, compared by hash, and their balance told."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vigie_client.cli.signed_in import open_client
from vigie_client.cli.standard_output import STANDARD_OUTPUT, write_whole
from vigie_client.client import Client
from vigie_client.errors import VigieError
from vigie_client.filters import MediaFilter
from vigie_client.models.dataset_exports import Export

FORMATS = ("jsonl", "coco", "yolo", "voc", "parquet")
PARTS = ("train", "val", "test")
# What only a job makes, by the names of the command's options.
OF_JOBS = (
    *("pictures", "crops", "contact_sheets", "split", "outlines"),
    *("release", "since_release", "since", "wait", "id"),
)
LOOK_AFTER = 1.0  # seconds


def is_for_a_job(asked: Any) -> bool:
    """Whether this export is one that a job makes, not the quick one of the metadata."""
    return asked.format in FORMATS or any(getattr(asked, name) for name in OF_JOBS)


def export_dataset(asked: Any, wanted: MediaFilter) -> int:
    """Ask for it, or go on with one that was asked for; without `--wait` that is all."""
    with open_client(asked) as client:
        export = client.get_export(asked.id) if asked.id else _ask(client, asked, wanted)
        if not (asked.wait or asked.id or asked.output):
            print(f"Export {export.id} is being made. Save it with: vigie export --id {export.id}")
            return 0
        export = _wait(client, export, show=not asked.quiet)
        if export.state != "ready" or export.sha256 is None:
            raise ValueError(f"Export {export.id} is {export.state}. {export.error or ''}".strip())
        if asked.output == STANDARD_OUTPUT:
            name, told = STANDARD_OUTPUT, sys.stderr
            write_whole(lambda path: client.save_export(export.id, path, sha256=export.sha256))
        else:
            # Only its last part: a name from elsewhere must not choose the folder.
            name, told = asked.output or Path(export.file_name).name, sys.stdout
            client.save_export(export.id, name, sha256=export.sha256)
    print(f"{name}: {export.size:,} bytes, SHA-256 {export.sha256}", file=told)
    for line in balance(export.receipt) if export.receipt is not None else ():
        print(line, file=told)
    return 0


def _ask(client: Client, asked: Any, wanted: MediaFilter) -> Export:
    if asked.format == "contact-sheet":
        raise ValueError(
            "A contact sheet alone is made at once; with --contact-sheets they are in an archive."
        )
    order = {name: value for name, value in wanted.items() if name not in ("sort", "seed")}
    return client.ask_for_export(
        asked.format,
        pictures=asked.pictures,
        crops=asked.crops,
        contact_sheets=asked.contact_sheets,
        split=read_split(asked.split, int(wanted.get("seed") or 0)) if asked.split else None,
        outlines=asked.outlines or "auto",
        per=asked.per,
        raw=asked.raw,
        columns=asked.columns.split(",") if asked.columns else None,
        release_id=asked.release,
        since_release_id=asked.since_release,
        since_at=asked.since,
        **order,  # type: ignore[arg-type]
    )


def read_split(text: str, seed: int) -> dict[str, float]:
    """From 80/10/10 or 0.8/0.2; the last may be left out. Raises ValueError."""
    shares = [float(part) for part in text.split("/")]
    total = sum(shares)
    # (What is no number is near to nothing.)
    whole = next((whole for whole in (100, 1) if abs(total - whole) <= 1e-6), None)
    if whole is None or len(shares) > len(PARTS):
        raise ValueError("--split is two or three shares that add up to 100 or to 1, as in 80/10/10.")
    return {**{name: share / whole for name, share in zip(PARTS, shares, strict=False)}, "seed": seed}


def _wait(client: Client, export: Export, *, show: bool) -> Export:
    """Until it is over; what interrupts the waiting leaves it being made."""
    show = show and sys.stderr.isatty()
    try:
        while export.is_under_way:
            if show:
                print(
                    f"\rExport {export.id}: {export.progress:.0%}, {export.size:,} bytes",
                    end="",
                    file=sys.stderr,
                )
            time.sleep(LOOK_AFTER)
            export = client.get_export(export.id)
    except (KeyboardInterrupt, VigieError):
        print(f"\nIt is still being made. Save it with: vigie export --id {export.id}", file=sys.stderr)
        raise
    if show:
        print(file=sys.stderr)
    return export


def balance(receipt: Mapping[str, Any]) -> list[str]:
    """The balance of a receipt in a few lines."""
    media, tombstones = receipt.get("media", {}), receipt.get("tombstones", {})
    lines = [
        f"in scope {media.get('in_scope', 0):,} = exported {media.get('exported', 0):,}"
        f" + left out {media.get('left_out', 0):,}"
    ]
    if tombstones.get("in_scope"):
        lines.append(f"in the dataset no more: {tombstones['in_scope']:,}")
    if warning := (receipt.get("split") or {}).get("warning"):
        lines.append(f"split: {warning}")
    lines += [f"mind: {warning['sentence']}" for warning in receipt.get("warnings", ())]
    for kind, name in (("left_out", "left out"), ("reduced", "not carried as a whole")):
        for reason in receipt.get(kind, ()):
            lines.append(f"{name}: {reason['media']:,}: {reason['sentence']}")
    for reason in receipt.get("pictures", {}).get("left_out", ()):
        lines.append(f"without its picture: {reason['media']:,}: {reason['sentence']}")
    for kind, name in (
        ("crops", "without crops"),
        ("contact_sheets", "on a contact sheet without its picture"),
    ):
        for reason in receipt.get(kind, {}).get("left_out", ()):
            lines.append(f"{name}: {reason['media']:,}: {reason['sentence']}")
    return lines
