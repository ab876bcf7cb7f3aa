"""Annotations as files, in the words of pyro-storage."""

from __future__ import annotations

from pathlib import Path

from vigie_client.calls import Call, FileToSend, Page, pages, reads, reads_page, route
from vigie_client.methods.media import PAGE
from vigie_client.models.answers import Annotation
from vigie_client.models.media import Link
from vigie_client.values import as_query


class AnnotationMethods:
    @route
    def create_annotation(self, media_id: int) -> Call[Annotation]:
        """Create an annotation that awaits its file (`upload_annotation`); until then it changes nothing."""
        return Call("POST", "/annotations", reads(Annotation), json={"media_id": media_id})

    @route
    def upload_annotation(
        self, annotation_id: int, file: bytes | Path | str, *, file_name: str | None = None
    ) -> Call[Annotation]:
        """Send an annotation's file: our own JSON, COCO or VOC become shapes, anything else stays a file."""
        return Call(
            "POST",
            f"/annotations/{annotation_id}/upload",
            reads(Annotation),
            file=FileToSend.of(file, file_name),
            repeatable=True,  # the same bytes again are answered as before
        )

    @pages
    def list_annotations(
        self, *, media_id: int | None = None, author: str | None = None, content: str | None = None
    ) -> Call[Page[Annotation]]:
        """Annotations, newest first; `content` is shapes, file or none."""
        query = as_query({"media_id": media_id, "author": author, "content": content, "limit": PAGE})
        return Call("GET", "/annotations", reads_page(Annotation), query=query)

    @route
    def get_annotation(self, annotation_id: int) -> Call[Annotation]:
        """One annotation."""
        return Call("GET", f"/annotations/{annotation_id}", reads(Annotation))

    @route
    def move_annotation(self, annotation_id: int, media_id: int) -> Call[Annotation]:
        """Give an annotation that has no content yet to another media (admins)."""
        return Call("PUT", f"/annotations/{annotation_id}", reads(Annotation), json={"media_id": media_id})

    @route
    def withdraw_annotation(self, annotation_id: int) -> Call[Annotation]:
        """Take an annotation away (admins). Raises Conflict where later acts stand on it."""
        return Call("DELETE", f"/annotations/{annotation_id}", reads(Annotation))

    @route
    def get_annotation_url(self, annotation_id: int) -> Call[Link]:
        """An address at which its file opens, for some minutes."""
        return Call("GET", f"/annotations/{annotation_id}/url", reads(Link))
