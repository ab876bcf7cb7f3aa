"""Releases: datasets that are frozen and named. Asked for here, seen, and deleted; `datasets.freezing` freezes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from curation import jobs
from curation.accesses import CURATORS, PEOPLE, require_scope
from curation.browse import conditions
from curation.datasets.splits import Split
from curation.errors import Conflict, InvalidText, NameTaken, Refused, ReleaseNotFound
from curation.events import record
from curation.media_filter import MediaFilter
from curation.paging import Section, decode_cursor, read_page
from db.models import Access, Export, Media, Release, ReleaseItem, Scope, State, utc_now
from db.types import AnyRow, AnySelect

FREEZE_RELEASE = "freeze_release"
PAGE_SIZE, MAX_PAGE_SIZE = 20, 100
MAX_NAME, MAX_NOTE = 100, 2_000
NEWEST_FIRST = [Section((Release.id,), True)]


@dataclass(frozen=True)
class ReleaseView:
    """A release: `making` until all its media are in it (`progress` from 0 to 1), then `ready`; or `failed`.

    `counts` says how many media and shapes it has, by state, split and label class, and what was left out and why.
    `withdrawn` of its media have been withdrawn since; of a list it is not asked.
    """

    id: int
    name: str
    note: str | None
    made_by: str
    state: str
    progress: float
    filter: dict[str, Any]
    split: dict[str, Any] | None
    label_classes: list[dict[str, Any]]
    counts: dict[str, Any]
    sha256: str | None
    created_at: datetime
    frozen_at: datetime | None
    error: str | None
    withdrawn: int | None = None


@dataclass(frozen=True)
class ReleasePage:
    items: Sequence[ReleaseView]
    next_cursor: str | None


def create_release(
    session: Session,
    access: Access,
    name: str,
    *,
    note: str | None = None,
    wanted: MediaFilter = MediaFilter(),
    split: Split | None = None,
) -> ReleaseView:
    """Have what a filter shows frozen under a name, as it is when a job comes to it a moment later.

    The name of one that failed is free for whoever made it, and for admins: that one is then begun anew.
    Raises NotAllowed, InvalidText, NameTaken, and Refused for media that no dataset holds.
    """
    require_scope(access, *CURATORS)
    name, note = _clean(name, note)
    conditions(access, wanted)
    if {State.WITHDRAWN, State.AWAITING_CONTENT} & set(wanted.state):
        raise Refused("A release has no media that are withdrawn or await their content.")
    # Two who choose one name at once come one after the other by the column, which is unique.
    known = session.scalar(select(Release).where(Release.name == name).with_for_update())
    if known is not None and not _may_begin_anew(access, known):
        raise NameTaken(f"The name “{name}” is taken.")
    release = known or Release(name=name)
    release.note, release.access_id = note, access.id
    release.filter = wanted.without_order().to_query()
    release.split = split.to_payload() if split is not None else None
    if known is None:
        session.add(release)
        session.flush()
        jobs.add(session, FREEZE_RELEASE, release.id)
    else:
        release.error, release.counts, release.created_at = None, {}, utc_now()
        jobs.add_again(session, FREEZE_RELEASE, release.id)
        session.flush()
    record(session, access, "release_asked", described(release))
    return get_release(session, access, release.id)


def get_release(session: Session, access: Access, release_id: int) -> ReleaseView:
    """One release, and how many of its media have been withdrawn since. Raises ReleaseNotFound."""
    require_scope(access, *PEOPLE)
    row = session.execute(_rows().where(Release.id == release_id)).first()
    if row is None:
        raise ReleaseNotFound(f"There is no release {release_id}.")
    # The withdrawn are few, and have an index.
    withdrawn = (
        select(func.count())
        .select_from(Media)
        .join(ReleaseItem, ReleaseItem.media_id == Media.id)
        .where(Media.state == State.WITHDRAWN, ReleaseItem.release_id == release_id)
    )
    return _view(row, session.scalar(withdrawn))


def list_releases(
    session: Session, access: Access, cursor: str | None = None, limit: int = PAGE_SIZE
) -> ReleasePage:
    """Everybody's releases, the last first. Raises UnknownFilter for a foreign cursor."""
    require_scope(access, *PEOPLE)
    after = decode_cursor(cursor, NEWEST_FIRST) if cursor else None
    limit = max(1, min(limit, MAX_PAGE_SIZE))
    page = read_page(session, [_rows()], NEWEST_FIRST, after, limit, lambda row, _: (row.id,))
    return ReleasePage([_view(row) for row in page.rows], page.next_cursor)


def release_names(session: Session, access: Access) -> dict[int, str]:
    """The names of all releases that are frozen, by id, the last first: what can be compared with, or begun from."""
    require_scope(access, *PEOPLE)
    frozen = select(Release.id, Release.name).where(Release.frozen_at.is_not(None))
    return {row.id: row.name for row in session.execute(frozen.order_by(Release.id.desc()))}


def delete_release(session: Session, access: Access, release_id: int) -> None:
    """Forget a release that nothing was made of; one that is being frozen is frozen no further.

    Raises ReleaseNotFound, and Conflict when there are exports of it, or since it: somebody may have trained on those,
    and what they were is known by the release alone.
    """
    require_scope(access, Scope.ADMIN)
    release = session.get(Release, release_id, with_for_update=True)
    if release is None:
        raise ReleaseNotFound(f"There is no release {release_id}.")
    standing = session.scalar(
        select(func.count())
        .select_from(Export)
        .where(or_(Export.release_id == release_id, Export.since_release_id == release_id))
    )
    if standing:
        raise Conflict(f"Exports were made of this release: {standing}. It says what they were, and stays.")
    session.execute(delete(ReleaseItem).where(ReleaseItem.release_id == release_id))
    record(session, access, "release_deleted", described(release))
    session.delete(release)
    session.flush()


def described(release: Release) -> dict[str, Any]:
    """What the audit trail says of a release."""
    known = {
        "release_id": release.id,
        "name": release.name,
        "filter": release.filter,
        "split": release.split,
        "media": release.counts.get("media") if release.counts else None,
        "sha256": release.sha256,
    }
    return {name: value for name, value in known.items() if value not in (None, {})}


def _may_begin_anew(access: Access, release: Release) -> bool:
    failed = release.error is not None and release.frozen_at is None
    return failed and (release.access_id == access.id or access.scope == Scope.ADMIN)


def _clean(name: str, note: str | None) -> tuple[str, str | None]:
    name = " ".join(name.split())
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise InvalidText(f"The name of a release has 1 to {MAX_NAME} printable characters.")
    note = note.strip() if note is not None else None
    if note and (len(note) > MAX_NOTE or "\x00" in note):
        raise InvalidText(f"A note has at most {MAX_NOTE:,} characters.")
    return name, note or None


def _rows() -> AnySelect:
    return select(Release, Release.id.label("id"), Access.login).join(Access, Access.id == Release.access_id)


def _view(row: AnyRow, withdrawn: int | None = None) -> ReleaseView:
    release: Release = row.Release
    ready = release.frozen_at is not None
    counts = dict(release.counts)
    done, total = counts.pop("done", 0), counts.get("in_scope", 0)
    return ReleaseView(
        id=release.id,
        name=release.name,
        note=release.note,
        made_by=row.login,
        state="ready" if ready else "failed" if release.error else "making",
        progress=1.0 if ready else min(done / total, 1.0) if total else 0.0,
        filter=release.filter,
        split=release.split,
        label_classes=list(release.vocabulary.get("label_classes", ())),
        counts=counts if ready else {},
        sha256=release.sha256,
        created_at=release.created_at,
        frozen_at=release.frozen_at,
        error=release.error,
        withdrawn=withdrawn,
    )
