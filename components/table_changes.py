"""What an edited table would do, cell by cell and page by page: changes, conflicts with their choices, wrong cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from components.doors import Node, browse_address, link, node, show_doors, table
from curation.imports.views import ImportView
from curation.media_filter import MediaFilter
from curation.tables.changes import TableCell, TableCellPage, What, list_table_cells
from db.models import Access
from db.session import open_session
from language import _, number
from language.retold import retold

_KEPT = "table_mine_kept"  # in the session state: the import, and which conflicts are taken on any page of it
_SHOWN = "table_mine_shown"  # and the box of the page that is shown, with what it offers


def show_problems(visitor: Access, view: ImportView, total: int) -> None:
    st.markdown(f"**{_('Cells that cannot be taken')}**")
    st.caption(_("The media of these rows are left out; the others are changed."))
    page = _read(visitor, view, What.PROBLEM)
    show_doors(_problems_table(page.items), key="table_problems")
    _show_turns(view, What.PROBLEM, page, total)


def show_changes(visitor: Access, view: ImportView, total: int) -> None:
    st.markdown(f"**{_('Changes')}**")
    page = _read(visitor, view, What.CHANGE)
    show_doors(_changes_table(page.items), key="table_changes")
    _show_turns(view, What.CHANGE, page, total)


def show_conflicts(visitor: Access, view: ImportView, total: int) -> None:
    """The conflicts, and which side is taken: of all, or one by one, whichever page they are on."""
    st.markdown(f"**{_('Changed by others meanwhile')}**")
    st.caption(_("What they have made of these stays, unless you take yours."))
    page = _read(visitor, view, What.CONFLICT)
    show_doors(_conflicts_table(page.items), key="table_conflicts")
    offered = {cell.place: cell for cell in page.items}
    key = _choices_key(view)
    _show_turns(view, What.CONFLICT, page, total)
    st.toggle(_("Take mine in all of them"), key="table_all_mine")
    if st.session_state.get("table_all_mine"):
        return
    kept = _kept(view.id)
    if key not in st.session_state:
        st.session_state[key] = [place for place in offered if place in kept]
    st.session_state[_SHOWN] = (key, list(offered))
    st.multiselect(
        _("Take mine in"),
        list(offered),
        format_func=lambda place: _choice_text(offered[place]),
        placeholder=_("None: theirs stay"),
        key=key,
        on_change=_keep_choices,
        args=(view.id,),
    )
    if elsewhere := len(kept - offered.keys()):
        st.caption(_("Yours is taken in {n} more, on other pages.", n=number(elsewhere)))


def chosen_sides(import_id: int) -> dict[str, Any]:
    """What a commit is told about conflicts; for a callback, which may come with the last choice."""
    _keep_choices(import_id)
    all_mine = bool(st.session_state.get("table_all_mine"))
    return {"conflicts": "mine" if all_mine else "theirs", "mine": sorted(_kept(import_id))}


def media_link(media_id: int, name: str | None) -> Node:
    return link(f"{browse_address(MediaFilter())}?media={media_id}", name or str(media_id))


def say_more(total: int, shown: int) -> None:
    if total > shown:
        st.caption(_("The first {n} of {all}.", n=number(shown), all=number(total)))


def _read(visitor: Access, view: ImportView, what: What) -> TableCellPage:
    cursor = st.session_state.get(_turn_key(view, what))
    with open_session(read_only=True) as session:
        return list_table_cells(session, visitor, view.id, what, cursor=cursor)


def _turn_key(view: ImportView, what: What) -> str:
    return f"table_{what}_page_{view.id}"


def _choices_key(view: ImportView) -> str:
    """Every page has a box of its own: Streamlit would keep what was chosen in one for the next."""
    cursor = st.session_state.get(_turn_key(view, What.CONFLICT))
    return "table_mine" if cursor is None else f"table_mine_{cursor}"


def _show_turns(view: ImportView, what: What, page: TableCellPage, total: int) -> None:
    """Which part is shown, and ways to the next one and back to the first."""
    key = _turn_key(view, what)
    is_first = key not in st.session_state
    if is_first and page.next_cursor is None:
        return
    if is_first:
        say_more(total, len(page.items))
    elif page.items:
        first, last = (number(cell.row) for cell in (page.items[0], page.items[-1]))
        st.caption(_("Rows {first} to {last}; {all} in all.", first=first, last=last, all=number(total)))
    with st.container(horizontal=True):
        if not is_first:
            st.button(_("← First"), key=f"{key}_first", on_click=_turn, args=(key, None))
        if page.next_cursor is not None:
            st.button(_("Next →"), key=f"{key}_next", on_click=_turn, args=(key, page.next_cursor))


def _turn(key: str, cursor: str | None) -> None:
    if cursor is None:
        st.session_state.pop(key, None)
    else:
        st.session_state[key] = cursor


def _kept(import_id: int) -> set[str]:
    of, places = st.session_state.get(_KEPT, (None, ()))
    return set(places) if of == import_id else set()


def _keep_choices(import_id: int) -> None:
    """Note what is chosen on the page that is shown: Streamlit forgets a box once it is not drawn."""
    key, offered = st.session_state.get(_SHOWN, (None, ()))
    if key in st.session_state:
        kept = (_kept(import_id) - set(offered)) | set(st.session_state[key])
        st.session_state[_KEPT] = (import_id, sorted(kept))


def _choice_text(conflict: TableCell) -> str:
    return _(
        "row {row}, {column}: {mine} instead of {theirs}",
        row=conflict.row,
        column=conflict.column,
        mine=conflict.new or "∅",
        theirs=conflict.old or "∅",
    )


def _changes_table(cells: Sequence[TableCell]) -> Node:
    heads = (_("row"), _("media"), _("column"), _("now"), "", _("then"))
    return _table(heads, cells, lambda cell: [_value(cell.old), "→", _value(cell.new)])


def _conflicts_table(cells: Sequence[TableCell]) -> Node:
    heads = (_("row"), _("media"), _("column"), _("it was"), _("theirs"), _("mine"))
    return _table(heads, cells, lambda cell: [_value(cell.base), _value(cell.old), _value(cell.new)])


def _table(
    heads: Sequence[str], cells: Sequence[TableCell], values: Callable[[TableCell], list[Node | str]]
) -> Node:
    rows = [
        [str(cell.row), media_link(cell.media_id or 0, cell.file_name), cell.column, *values(cell)]
        for cell in cells
    ]
    return table(heads, rows, empty="")


def _problems_table(cells: Sequence[TableCell]) -> Node:
    rows: list[list[Node | str]] = [
        [str(cell.row), cell.column, _value(cell.new), retold(cell.sentence or "")] for cell in cells
    ]
    return table((_("row"), _("column"), _("cell"), _("what is wrong")), rows, empty="")


def _value(text: str) -> Node | str:
    return text or node("span", _("empty"), cls="mute")
