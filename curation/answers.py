"""What a person or program hands in, parsed once: after this nobody checks numbers again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from curation.errors import InvalidShape, InvalidText, UnknownQuestion
from curation.geometry import Box, Polygon, clamp_numbers
from db.models import Origin

MAX_SHAPES = 500
MAX_LABELS = 50
MAX_REPLIES = 50
MAX_COMMENT = 4_000
ON_A_VIDEO = (
    "A video is judged as a whole, and nothing is drawn on it. Take frames out of it to draw on them."
)
CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True)
class ShapeDraft:
    label_class: str
    box: Box
    points: tuple[tuple[float, float], ...] | None = None
    origin: Origin = Origin.HUMAN
    confidence: float | None = None
    # The prediction that it was taken from, and whose model made that (`origins.with_origins`).
    prediction: int | None = None
    model: str | None = None


@dataclass(frozen=True)
class AnnotationDraft:
    """An answer as it was handed in: shapes, image-level label classes, replies to questions, what was put right."""

    shapes: tuple[ShapeDraft, ...] = ()
    label_classes: tuple[str, ...] = ()
    replies: Mapping[str, bool] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @classmethod
    def from_payload(
        cls,
        shapes: Sequence[Mapping[str, Any]],
        label_classes: Sequence[str],
        width: int,
        height: int,
        replies: Mapping[str, Any] | None = None,
    ) -> AnnotationDraft:
        """Read an answer for a picture of `width` x `height` pixels.

        A shape outside by at most a pixel is pulled inside, with a note. Raises InvalidShape, InvalidBox,
        UnknownQuestion.
        """
        if len(shapes) > MAX_SHAPES:
            raise InvalidShape(f"An annotation has at most {MAX_SHAPES} shapes, this one has {len(shapes)}.")
        if len(label_classes) > MAX_LABELS:
            raise InvalidShape(f"A picture has at most {MAX_LABELS} label classes of its own.")
        read: list[ShapeDraft] = []
        notes: list[str] = []
        for number, shape in enumerate(shapes, start=1):
            try:
                draft, clamped = _shape(shape, width, height)
            except InvalidShape as error:
                raise type(error)(f"Shape {number}: {error.sentence}") from None
            read.append(draft)
            if clamped:
                notes.append(
                    f"Shape {number} reached over the edge by less than a pixel and was pulled inside."
                )
        return cls(tuple(read), tuple(dict.fromkeys(label_classes)), _replies(replies or {}), tuple(notes))


def _replies(replies: Mapping[str, Any]) -> dict[str, bool]:
    if len(replies) > MAX_REPLIES:
        raise UnknownQuestion(f"An answer replies to at most {MAX_REPLIES} questions.")
    for key, reply in replies.items():
        if not isinstance(reply, bool):
            raise UnknownQuestion(f"The reply to {key[:60]!a} is true or false.")
    return dict(replies)


def _shape(shape: Mapping[str, Any], width: int, height: int) -> tuple[ShapeDraft, bool]:
    key = shape.get("label_class")
    if not isinstance(key, str) or not key:
        raise InvalidShape("It has no label class.")
    origin, confidence = _origin(shape)
    prediction = _prediction(shape)
    points = shape.get("points")
    if points is None:
        numbers = shape.get("box")
        if not isinstance(numbers, list | tuple) or len(numbers) != 4:
            raise InvalidShape("A box is four numbers: x_min, y_min, x_max, y_max.")
        clamped, moved = clamp_numbers(numbers, width, height)
        return ShapeDraft(key, Box(*clamped), None, origin, confidence, prediction), moved
    if not isinstance(points, list | tuple) or any(
        not isinstance(point, list | tuple) or len(point) != 2 for point in points
    ):
        raise InvalidShape("A polygon is a list of points, each two numbers: x and y.")
    clamped, moved = clamp_numbers([number for point in points for number in point], width, height)
    polygon = Polygon(tuple(zip(clamped[0::2], clamped[1::2], strict=True)))
    return ShapeDraft(key, polygon.box, polygon.points, origin, confidence, prediction), moved


def _origin(shape: Mapping[str, Any]) -> tuple[Origin, float | None]:
    try:
        origin = Origin(shape.get("origin") or Origin.HUMAN)
    except ValueError:
        raise InvalidShape("Its origin is “human”, “model” or “import”.") from None
    confidence = shape.get("confidence")
    if confidence is None:
        return origin, None
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
        raise InvalidShape("Its confidence is a number between 0 and 1.")
    return origin, float(confidence)


def _prediction(shape: Mapping[str, Any]) -> int | None:
    prediction = shape.get("prediction")
    if prediction is None or (type(prediction) is int and 1 <= prediction < 2**63):
        return prediction
    raise InvalidShape("Its prediction is the id of one.")


def clean_comment(comment: str | None) -> str | None:
    """A comment without edge spaces, None when nothing is left; raises InvalidText."""
    if comment is None or not comment.strip():
        return None
    comment = comment.strip().replace("\r\n", "\n")
    if len(comment) > MAX_COMMENT:
        raise InvalidText(f"A comment has at most {MAX_COMMENT:,} characters, this one has {len(comment):,}.")
    if "\x00" in comment or any("\ud800" <= character <= "\udfff" for character in comment):
        raise InvalidText("A comment holds a character that cannot be stored.")
    return comment


def clean_client_id(client_id: str | None) -> str | None:
    if client_id is not None and not CLIENT_ID.fullmatch(client_id):
        raise InvalidText("A client id has 8 to 64 characters of A-Z, a-z, 0-9, _ and -.")
    return client_id
