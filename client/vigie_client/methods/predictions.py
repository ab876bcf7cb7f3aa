"""What models propose, for curators to take or correct."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from vigie_client.calls import Call, reads, reads_list, route
from vigie_client.models.predictions import NewPredictedShape, NewPrediction, Prediction
from vigie_client.values import given, written


class PredictionMethods:
    @route
    def send_prediction(
        self,
        media_id: int,
        model: str,
        shapes: Sequence[NewPredictedShape] = (),
        *,
        score: float | None = None,
        client_id: str | None = None,
    ) -> Call[Prediction]:
        """Send what a model proposes for a media. It changes no state; the newest of each model is shown."""
        return Call(
            "POST",
            f"/media/{media_id}/predictions",
            reads(Prediction),
            json=given(
                model=model, score=score, shapes=list(shapes), client_id=client_id or uuid.uuid4().hex
            ),
            repeatable=True,
        )

    @route
    def send_predictions(self, predictions: Sequence[NewPrediction]) -> Call[list[dict[str, Any]]]:
        """Send those of up to 100 media at once; each has a result of its own."""
        items = [replace(item, client_id=item.client_id or uuid.uuid4().hex) for item in predictions]
        return Call(
            "POST",
            "/predictions",
            lambda answer: list(answer.json()),
            json=written(items),
            repeatable=True,
        )

    @route
    def list_predictions(self, media_id: int) -> Call[list[Prediction]]:
        """Every prediction for a media."""
        return Call("GET", f"/media/{media_id}/predictions", reads_list(Prediction))
