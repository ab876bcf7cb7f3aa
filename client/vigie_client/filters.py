"""The filter of lists, queues and exports: the names that pages have in their address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypedDict


class MediaFilter(TypedDict, total=False):
    """What media must be; what is absent does not matter. The server refuses values that it does not know."""

    state: str | Sequence[str]
    label_class: str | Sequence[str]
    reply: str | Sequence[str]  # as in “missed_smoke:yes”
    has_shapes: bool
    source: str | Sequence[str]
    captured_from: datetime | date | str
    captured_to: datetime | date | str  # exclusive
    uploaded_from: datetime | date | str
    uploaded_to: datetime | date | str  # exclusive
    uploader: str
    annotator: str
    reviewer: str
    acted_by: str
    acted_from: datetime | date | str
    tag: str | Sequence[str]
    file_name: str
    type: str  # image or video
    extracted_from: int  # the video that frames were taken out of
    near_twins: bool  # looks like another one, and nobody has decided about it
    predicted: bool | str  # by any model, by none, or by the model of that name
    sort: str  # -uploaded, uploaded, -captured, captured, file_name, source, -score, random
    seed: int
