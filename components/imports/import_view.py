"""One import: while it is read, its preview with the choices, while it is done, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from components.clock import browser_zone, local_text
from components.imports.preview import preview_part
from components.imports.result import result_part
from components.imports.words import FORMATS, READ_OTHERWISE, format_name
from components.messages import explain_problems, plain, show_problem
from components.sign_in import require_visitor
from curation.imports import asking, views
from curation.imports.opening import NO_ROOM
from curation.imports.views import ImportView
from db.models import Access, ImportKind, ImportState
from db.session import open_session
from language import _, plural
from language.retold import retold

LOOK_AGAIN = 1.0  # seconds, while it is at work
_PLACE = "import"


def import_part(import_id: int) -> None:
    """The import, looked at again and again while something goes on in it. Raises ImportNotFound."""
    with open_session(read_only=True) as session:
        view = views.get_import(session, require_visitor().access, import_id)
    if view.kind == ImportKind.TABLE:  # it has a section of its own, whatever the address says
        st.query_params.from_dict({"section": "table", "import": str(import_id)})
        st.rerun()
    st.subheader(plain(view.name), anchor=False)
    show_problem(_PLACE)
    if view.is_busy:
        _watch(view)
        return
    match ImportState(view.state):
        case ImportState.READY:
            _say_format(view)
            preview_part(require_visitor().access, view, on_commit=_commit, on_cancel=_cancel)
        case ImportState.RECEIVING:
            st.info(_("Its files are still arriving, or never came: look at the tab that sends them."))
            st.button(_("Cancel"), key="import_cancel", on_click=_cancel, args=(view.id,))
        case ImportState.CANCELLED:
            st.info(_("Cancelled. Nothing of it is kept."))
        case ImportState.FAILED if view.committed_at is None:
            _say_unreadable(view)
        case _:
            _say_over(view)
            result_part(view)


def _watch(view: ImportView) -> None:
    """How far it is, until it is somewhere else: then a whole run draws that."""
    state = view.state

    def show() -> None:
        with explain_problems(), open_session(read_only=True) as session:
            now = views.get_import(session, require_visitor().access, view.id)
            if now.state != state:
                st.rerun()
            st.progress(now.progress or 0.0, text=_progress_text(now))
            if now.state != ImportState.UNDOING:
                st.button(_("Cancel"), key="import_cancel", on_click=_cancel, args=(now.id,))
            if now.state == ImportState.COMMITTING:
                st.caption(_("You may leave this page: it goes on, and stands under past imports."))

    st.fragment(show, run_every=LOOK_AGAIN)()


def _progress_text(view: ImportView) -> str:
    said = {
        ImportState.READING: _("Reading…"),
        ImportState.COMMITTING: _("Importing…"),
        ImportState.UNDOING: _("Undoing…"),
    }[ImportState(view.state)]
    if not view.done:
        return said
    if view.total:
        return f"{said} {_('{done} of {total}', done=view.done, total=view.total)}"
    return f"{said} {plural(view.done, '{n} entry', '{n} entries')}"


def _say_format(view: ImportView) -> None:
    """What it was taken for, and every other way to read it."""
    preview: dict[str, Any] = view.preview or {}
    guessed = preview.get("format")
    likely = [guess["format"] for guess in preview.get("guesses", ())]
    others = [name for name in (*likely, *FORMATS) if name != guessed]
    offered = [guessed, *dict.fromkeys(others)]
    st.session_state["import_format"] = guessed
    why = next((guess["why"] for guess in preview.get("guesses", ()) if guess["format"] == guessed), None)
    with st.container(horizontal=True, vertical_alignment="center", key="bar_import_format"):
        st.selectbox(
            _("Read as"),
            offered,
            placeholder=_("pictures only"),
            format_func=format_name,
            key="import_format",
            label_visibility="collapsed",
            width=190,
            on_change=_read_as,
            args=(view.id,),
        )
        st.caption(plain(retold(why)) if why else _("What it was taken for. Another choice reads it again."))


def _say_unreadable(view: ImportView) -> None:
    """Why it could not be read, and what helps: another format, patience, or neither."""
    st.error(plain(retold(view.error or "")))
    if view.error != NO_ROOM and view.error not in READ_OTHERWISE:
        st.caption(
            _("No other format helps: cancel this import, and begin one with files that can be opened.")
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if view.error == NO_ROOM:
            st.button(_("Read it again"), key="import_again", on_click=_read_again, args=(view.id,))
        elif view.error in READ_OTHERWISE:
            st.selectbox(
                _("Read as"),
                list(FORMATS),
                index=None,
                placeholder=_("Choose one"),
                format_func=format_name,
                key="import_format",
                width=220,
                on_change=_read_as,
                args=(view.id,),
            )
        st.button(_("Cancel"), key="import_cancel", on_click=_cancel, args=(view.id,))


def _say_over(view: ImportView) -> None:
    zone = browser_zone()
    if view.error:
        st.error(plain(retold(view.error)))
    with st.container(horizontal=True, vertical_alignment="center", key="bar_import_over"):
        if view.state == ImportState.UNDONE and view.undone_at is not None:
            st.markdown(_("Undone, {time}.", time=plain(local_text(view.undone_at, zone))))
            if view.counts.get("created") or view.counts.get("changed"):
                st.button(_("Undo what was left"), key="import_undo", on_click=_undo, args=(view.id,))
            return
        if view.finished_at is not None:
            when = plain(local_text(view.finished_at, zone))
            st.markdown(_("Imported by {login}, {time}.", login=plain(view.asked_by), time=when))
        if view.state == ImportState.FAILED and "undone_by" not in view.options:
            st.button(
                _("Go on with it"), key="import_go_on", on_click=_act, args=(asking.commit_import, view.id)
            )
        st.button(
            _("Undo this import"),
            key="import_undo",
            on_click=_undo,
            args=(view.id,),
            help=_(
                "All of it, as far as nobody has acted on it since. Whoever made it may for a day, admins always."
            ),
        )


def _read_as(import_id: int) -> None:
    chosen = st.session_state["import_format"]
    if chosen is not None:
        _act(partial(asking.ask_for_reading, format=chosen), import_id)


def _read_again(import_id: int) -> None:
    _act(asking.ask_for_reading, import_id)


def _commit(import_id: int, options: dict[str, Any]) -> None:
    _act(partial(asking.commit_import, options=options), import_id)


def _undo(import_id: int) -> None:
    _act(asking.undo_import, import_id)


def _cancel(import_id: int) -> None:
    _act(asking.cancel_import, import_id)


def _act(act: Callable[[Any, Access, int], object], import_id: int) -> None:
    with explain_problems(_PLACE):
        access = require_visitor().access
        with open_session() as session:
            act(session, access, import_id)
