"""Shapes, annotations, reviews, comments, drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Box = tuple[float, ...]  # x_min, y_min, x_max, y_max


@dataclass(frozen=True)
class NewShape:
    """A shape to submit: a box (`box`: x_min, y_min, x_max, y_max) or a polygon (`points`: x, y and so on).

    `prediction` is the id of the prediction that it was taken from, or corrected.
    """

    label_class: str
    box: Sequence[float] | None = None
    points: Sequence[Sequence[float]] | None = None
    origin: str | None = None  # human (when it is not said), model or import
    confidence: float | None = None
    prediction: int | None = None


@dataclass(frozen=True)
class Shape:
    """`model` names whose prediction it was, where it was one."""

    label_class: str
    box: Box
    points: list[list[float]] | None = None
    origin: str = "human"
    confidence: float | None = None
    model: str | None = None
    prediction: int | None = None


@dataclass(frozen=True)
class Annotation:
    """One person's complete answer for one media; `content` is shapes, file or none."""

    id: int
    media_id: int
    created_at: datetime
    number: int | None = None
    author: str | None = None
    origin: str = "human"
    content: str = "shapes"
    based_on: int | None = None
    comment: str | None = None
    shapes: list[Shape] = field(default_factory=list)
    label_classes: list[str] = field(default_factory=list)
    replies: dict[str, bool] = field(default_factory=dict)
    file_name: str | None = None


@dataclass(frozen=True)
class Review:
    """One person's decision on one media as it stood."""

    id: int
    media_id: int
    decision: str
    author: str
    created_at: datetime
    state_before: str
    state_after: str
    comment: str | None = None
    annotation_id: int | None = None
    sent_to: str | None = None


@dataclass(frozen=True)
class Dispute:
    """What stands against the current annotation of a disputed media."""

    reason: str
    other: Annotation | None = None
    review: Review | None = None


@dataclass(frozen=True)
class Standing:
    """Where a media stands after an act."""

    id: int
    state: str
    current_annotation_id: int | None
    acts: int


@dataclass(frozen=True)
class Submitted:
    annotation: Annotation
    review: Review | None
    media: Standing
    act: int
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Decided:
    review: Review
    media: Standing
    act: int


@dataclass(frozen=True)
class Comment:
    id: int
    author: str
    text: str
    created_at: datetime
    mentions: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Mention:
    """That somebody named the caller in a comment."""

    comment_id: int
    media_id: int
    author: str
    text: str
    created_at: datetime
    seen: bool
    file_name: str | None = None


@dataclass(frozen=True)
class Person:
    login: str


@dataclass(frozen=True)
class Draft:
    """One's own drawing that is not submitted yet."""

    media_id: int
    drawing: dict[str, Any]
    made_at: datetime
    based_on: int | None = None
