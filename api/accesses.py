"""Accesses over HTTP, for admins: who may enter, and what for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field, StrictBool
from starlette.responses import Response

from api.dependencies import AccessDep, CursorQuery, ReadSessionDep, SessionDep, SignedInDep
from api.fields import Body
from api.paging import require_known, say_next
from curation import accesses
from curation.accesses import require_scope
from curation.errors import AnswerIncomplete
from curation.tokens import require_no_lasting_token
from db.models import Access, Scope

router = APIRouter(tags=["accesses"])
AccessId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Password = Annotated[str, Field(max_length=1000, description="10 to 72 bytes, no space at its ends.")]
PAGE_SIZE = 50
MAX_PAGE_SIZE = 200


class AccessIn(Body):
    login: Annotated[str, Field(max_length=200)]
    password: Password
    scope: Scope = Scope.USER


class PasswordIn(Body):
    password: Password


class AccessChange(Body):
    """What is absent stays as it is."""

    scope: Scope | None = None
    disabled: StrictBool | None = None


@dataclass(frozen=True)
class AccessOut:
    """An access as it stands; never its password."""

    id: int
    login: str
    scope: Scope
    disabled: bool
    must_change_password: bool
    created_at: datetime

    @classmethod
    def of(cls, access: Access) -> AccessOut:
        return cls(
            access.id,
            access.login,
            access.scope,
            access.disabled_at is not None,
            access.must_change_password,
            access.created_at,
        )


@router.post("/accesses", status_code=201)
def create_access(made: AccessIn, session: SessionDep, signed_in: SignedInDep) -> AccessOut:
    """A new access with the password given; its login is stored in lower case."""
    require_no_lasting_token(signed_in)
    created, _ = accesses.create_access(session, signed_in.access, made.login, made.scope, made.password)
    return AccessOut.of(created)


@router.get("/accesses")
def list_accesses(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    access: AccessDep,
    cursor: CursorQuery = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = PAGE_SIZE,
) -> list[AccessOut]:
    """Every access, in the order they were made; the `Link` header holds the next page."""
    require_known(request, "cursor", "limit")
    page = accesses.list_page(session, access, cursor, limit)
    say_next(request, response, page.next_cursor)
    return [AccessOut.of(found) for found in page.items]


@router.get("/accesses/{access_id}")
def read_access(access_id: AccessId, session: ReadSessionDep, access: AccessDep) -> AccessOut:
    """One access."""
    require_scope(access, Scope.ADMIN)
    return AccessOut.of(accesses.get_access(session, access_id))


@router.put("/accesses/{access_id}")
def set_password(
    access_id: AccessId, given: PasswordIn, session: SessionDep, signed_in: SignedInDep
) -> AccessOut:
    """Give an access another password: whatever it is signed in with ends."""
    require_no_lasting_token(signed_in)
    return AccessOut.of(accesses.set_password(session, signed_in.access, access_id, given.password))


@router.patch("/accesses/{access_id}")
def change_access(
    access_id: AccessId, change: AccessChange, session: SessionDep, signed_in: SignedInDep
) -> AccessOut:
    """Change what an access may do, disable it, or enable it again; both in one act or neither."""
    access = signed_in.access
    require_no_lasting_token(signed_in)
    require_scope(access, Scope.ADMIN)
    if change.scope is None and change.disabled is None:
        raise AnswerIncomplete("Nothing is to be changed: name a scope, or whether it is disabled.")
    changed = accesses.get_access(session, access_id)
    if change.scope is not None and change.scope != changed.scope:
        changed = accesses.change_scope(session, access, access_id, change.scope)
    if change.disabled is not None and change.disabled != (changed.disabled_at is not None):
        act = accesses.disable_access if change.disabled else accesses.enable_access
        changed = act(session, access, access_id)
    return AccessOut.of(changed)


@router.delete("/accesses/{access_id}")
def delete_access(access_id: AccessId, session: SessionDep, signed_in: SignedInDep) -> AccessOut:
    """Delete an access for ever. Its name stays on what it did, and its login is not given to anybody else."""
    require_no_lasting_token(signed_in)
    return AccessOut.of(accesses.delete_access(session, signed_in.access, access_id))
