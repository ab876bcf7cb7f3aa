"""Forms for sources: a new one, another name or place, and the merge of two that are one camera."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.choosing import choose_one
from components.messages import explain_problems, plain, show_problem
from components.sign_in import require_visitor
from curation.source_merges import SourceMerge, merge_sources, preview_merge
from curation.sources import SourceView, change_source, create_source
from db.models import Access
from db.session import open_session
from language import _, plural


def new_source() -> None:
    """A form for a source that waits for its first media."""
    with st.form("new_source", border=False):
        _fields("new", None)
        show_problem("new_source")
        st.form_submit_button(_("Create"), type="primary", on_click=_create)


def changed_source(sources: Sequence[SourceView]) -> None:
    """Choose a source, and change its name, place or azimuth."""
    source = _choose(sources, _("Source"), "changed_source")
    show_problem("changed_source")
    if source is not None:
        with st.form(f"source_{source.id}", border=False):
            _fields(str(source.id), source)
            st.form_submit_button(_("Save"), on_click=_change, args=(source.id,))
        st.caption(
            _(
                "A new name holds for all its media at once. A program that still sends the old name makes a source "
                "of that name again."
            )
        )


def merged_sources(visitor: Access, sources: Sequence[SourceView]) -> None:
    """Choose two sources, look at what would move, and make them one."""
    if done := st.session_state.pop("merged", None):
        st.success(done)
    source = _choose(sources, _("Source that goes"), "merge_from")
    into = _choose(
        [one for one in sources if source is None or one.id != source.id],
        _("Source that stays"),
        "merge_into",
    )
    if source is None or into is None:
        st.caption(_("Two names of one camera become one: choose both, and what would move is shown."))
        return
    with explain_problems():
        with open_session(read_only=True) as session:
            foreseen = preview_merge(session, visitor, source.id, into.id)
        st.write(_preview_text(foreseen))
        st.caption(
            _(
                "The place and azimuth of the one that stays are kept. There is no way back. A program that still "
                "sends “{name}” makes that source again.",
                name=plain(foreseen.source),
            )
        )
        if st.button(_("Merge"), type="primary", key=f"merge_{source.id}_{into.id}"):
            done = _merge(source.id, into.id, foreseen.media)
            st.session_state["merged"] = _("Merged. {moved}", moved=_preview_text(done))
            st.rerun()


def _merge(source_id: int, into_id: int, media: int) -> SourceMerge:
    admin = require_visitor().access
    shown = st.progress(0.0, _("Moving media…"))

    def advance(moved: int) -> None:
        shown.progress(min(1.0, moved / max(1, media)), _("Moving media…"))

    return merge_sources(open_session, admin, source_id, into_id, moved_so_far=advance)


def _preview_text(merge: SourceMerge) -> str:
    return _(
        "**{source}** → **{into}**: {media}, {devices}.",
        source=plain(merge.source),
        into=plain(merge.into),
        media=plural(merge.media, "{n} media, withdrawn ones included", "{n} media, withdrawn ones included"),
        devices=plural(merge.devices, "{n} device", "{n} devices"),
    )


def _choose(sources: Sequence[SourceView], label: str, key: str) -> SourceView | None:
    return choose_one(label, sources, lambda source: source.name, key=key)


def _fields(key: str, source: SourceView | None) -> None:
    st.text_input(_("Name"), source.name if source else "", key=f"source_name_{key}", max_chars=100)
    st.text_input(
        _("Place"),
        (source.place if source else None) or "",
        key=f"source_place_{key}",
        max_chars=200,
        placeholder=_("in words: a summit, a mast, a village"),
    )
    st.number_input(
        _("Azimuth"),
        0.0,
        360.0,
        source.azimuth if source else None,
        step=1.0,
        format="%g",
        key=f"source_azimuth_{key}",
        placeholder=_("degrees from north"),
        help=_("Which way it looks. Uploads that name none get it; media that are here keep theirs."),
    )


def _given(key: str) -> dict[str, object]:
    return {name: st.session_state[f"source_{name}_{key}"] for name in ("name", "place", "azimuth")}


def _create() -> None:
    given = st.session_state
    with explain_problems("new_source"):
        admin = require_visitor().access
        with open_session() as session:
            made = create_source(
                session,
                admin,
                given["source_name_new"],
                place=given["source_place_new"],
                azimuth=given["source_azimuth_new"],
            )
        # Emptied only now: what was refused stays to be put right.
        given["source_name_new"], given["source_place_new"], given["source_azimuth_new"] = "", "", None
        st.toast(_("{name} waits for its first media.", name=plain(made.name)))


def _change(source_id: int) -> None:
    with explain_problems("changed_source"):
        admin = require_visitor().access
        with open_session() as session:
            changed = change_source(session, admin, source_id, _given(str(source_id)))
        # The browser keeps the name that it chose: it is told the new one.
        st.session_state["changed_source"] = source_id
        st.toast(_("{name} is changed.", name=plain(changed.name)))
