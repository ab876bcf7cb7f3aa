"""An edited table on screen: dropped, looked at with every change and what is wrong in it, applied, undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from components.addresses import asked_id
from components.doors import Node, browse_address, link, node, show_doors, table
from components.imports.words import why_text
from components.messages import explain_problems, plain, show_problem
from components.sign_in import require_visitor
from components.table_drop import sent_table, table_drop
from curation.errors import CurationError
from curation.imports.asking import cancel_import, commit_import, undo_import
from curation.imports.views import ImportItemView, ImportView, get_import, list_import_items
from curation.media_filter import MediaFilter
from db.models import Access, ImportKind, ImportOutcome, ImportState
from db.session import open_session
from language import _, number, plural
from language.retold import retold

LOOK_AGAIN = 1.0  # seconds, while it is read or applied
MOST_CHOICES = 100
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
        _show_preview(view)
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


def _show_preview(view: ImportView) -> None:
    preview = view.preview or {}
    st.html(f'<p class="vigie-figures">{_summary(preview)}</p>')
    for remark in preview["remarks"]:
        where = f" ({remark['where']})" if remark["where"] != "file" else ""
        st.warning(plain(retold(remark["sentence"]) + where))
    _warn_of_new(preview)
    if preview["wrong"]:
        st.markdown(f"**{_('Cells that cannot be taken')}**")
        st.caption(_("The media of these rows are left out; the others are changed."))
        show_doors(_problems_table(preview["problems"]), key="table_problems")
        _say_more(preview["wrong"], len(preview["problems"]))
    if preview["conflicted"]:
        _show_conflicts(preview)
    if preview["changed"]:
        st.markdown(f"**{_('Changes')}**")
        show_doors(_changes_table(preview["changes"]), key="table_changes")
        _say_more(preview["changed"], len(preview["changes"]))
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
    if preview["new_tags"]:
        st.caption(_("New tags: {names}.", names=plain(", ".join(preview["new_tags"]))))


def _show_conflicts(preview: Mapping[str, Any]) -> None:
    st.markdown(f"**{_('Changed by others meanwhile')}**")
    st.caption(_("What they have made of these stays, unless you take yours."))
    show_doors(_conflicts_table(preview["conflicts"]), key="table_conflicts")
    _say_more(preview["conflicted"], len(preview["conflicts"]))
    st.toggle(_("Take mine in all of them"), key="table_all_mine")
    if not st.session_state.get("table_all_mine"):
        offered = {conflict["place"]: conflict for conflict in preview["conflicts"][:MOST_CHOICES]}
        st.multiselect(
            _("Take mine in"),
            list(offered),
            format_func=lambda place: _choice_text(offered[place]),
            placeholder=_("None: theirs stay"),
            key="table_mine",
        )


def _choice_text(conflict: Mapping[str, Any]) -> str:
    return _(
        "row {row}, {column}: {mine} instead of {theirs}",
        row=conflict["row"],
        column=conflict["column"],
        mine=conflict["new"] or "∅",
        theirs=conflict["old"] or "∅",
    )


def _changes_table(changes: Sequence[Mapping[str, Any]]) -> Node:
    rows: list[list[Node | str]] = [
        [
            str(change["row"]),
            _media(change),
            change["column"],
            _value(change["old"]),
            "→",
            _value(change["new"]),
        ]
        for change in changes
    ]
    return table((_("row"), _("media"), _("column"), _("now"), "", _("then")), rows, empty="")


def _conflicts_table(conflicts: Sequence[Mapping[str, Any]]) -> Node:
    rows: list[list[Node | str]] = [
        [
            str(conflict["row"]),
            _media(conflict),
            conflict["column"],
            _value(conflict["base"]),
            _value(conflict["old"]),
            _value(conflict["new"]),
        ]
        for conflict in conflicts
    ]
    heads = (_("row"), _("media"), _("column"), _("it was"), _("theirs"), _("mine"))
    return table(heads, rows, empty="")


def _problems_table(problems: Sequence[Mapping[str, Any]]) -> Node:
    rows: list[list[Node | str]] = [
        [str(problem["row"]), problem["column"], _value(problem["value"]), retold(problem["sentence"])]
        for problem in problems
    ]
    return table((_("row"), _("column"), _("cell"), _("what is wrong")), rows, empty="")


def _media(change: Mapping[str, Any]) -> Node:
    return _media_link(change["media_id"], change["file_name"])


def _media_link(media_id: int, name: str | None) -> Node:
    return link(f"{browse_address(MediaFilter())}?media={media_id}", name or str(media_id))


def _value(text: str) -> Node | str:
    return text or node("span", _("empty"), cls="mute")


def _say_more(number_of_all: int, shown: int) -> None:
    if number_of_all > shown:
        st.caption(_("The first {n} of {all}.", n=number(shown), all=number(number_of_all)))


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
            _media_link(item.media_id, item.name) if item.media_id is not None else item.name,
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
        all_mine = bool(st.session_state.get("table_all_mine"))
        choices = {
            "conflicts": "mine" if all_mine else "theirs",
            "mine": list(st.session_state.get("table_mine") or ()),
        }
        with open_session() as session:
            commit_import(session, visitor, import_id, choices)


def _act(what: str, import_id: int) -> None:
    with explain_problems(_PLACE):
        visitor = require_visitor().access
        with open_session() as session:
            _ACTS[what](session, visitor, import_id)
