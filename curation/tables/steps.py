"""An edited table as an import: read beside the database, looked at, applied media by media, undone at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from itertools import groupby
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from curation import looks
from curation.errors import Refused, TooLarge
from curation.imports.staging import staged_files
from curation.imports.work import ImportWork
from curation.label_classes import list_label_classes
from curation.tables.applying import Choices, apply_entry
from curation.tables.cells import Words
from curation.tables.comparing import CellProblem, find_edits
from curation.tables.merging import MediaChange, merge
from curation.tables.preview import preview_of
from curation.tables.reading import LARGEST_TABLE, read_table
from curation.tables.standing import Shapes, media_now
from curation.tables.waiting import find_waiting
from db.models import Access, Import, ImportItem, ImportOutcome

TABLE_FILE = "table.csv"
WRITTEN_AT_ONCE = 1_000
TOGETHER = 20  # entries in one transaction: nobody waits long for a media that is held


class TableSteps:
    """The steps of a table that was edited."""

    def read(self, work: ImportWork) -> Mapping[str, Any]:
        table = read_table(_sent(work))
        with work.sessions(read_only=True) as session:
            words = Words.of(list_label_classes(session, retired=True))
            session.expunge_all()
        edits = find_edits(table, words)
        work.still_wanted()
        # Compared without holding anything: where one writes at a time, others would wait for seconds.
        with work.sessions(read_only=True) as session:
            standing = media_now(session, work.access, edits.edited)
            shapes = Shapes(session, (edit.shape_id for edit in edits.edits if edit.shape_id is not None))
            given = looks.given_looks(session, work.access)
            merged = merge(edits, standing, shapes.place_of, words, to_answer=given)
            merged.remarks += find_waiting(session, work.access, merged.media, standing, work.policy)
            preview = preview_of(session, table, merged)
        entries = [_entry(work.import_id, media) for media in merged.media]
        entries += _problem_entries(work.import_id, merged.problems, set(standing))
        with work.sessions() as session:
            session.execute(delete(ImportItem).where(ImportItem.import_id == work.import_id))
        for start in range(0, len(entries), WRITTEN_AT_ONCE):
            work.still_wanted()
            with work.sessions() as session:
                session.execute(insert(ImportItem), entries[start : start + WRITTEN_AT_ONCE])
        return preview

    def settle(
        self, session: Session, access: Access, found: Import, options: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        side, mine = options.get("conflicts", "theirs"), options.get("mine", [])
        if side not in ("theirs", "mine"):
            raise Refused("conflicts is “theirs” or “mine”.")
        if not isinstance(mine, list) or not all(isinstance(place, str) for place in mine):
            raise Refused("mine is a list of cells, each as row and column: 12:state.")
        return {"conflicts": side, "mine": mine}

    def applying(self, work: ImportWork) -> AbstractContextManager[Callable[[Sequence[int]], None]]:
        return _applying(work)


@contextmanager
def _applying(work: ImportWork) -> Iterator[Callable[[Sequence[int]], None]]:
    choices = Choices.of(work.options["commit"])

    def apply(item_ids: Sequence[int]) -> None:
        for start in range(0, len(item_ids), TOGETHER):
            work.still_wanted()
            with work.sessions() as session:
                # By rising media: two tables about the same ones never block each other.
                items = session.scalars(
                    select(ImportItem)
                    .where(
                        ImportItem.id.in_(item_ids[start : start + TOGETHER]),
                        ImportItem.outcome == ImportOutcome.WAITING,
                    )
                    .order_by(ImportItem.media_id)
                    .with_for_update()
                ).all()
                for item in items:
                    apply_entry(session, work.access, item, choices, work.policy)

    yield apply


def _sent(work: ImportWork) -> bytes:
    """The table as it was sent."""
    files = staged_files(work.bucket, work.import_id)
    name = next(files.names(), None)
    if name is None:
        raise Refused("No table was sent.")
    if files.size(name) > LARGEST_TABLE:
        raise TooLarge(f"A table has at most {LARGEST_TABLE // 2**20} MiB.")
    with files.open(name) as file:
        return file.read()


def _entry(import_id: int, media: MediaChange) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "position": media.row,
        "name": media.file_name or str(media.media_id),
        "wanted": media.to_payload(),
        "outcome": ImportOutcome.WAITING,
        "why": None,
        "media_id": media.media_id,
    }


def _problem_entries(
    import_id: int, problems: Sequence[CellProblem], known: set[int]
) -> Iterator[dict[str, Any]]:
    """One entry a row in which something is wrong."""
    in_order = sorted(problems, key=lambda problem: problem.row)
    for row, found in groupby(in_order, key=lambda problem: problem.row):
        of_row = list(found)
        media_id = of_row[0].media_id
        yield {
            "import_id": import_id,
            "position": row,
            "name": f"row {row}, {of_row[0].column}",
            "wanted": {
                "problems": [asdict(problem) for problem in of_row],
                "cells": {"problem": len(of_row)},
            },
            "outcome": ImportOutcome.FAILED,
            "why": of_row[0].sentence,
            "media_id": media_id if media_id in known else None,
        }
