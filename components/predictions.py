"""What models say about one media: listed beside it, and dashed on its picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from html import escape

import streamlit as st

from components.clock import local_text
from curation.prediction_view import PredictedShapeView, PredictionView
from language import _, number

STYLE = """
<style>
.vigie-predicted { list-style: none; padding: 0 !important; margin: 0 0 0.4rem !important; font-size: 0.88rem; }
.vigie-predicted li { display: flex; align-items: center; gap: 0.5rem; margin: 0 !important;
  padding: 0.2rem 0 !important; }
.vigie-predicted i { width: 0.6rem; height: 0.6rem; border: 1.5px dashed var(--colour); flex: none; }
.vigie-predicted .model { justify-content: space-between; border-top: 1px solid #8883;
  padding-top: 0.34rem !important; }
.vigie-predicted .model:first-child { border: 0; }
.vigie-predicted .model b { font-weight: 600; overflow-wrap: anywhere; }
.vigie-predicted time { opacity: 0.68; white-space: nowrap; }
.vigie-predicted time, .vigie-predicted .confidence { font: 400 0.8rem ui-monospace, "DejaVu Sans Mono", monospace; }
.vigie-predicted .confidence { margin-left: auto; }
.vigie-predicted .none { opacity: 0.68; }
</style>
"""


def predictions_section(
    predictions: Sequence[PredictionView], names: Mapping[str, str], colours: Mapping[str, str], zone: tzinfo
) -> None:
    """List the newest prediction of each model; nothing where there is none."""
    if predictions:
        st.html(
            f'{STYLE}<p class="vigie-title">{_("Predictions")}</p>{_list(predictions, names, colours, zone)}'
        )


def proposed_name(shape: PredictedShapeView, model: str, names: Mapping[str, str]) -> str:
    """A predicted shape as it is called on the picture: `wildfire 0.87 · yolo 11`."""
    return f"{names.get(shape.label_class, shape.label_class)} {number(shape.confidence, 2)} · {model}"


def _list(
    predictions: Sequence[PredictionView], names: Mapping[str, str], colours: Mapping[str, str], zone: tzinfo
) -> str:
    """As HTML, every value escaped; of each model the most certain shapes first."""
    lines = []
    for prediction in predictions:
        moment = local_text(prediction.created_at, zone)[:-3]
        lines.append(f'<li class="model"><b>{escape(prediction.model)}</b><time>{escape(moment)}</time></li>')
        for shape in sorted(prediction.shapes, key=lambda shape: -shape.confidence):
            colour = escape(colours.get(shape.label_class, "#808080"))
            lines.append(
                f'<li style="--colour: {colour}"><i></i>{escape(names.get(shape.label_class, shape.label_class))}'
                f'<span class="confidence">{number(shape.confidence, 2)}</span></li>'
            )
        if not prediction.shapes:
            lines.append(f'<li class="none">{_("nothing seen")}</li>')
    return f'<ul class="vigie-predicted">{"".join(lines)}</ul>'
