"""Whether an export gives an answer away to whoever reads it now.

What somebody has to answer blind (`looks`) is left out of exports of their own. Others' have it, and so have their own
that were made before: with the ids of all media that an export tells of beside its file, each reading asks again. Who
has nothing to answer costs one question to the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curation import looks
from curation.datasets.asking import UNDER_WAY, ExportView
from curation.datasets.files import kept_key, media_key
from curation.datasets.id_files import read_ids
from curation.errors import Unavailable, WrongState
from db.models import Access, Export, ExportState, Look
from db.types import Sessions
from storage import Bucket
from storage.errors import BucketError, ObjectMissing

NOT_YET = "You have pictures to answer on the Review page. This export can be read when it is ready."


def require_gives_nothing_away(sessions: Sessions, bucket: Bucket, access: Access, export_id: int) -> None:
    """Raises WrongState when an export, or its receipt, tells of media that this access has to answer blind, and
    Unavailable while it is made and nobody can tell."""
    with sessions(read_only=True) as session:
        given = looks.given_looks(session, access)
        if not given:
            return
        export = session.get_one(Export, export_id)
        if export.state in UNDER_WAY:
            if not _leaves_out(session, export, access, set(given.values())):
                raise Unavailable(NOT_YET)
            return
    if export.state not in (ExportState.READY, ExportState.EXPIRED):
        return
    if number := _count(bucket, media_key(kept_key(export)), given.keys()):
        raise WrongState(
            f"{number} media in this export are yours to answer on the Review page. Do that first.",
            state=export.state.value,
        )


def as_shown_to(sessions: Sessions, bucket: Bucket, access: Access, view: ExportView) -> ExportView:
    """An export without its short receipt while that gives an answer away, or while nobody can tell."""
    if view.receipt is None:
        return view
    try:
        require_gives_nothing_away(sessions, bucket, access, view.id)
    except (WrongState, Unavailable, BucketError):
        return replace(view, receipt=None)
    return view


def as_listed_for(session: Session, access: Access, views: Sequence[ExportView]) -> list[ExportView]:
    """The same of many, without a look into the bucket for each of them: somebody with something to answer sees the
    receipts of exports that were made for them without it, and no others."""
    given = looks.given_looks(session, access) if any(view.receipt is not None for view in views) else {}
    if not given:
        return list(views)
    wanted = select(Export).where(Export.id.in_([view.id for view in views]))
    without = {
        export.id
        for export in session.scalars(wanted)
        if _leaves_out(session, export, access, set(given.values()))
    }
    return [view if view.id in without else replace(view, receipt=None) for view in views]


def _leaves_out(session: Session, export: Export, access: Access, look_ids: AbstractSet[int]) -> bool:
    """Whether it is made without them: for this access, and after they were given to it."""
    if export.access_id != access.id:
        return False
    last = session.scalar(select(func.max(Look.taken_at)).where(Look.id.in_(look_ids)))
    return export.frozen_at is None or last is None or last <= export.frozen_at


def _count(bucket: Bucket, key: str, given: AbstractSet[int]) -> int:
    found: set[int] = set()
    try:
        for ids in read_ids(bucket, key):
            found |= given & set(ids)
    except ObjectMissing:  # then it may be any of them
        return len(given)
    return len(found)
