"""What models propose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from vigie_client.models.answers import Box


@dataclass(frozen=True)
class NewPredictedShape:
    label_class: str
    confidence: float
    box: Sequence[float] | None = None
    points: Sequence[Sequence[float]] | None = None


@dataclass(frozen=True)
class NewPrediction:
    """What one model proposes for one media. Without a score the highest confidence counts."""

    media_id: int
    model: str
    shapes: Sequence[NewPredictedShape] = ()
    score: float | None = None
    client_id: str | None = None


@dataclass(frozen=True)
class PredictedShape:
    label_class: str
    confidence: float | None
    box: Box
    points: list[list[float]] | None = None


@dataclass(frozen=True)
class Prediction:
    id: int
    model: str
    created_at: datetime
    score: float | None = None
    shapes: list[PredictedShape] = field(default_factory=list)


@dataclass(frozen=True)
class Problem:
    detail: str
    code: str


@dataclass(frozen=True)
class PredictionResult:
    """What became of one of many: stored (or stored before), or why not."""

    media_id: int
    prediction: Prediction | None = None
    repeated: bool = False
    problem: Problem | None = None
