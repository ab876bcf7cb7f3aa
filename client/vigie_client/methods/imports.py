"""Imports: pictures and annotations from elsewhere, previewed before anything is changed, and undone at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from vigie_client.calls import Call, FileToSend, Page, pages, reads, reads_page, route
from vigie_client.methods.media import PAGE
from vigie_client.models.imports import Import, ImportFile, ImportItem, TableCell
from vigie_client.values import as_query, given


class ImportMethods:
    @route
    def start_import(
        self,
        kind: Literal["archive", "files", "prefix"],
        *,
        name: str = "",
        format: str | None = None,
        prefix: str | None = None,
        in_place: bool = True,
        client_id: str | None = None,
    ) -> Call[Import]:
        """Begin an import of a ZIP, of files one by one, or of a part of the bucket (admins).

        Its files are sent next (`add_import_file`), then it is read (`read_import_files`) and committed.
        """
        told = {"format": format, "prefix": prefix}
        return Call(
            "POST",
            "/imports",
            reads(Import),
            json={
                "kind": kind,
                "name": name,
                "in_place": in_place,
                "client_id": client_id or uuid.uuid4().hex,
                **{key: value for key, value in told.items() if value is not None},
            },
            repeatable=True,
        )

    @route
    def add_import_file(
        self,
        import_id: int,
        file: bytes | Path | str,
        *,
        name: str | None = None,
        file_name: str | None = None,
    ) -> Call[ImportFile]:
        """Send one file; `name` is its path below the folder that is imported, else the name that it has."""
        sent = FileToSend.of(file, file_name)
        return Call(
            "POST",
            f"/imports/{import_id}/files",
            reads(ImportFile),
            query=as_query({"name": name or sent.name}),
            file=sent,
            repeatable=True,
        )

    @route
    def send_edited_table(
        self, file: bytes | Path | str, *, file_name: str | None = None, client_id: str | None = None
    ) -> Call[Import]:
        """Send a table of `export_csv(editable=True)` that was changed; it is read in the background.

        The preview of the import holds every change (`changes`), what is wrong by row and column (`problems`), and
        what others have changed too (`conflicts`).
        """
        return Call(
            "POST",
            "/imports/table",
            reads(Import),
            form={"client_id": client_id or uuid.uuid4().hex},
            file=FileToSend.of(file, file_name),
            repeatable=True,
        )

    @route
    def read_import_files(self, import_id: int, *, format: str | None = None) -> Call[Import]:
        """Have what was sent read, in the background, until the import is `ready`; also anew, as another format."""
        return Call(
            "POST", f"/imports/{import_id}/read", reads(Import), json=given(format=format), repeatable=True
        )

    @route
    def get_import(self, import_id: int) -> Call[Import]:
        """How far an import is, its preview, or what came of it."""
        return Call("GET", f"/imports/{import_id}", reads(Import))

    @pages
    def list_imports(self, *, kind: str | None = None) -> Call[Page[Import]]:
        """One's own imports, newest first; for an admin everybody's."""
        return Call("GET", "/imports", reads_page(Import), query=as_query({"kind": kind, "limit": PAGE}))

    @pages
    def list_import_items(self, import_id: int, *, outcome: str | None = None) -> Call[Page[ImportItem]]:
        """The entries of an import in their order, all or those of one outcome."""
        query = as_query({"outcome": outcome, "limit": PAGE})
        return Call("GET", f"/imports/{import_id}/items", reads_page(ImportItem), query=query)

    @pages
    def list_table_cells(
        self, import_id: int, *, what: Literal["change", "conflict", "problem"] = "change"
    ) -> Call[Page[TableCell]]:
        """Every cell that an edited table would change, every conflict, or every cell that is wrong, by row."""
        query = as_query({"what": what, "limit": PAGE})
        return Call("GET", f"/imports/{import_id}/changes", reads_page(TableCell), query=query)

    @route
    def commit_import(
        self,
        import_id: int,
        *,
        mapping: Mapping[str, str | None] | None = None,
        make: Sequence[str] | None = None,
        pictures: bool | None = None,
        answered: Literal["keep", "replace"] | None = None,
        states: bool | None = None,
        details: bool | None = None,
        restore: bool | None = None,
        conflicts: Literal["theirs", "mine"] | None = None,
        mine: Sequence[str] | None = None,
    ) -> Call[Import]:
        """Have done what the preview shows, in the background.

        `mapping` says of a word for a label class which of the server's it becomes (its key; None leaves it out),
        `make` names words that become new label classes (admins), `restore` brings back what was withdrawn. Of an
        edited table `conflicts` says whose changes count where others have changed the same, and `mine` names cells in
        which the table's do (their `place`).
        What is not given is as the preview shows it: other answers are kept, and so are others' changes.
        """
        # A dataset and an edited table each know their own choices, and refuse the other's.
        choices = given(
            mapping=mapping,
            make=make,
            pictures=pictures,
            answered=answered,
            states=states,
            details=details,
            restore=restore,
            conflicts=conflicts,
            mine=mine,
        )
        return Call("POST", f"/imports/{import_id}/commit", reads(Import), json=choices, repeatable=True)

    @route
    def undo_import(self, import_id: int) -> Call[Import]:
        """Have taken back, in the background, everything that nobody has acted on since."""
        return Call("POST", f"/imports/{import_id}/undo", reads(Import), repeatable=True)

    @route
    def cancel_import(self, import_id: int) -> Call[Import]:
        """Give an import up; what was committed so far is taken back."""
        return Call("POST", f"/imports/{import_id}/cancel", reads(Import), repeatable=True)
