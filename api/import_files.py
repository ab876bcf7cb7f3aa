"""The files of an import over HTTP: as with `POST /uploads` the caller is known before a byte of the body is read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Query, Request

from api.dependencies import AccessDep, BucketDep
from api.imports import ImportId
from api.multipart import Form, read_form
from api.rates import MAY_BE_TOO_FAST, require_slow_enough
from api.uploads import FILE_PART, read_sha256, spool_for
from curation.errors import ContentDiffers
from curation.imports.staging import LARGEST_FILE, add_file, require_receiving
from db.models import Access
from db.session import open_session
from storage import Bucket

router = APIRouter(tags=["imports"])
EntryName = Annotated[
    str,
    Query(min_length=1, max_length=800, description="The file's path below the folder that is imported."),
]
FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {**FILE_PART, "sha256": {"type": "string"}},
                }
            }
        },
    }
}


@dataclass(frozen=True)
class ImportFileOut:
    """A file as it is kept: its name as it was cleaned, its size in bytes."""

    name: str
    size: int
    sha256: str


@router.post(
    "/imports/{import_id}/files", status_code=201, openapi_extra=FILE_BODY, responses=MAY_BE_TOO_FAST
)
async def add_import_file(
    import_id: ImportId, name: EntryName, request: Request, access: AccessDep, bucket: BucketDep
) -> ImportFileOut:
    """Send one file of an import: the ZIP, or a picture or annotation file under its name. A repeat is harmless."""
    await to_thread.run_sync(_require_receiving, access, import_id)
    await require_slow_enough(access)
    with spool_for(LARGEST_FILE) as spool:
        form = await read_form(request, spool, limit=LARGEST_FILE)
        return await to_thread.run_sync(partial(_add_file, form, access, bucket, import_id, name))


def _require_receiving(access: Access, import_id: int) -> None:
    with open_session(read_only=True) as session:
        require_receiving(session, access, import_id)


def _add_file(form: Form, access: Access, bucket: Bucket, import_id: int, name: str) -> ImportFileOut:
    expected = read_sha256(dict(form.fields))
    if expected is not None and expected.lower() != form.spooled.sha256:
        raise ContentDiffers(f"{name} did not arrive as it was sent: its SHA-256 differs. Send it again.")
    kept = add_file(open_session, bucket, access, import_id, name, form.spooled)
    return ImportFileOut(kept, form.spooled.size, form.spooled.sha256)
