"""What an edited table would do, to be looked at before it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from curation.tables.changes import shown_change
from curation.tables.merging import Change, MediaChange, Merged
from curation.tables.reading import Table
from db.expressions import among
from db.models import Source, Tag

# Of each list, to begin with; `changes.list_table_cells` has all of them.
SHOWN = 200
AT_A_TIME = 1_000


def preview_of(session: Session, table: Table, merged: Merged) -> dict[str, Any]:
    """The changes old and new, conflicts with all three sides, problems by row and column; and how many of each."""
    changes = [(media, change) for media in merged.media for change in media.changes]
    conflicts = [(media, change) for media, change in changes if change.conflict]
    plain = [(media, change) for media, change in changes if not change.conflict]
    new_sources = _missing(session, Source.name, _said(plain, "source"))
    new_tags = _missing(session, Tag.name, _said(plain, "tags"))
    problems = sorted(merged.problems, key=lambda problem: problem.row)
    return {
        "rows": table.rows,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "looked_at": list(table.looked_at),
        "left_alone": list(table.left_alone),
        "media": len(merged.media),
        "changed": len(plain),
        "already": merged.already,
        "columns": dict(Counter(change.column for _, change in plain)),
        "changes": [_shown(media, change) for media, change in plain[:SHOWN]],
        "conflicted": len(conflicts),
        "conflicts": [_shown(media, change) for media, change in conflicts[:SHOWN]],
        "wrong": len(problems),
        "problems": [asdict(problem) for problem in problems[:SHOWN]],
        "new_sources": new_sources[:SHOWN],
        "new_tags": new_tags[:SHOWN],
        "new": {"sources": len(new_sources), "tags": len(new_tags)},
        "remarks": [asdict(remark) for remark in (*table.remarks, *merged.remarks)],
    }


def _shown(media: MediaChange, change: Change) -> dict[str, Any]:
    shown = asdict(shown_change(change, media.media_id, media.file_name))
    del shown["sentence"]
    return shown


def _said(changes: Iterable[tuple[MediaChange, Change]], column: str) -> set[str]:
    """The words that a column newly holds."""
    found: set[str] = set()
    for _, change in changes:
        if change.column == column and change.new is not None:
            found.update([change.new] if isinstance(change.new, str) else change.new)
    return found


def _missing(session: Session, names: InstrumentedAttribute[str], said: set[str]) -> list[str]:
    """Those of the names that nothing has yet: a slip of the pen would make a source of its own."""
    wanted = sorted(said)
    known: set[str] = set()
    for start in range(0, len(wanted), AT_A_TIME):
        some = wanted[start : start + AT_A_TIME]
        known.update(session.scalars(select(names).where(among(session, names, some))))
    return [name for name in wanted if name not in known]
