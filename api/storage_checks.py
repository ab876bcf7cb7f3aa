"""Storage checks over HTTP, for admins: whether database and bucket say the same."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field, StrictBool

from api.dependencies import AccessDep, CursorQuery, ReadSessionDep, SessionDep
from api.fields import Body
from api.paging import require_known, say_next
from curation.storage_checks import asking
from curation.storage_checks.asking import CheckView

router = APIRouter(tags=["storage"])
CheckId = Annotated[int, Path(ge=1, le=2**63 - 1)]


class CheckIn(Body):
    deep: StrictBool = Field(default=False, description="Read every stored object and compare its hash.")
    repair: StrictBool = Field(
        default=False, description="Put right what can be, unless suspiciously much differs."
    )


@router.get("/storage/checks")
def list_storage_checks(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    access: AccessDep,
    cursor: CursorQuery = None,
    limit: Annotated[int, Query(ge=1, le=200)] = asking.PAGE_SIZE,
) -> list[CheckView]:
    """All storage checks, newest first; the `Link` header holds the next page."""
    require_known(request, "cursor", "limit")
    page = asking.list_checks(session, access, cursor=cursor, limit=limit)
    say_next(request, response, page.next_cursor)
    return page.items


@router.post("/storage/checks", status_code=202)
def ask_for_storage_check(given: CheckIn, session: SessionDep, access: AccessDep) -> CheckView:
    """Have database and bucket compared, in the background; 409 while another check is under way."""
    return asking.ask_for_check(session, access, deep=given.deep, repair=given.repair)


@router.get("/storage/checks/{check_id}")
def read_storage_check(check_id: CheckId, session: ReadSessionDep, access: AccessDep) -> CheckView:
    """One storage check: how far it is, or what it found."""
    return asking.get_check(session, access, check_id)
