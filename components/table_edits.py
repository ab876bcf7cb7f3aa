"""An edited table on screen: dropped, looked at with every change and what is wrong in it, applied, undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from components.addresses import asked_id
from components.doors import Node, show_doors, table
from components.imports.words import why_text
from components.messages import explain_problems, plain, show_problem
from components.sign_in import require_visitor
from components.table_changes import (
    chosen_sides,
    media_link,
    say_more,
    show_changes,
    show_conflicts,
    show_problems,
)
from components.table_drop import sent_table, table_drop
from curation.errors import CurationError
from curation.imports.asking import cancel_import, commit_import, undo_import
from curation.imports.views import ImportItemView, ImportView, get_import, list_import_items
from db.models import Access, ImportKind, ImportOutcome, ImportState
from db.session import open_session
from language import _, number, plural
from language.retold import retold

LOOK_AGAIN = 1.0  # seconds, while it is read or applied
_PLACE = "table_edits"
_ACTS = {"go_on": commit_import, "undo": undo_import, "cancel": cancel_import}
_OVER = (ImportState.DONE, ImportState.UNDONE, ImportState.CANCELLED)


def table_edits(visitor: Access) -> None:
    """Where to drop a table, and the one of the address (`import`): its preview, or what came of it."""
    show_problem(_PLACE)
    chosen = asked_id("import")
    if chosen is None:
        st.caption(
            _(
                "On the Export page take a CSV as a table to be edited, change label classes, tags, states, sources,"
                " places and times in a spreadsheet, save it as CSV, and drop it here. Nothing is changed before you"
                " have seen every change."
            )
        )
        table_drop(_look)
        return
    try:
        with open_session(read_only=True) as session:
            view = get_import(session, visitor, chosen)
    except CurationError as problem:
        st.error(plain(retold(problem.sentence)))
        _another_button()
        return
    if view.kind != ImportKind.TABLE:  # it is shown as what it is, whatever the address says
        st.query_params.from_dict({"import": str(chosen)})
        st.rerun()
    _show(visitor, view)


def _look() -> None:
    """The table has been sent: the address leads to it from here on."""
    if (sent := sent_table()) is not None:
        st.query_params.from_dict({"section": "table", "import": str(sent)})


def _show(visitor: Access, view: ImportView) -> None:
    st.subheader(plain(view.name), anchor=False)
    if view.is_busy:
        _watch(view)
    elif view.state == ImportState.READY:
        _show_preview(visitor, view)
    elif view.state in _OVER:
        _show_result(visitor, view)
    else:
        st.error(plain(retold(view.error or "")) or _("It could not be done."))
        with st.container(horizontal=True):
            if view.committed_at is not None:
                _ways_on(view)
            _another_button()


def _ways_on(view: ImportView) -> None:
    """Of a table that failed while it was applied: some of its media are changed already."""
    if "undone_by" not in view.options:
        st.button(_("Go on with it"), key="apply_table", on_click=_act, args=("go_on", view.id))
    st.button(_("Undo all of it"), key="undo_table", on_click=_act, args=("undo", view.id))


def _watch(view: ImportView) -> None:
    """How far it is, until it is over: then a whole run shows what came of it."""

    def show() -> None:
        with explain_problems(), open_session(read_only=True) as session:
            now = get_import(session, require_visitor().access, view.id)
            if now.state != view.state:
                st.rerun()
            st.progress(now.progress or 0.0, text=_busy_text(now))

    st.fragment(show, run_every=LOOK_AGAIN)()


def _busy_text(view: ImportView) -> str:
    match ImportState(view.state):
        case ImportState.READING:
            return _("Comparing…")
        case ImportState.UNDOING:
            return _("Undoing…")
    return _("Applying… {done} of {total}", done=number(view.done), total=number(view.total or 0))


def _show_preview(visitor: Access, view: ImportView) -> None:
    preview = view.preview or {}
    st.html(f'<p class="vigie-figures">{_summary(preview)}</p>')
    for remark in preview["remarks"]:
        where = f" ({remark['where']})" if remark["where"] != "file" else ""
        st.warning(plain(retold(remark["sentence"]) + where))
    _warn_of_new(preview)
    if preview["wrong"]:
        show_problems(visitor, view, preview["wrong"])
    if preview["conflicted"]:
        show_conflicts(visitor, view, preview["conflicted"])
    if preview["changed"]:
        show_changes(visitor, view, preview["changed"])
    elif not preview["wrong"] and not preview["conflicted"]:
        st.info(_("Nothing was changed in this table."))
    if preview["left_alone"]:
        st.caption(_("Not looked at: {columns}.", columns=plain(", ".join(preview["left_alone"]))))
    with st.container(horizontal=True):
        if preview["changed"] or preview["conflicted"]:
            st.button(
                plural(preview["changed"], "Apply {n} change", "Apply {n} changes"),
                type="primary",
                key="apply_table",
                on_click=_commit,
                args=(view.id,),
            )
        st.button(_("Drop it"), key="cancel_table", on_click=_act, args=("cancel", view.id))


def _summary(preview: Mapping[str, Any]) -> str:
    said = [
        plural(preview["rows"], "{n} row", "{n} rows"),
        plural(preview["changed"], "{n} change", "{n} changes"),
        plural(preview["conflicted"], "{n} conflict", "{n} conflicts"),
        plural(preview["wrong"], "{n} wrong cell", "{n} wrong cells"),
    ]
    if preview["already"]:
        said.append(plural(preview["already"], "{n} done by others already", "{n} done by others already"))
    return " · ".join(said)


def _warn_of_new(preview: Mapping[str, Any]) -> None:
    """New words are seldom meant: most are slips of the pen."""
    if preview["new_sources"]:
        names = plain(", ".join(preview["new_sources"]))
        st.warning(_("Sources that are not there yet and will be made: {names}.", names=names))
        say_more(preview["new"]["sources"], len(preview["new_sources"]))
    if preview["new_tags"]:
        st.caption(_("New tags: {names}.", names=plain(", ".join(preview["new_tags"]))))
        say_more(preview["new"]["tags"], len(preview["new_tags"]))


def _show_result(visitor: Access, view: ImportView) -> None:
    counts = view.counts
    changed, undone = counts.get("changed", 0), counts.get("undone", 0)
    match ImportState(view.state):
        case ImportState.CANCELLED:
            st.info(_("It was dropped. Nothing was changed."))
        case ImportState.UNDONE:
            st.success(plural(undone, "{n} media is as it was.", "{n} media are as they were."))
        case _:
            st.success(plural(changed, "{n} media was changed.", "{n} media were changed."))
    if view.state != ImportState.CANCELLED:
        _show_left(visitor, view)
    with st.container(horizontal=True):
        if view.state == ImportState.DONE and changed:
            st.button(_("Undo all of it"), key="undo_table", on_click=_act, args=("undo", view.id))
        if view.state == ImportState.UNDONE and changed:
            st.button(_("Undo what was left"), key="undo_table", on_click=_act, args=("undo", view.id))
        _another_button()


def _show_left(visitor: Access, view: ImportView) -> None:
    """Media that were not changed as the table says, or not given back, and why."""
    left: list[ImportItemView] = []
    with open_session(read_only=True) as session:
        for outcome in (ImportOutcome.FAILED, ImportOutcome.LEFT_OUT, ImportOutcome.CHANGED):
            page = list_import_items(session, visitor, view.id, outcome=outcome, limit=100)
            left.extend(item for item in page.items if item.why)
    if not left:
        return
    st.markdown(f"**{_('Not done, or not all of it')}**")
    rows: list[list[Node | str]] = [
        [
            str(item.position),
            media_link(item.media_id, item.name) if item.media_id is not None else item.name,
            why_text(item.why),
        ]
        for item in left
    ]
    show_doors(table((_("row"), _("media"), _("why")), rows, empty=""), key="table_left")


def _another_button() -> None:
    st.button(_("Another table"), key="another_table", on_click=_another)


def _another() -> None:
    st.query_params.from_dict({"section": "table"})


def _commit(import_id: int) -> None:
    with explain_problems(_PLACE):
        visitor = require_visitor().access
        with open_session() as session:
            commit_import(session, visitor, import_id, chosen_sides(import_id))


def _act(what: str, import_id: int) -> None:
    with explain_problems(_PLACE):
        visitor = require_visitor().access
        with open_session() as session:
            _ACTS[what](session, visitor, import_id)
