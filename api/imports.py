"""Imports over HTTP: pictures and annotations from elsewhere are sent, read, looked at, committed and undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import ConfigDict, Field, StrictBool, StrictStr

from api.dependencies import AccessDep, CursorQuery, ReadSessionDep, SessionDep
from api.fields import Body
from api.paging import require_known, say_next
from curation.imports import asking, views
from curation.imports.views import ImportItemView, ImportView
from db.models import ImportKind, ImportOutcome
from language.retold import retold
from settings import get_settings

router = APIRouter(tags=["imports"])
ImportId = Annotated[int, Path(ge=1, le=2**63 - 1)]


class ImportIn(Body):
    kind: Literal["archive", "files", "prefix"] = Field(
        description="A ZIP, files one by one, or a part of the bucket that is filled already (admins)."
    )
    name: StrictStr = Field(default="", max_length=255, description="What it is called in lists.")
    format: StrictStr | None = Field(default=None, description="Guessed when it is not given.")
    prefix: StrictStr | None = Field(default=None, max_length=900)
    in_place: StrictBool = Field(
        default=True, description="Pictures under a prefix are registered where they lie, or else copied."
    )
    client_id: StrictStr | None = None


class ReadingIn(Body):
    format: StrictStr | None = None


class CommitIn(Body):
    """Choices; an import of a table has its own."""

    model_config = ConfigDict(extra="allow")

    mapping: dict[str, StrictStr | None] = Field(
        default={}, description="Of each word for a label class the key of ours; null leaves it out."
    )
    make: list[StrictStr] = Field(default=[], description="Words that become new label classes (admins).")
    pictures: StrictBool = Field(default=True, description="Register pictures that are new.")
    answered: Literal["keep", "replace"] = Field(
        default="keep", description="What becomes of another answer that a media has already."
    )
    states: StrictBool = Field(default=True, description="Take states over where the files carry them.")
    details: StrictBool = Field(
        default=True, description="Fill in what is not known of a media: source, place, times, tags."
    )
    restore: StrictBool = Field(
        default=False,
        description="Bring back pictures that were withdrawn here; otherwise they are left out.",
    )


def told(view: ImportView) -> ImportView:
    """The import with its sentences in the language of whoever asks."""
    preview = view.preview
    if preview is not None:
        remarks = [{**one, "sentence": retold(one["sentence"])} for one in preview.get("remarks", ())]
        guesses = [{**one, "why": retold(one["why"])} for one in preview.get("guesses", ())]
        preview = {**preview, "remarks": remarks, "guesses": guesses}
        if "problems" in preview:  # of a table
            problems = [{**one, "sentence": retold(one["sentence"])} for one in preview["problems"]]
            preview = {**preview, "problems": problems}
    return replace(view, preview=preview, error=retold(view.error) if view.error else None)


def _told_item(item: ImportItemView) -> ImportItemView:
    return replace(item, why=" ".join(map(retold, item.why.splitlines())) if item.why else None)


@router.post("/imports", status_code=201)
def start_import(given: ImportIn, session: SessionDep, access: AccessDep) -> ImportView:
    """Begin an import. Files are sent next (`POST /imports/{id}/files`), and then it is read."""
    settings = get_settings()
    begun = asking.start_import(
        session,
        access,
        ImportKind(given.kind),
        given.name,
        format=given.format,
        prefix=given.prefix,
        in_place=given.in_place,
        own_folders=(settings.bucket_media_folder, settings.bucket_annot_folder),
        client_id=given.client_id,
    )
    return told(begun)


@router.post("/imports/{import_id}/read", status_code=202)
def read_import_files(
    import_id: ImportId, given: ReadingIn, session: SessionDep, access: AccessDep
) -> ImportView:
    """Have what was sent read, in the background, until the import is `ready` and has its preview."""
    return told(asking.ask_for_reading(session, access, import_id, format=given.format))


@router.get("/imports")
def list_imports(
    request: Request,
    response: Response,
    session: ReadSessionDep,
    access: AccessDep,
    kind: ImportKind | None = None,
    cursor: CursorQuery = None,
    limit: Annotated[int, Query(ge=1, le=200)] = views.PAGE_SIZE,
) -> list[ImportView]:
    """One's own imports, newest first; for an admin everybody's. The `Link` header holds the next page."""
    require_known(request, "kind", "cursor", "limit")
    page = views.list_imports(session, access, kind=kind, cursor=cursor, limit=limit)
    say_next(request, response, page.next_cursor)
    return [told(view) for view in page.items]


@router.get("/imports/{import_id}")
def get_import(import_id: ImportId, session: ReadSessionDep, access: AccessDep) -> ImportView:
    """One import: how far it is, its preview, or what came of it."""
    return told(views.get_import(session, access, import_id))


@router.get("/imports/{import_id}/items")
def list_import_items(
    import_id: ImportId,
    request: Request,
    response: Response,
    session: ReadSessionDep,
    access: AccessDep,
    outcome: ImportOutcome | None = None,
    cursor: CursorQuery = None,
    limit: Annotated[int, Query(ge=1, le=200)] = views.PAGE_SIZE,
) -> list[ImportItemView]:
    """The entries of an import in their order; the `Link` header holds the next page."""
    require_known(request, "outcome", "cursor", "limit")
    page = views.list_import_items(session, access, import_id, outcome=outcome, cursor=cursor, limit=limit)
    say_next(request, response, page.next_cursor)
    return [_told_item(item) for item in page.items]


@router.post("/imports/{import_id}/commit", status_code=202)
def commit_import(import_id: ImportId, given: CommitIn, session: SessionDep, access: AccessDep) -> ImportView:
    """Have done, in the background, what the preview shows; a repeat changes nothing."""
    return told(asking.commit_import(session, access, import_id, given.model_dump(exclude_unset=True)))


@router.post("/imports/{import_id}/undo", status_code=202)
def undo_import(import_id: ImportId, session: SessionDep, access: AccessDep) -> ImportView:
    """Have taken back everything that an import did and nobody has acted on since."""
    return told(asking.undo_import(session, access, import_id))


@router.post("/imports/{import_id}/cancel", status_code=202)
def cancel_import(import_id: ImportId, session: SessionDep, access: AccessDep) -> ImportView:
    """Give an import up; what was committed so far is taken back."""
    return told(asking.cancel_import(session, access, import_id))
