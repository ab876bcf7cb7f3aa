"""Taking back everything that one person did in a span of time, as far as nobody has acted on it since.

Only admins do. It is shown before it is done, done newest first in one transaction, and stands in the history of
each media as undoing always does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from curation.accesses import find_access, require_scope
from curation.batches import ACTED_SINCE, lock_in_order
from curation.errors import AccessNotFound, InvalidText
from curation.events import record
from curation.undoing import NOT_UNDONE_BUT_RESTORED, StandingAct, standing_acts, take_back
from db.models import Access, Batch, BatchKind, Media, Scope
from db.queries import standing_annotations_by, standing_reviews_by

MAX_ACTS = 5_000
SHOWN = 50


@dataclass(frozen=True)
class RunAct:
    """An act of the run; `why` says why it stays, None when it can be undone."""

    media_id: int
    file_name: str | None
    what: str
    at: datetime
    why: str | None = None


@dataclass(frozen=True)
class RunPreview:
    """What undoing a run would do. `more` when there are older acts beyond the newest that were looked at."""

    undoable: int
    left: dict[str, int]
    first: list[RunAct]
    more: bool


@dataclass(frozen=True)
class RunUndone:
    """What was done: `batch_id` is None when there was nothing to undo."""

    undone: int
    left: dict[str, int]
    more: bool
    batch_id: int | None = None


def preview(session: Session, admin: Access, login: str, start: datetime, end: datetime) -> RunPreview:
    """What `apply` would undo from `start` (inclusive) to `end` (exclusive), and what it would leave and why."""
    require_scope(admin, Scope.ADMIN)
    found, more = _acts_of(session, login, start, end)
    run = _sort_out(session, found)
    acts: list[tuple[StandingAct, str | None]] = [*((act, None) for act in run.undoable), *run.left]
    shown = sorted(acts, key=lambda act: _by_time(act[0]), reverse=True)[:SHOWN]
    names = _file_names(session, [act.media_id for act, _ in shown])
    first = [RunAct(act.media_id, names[act.media_id], act.what, act.created_at, why) for act, why in shown]
    return RunPreview(len(run.undoable), run.reasons(), first, more)


def apply(session: Session, admin: Access, login: str, start: datetime, end: datetime) -> RunUndone:
    """Undo the acts of one person in a span of time, newest first; a second time changes nothing."""
    require_scope(admin, Scope.ADMIN)
    found, more = _acts_of(session, login, start, end)
    # Sorted out once they are held: whoever acted on one of these meanwhile has done so by now.
    held = {media.id: media for media in lock_in_order(session, list(found))}
    run = _sort_out(session, found)
    if not run.undoable:
        return RunUndone(0, run.reasons(), more)
    detail = {
        "login": login,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "undone": len(run.undoable),
        "left": len(run.left),
    }
    batch = Batch(access_id=admin.id, kind=BatchKind.UNDO_RUN, detail=detail)
    session.add(batch)
    session.flush()
    for act in run.undoable:
        take_back(session, admin, held[act.media_id], act, batch_id=batch.id)
    record(session, admin, "run_undone", {"batch": batch.id, **detail})
    session.flush()
    return RunUndone(len(run.undoable), run.reasons(), more, batch.id)


@dataclass
class _Run:
    undoable: list[StandingAct] = field(default_factory=list)  # newest first
    left: list[tuple[StandingAct, str]] = field(default_factory=list)

    def reasons(self) -> dict[str, int]:
        return dict(Counter(why for _, why in self.left).most_common())


def _acts_of(
    session: Session, login: str, start: datetime, end: datetime
) -> tuple[dict[int, set[int]], bool]:
    """The numbers of a person's standing acts by media, the newest so many; and whether there are more."""
    if start >= end:
        raise InvalidText("The span of time ends before it begins.")
    person = find_access(session, login)
    if person is None:
        raise AccessNotFound(f"There is no access “{login[:100]}”.")
    both = union_all(
        standing_annotations_by(person.id, start, end), standing_reviews_by(person.id, start, end)
    ).subquery()
    # An answer that was accepted as it was handed in is one act in two rows, of the same moment.
    newest = (
        select(both.c.media_id, both.c.act)
        .group_by(both.c.media_id, both.c.act)
        .order_by(func.max(both.c.created_at).desc(), both.c.media_id.desc(), both.c.act.desc())
        .limit(MAX_ACTS + 1)
    )
    rows = session.execute(newest).all()
    found: dict[int, set[int]] = defaultdict(set)
    for media_id, act in rows[:MAX_ACTS]:
        found[media_id].add(act)
    return found, len(rows) > MAX_ACTS


def _sort_out(session: Session, found: Mapping[int, set[int]]) -> _Run:
    """Which of these acts can be undone: of each media from its last act down to the first that is not among them."""
    run = _Run()
    of_media: dict[int, list[StandingAct]] = defaultdict(list)
    media_ids = list(found)
    for begin in range(0, len(media_ids), 500):
        for media_id, acts in standing_acts(session, media_ids[begin : begin + 500]).items():
            acted_since = False
            for act in acts:
                of_run = act.number in found[media_id]
                if of_run and act.is_admins_only:
                    run.left.append((act, NOT_UNDONE_BUT_RESTORED))
                elif of_run and acted_since:
                    run.left.append((act, ACTED_SINCE))
                elif of_run:
                    of_media[media_id].append(act)
                acted_since = acted_since or not of_run or act.is_admins_only
    run.undoable = _newest_first(of_media)
    return run


def _newest_first(of_media: Mapping[int, list[StandingAct]]) -> list[StandingAct]:
    """All acts by their time, those of one media by their number: clocks may have been set, numbers never lie."""
    together = [act for acts in of_media.values() for act in acts]
    together.sort(key=_by_time, reverse=True)
    rest = {media_id: iter(acts) for media_id, acts in of_media.items()}
    return [next(rest[act.media_id]) for act in together]


def _by_time(act: StandingAct) -> tuple[datetime, int, int]:
    return act.created_at, act.media_id, act.number


def _file_names(session: Session, media_ids: Sequence[int]) -> dict[int, str | None]:
    rows = session.execute(select(Media.id, Media.file_name).where(Media.id.in_(media_ids)))
    return {row.id: row.file_name for row in rows}
