"""An edited table on its way in: begun, kept and asked to be read in one go."""

from __future__ import annotations

from curation.imports.asking import ask_for_reading, start_import
from curation.imports.staging import add_file
from curation.imports.views import ImportView, get_import
from curation.spool import Spooled
from curation.tables.steps import TABLE_FILE
from db.models import Access, ImportKind, ImportState
from db.types import Sessions
from storage import Bucket


def send_table(
    sessions: Sessions,
    bucket: Bucket,
    access: Access,
    name: str,
    spooled: Spooled,
    *,
    client_id: str | None = None,
) -> ImportView:
    """Begin the import of a table that was edited, and have it read. A repeated `client_id` gives the same one.

    Raises NotAllowed, InvalidText, Conflict, and what the bucket raises.
    """
    with sessions() as session:
        begun = start_import(session, access, ImportKind.TABLE, name, client_id=client_id)
    if begun.state == ImportState.RECEIVING:
        add_file(sessions, bucket, access, begun.id, TABLE_FILE, spooled)
    with sessions() as session:
        if begun.state == ImportState.RECEIVING:
            return ask_for_reading(session, access, begun.id)
        return get_import(session, access, begun.id)
