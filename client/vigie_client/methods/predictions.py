"""What models propose, for curators to take or correct."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from vigie_client.calls import Call, Page, pages, reads, reads_list, reads_page, route
from vigie_client.methods.media import PAGE
from vigie_client.models.predictions import NewPredictedShape, NewPrediction, Prediction, PredictionResult
from vigie_client.values import as_query, given, written


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
    def send_predictions(self, predictions: Sequence[NewPrediction]) -> Call[list[PredictionResult]]:
        """Send those of up to 100 media at once; each has a result of its own."""
        items = [replace(item, client_id=item.client_id or uuid.uuid4().hex) for item in predictions]
        return Call(
            "POST",
            "/predictions",
            reads_list(PredictionResult),
            json=written(items),
            repeatable=True,
        )

    @pages
    def list_predictions(self, media_id: int) -> Call[Page[Prediction]]:
        """Every prediction for a media, newest first."""
        return Call(
            "GET",
            f"/media/{media_id}/predictions",
            reads_page(Prediction),
            query=as_query({"limit": PAGE}),
        )
