"""An item as one line of JSON with everything that is known of it, and back: exact, whatever its format left out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from curation.datasets.items import (
    DatasetAnswer,
    DatasetItem,
    DatasetShape,
    Vocabulary,
    from_record,
    to_record,
)
from db.models import Origin

MANIFEST = "manifest.jsonl"
ABOUT = "vigie.json"
CROPS_FOLDER = "crops"
# The hashes of the files before it, as `sha256sum --check` reads them.
SUMS = "SHA256SUMS"
FORMAT = "vigie-dataset-1"
# What an annotation of our COCO was drawn as: its outline alone does not tell a box from a polygon that looks like one.
DRAWN, BOX = "drawn", "box"

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def to_line(item: DatasetItem, file: str | None = None) -> bytes:
    """One line; `file` is where its picture stands beside the line's file, for formats that carry pictures."""
    return _write(to_document(item, file)).encode() + b"\n"


def to_document(item: DatasetItem, file: str | None = None) -> dict[str, Any]:
    """What the line says. What is not known is not there; boxes and points are fractions of the upright picture."""
    document = to_record(item)
    if file is not None:
        document["file"] = file
    if item.answer is not None:
        document["answer"] = _answer_document(item.answer)
    return document


def from_line(line: bytes | str) -> DatasetItem:
    """The item that `to_line` was given."""
    document = json.loads(line)
    answer = document.pop("answer", None)
    return from_record(document, _answer(answer) if answer is not None else None)


def about(vocabulary: Vocabulary) -> bytes:
    """What lies beside the manifest: the label classes and questions that it names by key."""
    label_classes = [
        {"key": one.key, "name": one.name, "colour": one.colour, "retired": one.retired}
        for one in vocabulary.label_classes
    ]
    questions = [{"key": key, "text": text} for key, text in vocabulary.questions]
    document = {"format": FORMAT, "label_classes": label_classes, "questions": questions}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _answer_document(answer: DatasetAnswer) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": answer.id,
        "number": answer.number,
        "author": answer.author,
        "origin": answer.origin.value,
        "created_at": answer.created_at.astimezone(UTC).isoformat(),
        "readable": answer.readable,
        "shapes": [_shape_document(shape) for shape in answer.shapes],
        "label_classes": list(answer.label_classes),
        "replies": dict(answer.replies),
    }
    if answer.comment is not None:
        document["comment"] = answer.comment
    return document


def _shape_document(shape: DatasetShape) -> dict[str, Any]:
    document: dict[str, Any] = {
        "label_class": shape.label_class,
        "box": [shape.x_min, shape.y_min, shape.x_max, shape.y_max],
    }
    if shape.points is not None:
        document["points"] = [list(point) for point in shape.points]
    document["origin"] = shape.origin.value
    if shape.confidence is not None:
        document["confidence"] = shape.confidence
    if shape.model is not None:
        document["model"] = shape.model
    if shape.id is not None:
        document["id"] = shape.id
    return document


def _answer(document: dict[str, Any]) -> DatasetAnswer:
    return DatasetAnswer(
        id=document["id"],
        number=document["number"],
        author=document["author"],
        origin=Origin(document["origin"]),
        created_at=datetime.fromisoformat(document["created_at"]),
        readable=document["readable"],
        shapes=tuple(_shape(shape) for shape in document["shapes"]),
        label_classes=tuple(document["label_classes"]),
        replies=tuple(document["replies"].items()),
        comment=document.get("comment"),
    )


def _shape(document: dict[str, Any]) -> DatasetShape:
    points = document.get("points")
    x_min, y_min, x_max, y_max = document["box"]
    return DatasetShape(
        label_class=document["label_class"],
        x_min=x_min,
        y_min=y_min,
        x_max=x_max,
        y_max=y_max,
        points=tuple((x, y) for x, y in points) if points is not None else None,
        origin=Origin(document["origin"]),
        confidence=document.get("confidence"),
        model=document.get("model"),
        id=document.get("id"),
    )
