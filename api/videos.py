"""Frames out of videos, over HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.dependencies import AccessDep, ReadSessionDep, SessionDep
from api.fields import A_NUMBER, Body
from api.media import MediaId
from curation.extractions import ExtractionView, ask_for_frames, list_extractions
from curation.video_limits import LONGEST_INTERVAL, SHORTEST_INTERVAL
from language.retold import retold

router = APIRouter(tags=["videos"])


class FramesIn(Body):
    every_seconds: Annotated[float, Field(ge=SHORTEST_INTERVAL, le=LONGEST_INTERVAL), A_NUMBER]


@router.post("/media/{media_id}/frames", status_code=202)
def extract_frames(
    media_id: MediaId, wanted: FramesIn, session: SessionDep, access: AccessDep
) -> ExtractionView:
    """Have a video's frames taken at an interval, each a media that leads back to it; at most 2,000 at once.

    It is done in the background: `GET /media/{id}/extractions` says how far it is.
    """
    return _told(ask_for_frames(session, access, media_id, wanted.every_seconds))


@router.get("/media/{media_id}/extractions")
def read_extractions(media_id: MediaId, session: ReadSessionDep, access: AccessDep) -> list[ExtractionView]:
    """What was taken out of a video and what is being taken, the last first."""
    return [_told(view) for view in list_extractions(session, access, media_id)]


def _told(view: ExtractionView) -> ExtractionView:
    return replace(view, error=retold(view.error) if view.error else None)
