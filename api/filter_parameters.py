"""The filter of lists, queues and exports as OpenAPI parameters: each name with what it takes and an example."""

from __future__ import annotations

from typing import Any

from curation.media_filter import FILTER_NAMES, MAX_TEXT, MAX_VALUES, SEEDS, Sort
from db.models import State

MOMENT = "A day (UTC) or a time with its zone"
TEXT: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}


def _many(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item, "maxItems": MAX_VALUES}


# Schema, what it means, an example.
KNOWN: dict[str, tuple[dict[str, Any], str, Any]] = {
    "state": (
        _many({"type": "string", "enum": [state.value for state in State]}),
        "Any of these states; without it all that are listed.",
        ["accepted"],
    ),
    "label_class": (_many(TEXT), "Any of these label classes in the current answer.", ["wildfire"]),
    "reply": (
        _many({**TEXT, "pattern": "^.+:(yes|no)$"}),
        "What was replied to questions, as in `missed_smoke:yes`.",
        ["missed_smoke:yes"],
    ),
    "has_shapes": (
        {"type": "string", "enum": ["yes", "no"]},
        "Whether the current answer has shapes.",
        "yes",
    ),
    "source": (_many(TEXT), "Any of these sources.", ["CAM-12"]),
    "captured_from": (TEXT, f"{MOMENT}: not earlier.", "2026-08-12"),
    "captured_to": (TEXT, f"{MOMENT}: earlier; a day is meant to its end.", "2026-08-12"),
    "uploaded_from": (TEXT, f"{MOMENT}: not earlier.", "2026-08-12T17:42:08Z"),
    "uploaded_to": (TEXT, f"{MOMENT}: earlier; a day is meant to its end.", "2026-08-13"),
    "uploader": (TEXT, "The login of who sent it.", "cam-12"),
    "annotator": (TEXT, "The login of whose answer counts.", "camille"),
    "reviewer": (TEXT, "The login of who decided last.", "jo"),
    "acted_by": (TEXT, "The login of anybody who submitted, decided or undid.", "camille"),
    "acted_from": (TEXT, f"{MOMENT}: the earliest moment of such an act.", "2026-08-12"),
    "tag": (_many(TEXT), "Any of these tags.", ["dawn"]),
    "file_name": (TEXT, "A part of the file name.", "CAM-12_"),
    "near_twins": (
        {"type": "string", "enum": ["yes", "no"]},
        "Whether it looks like another one, and nobody has decided about that.",
        "yes",
    ),
    "sort": (
        {"type": "string", "enum": [sort.value for sort in Sort], "default": Sort.UPLOADED_LAST.value},
        "The order; what has no time, name or score comes last.",
        Sort.CAPTURED_LAST.value,
    ),
    "seed": (
        {"type": "integer", "minimum": 0, "maximum": SEEDS - 1},
        "Which of the random orders, with `sort=random`.",
        7,
    ),
}


def _parameter(name: str) -> dict[str, Any]:
    parameter: dict[str, Any] = {"name": name, "in": "query", "required": False, "schema": TEXT}
    if name in KNOWN:
        parameter["schema"], parameter["description"], parameter["example"] = KNOWN[name]
    return parameter


FILTER_PARAMETERS = [_parameter(name) for name in FILTER_NAMES]
