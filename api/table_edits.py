"""Edited tables over HTTP: sent in one request; looked at, applied and undone as any import."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response

from api.dependencies import AccessDep, BucketDep, CursorQuery, ReadSessionDep
from api.imports import ImportId
from api.multipart import Form, read_form
from api.paging import require_known, say_next
from api.rates import MAY_BE_TOO_FAST, require_slow_enough
from api.uploads import FILE_PART, read_sha256, spool_for
from curation.accesses import CURATORS, require_scope
from curation.errors import ContentDiffers
from curation.imports.views import ImportView
from curation.tables import changes
from curation.tables.changes import PAGE_SIZE, TableCell, What
from curation.tables.reading import LARGEST_TABLE
from curation.tables.sending import send_table
from db.models import Access
from db.session import open_session
from language.retold import retold
from storage import Bucket

router = APIRouter(tags=["imports"])
TABLE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        **FILE_PART,
                        "sha256": {"type": "string"},
                        "client_id": {"type": "string"},
                    },
                }
            }
        },
    }
}


@router.post("/imports/table", status_code=202, openapi_extra=TABLE_BODY, responses=MAY_BE_TOO_FAST)
async def send_edited_table(request: Request, access: AccessDep, bucket: BucketDep) -> ImportView:
    """Send a table of `GET /exports/media.csv?editable=1` that was changed; it is read in the background.

    The import's preview then says how many changes there are, how many cells are wrong and how many conflicts with what
    others have changed meanwhile, and holds the first 200 of each; `GET /imports/{id}/changes` has all of them.
    Conflicts stay as they are, unless the commit says `"conflicts": "mine"`, or names cells in `mine` by their `place`.
    """
    require_scope(access, *CURATORS)
    await require_slow_enough(access)
    with spool_for(LARGEST_TABLE) as spool:
        form = await read_form(request, spool, limit=LARGEST_TABLE)
        return await to_thread.run_sync(partial(_send, form, access, bucket))


@router.get("/imports/{import_id}/changes")
def list_table_cells(
    import_id: ImportId,
    request: Request,
    response: Response,
    session: ReadSessionDep,
    access: AccessDep,
    what: What = What.CHANGE,
    cursor: CursorQuery = None,
    limit: Annotated[int, Query(ge=1, le=200)] = PAGE_SIZE,
) -> list[TableCell]:
    """Every cell that a table would change, old and new, or (`what`) every conflict, or every cell that is wrong.

    In the order of the rows, those of `limit` media at a time; the `Link` header holds the next page.
    """
    require_known(request, "what", "cursor", "limit")
    page = changes.list_table_cells(session, access, import_id, what, cursor=cursor, limit=limit)
    say_next(request, response, page.next_cursor)
    return [replace(cell, sentence=retold(cell.sentence)) if cell.sentence else cell for cell in page.items]


def _send(form: Form, access: Access, bucket: Bucket) -> ImportView:
    fields = dict(form.fields)
    expected = read_sha256(fields)
    if expected is not None and expected.lower() != form.spooled.sha256:
        raise ContentDiffers("The table did not arrive as it was sent: its SHA-256 differs. Send it again.")
    return send_table(
        open_session, bucket, access, form.file_name, form.spooled, client_id=fields.get("client_id")
    )
