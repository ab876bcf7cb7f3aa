"""What one answers with: label classes and questions."""

from __future__ import annotations

from typing import TypedDict, Unpack
from urllib.parse import quote

from vigie_client.calls import Call, reads, reads_list, route
from vigie_client.models.installation import LabelClass, Question
from vigie_client.models.media import Example
from vigie_client.values import as_query, given, written


class LabelClassFields(TypedDict, total=False):
    name: str
    colour: str  # as in #E0702F
    hotkey: str | None
    parent: str | None  # the key of another
    exclusive_group: str | None
    position: int
    pinned: bool
    guide: str | None


class LabelClassMethods:
    @route
    def list_label_classes(self, *, retired: bool = False) -> Call[list[LabelClass]]:
        """Label classes in their order; with `retired`, also those no longer offered."""
        query = as_query({"retired": "true" if retired else None})
        return Call("GET", "/label-classes", reads_list(LabelClass), query=query)

    @route
    def list_label_class_examples(self, key: str) -> Call[list[Example]]:
        """Up to six media that show what a label class means."""
        return Call("GET", f"/label-classes/{_in_path(key)}/examples", reads_list(Example))

    @route
    def create_label_class(
        self, key: str, *, applies_to: str = "shape", **fields: Unpack[LabelClassFields]
    ) -> Call[LabelClass]:
        """Offer one more label class (admins); `applies_to` is shape or media."""
        body = given(key=key, applies_to=applies_to, **fields)
        return Call("POST", "/label-classes", reads(LabelClass), json=body)

    @route
    def change_label_class(self, key: str, **changes: Unpack[LabelClassFields]) -> Call[LabelClass]:
        """Change a label class (admins); what is not given stays, None empties."""
        return Call("PATCH", f"/label-classes/{_in_path(key)}", reads(LabelClass), json=written(changes))

    @route
    def retire_label_class(self, key: str) -> Call[LabelClass]:
        """Stop offering a label class (admins); old shapes keep it."""
        return Call("POST", f"/label-classes/{_in_path(key)}/retire", reads(LabelClass))

    @route
    def restore_label_class(self, key: str) -> Call[LabelClass]:
        """Offer a retired label class again (admins)."""
        return Call("POST", f"/label-classes/{_in_path(key)}/restore", reads(LabelClass))

    @route
    def list_questions(self) -> Call[list[Question]]:
        """The questions that are asked about each picture, in their order."""
        return Call("GET", "/questions", reads_list(Question))


def _in_path(key: str) -> str:
    return quote(key, safe="")
