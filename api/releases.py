"""Releases: datasets frozen under a name, compared with one another."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field
from starlette.responses import StreamingResponse

from api.dataset_exports import SplitIn
from api.dependencies import AccessDep, AddressDep, CursorQuery, ReadSessionDep, SessionDep
from api.downloads import Download, DownloadResponse
from api.fields import Body
from api.paging import require_known, say_next
from curation import releases
from curation.datasets.comparing import Comparison, compare_releases, list_differences
from curation.datasets.splits import Split
from curation.media_filter import MediaFilter
from curation.releases import ReleaseView
from db.models import Access
from db.session import open_session
from db.streaming import hold_still

router = APIRouter(tags=["releases"])
ReleaseId = Annotated[int, Path(ge=1, le=2**63 - 1)]
OtherId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The later release.")]

# As of exports: each holds a connection for as long as its client reads.
COMPARED_AT_ONCE = 4
_places = threading.BoundedSemaphore(COMPARED_AT_ONCE)
ALL_TAKEN = "Several comparisons are being written at this moment. Try again in a minute."


class ReleaseIn(Body):
    """What to freeze: what a filter shows, names and values as in addresses."""

    name: str = Field(max_length=200)
    note: str | None = Field(default=None, max_length=10_000)
    filter: dict[str, list[str]] = Field(default={}, max_length=50)
    split: SplitIn | None = None


@router.post("/releases", status_code=202)
def create_release(given: ReleaseIn, session: SessionDep, access: AccessDep) -> ReleaseView:
    """Have a dataset frozen under a name, by a job, as it is at that moment. Later work does not change it.

    It can be exported and compared once its `state` is `ready`.
    """
    return releases.create_release(
        session,
        access,
        given.name,
        note=given.note,
        wanted=MediaFilter.from_query(given.filter),
        split=Split.from_payload(given.split.model_dump()) if given.split is not None else None,
    )


@router.get("/releases")
def list_releases(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    access: AccessDep,
    cursor: CursorQuery = None,
    limit: Annotated[int, Query(ge=1, le=releases.MAX_PAGE_SIZE)] = releases.PAGE_SIZE,
) -> list[ReleaseView]:
    """All releases, the last first; the `Link` header leads on."""
    require_known(request, "cursor", "limit")
    page = releases.list_releases(session, access, cursor, limit)
    say_next(request, response, page.next_cursor)
    return list(page.items)


@router.get("/releases/{release_id}")
def read_release(release_id: ReleaseId, session: ReadSessionDep, access: AccessDep) -> ReleaseView:
    """One release: what is in it, how it is split, and how many of its media were withdrawn since."""
    return releases.get_release(session, access, release_id)


@router.delete("/releases/{release_id}", status_code=204)
def delete_release(release_id: ReleaseId, session: SessionDep, access: AccessDep) -> None:
    """Forget a release that nothing was exported of, or stop one that is being frozen (admins)."""
    releases.delete_release(session, access, release_id)


@router.get("/releases/{release_id}/compare/{other_id}", responses={409: {}})
def compare(
    release_id: ReleaseId, other_id: OtherId, session: ReadSessionDep, access: AccessDep
) -> Comparison:
    """How many media were added, removed, withdrawn, relabelled, moved between splits or edited otherwise."""
    return compare_releases(session, access, release_id, other_id)


@router.get(
    "/releases/{release_id}/compare/{other_id}/differences.csv",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}}}, 409: {}},
)
def export_differences(
    release_id: ReleaseId, other_id: OtherId, access: AccessDep, address: AddressDep
) -> Response:
    """The same media by media, as CSV: what changed, why, and how it was before and after."""
    download = DifferencesDownload(access, address, release_id, other_id)
    headers = {
        "Content-Disposition": f'attachment; filename="vigie-differences-{release_id}-{other_id}.csv"',
        "Cache-Control": "private, no-store",
    }
    return DownloadResponse(download, media_type="text/csv", headers=headers)


class DifferencesDownload(Download):
    """The lines of one comparison, with a database session while it runs."""

    event = "differences_exported"

    def __init__(self, access: Access, address: str, release_id: int, other_id: int) -> None:
        super().__init__(access, address)
        self._asked = {"release_id": release_id, "other_id": other_id}
        with ExitStack() as opened:
            self._take_a_place(opened, _places, ALL_TAKEN)
            session = opened.enter_context(open_session(read_only=True))
            hold_still(session)
            self._lines = list_differences(session, access, release_id, other_id)
            opened.callback(self._lines.close)
            self._begin(opened, self._lines)

    def _detail(self) -> dict[str, Any]:
        return {**self._asked, "rows": self._lines.rows}
