"""Doing what the entries of a dataset want: pictures first, then for each media what is said about it, in one go."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curation.errors import CurationError
from curation.imports.bringing import bring_in, comment_of, told_of
from curation.imports.frames import link_frames
from curation.imports.opening import OpenedFiles, opened_files
from curation.imports.telling import Telling, tell
from curation.imports.work import AWAY, NOT_DONE, ImportWork, Interrupted
from curation.imports.worked_on import known_apart
from curation.kill_points import reached
from curation.uploads import Registered
from db.models import ImportItem, ImportOutcome, Media, State

AT_ONCE = 4  # pictures on their way to the bucket
TOGETHER = 20  # entries in one transaction: nobody waits long for a media that is held

NO_PICTURES = "Pictures that are new were left out."
WITHDRAWN_HERE = "It was withdrawn here, so it was left out."
GONE = "The media was withdrawn meanwhile."
CAME_IN = "Its picture came in all the same."
# No entry's fault: the next one would meet it too, and all of them come in once it is over.
OF_ALL = (Interrupted, *AWAY, OSError, MemoryError)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Entry:
    """An entry without its session, and the media it has come to be."""

    item: ImportItem
    media_id: int | None
    registered: Registered | None = None


@contextmanager
def applying_dataset(work: ImportWork) -> Iterator[Callable[[Sequence[int]], None]]:
    """What applies entries, with the files of the import open."""
    with opened_files(work) as files, ThreadPoolExecutor(AT_ONCE, "import") as threads:

        def apply(item_ids: Sequence[int]) -> None:
            with work.sessions(read_only=True) as session:
                items = session.scalars(
                    select(ImportItem).where(ImportItem.id.in_(item_ids)).order_by(ImportItem.position)
                ).all()
                known = {item.media_id for item in items if item.media_id is not None}
                there = set(
                    session.scalars(
                        select(Media.id).where(Media.id.in_(known), Media.state != State.WITHDRAWN)
                    )
                )
                session.expunge_all()
            entries = list(
                threads.map(lambda alike: _bring_in_order(work, files, alike, there), _alike(items))
            )
            reached("import.brought")
            ready = sorted(chain.from_iterable(entries), key=lambda entry: entry.item.position)
            for start in range(0, len(ready), TOGETHER):
                work.still_wanted()
                with work.sessions() as session:
                    # By rising media, as everybody holds them: two who want the same ones never block each other.
                    for entry in sorted(ready[start : start + TOGETHER], key=lambda one: one.media_id or 0):
                        _tell(session, work, entry)

        yield apply
        link_frames(work)


def _alike(items: Sequence[ImportItem]) -> list[list[ImportItem]]:
    """The entries by their content: of those that bring the same one the first becomes its media."""
    found: dict[object, list[ImportItem]] = {}
    for item in items:
        found.setdefault(item.wanted.get("sha256", item.id), []).append(item)
    return list(found.values())


def _bring_in_order(
    work: ImportWork, files: OpenedFiles, items: Sequence[ImportItem], there: Collection[int]
) -> list[_Entry]:
    brought = (_bring(work, files, item, there) for item in items)
    return [entry for entry in brought if entry is not None]


def _bring(work: ImportWork, files: OpenedFiles, item: ImportItem, there: Collection[int]) -> _Entry | None:
    """The entry with its media; None when its outcome is settled already.

    A media that was known at the preview and is not `there` any more comes in anew from its file.
    """
    if item.outcome != ImportOutcome.WAITING:
        return None
    file = item.wanted.get("file")
    if file is None or item.media_id in there:
        return _Entry(item, item.media_id)
    if not work.options["commit"]["pictures"]:
        _settle(work, item, ImportOutcome.LEFT_OUT, NO_PICTURES if item.media_id is None else GONE)
        return None
    work.still_wanted()
    try:
        details = item.wanted.get("details", {})
        told = told_of(details)
        comment_of(details)  # what is read later is none that fails then, with its picture here already
        registered = bring_in(work, files, item.position, file, told)
    except OF_ALL:
        raise
    except Exception as problem:
        _settle(work, item, ImportOutcome.FAILED, _why(item, problem))
        return None
    if registered is None:
        _settle(work, item, ImportOutcome.LEFT_OUT, WITHDRAWN_HERE)
        return None
    return _Entry(item, registered.media_id, registered)


def _why(item: ImportItem, problem: Exception) -> str:
    """What is said of an entry that failed; called where its problem was caught."""
    if isinstance(problem, CurationError):
        return problem.sentence
    log.exception("entry %s of import %s failed", item.position, item.import_id)
    return NOT_DONE


def _settle(work: ImportWork, item: ImportItem, outcome: ImportOutcome, why: str) -> None:
    with work.sessions() as session:
        waiting = (ImportItem.id == item.id, ImportItem.outcome == ImportOutcome.WAITING)
        session.execute(update(ImportItem).where(*waiting).values(outcome=outcome, why=why))


def _tell(session: Session, work: ImportWork, entry: _Entry) -> None:
    """Do what is said about a media, and write the outcome beside it; what one entry breaks harms no other."""
    item = session.get_one(ImportItem, entry.item.id, with_for_update=True)
    if item.outcome != ImportOutcome.WAITING:
        return
    media_id, registered = entry.media_id, entry.registered
    made_source = registered.made_source if registered is not None else None
    state = session.scalar(select(Media.state).where(Media.id == media_id)) if media_id is not None else None
    if media_id is None or state is None or state == State.WITHDRAWN:
        item.outcome, item.why = ImportOutcome.LEFT_OUT, GONE
        item.before = Telling(made_source=made_source).before() or None
        return
    created = registered is not None and not registered.twin
    restored_act = registered.restored_act if registered is not None else None
    try:
        with session.begin_nested():
            told = tell(session, work, media_id, item.wanted, created=created)
    except OF_ALL:
        raise
    except Exception as problem:
        told = Telling(notes=[_why(item, problem)], failed=True)
    told.made_source = told.made_source or made_source
    item.media_id, item.annotation_id = media_id, told.annotation_id
    notes = [*(registered.notes if registered is not None else ()), *told.notes]
    if told.failed and created:
        notes.append(CAME_IN)
    item.why = "\n".join(dict.fromkeys(notes)) or None
    is_brought = created or restored_act is not None
    known = known_apart(session, media_id, told.columns, told.tags) if is_brought else None
    item.before = told.before(created=created, restored_act=restored_act, known=known) or None
    if told.failed:
        item.outcome = ImportOutcome.FAILED
    elif created:
        item.outcome = ImportOutcome.CREATED
    elif told.changes or restored_act is not None:
        item.outcome = ImportOutcome.CHANGED
    elif told.left_out:
        item.outcome = ImportOutcome.LEFT_OUT
    else:
        item.outcome = ImportOutcome.ALREADY_THERE
