"""Media that look alike, side by side: kept, rejected or grouped at once, and taken back at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from components.clock import browser_zone, local_text
from components.doors import Node, link, node, show_doors
from components.figures import media_text
from components.messages import explain_problems, plain
from components.sign_in import require_visitor
from curation.accesses import CURATORS
from curation.acts import ReviewPolicy
from curation.batches import LeftOut
from curation.media_filter import MediaFilter
from curation.media_view import MediaView
from curation.sign_in import SignedIn
from curation.states import STATE_NAMES
from curation.twin_decisions import decide_twins, undo_twin_decision
from curation.twins import Twin, TwinGroup, list_groups, list_twins
from db.models import State, TwinAnswer
from db.session import open_session
from language import _, plural
from language.retold import retold
from settings import get_settings

GROUPS_SHOWN = 4
PICTURES_SHOWN = 24
UNDO = "twins_to_undo"  # in the session state: the last decision, and what is said of it
PLACE = "twins_place"  # which filter is being looked through, and from where on


def twins_panel(visitor: SignedIn, wanted: MediaFilter) -> None:
    """The groups that the filter shows, a few at a time; keys act on the first."""
    among = replace(wanted, near_twins=None).without_order()
    scope, cursor = st.session_state.get(PLACE, (None, None))
    cursor = cursor if scope == among else None
    with open_session(read_only=True) as session:
        page = list_groups(
            session, visitor.access, cursor, GROUPS_SHOWN, wanted=among, members=PICTURES_SHOWN - 1
        )
    for place, group in enumerate(page.groups):
        with st.container(border=True, key=f"twins_{group.first.id}"):
            _show_group(group, curates=visitor.access.scope in CURATORS, keys=place == 0)
    with st.container(horizontal=True):
        if cursor is not None:
            st.button(_("First groups"), key="twins_first", on_click=_go, args=(among, None))
        if page.next_cursor is not None:
            st.button(_("More groups"), key="twins_more", on_click=_go, args=(among, page.next_cursor))


def _show_group(group: TwinGroup, *, curates: bool, keys: bool) -> None:
    media = [group.first, *(twin.media for twin in group.twins)]
    cards = [_card(group.first, None), *(_card(twin.media, twin.distance) for twin in group.twins)]
    heading = _("{media} look alike", media=media_text(group.total + 1))
    hidden = group.total + 1 - len(cards)
    rest = (
        plural(
            hidden,
            "{n} more follows when these are decided about.",
            "{n} more follow when these are decided about.",
        )
        if hidden
        else ""
    )
    show_doors(
        node("h2", heading, node("small", group.first.source or "")),
        node("div", *cards, cls="twins"),
        *([node("p", rest, cls="empty")] if rest else []),
        key=f"twin_pictures_{group.first.id}",
    )
    if not curates:
        return
    # Each button acts on what stands here, and as it stands here: on nothing that nobody has looked at.
    seen = {one.id: one.acts for one in media}
    ids = list(seen)
    kept = st.pills(
        _("Keep"),
        ids,
        selection_mode="multi",
        default=[group.first.id],
        format_func=lambda media_id: f"{media_id}",
        key=f"twins_keep_{group.first.id}",
    )
    others = {media_id: acts for media_id, acts in seen.items() if media_id not in kept}
    first = group.first.id
    with st.container(horizontal=True):
        st.button(
            _("Keep all"),
            key=f"twins_kept_all_{first}",
            help=_("All of them are wanted."),
            shortcut="K" if keys else None,
            on_click=_decide,
            args=(TwinAnswer.KEPT, seen),
        )
        st.button(
            plural(len(others), "Reject {n} other", "Reject {n} others"),
            key=f"twins_rejected_{first}",
            help=_("A review that rejects each of the others."),
            shortcut="X" if keys else None,
            disabled=not others,
            on_click=_decide,
            args=(TwinAnswer.REJECTED, others),
        )
        st.button(
            _("Group them"),
            key=f"twins_grouped_{first}",
            help=_("All of them are kept, and a split never parts them."),
            shortcut="G" if keys else None,
            on_click=_decide,
            args=(TwinAnswer.GROUPED, seen),
        )


def _card(media: MediaView, distance: int | None) -> Node:
    """A picture with what tells it from the others; it leads to its media."""
    name = media.file_name or _("media {id}", id=str(media.id))
    facts = [
        f"{media.id}",
        local_text(media.captured_at, browser_zone()),
        f"{media.width} × {media.height}" if media.width else "",
        _(STATE_NAMES[State(media.state)]),
        "" if distance is None else plural(distance, "{n} bit differs", "{n} bits differ"),
    ]
    picture = node("img", src=f"/api/media/{media.id}/picture?size=thumb", alt=name, loading="lazy")
    return link(
        f"/browse?media={media.id}",
        picture,
        node("b", name),
        node("small", " · ".join(fact for fact in facts if fact)),
        cls="twin",
    )


def twins_of_media(visitor: SignedIn, media_id: int) -> None:
    """Beside one media: what it looks like, if anything."""
    with open_session(read_only=True) as session:
        twins = list_twins(session, visitor.access, media_id)
    if twins:
        pictures = node("div", *(_small(twin) for twin in twins[:PICTURES_SHOWN]), cls="examples")
        show_doors(node("h2", _("Looks like")), pictures, key=f"twins_of_{media_id}")


def _small(twin: Twin) -> Node:
    name = _("media {id}", id=str(twin.media.id))
    picture = node(
        "img", src=f"/api/media/{twin.media.id}/picture?size=thumb", alt=name, title=name, loading="lazy"
    )
    return link(f"/browse?media={twin.media.id}", picture)


def _go(among: MediaFilter, cursor: str | None) -> None:
    st.session_state[PLACE] = (among, cursor)


def _decide(answer: TwinAnswer, seen: Mapping[int, int]) -> None:
    """Answer about these media, each of which was shown with so many acts."""
    with explain_problems():
        access = require_visitor().access
        with open_session() as session:
            done = decide_twins(
                session,
                access,
                answer,
                list(seen),
                seen_acts=seen,
                client_id=uuid.uuid4().hex,
                policy=ReviewPolicy.of(get_settings()),
            )
        count = len(done.changed)
        said = {
            TwinAnswer.KEPT: plural(count, "{n} media kept.", "{n} media kept."),
            TwinAnswer.REJECTED: plural(count, "{n} media rejected.", "{n} media rejected."),
            TwinAnswer.GROUPED: plural(count, "{n} media grouped.", "{n} media grouped."),
        }[answer]
        st.session_state[UNDO] = (done.id, " ".join([said, *_left(done.left_out)]))


def _left(left_out: Sequence[LeftOut]) -> list[str]:
    """How many were left as they are, and for each reason which: nothing is passed over in silence."""
    if not left_out:
        return []
    reasons: dict[str, list[str]] = {}
    for one in left_out:
        reasons.setdefault(retold(one.why), []).append(str(one.media_id))
    told = plural(len(left_out), "{n} was left as it is.", "{n} were left as they are.")
    return [told, *(f"{', '.join(ids)}: {why}" for why, ids in reasons.items())]


def twins_undo_line() -> None:
    """What the last decision did, with a button to take it back."""
    # A place of its own, also while it is empty, so that nothing below is drawn anew.
    with st.container(horizontal=True, vertical_alignment="center", key="bar_twins_undo"):
        if (done := st.session_state.get(UNDO)) is not None:
            st.markdown(plain(done[1]))
            st.button(_("Undo"), key="twins_undo", shortcut="U", on_click=_undo)


def _undo() -> None:
    if (done := st.session_state.pop(UNDO, None)) is None:
        return
    with explain_problems():
        access = require_visitor().access
        with open_session() as session:
            undone = undo_twin_decision(session, access, done[0])
        said = _left(undone.left_out) or [_("It is as it was.")]
        st.toast(plain(" ".join(said)))
