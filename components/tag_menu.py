"""Tagging many media at once: what will happen is said before, and can be taken back once after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import streamlit as st

from components.figures import media_text
from components.messages import explain_problems, plain
from components.sign_in import require_visitor
from curation.tags import MAX_TAG_LENGTH, change_tags, list_tags
from db.session import open_session
from language import _, plural

UNDO = "tags_to_undo"  # in the session state: what the last change did, and the tags from before
OPEN = "tag_open"


def tag_menu(media_ids: Sequence[int]) -> None:
    """A button with a small form behind it for the tags of these media."""
    popover = st.popover(_("Tag…"), key=OPEN, on_change="rerun", disabled=not media_ids, width="content")
    if not popover.open or not media_ids:
        return
    with popover, explain_problems():
        with open_session(read_only=True) as session:
            known = list_tags(session)
        add = st.multiselect(
            _("Add tags"),
            known,
            accept_new_options=True,
            placeholder=_("Choose, or type a new one"),
            key="tags_add",
        )
        remove = st.multiselect(_("Remove tags"), known, placeholder=_("Choose"), key="tags_remove")
        st.caption(preview(len(media_ids), add, remove))
        st.button(
            plural(len(media_ids), "Tag {n} media", "Tag {n} media"),
            type="primary",
            disabled=not (add or remove),
            on_click=_apply,
            args=(tuple(media_ids), tuple(add), tuple(remove)),
        )


def undo_line() -> None:
    """What the last change of tags did, with a button that takes it back."""
    done = st.session_state.get(UNDO)
    if not done:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="bar_undo"):
        st.markdown(f"{plain(done['said'])}")
        st.button(_("Undo"), key="tags_undo", on_click=_undo)
        st.button(_("Dismiss"), key="tags_dismiss", type="tertiary", on_click=_forget)


def preview(count: int, add: Sequence[str], remove: Sequence[str]) -> str:
    """What a change would do, in one sentence of Markdown."""
    if not add and not remove:
        return _(
            "{media} selected. A tag has at most {n} characters and no semicolon.",
            media=media_text(count),
            n=MAX_TAG_LENGTH,
        )
    media, added, removed = media_text(count), _listed(add), _listed(remove)
    if not remove:
        return _("{media} will get {added}.", media=media, added=added)
    if not add:
        return _("{media} will lose {removed} where they have it.", media=media, removed=removed)
    return _(
        "{media} will get {added} and lose {removed} where they have it.",
        media=media,
        added=added,
        removed=removed,
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"**{plain(name)}**" for name in names)


def _apply(media_ids: Sequence[int], add: Sequence[str], remove: Sequence[str]) -> None:
    with explain_problems():
        with open_session() as session:
            before = change_tags(session, require_visitor().access, media_ids, add, remove)
        done = " ".join([*(f"+{name}" for name in add), *(f"−{name}" for name in remove)])
        said = (
            plural(len(before), "{n} media tagged: {done}.", "{n} media tagged: {done}.", done=done)
            if before
            else _("Nothing to change: the tags were like that.")
        )
        st.session_state[UNDO] = (
            {"said": said, "add": add, "remove": remove, "before": before} if before else None
        )
        if not before:
            st.toast(plain(said))
        st.session_state[OPEN] = False
        for key in ("tags_add", "tags_remove"):
            st.session_state.pop(key, None)


def _undo() -> None:
    done = st.session_state.get(UNDO)
    if not done:
        return
    with explain_problems():
        access = require_visitor().access
        with open_session() as session:
            for (gone, back), media_ids in steps_back(done["before"], done["add"], done["remove"]).items():
                change_tags(session, access, media_ids, add=back, remove=gone)
        _forget()
        st.toast(_("Tags are as they were."))


def steps_back(
    before: dict[int, list[str]], add: Sequence[str], remove: Sequence[str]
) -> dict[tuple[tuple[str, ...], tuple[str, ...]], list[int]]:
    """Which tags to take away and to give back again, and from which media: only what the change itself did."""
    steps: dict[tuple[tuple[str, ...], tuple[str, ...]], list[int]] = defaultdict(list)
    for media_id, names in before.items():
        gone = tuple(name for name in add if name not in names)
        back = tuple(name for name in remove if name in names)
        steps[gone, back].append(media_id)
    return dict(steps)


def _forget() -> None:
    st.session_state.pop(UNDO, None)
