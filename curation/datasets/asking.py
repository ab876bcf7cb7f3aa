"""Asking for an export, seeing how far it is, and cancelling it; `making` makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from curation import jobs
from curation.accesses import PEOPLE, require_scope
from curation.answers import clean_client_id
from curation.browse import conditions
from curation.capture import clean_moment
from curation.datasets.files import content_type_of, file_name_for
from curation.datasets.options import ExportOptions
from curation.datasets.shown_then import require_told
from curation.datasets.writers import writer_for
from curation.errors import Conflict, ExportNotFound, Refused, ReleaseNotFound, TooManyAttempts, WrongState
from curation.events import record
from curation.media_filter import MediaFilter
from curation.paging import Section, decode_cursor, read_page
from db.clock import database_now
from db.models import Access, Export, ExportFormat, ExportState, Release, Scope
from db.types import AnyRow, AnySelect

# Apart, so that what takes a second need not wait for what takes an hour.
MAKE_EXPORT = "make_export"
MAKE_PICTURE_EXPORT = "make_picture_export"
UNDER_WAY = (ExportState.WAITING, ExportState.RUNNING)
# Of one access at once: few are made at a time.
MOST_UNDER_WAY = 10
PAGE_SIZE, MAX_PAGE_SIZE = 20, 100
NEWEST_FIRST = [Section((Export.id,), True)]


@dataclass(frozen=True)
class ExportView:
    """An export as screens and programs see it: `done` of `total` media, `progress` from 0 to 1, `size` so far."""

    id: int
    format: str
    state: str
    asked_by: str
    filter: dict[str, Any]
    release_id: int | None
    release: str | None
    since_release_id: int | None
    since_release: str | None
    since_at: datetime | None
    options: dict[str, Any]
    frozen_at: datetime | None
    done: int
    total: int | None
    progress: float
    size: int
    file_name: str
    content_type: str
    sha256: str | None
    receipt: dict[str, Any] | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY


@dataclass(frozen=True)
class ExportPage:
    items: Sequence[ExportView]
    next_cursor: str | None


def ask_for_export(
    session: Session,
    access: Access,
    format: ExportFormat,
    *,
    wanted: MediaFilter = MediaFilter(),
    release_id: int | None = None,
    since_release_id: int | None = None,
    since_at: datetime | None = None,
    options: ExportOptions = ExportOptions(),
    client_id: str | None = None,
) -> ExportView:
    """Have an export made: of what a filter shows at the moment it begins, or of a release.

    A repeated `client_id` is the export it was first. Raises NotAllowed, Refused of several kinds, ReleaseNotFound,
    Conflict for a client id that was used for another one, and TooManyAttempts while ten are under way.
    """
    require_scope(access, *PEOPLE)
    client_id = clean_client_id(client_id)
    since_at = clean_moment("since_at", since_at) if since_at is not None else None
    asked = {
        "format": format,
        "release_id": release_id,
        "filter": wanted.without_order().to_query(),
        "since_release_id": since_release_id,
        "since_at": since_at,
        "options": options.to_payload(),
    }
    if client_id is not None:
        known = session.scalar(select(Export).where(Export.client_id == client_id))
        if known is not None:
            if known.access_id != access.id or any(getattr(known, name) != asked[name] for name in asked):
                raise Conflict("This client id was used for another export already.")
            return get_export(session, access, known.id)
    _require_makeable(session, access, format, wanted, release_id, since_release_id, since_at, options)
    under_way = session.scalar(
        select(func.count()).where(Export.access_id == access.id, Export.state.in_(UNDER_WAY))
    )
    if (under_way or 0) >= MOST_UNDER_WAY:
        raise TooManyAttempts(
            f"{MOST_UNDER_WAY} exports of yours are under way. Cancel one, or wait for one.", retry_after=30
        )
    release = session.get(Release, release_id) if release_id is not None else None
    writer = writer_for(format, options, is_split=release.split is not None if release else None)
    export = Export(
        access_id=access.id,
        **asked,
        file_name=file_name_for(
            format, writer.single, database_now(session), release.name if release else None
        ),
        content_type=content_type_of(format, writer.single),
        client_id=client_id,
    )
    session.add(export)
    session.flush()
    if options.reads_bucket:
        jobs.add(session, MAKE_PICTURE_EXPORT, export.id)
    else:
        jobs.add(session, MAKE_EXPORT, export.id)
    record(session, access, "export_asked", described(export))
    return get_export(session, access, export.id)


def _require_makeable(
    session: Session,
    access: Access,
    format: ExportFormat,
    wanted: MediaFilter,
    release_id: int | None,
    since_release_id: int | None,
    since_at: datetime | None,
    options: ExportOptions,
) -> None:
    options.require_fit(format)
    conditions(access, wanted)
    if release_id is not None and not wanted.is_empty:
        raise Refused("An export is of a filter or of a release, not of both.")
    if release_id is not None and options.split is not None:
        raise Refused("A release has the split that it was made with.")
    if since_release_id is not None and since_at is not None:
        raise Refused("Changes are since a release or since a moment, not since both.")
    # A clock that is ahead would otherwise look like a day on which nothing was changed.
    if since_at is not None and since_at > database_now(session):
        raise Refused("since_at lies in the future: the clock here is not there yet.")
    for number in (release_id, since_release_id):
        release = session.get(Release, number) if number is not None else None
        if number is not None and (release is None or release.frozen_at is None):
            raise ReleaseNotFound(f"There is no release {number}.")
    if since_release_id is not None and release_id is None:
        require_told(wanted, session.get_one(Release, since_release_id))


def job_of(options: ExportOptions) -> str:
    """The job that makes an export with these options."""
    return MAKE_PICTURE_EXPORT if options.reads_bucket else MAKE_EXPORT


def described(export: Export) -> dict[str, Any]:
    """What the audit trail says of an export, and webhooks hear."""
    known = {
        "export_id": export.id,
        "format": export.format.value,
        "filter": export.filter,
        "release_id": export.release_id,
        "since_release_id": export.since_release_id,
        "since_at": export.since_at.isoformat() if export.since_at else None,
        "options": export.options,
        "file_name": export.file_name,
    }
    return {name: value for name, value in known.items() if value not in (None, {})}


def get_export(session: Session, access: Access, export_id: int) -> ExportView:
    """One export: one's own, or any for an admin. Raises ExportNotFound."""
    require_scope(access, *PEOPLE)
    row = session.execute(_visible(access).where(Export.id == export_id)).first()
    if row is None:
        raise ExportNotFound(f"There is no export {export_id}.")
    return _view(row)


def list_exports(
    session: Session, access: Access, cursor: str | None = None, limit: int = PAGE_SIZE
) -> ExportPage:
    """One's own exports, or everybody's for an admin, the last first. Raises UnknownFilter for a foreign cursor."""
    require_scope(access, *PEOPLE)
    after = decode_cursor(cursor, NEWEST_FIRST) if cursor else None
    limit = max(1, min(limit, MAX_PAGE_SIZE))
    page = read_page(session, [_visible(access)], NEWEST_FIRST, after, limit, lambda row, _: (row.id,))
    return ExportPage([_view(row) for row in page.rows], page.next_cursor)


def cancel_export(session: Session, access: Access, export_id: int) -> ExportView:
    """End an export that is under way; whoever makes it notices, and leaves nothing. Raises ExportNotFound, WrongState.

    A cancelled one stays cancelled when it is cancelled again.
    """
    get_export(session, access, export_id)
    export = session.scalars(select(Export).where(Export.id == export_id).with_for_update()).one()
    if export.state not in (*UNDER_WAY, ExportState.CANCELLED):
        raise WrongState("This export is over: there is nothing to cancel.", state=export.state.value)
    if export.state != ExportState.CANCELLED:
        export.state = ExportState.CANCELLED
        export.cancelled_at = export.finished_at = database_now(session)
        record(session, access, "export_cancelled", described(export))
        session.flush()
    return get_export(session, access, export_id)


def _visible(access: Access) -> AnySelect:
    made_of, since = aliased(Release), aliased(Release)
    rows = (
        select(
            Export,
            Export.id.label("id"),
            Access.login,
            made_of.name.label("release"),
            since.name.label("since_release"),
        )
        .join(Access, Access.id == Export.access_id)
        .outerjoin(made_of, made_of.id == Export.release_id)
        .outerjoin(since, since.id == Export.since_release_id)
    )
    return rows if access.scope == Scope.ADMIN else rows.where(Export.access_id == access.id)


def _progress(export: Export) -> float:
    if export.state in (ExportState.READY, ExportState.EXPIRED):
        return 1.0
    return min(export.done / export.total, 1.0) if export.total else 0.0


def _view(row: AnyRow) -> ExportView:
    export: Export = row.Export
    return ExportView(
        id=export.id,
        format=export.format.value,
        state=export.state.value,
        asked_by=row.login,
        filter=export.filter,
        release_id=export.release_id,
        release=row.release,
        since_release_id=export.since_release_id,
        since_release=row.since_release,
        since_at=export.since_at,
        options=export.options,
        frozen_at=export.frozen_at,
        done=export.done,
        total=export.total,
        progress=_progress(export),
        size=export.size,
        file_name=export.file_name,
        content_type=export.content_type,
        sha256=export.sha256,
        receipt=export.receipt,
        error=export.error,
        created_at=export.created_at,
        finished_at=export.finished_at,
        expires_at=export.expires_at,
    )
