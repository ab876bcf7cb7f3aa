"""Releases: freezing what a filter shows under a name, and the list of those that were frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from components.admin.cells import when
from components.clock import browser_zone
from components.datasets.choices import choose_split, show_shares
from components.datasets.words import filter_door, release_address, split_text
from components.doors import Node, figure, link, node, show_doors, table
from components.figures import media_figure
from components.filters import FilterBar
from components.messages import explain_problems, show_problem
from components.sign_in import require_visitor
from curation import releases
from curation.accesses import CURATORS
from curation.browse import count_matches
from curation.datasets.splits import Split
from curation.media_filter import MediaFilter
from curation.releases import MAX_NAME, MAX_NOTE, ReleaseView
from db.models import Access
from db.session import open_session
from language import _, number

LOOK_AGAIN = 1.0  # seconds, while one of them is being frozen
_PLACE = "new_release"


def releases_part(visitor: Access, wanted: MediaFilter, class_names: Mapping[str, str]) -> None:
    """The form, for those who may, and a page of the list. Raises UnknownFilter for a foreign place in it."""
    if visitor.scope in CURATORS:
        _freeze(visitor, wanted, class_names)
    cursor = st.query_params.get("cursor")
    with open_session(read_only=True) as session:
        page = releases.list_releases(session, visitor, cursor)
    making = any(release.state == "making" for release in page.items)

    def show() -> None:
        with explain_problems(), open_session(read_only=True) as session:
            now = releases.list_releases(session, require_visitor().access, cursor)
            if making != any(release.state == "making" for release in now.items):
                st.rerun()
            show_doors(releases_table(now.items, class_names), key="releases")

    st.fragment(show, run_every=LOOK_AGAIN if making else None)()
    acts: list[Node | str] = []
    if cursor:
        acts.append(link("/export?section=releases", _("← Newest"), cls="act"))
    if page.next_cursor:
        acts.append(link(f"/export?section=releases&cursor={page.next_cursor}", _("Older →"), cls="act"))
    if acts:
        show_doors(node("div", *acts, cls="acts"), key="older_releases")


def _freeze(visitor: Access, wanted: MediaFilter, class_names: Mapping[str, str]) -> None:
    with open_session(read_only=True) as session:
        count = count_matches(session, visitor, wanted)
    with st.expander(_("Freeze a release"), expanded=not wanted.is_empty):
        st.caption(
            _(
                "What the filter shows, with its answers as they are now, under a name. Later work does not change it:"
                " it can be exported again, bit for bit, and compared with another."
            )
        )
        show_problem(_PLACE)
        with st.container(horizontal=True, vertical_alignment="center", key="bar_release"):
            FilterBar(wanted, class_names, keep=("section",)).show(sort=False)
            st.space("stretch")
            st.html(f'<span class="vigie-figures">{media_figure(count)}</span>', width="content")
        left, right = st.columns([1, 1.6])
        left.text_input(_("Name"), max_chars=MAX_NAME, placeholder="2026-11", key="release_name")
        right.text_input(
            _("Note"), max_chars=MAX_NOTE, placeholder=_("What it is for, what is in it"), key="release_note"
        )
        split = choose_split("release")
        if split is not None:
            show_shares(visitor, wanted, split)
        # Not in a callback, which would be given the choices of the run before.
        if st.button(_("Freeze"), type="primary", key="release_go", disabled=count.value == 0):
            _ask(wanted, split)
            st.rerun()


def _ask(wanted: MediaFilter, split: Split | None) -> None:
    with explain_problems(_PLACE):
        access = require_visitor().access
        with open_session() as session:
            asked = releases.create_release(
                session,
                access,
                st.session_state["release_name"],
                note=st.session_state["release_note"],
                wanted=wanted,
                split=split,
            )
        st.query_params.from_dict({"section": "releases", "show": str(asked.id)})


def releases_table(found: Sequence[ReleaseView], class_names: Mapping[str, str]) -> Node:
    """Releases, the last first, each a door to what is in it."""
    zone = browser_zone()
    rows: list[list[Node | str]] = [
        [
            link(release_address(release.id), release.name),
            when(release.frozen_at or release.created_at),
            release.made_by,
            filter_door(release.filter, zone, class_names),
            split_text(release.split) if release.split else "",
            _how_many(release),
            node("span", plain_note(release.note), cls="mute"),
        ]
        for release in found
    ]
    heads: list[Node | str] = [
        _("name"),
        _("frozen"),
        _("who"),
        _("made of"),
        _("split"),
        figure(_("media")),
        _("note"),
    ]
    return table(
        heads, rows, empty=_("No release yet. Freeze one before a training run, to know later what it saw.")
    )


def plain_note(note: str | None, most: int = 80) -> str:
    note = note or ""
    return note if len(note) <= most else f"{note[:most].rstrip()}…"


def _how_many(release: ReleaseView) -> Node:
    if release.state == "ready":
        return figure(number(release.counts["media"]))
    if release.state == "failed":
        return node("span", _("failed"), cls="chip alarm")
    return node("span", _("{percent} %", percent=round(100 * release.progress)), cls="chip off")
