"""Tokens over HTTP: those that programs carry for as long as they are meant to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.dependencies import AccessDep, ReadSessionDep, SessionDep, SignedInDep
from api.fields import A_NUMBER, Body
from curation import tokens
from curation.tokens import MAX_DAYS, MadeToken, TokenView
from db.models import Scope

router = APIRouter(tags=["tokens"])

Days = Annotated[
    int | None,
    Field(ge=1, le=MAX_DAYS, description="How long it works; without it until it is revoked."),
    A_NUMBER,
]


class TokenIn(Body):
    name: str = Field(min_length=1, max_length=100, description="What it is for, to tell it from others.")
    scope: Scope | None = Field(default=None, description="What it may do at most; without it all you may.")
    expires_in_days: Days = None
    access: str | None = Field(default=None, max_length=200, description="For admins: the login of a device.")


@dataclass(frozen=True)
class TokenMade:
    """The only answer that ever holds the secret."""

    id: int
    name: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    token: str

    @classmethod
    def of(cls, made: MadeToken) -> TokenMade:
        return cls(made.id, made.name, made.scope, made.created_at, made.expires_at, made.token)


@router.get("/tokens", responses={404: {}})
def list_tokens(
    session: ReadSessionDep,
    access: AccessDep,
    of: Annotated[
        str | None, Query(alias="access", max_length=200, description="For admins: the login of a device.")
    ] = None,
) -> list[TokenView]:
    """One's own tokens that are not revoked, newest first. Those that a login and password gave are not among them."""
    return tokens.list_tokens(session, access, of)


@router.post("/tokens", status_code=201, responses={404: {}})
def make_token(wanted: TokenIn, session: SessionDep, signed_in: SignedInDep) -> TokenMade:
    """A token whose secret is in this answer and nowhere else. A token of this kind makes no others."""
    return TokenMade.of(
        tokens.make_token(
            session,
            signed_in,
            wanted.name,
            scope=wanted.scope,
            expires_in_days=wanted.expires_in_days,
            login=wanted.access,
        )
    )


@router.delete("/tokens/{token_id}", status_code=204)
def revoke_token(
    token_id: Annotated[int, Path(ge=1, le=2**63 - 1)], session: SessionDep, signed_in: SignedInDep
) -> None:
    """End a token, from its next request on. Ending it twice is no mistake."""
    tokens.revoke_token(session, signed_in, token_id)
