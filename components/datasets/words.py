"""How exports and releases are put into words: formats, states, sizes, what they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from components.clock import local_text
from components.doors import Node, browse_address, link, node
from components.filters import active_pills
from curation.datasets.asking import ExportView
from curation.errors import Refused
from curation.media_filter import MediaFilter
from db.models import ExportFormat, ExportState
from language import _, later, number, plural

# What each is called, and what it is good for.
FORMATS = {
    ExportFormat.CSV: (
        later("CSV"),
        later("A table for spreadsheets and pandas: one row per media or per shape."),
    ),
    ExportFormat.JSONL: (
        later("JSON Lines"),
        later("Everything that is known, one media a line. Imports back exactly."),
    ),
    ExportFormat.COCO: (
        later("COCO"),
        later("Boxes and polygons in one JSON, for Detectron2, MMDetection and pycocotools."),
    ),
    ExportFormat.YOLO: (
        later("YOLO"),
        later("A text file per picture and a dataset.yaml, ready for Ultralytics."),
    ),
    ExportFormat.VOC: (
        later("Pascal VOC"),
        later("An XML file per picture, and a list of pictures for each split."),
    ),
    ExportFormat.PARQUET: (later("Parquet"), later("Typed columns for pandas, DuckDB and data warehouses.")),
}
STATES = {
    ExportState.WAITING: later("waiting"),
    ExportState.RUNNING: later("being made"),
    ExportState.READY: later("ready"),
    ExportState.CANCELLED: later("cancelled"),
    ExportState.FAILED: later("failed"),
    ExportState.EXPIRED: later("file deleted"),
}
SPLITS = {
    "train": later("train"),
    "val": later("validation"),
    "test": later("test"),
    "none": later("no split"),
}


def format_name(name: str) -> str:
    return _(FORMATS[ExportFormat(name)][0])


def split_text(split: Mapping[str, Any]) -> str:
    """The shares and the seed: `80 / 10 / 10 %, seed 7`."""
    shares = " / ".join(share_text(split.get(name, 0)) for name in ("train", "val", "test"))
    return _("{shares} %, seed {seed}", shares=shares, seed=str(split.get("seed", 0)))


def share_text(share: float) -> str:
    """A share in per cent, with as many decimals as it has: what is rounded is another split."""
    decimals = f"{100 * share:.4f}".rstrip("0").partition(".")[2]
    return number(100 * share, len(decimals))


def holds_text(options: Mapping[str, Any]) -> str:
    """What is in the file beside its annotations."""
    said = [
        said
        for name, said in (
            ("pictures", _("pictures")),
            ("crops", _("crops")),
            ("contact_sheets", _("contact sheets")),
        )
        if options.get(name)
    ]
    if options.get("per") == "shape":
        said.append(_("one row per shape"))
    if options.get("columns"):
        said.append(plural(len(options["columns"]), "{n} column", "{n} columns"))
    if split := options.get("split"):
        said.append(_("split {shares}", shares=split_text(split)))
    return ", ".join(said)


def filter_of(query: Mapping[str, Any]) -> MediaFilter | None:
    """The filter that an export or a release was made with; None where it cannot be read any more."""
    try:
        return MediaFilter.from_query(query)
    except Refused:
        return None


def filter_door(query: Mapping[str, Any], zone: tzinfo, class_names: Mapping[str, str]) -> Node | str:
    """A filter in words, which opens what it shows now."""
    wanted = filter_of(query)
    if wanted is None:
        return _("a filter of another version")
    pills = active_pills(wanted, zone, class_names)
    said = " · ".join(f"{pill.label} {pill.text}" for pill in pills) or _("all media")
    return link(browse_address(wanted), said)


def made_of(view: ExportView, zone: tzinfo, class_names: Mapping[str, str]) -> Node:
    """What an export shows: a release or a filter, all of it or only what has changed."""
    if view.release_id is not None:
        shown: Node | str = link(release_address(view.release_id), view.release or "")
    else:
        shown = filter_door(view.filter, zone, class_names)
    if view.since_release_id is not None:
        since = _("only what changed since {release}", release=view.since_release or "")
        return node("span", shown, " · ", link(release_address(view.since_release_id), since))
    if view.since_at is not None:
        return node(
            "span", shown, " · ", _("only what changed since {time}", time=local_text(view.since_at, zone))
        )
    return node("span", shown)


def release_address(release_id: int) -> str:
    return f"/export?section=releases&show={release_id}"


def export_address(export_id: int) -> str:
    return f"/export?export={export_id}"
