"""The preview of an import: what would become of it, what each of its label classes means, and what was noticed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from components.doors import Node, counted, figure, node, show_doors, table
from components.figures import state_word
from components.imports.mapping import choose_mapping
from curation.imports.views import ImportView
from curation.label_classes import list_label_classes
from db.models import Access, Scope, State
from db.session import open_session
from language import _, later, number, plural
from language.retold import retold

ANSWERED = {"keep": later("Keep the answer that is here"), "replace": later("Replace it")}
MATCHED = {
    "sha256": later("by content"),
    "id": later("by their number here"),
    "file_name": later("by file name"),
    "key": later("by bucket key"),
}


def preview_part(
    visitor: Access,
    view: ImportView,
    *,
    on_commit: Callable[[int, dict[str, Any]], None],
    on_cancel: Callable[[int], None],
) -> None:
    """What would become of it, the choices, and the one button that does it."""
    preview: Mapping[str, Any] = view.preview or {}
    show_doors(node("div", *_figures(preview), cls="stack"), key="import_figures")
    with open_session(read_only=True) as session:
        ours = {one.key: one.name for one in list_label_classes(session) if one.retired_at is None}
    mapping, make = choose_mapping(
        preview["classes"], ours, makes=visitor.scope == Scope.ADMIN, key=str(view.id)
    )
    options: dict[str, Any] = {"mapping": mapping, "make": make, **_choices(preview)}
    with st.container(horizontal=True, vertical_alignment="center", key="bar_import_go"):
        # Not in a callback, which would be given the choices of the run before.
        if st.button(_go_text(preview, options), type="primary", key="import_go"):
            on_commit(view.id, options)
            st.rerun()
        st.button(_("Cancel"), key="import_cancel", on_click=on_cancel, args=(view.id,))
        st.caption(_("One act: it can be undone as a whole."))
    if preview["remarks"]:
        st.subheader(_("What was noticed"), anchor=False)
        show_doors(_remarks(preview["remarks"]), key="import_remarks")
    if preview["unmatched"]:
        show_doors(_unmatched(preview), key="import_unmatched")


def _go_text(preview: Mapping[str, Any], options: Mapping[str, Any]) -> str:
    media = preview["media"]
    new = media["new"] + media["restored"] + (media["withdrawn"] if options["restore"] else 0)
    many = media["known"] + (new if options["pictures"] else 0)
    return plural(many, "Import {n} media", "Import {n} media")


def _figures(preview: Mapping[str, Any]) -> list[Node]:
    media, answers, shapes = preview["media"], preview["answers"], preview["shapes"]
    answered = sum(answers[to] for to in ("to_new", "to_unanswered", "to_answered"))
    restored, withdrawn = media["restored"], media["withdrawn"]
    drawn = [
        node(
            "div",
            counted(media["new"], plural(media["new"], "new", "new")),
            counted(media["known"], _("here already")),
            *([counted(restored, plural(restored, "brought back", "brought back"))] if restored else []),
            *(
                [counted(withdrawn, plural(withdrawn, "withdrawn here", "withdrawn here"))]
                if withdrawn
                else []
            ),
            *([counted(media["unmatched"], _("without a picture"))] if media["unmatched"] else []),
            counted(answered, plural(answered, "answer", "answers")),
            counted(shapes, plural(shapes, "shape", "shapes")),
            cls="balance",
        )
    ]
    facts: list[tuple[str, str]] = []
    if preview["matched_by"]:
        facts.append(
            (
                _("Recognised"),
                ", ".join(
                    f"{number(count)} {_(MATCHED.get(by, by))}" for by, count in preview["matched_by"].items()
                ),
            )
        )
    if media["unnamed"]:
        facts.append(
            (
                _("Not spoken of"),
                plural(
                    media["unnamed"],
                    "{n} picture that no annotation file names",
                    "{n} pictures that no annotation file names",
                ),
            )
        )
    if answers["to_answered"]:
        facts.append(
            (_("Answered here already"), plural(answers["to_answered"], "{n} media", "{n} media")),
        )
    if answers["empty"]:
        facts.append((_("“Nothing here”"), plural(answers["empty"], "{n} answer", "{n} answers")))
    if preview["states"]:
        said = ", ".join(
            f"{number(count)} {_state(count, state)}" for state, count in preview["states"].items()
        )
        facts.append((_("States"), said))
    if preview["unknown_questions"]:
        said = ", ".join(key.replace("_", " ") for key in preview["unknown_questions"])
        facts.append((_("Questions not asked here"), said))
    cells = [node("span", text) for fact in facts for text in fact]
    return [*drawn, *([node("div", *cells, cls="facts")] if cells else [])]


def _state(count: int, state: str) -> str:
    return state_word(count, State(state)) if state in set(State) else state


def _choices(preview: Mapping[str, Any]) -> dict[str, Any]:
    """What else can be chosen; what the dataset gives no reason for is not asked."""
    media, answers = preview["media"], preview["answers"]
    chosen: dict[str, Any] = {
        "pictures": True,
        "answered": "keep",
        "states": True,
        "details": True,
        "restore": False,
    }
    # No bar as those of buttons are: it would give the signs that explain a toggle the height of one.
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if media["new"]:
            chosen["pictures"] = st.toggle(_("Register new pictures"), value=True, key="import_pictures")
        if media["withdrawn"]:
            chosen["restore"] = st.toggle(_("Bring back what was withdrawn"), key="import_restore")
        if preview["states"]:
            chosen["states"] = st.toggle(_("Take over states"), value=True, key="import_states")
        if media["known"]:
            chosen["details"] = st.toggle(
                _("Fill in what is not known"),
                value=True,
                key="import_details",
                help=_("Source, place, times and tags of media that are here already, where they have none."),
            )
    if answers["to_answered"]:
        chosen["answered"] = st.segmented_control(
            _("Where another answer is here already"),
            list(ANSWERED),
            format_func=lambda choice: _(ANSWERED[choice]),
            default="keep",
            required=True,
            key="import_answered",
        )
    return chosen


def _remarks(remarks: Sequence[Mapping[str, Any]]) -> Node:
    rows: list[list[Node | str]] = [
        [
            figure(number(remark["count"])),
            node("span", retold(remark["sentence"]), cls="bad")
            if remark["fatal"]
            else retold(remark["sentence"]),
            node("span", ", ".join(remark["where"]), cls="code"),
        ]
        for remark in remarks
    ]
    return table((figure(_("times")), _("what"), _("where, at first")), rows, empty="")


def _unmatched(preview: Mapping[str, Any]) -> Node:
    names, many = preview["unmatched"], preview["media"]["unmatched"]
    said = plural(
        many,
        "{n} entry without a picture is left out",
        "{n} entries without a picture are left out",
    )
    rows: list[list[Node | str]] = [[node("span", name, cls="code")] for name in names]
    return node("details", node("summary", said), table((_("name in the files"),), rows, empty=""))
