"""What changed from one release to another: counts, and the differences media by media as CSV."""

from __future__ import annotations

import streamlit as st

from components.doors import Node, download, figure, node, show_doors, table
from components.messages import explain_problems
from curation import releases
from curation.datasets.comparing import Comparison, compare_releases
from curation.releases import ReleaseView
from db.models import Access
from db.session import open_session
from language import _, number


def comparing_part(visitor: Access, view: ReleaseView) -> None:
    """A box of the other releases, and what differs from the chosen one. The choice stands in the address."""
    with open_session(read_only=True) as session:
        frozen = releases.release_names(session, visitor)
    others = {str(one): name for one, name in frozen.items() if one != view.id}
    if not others:
        return
    st.subheader(_("Compared with another"), anchor=False)
    chosen = st.query_params.get("with")
    st.session_state["compare_with"] = chosen if chosen in others else None
    st.selectbox(
        _("Compared with"),
        list(others),
        index=None,
        placeholder=_("Choose one"),
        format_func=lambda key: others[key],
        key="compare_with",
        label_visibility="collapsed",
        on_change=_take,
        width=320,
    )
    if chosen not in others:
        return
    with open_session(read_only=True) as session:
        other = releases.get_release(session, visitor, int(chosen))
    # From the earlier to the later one, whichever is being looked at.
    before, after = sorted((other, view), key=lambda one: one.frozen_at or one.created_at)
    with explain_problems():
        with open_session(read_only=True) as session:
            found = compare_releases(session, visitor, before.id, after.id)
        show_doors(
            node(
                "div",
                _differences(found, before, after),
                node(
                    "div",
                    download(
                        f"/api/releases/{before.id}/compare/{after.id}/differences.csv",
                        _("All differences as CSV"),
                        cls="act",
                    ),
                    cls="acts",
                ),
                cls="stack",
            ),
            key="differences",
        )


def _differences(found: Comparison, before: ReleaseView, after: ReleaseView) -> Node:
    parted = (before.split is None) == (after.split is None)
    moved = _("in another part of the split") if parted else _("only one of the two releases has a split")
    rows: list[list[Node | str]] = [
        [what, figure(number(count)), node("span", means, cls="mute")]
        for what, count, means in (
            (_("added"), found.added, _("not in it before")),
            (_("withdrawn"), found.withdrawn, _("taken out of every list since")),
            (_("removed"), found.removed, _("there, but not in the later release")),
            (_("relabelled"), found.relabelled, _("another answer, with other shapes or label classes")),
            (_("moved"), found.moved, moved),
            (_("edited"), found.edited, _("another state, or other tags, times or places")),
            (_("unchanged"), found.unchanged, ""),
        )
    ]
    heads: list[Node | str] = [
        _("{before} → {after}", before=before.name, after=after.name),
        figure(f"{number(found.before)} → {number(found.after)}"),
        "",
    ]
    return table(heads, rows, empty="")


def _take() -> None:
    chosen = st.session_state["compare_with"]
    if chosen is None:
        st.query_params.pop("with", None)
    else:
        st.query_params["with"] = chosen
