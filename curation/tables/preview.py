"""What an edited table would do, to be looked at before it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from curation.tables.cells import shown_value
from curation.tables.merging import Change, MediaChange, Merged
from curation.tables.reading import Table
from db.models import Source, Tag

# Of each list; all changes are entries of the import.
SHOWN = 200


def preview_of(session: Session, table: Table, merged: Merged) -> dict[str, Any]:
    """The changes old and new, conflicts with all three sides, problems by row and column; and how many of each."""
    changes = [(media, change) for media in merged.media for change in media.changes]
    conflicts = [(media, change) for media, change in changes if change.conflict]
    plain = [(media, change) for media, change in changes if not change.conflict]
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
        "new_sources": _missing(session, Source.name, _said(plain, "source")),
        "new_tags": _missing(session, Tag.name, _said(plain, "tags")),
        "remarks": [asdict(remark) for remark in (*table.remarks, *merged.remarks)],
    }


def _shown(media: MediaChange, change: Change) -> dict[str, Any]:
    return {
        "place": change.place,
        "row": change.row,
        "column": change.column,
        "media_id": media.media_id,
        "file_name": media.file_name,
        "base": shown_value(change.base),
        "old": shown_value(change.old),
        "new": shown_value(change.new),
    }


def _said(changes: Iterable[tuple[MediaChange, Change]], column: str) -> set[str]:
    """The words that a column newly holds."""
    found: set[str] = set()
    for _, change in changes:
        if change.column == column and change.new is not None:
            found.update([change.new] if isinstance(change.new, str) else change.new)
    return found


def _missing(session: Session, names: InstrumentedAttribute[str], said: set[str]) -> list[str]:
    """Those of the names that nothing has yet, the first of them: a slip of the pen would make a source of its own."""
    wanted = sorted(said)[:SHOWN]
    known = set(session.scalars(select(names).where(names.in_(wanted))))
    return [name for name in wanted if name not in known]
