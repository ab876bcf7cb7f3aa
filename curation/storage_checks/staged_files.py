"""What was sent for imports: there while they go on, and left behind when they are over."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from curation.imports.prefixes import STAGED_FOLDER
from curation.imports.views import OVER
from curation.storage_checks.findings import Finding, Kind
from curation.storage_checks.looking import Looking, in_batches
from db.models import Import
from storage import StoredObject


def check_staged(looking: Looking, objects: Iterator[StoredObject]) -> None:
    """Find what nobody will read any more."""
    for batch in in_batches(objects):
        number_of = {
            found.key: found.key.removeprefix(f"{STAGED_FOLDER}/").partition("/")[0] for found in batch
        }
        ids = {int(number) for number in number_of.values() if number.isdecimal() and len(number) < 19}
        going_on = select(Import.id).where(Import.id.in_(ids), Import.state.not_in(OVER))
        with looking.sessions(read_only=True) as session:
            needed = {str(import_id) for import_id in session.scalars(going_on)}
        for found in batch:
            number = number_of[found.key]
            if not number.isdecimal():
                looking.report.add_foreign(found.key)
            elif number not in needed and looking.is_old(found.last_modified):
                looking.report.add(Finding(Kind.FILE_LEFT_BEHIND, {"key": found.key}))
