"""Media written over HTTP: created before their content, changed, withdrawn, restored and purged."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.orm import Session

from api.dependencies import AccessDep, SessionDep
from api.fields import A_NUMBER, Body, Moment
from api.media import MediaId
from curation import two_step
from curation.browse import get_details
from curation.media_view import MediaDetails
from curation.purging import purge_now
from curation.reviews import decide
from db.clock import database_now
from db.models import Access, Decision, MediaType

router = APIRouter(tags=["media"])


class MediaIn(Body):
    """What is told about a media. Of a change only what is sent counts, and null takes away."""

    type: MediaType = MediaType.IMAGE
    file_name: Annotated[str | None, Field(max_length=1000)] = None
    source: Annotated[str | None, Field(max_length=200)] = None
    captured_at: Annotated[Moment | None, Field(description="With its zone.")] = None
    azimuth: Annotated[float | None, Field(ge=0, le=360, allow_inf_nan=False), A_NUMBER] = None
    lat: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False), A_NUMBER] = None
    lon: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False), A_NUMBER] = None
    sequence: Annotated[str | None, Field(max_length=200)] = None
    tags: Annotated[list[str] | None, Field(max_length=30, description="All of them.")] = None

    @property
    def given(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


@router.post("/media", status_code=201)
def create_media(session: SessionDep, access: AccessDep, media: MediaIn | None = None) -> MediaDetails:
    """A media that awaits its content, which `POST /media/{id}/upload` brings within a day."""
    media_id = two_step.create_media(session, access, media.given if media is not None else {})
    return get_details(session, access, media_id)


@router.put("/media/{media_id}")
def replace_media(media_id: MediaId, media: MediaIn, session: SessionDep, access: AccessDep) -> MediaDetails:
    """The same as `PATCH`: what is not sent stays as it is."""
    return change_media(media_id, media, session, access)


@router.patch("/media/{media_id}")
def change_media(media_id: MediaId, media: MediaIn, session: SessionDep, access: AccessDep) -> MediaDetails:
    """Change what is told about a media; its type only while it awaits its content."""
    two_step.change_media(session, access, media_id, media.given)
    session.flush()
    return get_details(session, access, media_id)


@router.delete("/media/{media_id}")
def withdraw_media(media_id: MediaId, session: SessionDep, access: AccessDep) -> MediaDetails:
    """Take a media out of every list. Its bytes stay for the grace time, and so long it can be restored."""
    return _decided(session, access, media_id, Decision.WITHDRAWN)


@router.post("/media/{media_id}/restore")
def restore_media(media_id: MediaId, session: SessionDep, access: AccessDep) -> MediaDetails:
    """Bring a withdrawn media back to where it stood."""
    return _decided(session, access, media_id, Decision.RESTORED)


@router.post("/media/{media_id}/purge")
def purge_media(media_id: MediaId, session: SessionDep, access: AccessDep) -> MediaDetails:
    """Delete the content of a withdrawn media without waiting for its grace to end; what was said about it stays.

    The bytes are gone from the bucket a day later: they wait in the trash, out of everybody's reach.
    """
    purge_now(session, access, media_id, database_now(session))
    return get_details(session, access, media_id)


def _decided(session: Session, access: Access, media_id: int, decision: Decision) -> MediaDetails:
    decide(session, access, media_id, decision)
    return get_details(session, access, media_id)
