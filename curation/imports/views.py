"""Imports as they are shown: how far each is, what its preview says, and what became of each of its entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.accesses import CURATORS, require_scope
from curation.errors import ImportNotFound
from curation.paging import Section, decode_cursor, read_page
from db.models import Access, Import, ImportItem, ImportKind, ImportOutcome, ImportState, Scope
from db.types import AnyRow, AnySelect

PAGE_SIZE = 50
# Nothing of what was sent is needed any more.
OVER = (ImportState.DONE, ImportState.UNDONE, ImportState.CANCELLED)
# Work is under way in these, and goes on by itself.
BUSY = (ImportState.READING, ImportState.COMMITTING, ImportState.UNDOING)


@dataclass(frozen=True)
class ImportView:
    """An import: whose, of what, how far, and what came of it.

    `done` of `total` entries are over in what it is busy with. `preview` says what would become of it once it was
    read, `options` how it is or was committed, `counts` how many entries were created, already_there, changed,
    left_out, failed and undone, and how many answers, shapes and label classes came with them. `error` is a sentence.
    """

    id: int
    asked_by: str
    kind: str
    format: str | None
    name: str
    state: str
    done: int
    total: int | None
    preview: dict[str, Any] | None
    options: dict[str, Any]
    counts: dict[str, int]
    error: str | None
    created_at: datetime
    committed_at: datetime | None
    finished_at: datetime | None
    undone_at: datetime | None

    @property
    def is_busy(self) -> bool:
        return self.state in BUSY

    @property
    def progress(self) -> float | None:
        """0 to 1 of what it is busy with; None while nobody knows how much that is."""
        if not self.is_busy:
            return 1.0
        return self.done / self.total if self.total else None


@dataclass(frozen=True)
class ImportPage:
    items: list[ImportView]
    next_cursor: str | None


@dataclass(frozen=True)
class ImportItemView:
    """One entry: what is wanted of it, what became of it and why (a sentence a line), and the media it is about."""

    id: int
    position: int
    name: str
    wanted: dict[str, Any]
    outcome: str
    why: str | None
    media_id: int | None
    annotation_id: int | None


@dataclass(frozen=True)
class ImportItemPage:
    items: list[ImportItemView]
    next_cursor: str | None


def get_import(session: Session, access: Access, import_id: int) -> ImportView:
    """One import. Raises ImportNotFound, also for somebody else's unless one is an admin."""
    row = session.execute(_imports(access).where(Import.id == import_id)).first()
    if row is None:
        raise ImportNotFound(f"There is no import {import_id}.")
    return _view(row)


def list_imports(
    session: Session,
    access: Access,
    *,
    kind: ImportKind | None = None,
    cursor: str | None = None,
    limit: int = PAGE_SIZE,
) -> ImportPage:
    """One's own imports, newest first; for an admin everybody's. Raises UnknownFilter."""
    wanted = _imports(access)
    if kind is not None:
        wanted = wanted.where(Import.kind == kind)
    sections = [Section((Import.id,), descending=True)]
    after = decode_cursor(cursor, sections) if cursor else None
    page = read_page(session, [wanted], sections, after, limit, lambda row, _section: (row.id,))
    return ImportPage([_view(row) for row in page.rows], page.next_cursor)


def list_import_items(
    session: Session,
    access: Access,
    import_id: int,
    *,
    outcome: ImportOutcome | None = None,
    cursor: str | None = None,
    limit: int = PAGE_SIZE,
) -> ImportItemPage:
    """The entries of an import in their order. Raises ImportNotFound, UnknownFilter."""
    get_import(session, access, import_id)
    wanted: AnySelect = select(
        ImportItem.id,
        ImportItem.position,
        ImportItem.name,
        ImportItem.wanted,
        ImportItem.outcome,
        ImportItem.why,
        ImportItem.media_id,
        ImportItem.annotation_id,
    ).where(ImportItem.import_id == import_id)
    if outcome is not None:
        wanted = wanted.where(ImportItem.outcome == outcome)
    sections = [Section((ImportItem.position,), descending=False)]
    after = decode_cursor(cursor, sections) if cursor else None
    page = read_page(session, [wanted], sections, after, limit, lambda row, _section: (row.position,))
    found = [
        ImportItemView(
            id=row.id,
            position=row.position,
            name=row.name,
            wanted=row.wanted,
            outcome=row.outcome.value,
            why=row.why,
            media_id=row.media_id,
            annotation_id=row.annotation_id,
        )
        for row in page.rows
    ]
    return ImportItemPage(found, page.next_cursor)


def _imports(access: Access) -> AnySelect:
    """Rows of the imports that this access may see. Raises NotAllowed."""
    require_scope(access, *CURATORS)
    found: AnySelect = select(
        Import.id,
        Access.login,
        Import.kind,
        Import.format,
        Import.name,
        Import.state,
        Import.done,
        Import.total,
        Import.preview,
        Import.options,
        Import.counts,
        Import.error,
        Import.created_at,
        Import.committed_at,
        Import.finished_at,
        Import.undone_at,
    ).join(Access, Access.id == Import.access_id)
    return found if access.scope == Scope.ADMIN else found.where(Import.access_id == access.id)


def _view(row: AnyRow) -> ImportView:
    return ImportView(
        id=row.id,
        asked_by=row.login,
        kind=row.kind.value,
        format=row.format,
        name=row.name,
        state=row.state.value,
        done=row.done,
        total=row.total,
        preview=row.preview,
        options=row.options,
        counts=row.counts,
        error=row.error,
        created_at=row.created_at,
        committed_at=row.committed_at,
        finished_at=row.finished_at,
        undone_at=row.undone_at,
    )
