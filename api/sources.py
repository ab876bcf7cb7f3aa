"""Sources over HTTP: the cameras and sites that media come from. People read them, admins change them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.dependencies import AccessDep, ReadSessionDep, SessionDep
from api.fields import A_NUMBER, LARGEST_ID, Body, Id
from curation import source_merges, sources
from curation.source_merges import SourceMerge
from curation.sources import SourceView
from db.session import open_session

router = APIRouter(tags=["sources"])

SourceId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Place = Annotated[str | None, Field(max_length=200, description="Where it stands, in words.")]
Azimuth = Annotated[
    float | None,
    Field(
        ge=0, le=360, description="Which way it looks, in degrees from north; uploads that name none get it."
    ),
    A_NUMBER,
]


class SourceIn(Body):
    name: Name
    place: Place = None
    azimuth: Azimuth = None


class SourceChange(Body):
    """What is absent stays as it is; null takes a place or an azimuth away."""

    name: Name = ""
    place: Place = None
    azimuth: Azimuth = None


class MergeIn(Body):
    into: Id = Field(description="The id of the source that stays.")


@router.get("/sources")
def list_sources(session: ReadSessionDep, access: AccessDep) -> list[SourceView]:
    """Every source by name, with how many media are listed of it."""
    return sources.list_sources(session, access)


@router.post("/sources", status_code=201)
def create_source(wanted: SourceIn, session: SessionDep, access: AccessDep) -> SourceView:
    """A source that waits for its first media. (A source that an upload names is made by itself.)"""
    made = sources.create_source(session, access, wanted.name, place=wanted.place, azimuth=wanted.azimuth)
    return sources.view_source(session, access, made.id)


@router.patch("/sources/{source_id}")
def change_source(
    source_id: SourceId, wanted: SourceChange, session: SessionDep, access: AccessDep
) -> SourceView:
    """Rename a source, or say where it stands and which way it looks."""
    sources.change_source(session, access, source_id, wanted.model_dump(exclude_unset=True))
    return sources.view_source(session, access, source_id)


@router.get("/sources/{source_id}/merge", responses={409: {}})
def preview_merge(
    source_id: SourceId,
    into: Annotated[int, Query(ge=1, le=LARGEST_ID, description="The id of the source that stays.")],
    session: ReadSessionDep,
    access: AccessDep,
) -> SourceMerge:
    """How many media and devices a merge would move. Nothing is written."""
    return source_merges.preview_merge(session, access, source_id, into)


@router.post("/sources/{source_id}/merge")
def merge_sources(source_id: SourceId, wanted: MergeIn, access: AccessDep) -> SourceMerge:
    """Move everything of this source into another, and delete this one. There is no way back."""
    return source_merges.merge_sources(open_session, access, source_id, wanted.into)
