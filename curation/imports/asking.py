"""Imports from their beginning to their end, as people and programs ask for them; the work is done by a job.

    receiving → reading → ready → committing → done → undoing → undone

A commit that failed goes on with what is left of it when it is committed once more. What is asked for again while it is
under way is tried at once, should it be waiting for the end of an outage.
Cancelled before it is committed nothing has happened; cancelled while it is committed it is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from curation import jobs
from curation.accesses import CURATORS, require_scope
from curation.answers import clean_client_id
from curation.errors import Conflict, ImportNotFound, InvalidText, NotAllowed, NothingToUndo, WrongState
from curation.events import record
from curation.imports.kinds import steps_of
from curation.imports.prefixes import require_foreign
from curation.imports.readers import FORMATS
from curation.imports.staging import staged_under
from curation.imports.views import ImportView, get_import
from curation.undoing import UNDO_LIFE
from db.models import Access, Import, ImportItem, ImportKind, ImportOutcome, ImportState, Scope, utc_now

# Apart, so that a table, or what is taken back, need not wait for a hundred thousand pictures of somebody else.
IMPORT = "import"
LIGHT_IMPORT = "light_import"
LONGEST_NAME = 255


def start_import(
    session: Session,
    access: Access,
    kind: ImportKind,
    name: str,
    *,
    format: str | None = None,
    prefix: str | None = None,
    in_place: bool = True,
    own_folders: Sequence[str] = ("media", "annotations"),
    options: Mapping[str, Any] | None = None,
    client_id: str | None = None,
) -> ImportView:
    """Begin an import, which then awaits its files (`staging.add_file`) or, for a prefix, its reading.

    The format is guessed unless it is said. A prefix of the bucket, outside of our `own_folders`, is for admins; its
    pictures are registered where they lie, or copied without `in_place`. A repeated `client_id` gives the import that
    it began. Raises InvalidText, NotAllowed, Conflict.
    """
    require_scope(access, *CURATORS)
    client_id = clean_client_id(client_id)
    known = session.scalar(select(Import).where(Import.client_id == client_id)) if client_id else None
    if known is not None:
        if known.access_id != access.id:
            raise Conflict("This client id was used for another import. Make a new one.")
        return get_import(session, access, known.id)
    if format is not None and format not in FORMATS:
        raise InvalidText(f"The format of an import is one of {', '.join(FORMATS)}.")
    kept = dict(options or {})
    if kind == ImportKind.PREFIX:
        require_scope(access, Scope.ADMIN)
        prefix = require_foreign(prefix or "", own_folders)
        kept["in_place"] = in_place
    begun = Import(
        access_id=access.id,
        kind=kind,
        format=format,
        name=_clean_name(name or prefix or ""),
        bucket_prefix=prefix if kind == ImportKind.PREFIX else None,
        options=kept,
        client_id=client_id,
    )
    session.add(begun)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("The same import was begun at this moment. Ask for it again.") from error
    if begun.bucket_prefix is None:
        begun.bucket_prefix = staged_under(begun.id)
    record(session, access, "import_begun", {"import": begun.id, "kind": kind.value, "name": begun.name})
    session.flush()
    return get_import(session, access, begun.id)


def ask_for_reading(
    session: Session, access: Access, import_id: int, *, format: str | None = None
) -> ImportView:
    """Have what was sent read and its preview made; also once more, as another format. Raises WrongState."""
    found = hold_import(session, access, import_id)
    if found.state == ImportState.READING:
        _try_at_once(session, found)
        return get_import(session, access, import_id)
    if (
        found.state not in (ImportState.RECEIVING, ImportState.READY, ImportState.FAILED)
        or found.committed_at
    ):
        raise WrongState("This import is past its reading. Begin another one.", state=found.state.value)
    if format is not None:
        if format not in FORMATS:
            raise InvalidText(f"The format of an import is one of {', '.join(FORMATS)}.")
        found.format = format
    _go_on(session, found, ImportState.READING)
    return get_import(session, access, import_id)


def commit_import(
    session: Session, access: Access, import_id: int, options: Mapping[str, Any] | None = None
) -> ImportView:
    """Have done what the preview shows, with these choices; a repeat changes nothing.

    A commit that failed goes on where it was, with the choices that it began with.
    Raises ImportNotFound, WrongState, and what `settle` of its kind refuses.
    """
    found = hold_import(session, access, import_id)
    if found.state == ImportState.COMMITTING:
        _try_at_once(session, found)
    if found.state in (ImportState.COMMITTING, ImportState.DONE):
        return get_import(session, access, import_id)
    if found.state == ImportState.FAILED and found.committed_at is not None:
        if "undone_by" in found.options:
            raise WrongState("This import is being undone. Undo it again.", state=found.state.value)
        _go_on(session, found, ImportState.COMMITTING)
        return get_import(session, access, import_id)
    if found.state != ImportState.READY:
        raise WrongState("This import has no preview to commit. Have it read first.", state=found.state.value)
    chosen = steps_of(found.kind).settle(session, access, found, options or {})
    found.options = {**found.options, "commit": dict(chosen)}
    found.committed_at = utc_now()
    _go_on(session, found, ImportState.COMMITTING)
    record(session, access, "import_committed", {"import": found.id, "name": found.name})
    session.flush()
    return get_import(session, access, import_id)


def undo_import(session: Session, access: Access, import_id: int) -> ImportView:
    """Have everything taken back that an import did and nobody has acted on since; a repeat tries what was left.

    Whoever made it may within a day, an admin at any time. Raises ImportNotFound, NothingToUndo, NotAllowed.
    """
    found = hold_import(session, access, import_id)
    if found.state == ImportState.UNDOING:
        _try_at_once(session, found)
    if found.state == ImportState.UNDOING or (
        found.state == ImportState.UNDONE and not _is_partly_undone(session, found)
    ):
        return get_import(session, access, import_id)
    if (
        found.state not in (ImportState.DONE, ImportState.FAILED, ImportState.UNDONE)
        or found.committed_at is None
    ):
        raise NothingToUndo("This import has not been committed, so there is nothing to undo.")
    if access.scope != Scope.ADMIN and utc_now() - found.committed_at > UNDO_LIFE:
        raise NotAllowed("This was done more than a day ago. Only an admin can undo it.")
    _take_back(session, access, found)
    record(session, access, "import_undone", {"import": found.id, "name": found.name})
    session.flush()
    return get_import(session, access, import_id)


def cancel_import(session: Session, access: Access, import_id: int) -> ImportView:
    """Give an import up: what was sent is deleted, and what was committed so far is taken back.

    Raises ImportNotFound, and WrongState for one that is over.
    """
    found = hold_import(session, access, import_id)
    if found.state == ImportState.UNDOING:
        _try_at_once(session, found)
    if found.state in (ImportState.CANCELLED, ImportState.UNDOING):
        return get_import(session, access, import_id)
    if found.state == ImportState.COMMITTING:
        _take_back(session, access, found)
    elif found.state in (ImportState.RECEIVING, ImportState.READING, ImportState.READY, ImportState.FAILED):
        if found.committed_at is not None:
            raise WrongState("This import is over. Undo it instead.", state=found.state.value)
        _go_on(session, found, ImportState.CANCELLED)
        found.finished_at = utc_now()
    else:
        raise WrongState("This import is over. Undo it instead.", state=found.state.value)
    record(session, access, "import_cancelled", {"import": found.id, "name": found.name})
    session.flush()
    return get_import(session, access, import_id)


def hold_import(session: Session, access: Access, import_id: int) -> Import:
    """The import, held until the transaction ends, when it is one's own or one is an admin. Raises ImportNotFound."""
    get_import(session, access, import_id)
    found = session.scalar(
        select(Import)
        .where(Import.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise ImportNotFound(f"There is no import {import_id}.")
    return found


def _is_partly_undone(session: Session, found: Import) -> bool:
    left = (ImportOutcome.CREATED, ImportOutcome.CHANGED)
    return bool(
        session.scalar(select(exists().where(ImportItem.import_id == found.id, ImportItem.outcome.in_(left))))
    )


def _take_back(session: Session, access: Access, found: Import) -> None:
    found.options = {**found.options, "undone_by": access.id}
    _go_on(session, found, ImportState.UNDOING)


def _go_on(session: Session, found: Import, state: ImportState) -> None:
    """Let the job go on with this: it looks at the state each time, and in a cancelled one clears away."""
    found.state, found.error, found.finished_at = state, None, None
    found.done, found.total = 0, None
    _try_at_once(session, found)
    session.flush()


def _try_at_once(session: Session, found: Import) -> None:
    if found.kind == ImportKind.TABLE or found.state == ImportState.UNDOING:
        jobs.add_again(session, LIGHT_IMPORT, found.id)
    else:
        jobs.add_again(session, IMPORT, found.id)


def _clean_name(name: str) -> str:
    """What an import is called: the name of the file, the folder or the prefix, as it can be shown."""
    name = "".join(character if character.isprintable() else "·" for character in name.strip())
    if not name:
        raise InvalidText("An import has a name: of the file, the folder or the prefix.")
    return name[-LONGEST_NAME:]
