"""One release: what is in it, exports of it, and what changed from another one to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from components.admin.cells import confirm
from components.clock import browser_zone, local_text
from components.datasets.comparing import comparing_part
from components.datasets.words import SPLITS, filter_door, split_text
from components.doors import Node, browse_address, counted, figure, link, node, show_doors, table
from components.figures import size_text
from components.messages import explain_problems, plain, show_problem
from components.sign_in import require_visitor
from curation import releases
from curation.datasets.items import SPLITS as PARTS
from curation.datasets.shares import SHARES_MISSED, misses
from curation.media_filter import MediaFilter
from curation.releases import ReleaseView
from curation.states import STATE_NAMES
from db.models import Access, Scope, State
from db.session import open_session
from language import _, number, plural
from language.retold import retold

LOOK_AGAIN = 1.0  # seconds, while it is being frozen
_PLACE = "release"


def release_part(visitor: Access, release_id: int, class_names: Mapping[str, str]) -> None:
    """The release, watched while it is being frozen. Raises ReleaseNotFound."""
    with open_session(read_only=True) as session:
        view = releases.get_release(session, visitor, release_id)
    st.subheader(plain(view.name), anchor=False)
    if view.note:
        st.markdown(plain(view.note))
    show_problem(_PLACE)
    match view.state:
        case "making":
            _watch(view)
        case "failed":
            st.error(plain(retold(view.error or "")))
        case _:
            _show(view, class_names)
            comparing_part(visitor, view)
    if visitor.scope == Scope.ADMIN:
        with st.container(width=220):
            confirm(
                _("Delete this release…"),
                _(
                    "What it froze is forgotten. Media and their answers stay. One that was exported cannot be deleted."
                ),
                _("Delete it"),
                _delete,
                view.id,
                key="release_delete",
            )


def _watch(view: ReleaseView) -> None:
    def show() -> None:
        with explain_problems(), open_session(read_only=True) as session:
            now = releases.get_release(session, require_visitor().access, view.id)
            if now.state != "making":
                st.rerun()
            st.progress(now.progress, text=_("Freezing…"))

    st.fragment(show, run_every=LOOK_AGAIN)()


def _show(view: ReleaseView, class_names: Mapping[str, str]) -> None:
    counts, zone = view.counts, browser_zone()
    facts: list[tuple[str, Node | str]] = [
        (_("Made of"), filter_door(view.filter, zone, class_names)),
        (_("Frozen"), f"{view.made_by}, {local_text(view.frozen_at, zone)}"),
        (_("Size"), size_text(counts["bytes"])),
        (_("Fingerprint"), node("span", view.sha256 or "", cls="code")),
    ]
    if view.split:
        facts.insert(2, (_("Split"), split_text(view.split)))
    if view.withdrawn:
        facts.append((_("Withdrawn since"), plural(view.withdrawn, "{n} media", "{n} media")))
    cells = [
        cell
        for name, fact in facts
        for cell in (node("span", name), fact if isinstance(fact, dict) else node("span", fact))
    ]
    show_doors(
        node(
            "div",
            node(
                "div",
                counted(counts["media"], plural(counts["media"], "media", "media")),
                counted(counts["answered"], _("answered")),
                counted(counts["shapes"], plural(counts["shapes"], "shape", "shapes")),
                cls="balance",
            ),
            node(
                "div",
                link(f"/export?release={view.id}", _("Export it"), cls="act go"),
                link(f"/export?since_release={view.id}", _("Export what changed since"), cls="act"),
                cls="acts",
            ),
            node("div", *cells, cls="facts"),
            node("div", *_sums(view, class_names), cls="side"),
            cls="stack",
        ),
        key="release_shown",
    )


def _sums(view: ReleaseView, class_names: Mapping[str, str]) -> list[Node]:
    counts: Mapping[str, Any] = view.counts
    made_of = MediaFilter.from_query(view.filter)
    names = {**class_names, **{one["key"]: one["name"] for one in view.label_classes}}
    sums = [
        table(
            [_("State"), figure(_("media"))],
            [
                [_(STATE_NAMES[State(state)]), figure(number(count))]
                for state, count in counts["states"].items()
            ],
            empty=_("No media."),
        ),
        table(
            [_("Label class"), figure(_("media")), figure(_("shapes"))],
            [
                [
                    link(browse_address(replace(made_of, label_class=(key,))), names.get(key, key)),
                    figure(number(count["media"])),
                    figure(number(count["shapes"])),
                ]
                for key, count in counts["label_classes"].items()
            ],
            empty=_("No label class."),
        ),
    ]
    if view.split:
        sums.append(_shares(counts["splits"], view.split))
    return sums


def _shares(splits: Mapping[str, int], asked: Mapping[str, Any]) -> Node:
    """How many media each part of the split has, which share that really is, and whether that is far off."""
    total = max(1, sum(splits.values()))
    rows: list[list[Node | str]] = []
    for part in PARTS:
        count = splits.get(part, 0)
        rows.append([_(SPLITS[part]), figure(number(count)), figure(number(100 * count / total, 1))])
    drawn = [table([_("Split"), figure(_("media")), figure("%")], rows, empty="")]
    if misses(asked, splits):
        drawn.append(node("p", _(SHARES_MISSED), cls="empty"))
    return node("div", *drawn)


def _delete(release_id: int) -> None:
    with explain_problems(_PLACE):
        admin = require_visitor().access
        with open_session() as session:
            releases.delete_release(session, admin, release_id)
        st.query_params.from_dict({"section": "releases"})
