"""Comments over HTTP, the people they can mention, and where the caller was mentioned."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Response
from pydantic import Field

from api.dependencies import AccessDep, ReadSessionDep, SessionDep
from api.fields import Body, Id
from api.media import MediaId
from curation import comments
from curation.comments import CommentView, MentionView

router = APIRouter(tags=["comments"])


class CommentIn(Body):
    text: str = Field(max_length=20_000)
    client_id: str | None = Field(default=None, max_length=64)


@router.get("/media/{media_id}/comments")
def list_comments(media_id: MediaId, session: ReadSessionDep, access: AccessDep) -> list[CommentView]:
    """What was said about a media, first to last."""
    return comments.list_comments(session, access, media_id)


@router.post(
    "/media/{media_id}/comments",
    status_code=201,
    operation_id="comment_on",
    responses={200: {"description": "This client id was stored before; here is what."}},
)
def comment(
    media_id: MediaId, said: CommentIn, response: Response, session: SessionDep, access: AccessDep
) -> CommentView:
    """Say something about a media; `@login` mentions a person."""
    stored = comments.comment_on(session, access, media_id, said.text, client_id=said.client_id)
    response.status_code = 200 if stored.repeated else 201
    return stored.comment


@dataclass(frozen=True)
class PersonOut:
    login: str


@router.get("/people")
def list_people(session: ReadSessionDep, access: AccessDep) -> list[PersonOut]:
    """Who can be mentioned."""
    return [PersonOut(login) for login in comments.list_people(session, access)]


@router.get("/mentions")
def list_mentions(session: ReadSessionDep, access: AccessDep) -> list[MentionView]:
    """Where the caller was mentioned, newest first."""
    return comments.list_mentions(session, access)


class SeenIn(Body):
    comment_ids: list[Id] = Field(max_length=500)


@router.post("/mentions/seen", status_code=204)
def mark_seen(seen: SeenIn, session: SessionDep, access: AccessDep) -> None:
    """The caller has seen where these comments mention them."""
    comments.mark_seen(session, access, seen.comment_ids)
