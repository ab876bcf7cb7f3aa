"""Agreement over HTTP: between people, and of oneself with oneself."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Query

from api.dependencies import AccessDep, ReadSessionDep
from curation.agreement import Agreement, Consistency, agreement, consistency
from curation.capture import find_zone

router = APIRouter(tags=["agreement"])


@router.get("/agreement")
def read_agreement(session: ReadSessionDep, access: AccessDep) -> Agreement:
    """How often blind second opinions agree: per label class, and per person (others than oneself for admins only)."""
    return agreement(session, access)


@router.get("/me/consistency")
def read_consistency(
    session: ReadSessionDep,
    access: AccessDep,
    timezone: Annotated[
        str | None, Query(max_length=100, description="Whose weeks and hours: a name such as Europe/Paris.")
    ] = None,
) -> Consistency:
    """How often one's own older answers came out the same when they came back; nobody else is told."""
    return consistency(session, access, find_zone(timezone) or UTC)
