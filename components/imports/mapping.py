"""Which of our label classes each one of a dataset becomes: recognised ones at a glance, the others asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from components.messages import plain
from language import _, plural

NEW, LEAVE_OUT = "+", "-"  # no key of a label class is a sign
MOST_ASKED = 60  # boxes on the page; of more than these all others are decided at once


def choose_mapping(
    classes: Sequence[Mapping[str, Any]], ours: Mapping[str, str], *, makes: bool, key: str
) -> tuple[dict[str, str | None], list[str]]:
    """Of each word the key that it becomes, None for nothing; and the words that become new label classes.

    Words that are used and that nobody has decided about are in neither.
    """
    if not classes:
        return {}, []
    st.subheader(_("Label classes"), anchor=False)
    used = [one for one in classes if one["shapes"] or one["media"]]
    asked = [one for one in used if one["to"] is None]
    known = [one for one in used if one["to"] is not None]
    chosen: dict[str, str | None] = {}
    if asked:
        _ask_for_all(asked, makes=makes, key=key)
        chosen |= {one["word"]: _choose(one, ours, None, makes=makes, key=key) for one in asked[:MOST_ASKED]}
        if len(asked) > MOST_ASKED:
            rest = st.session_state.get(f"map_{key}_rest")
            chosen |= {one["word"]: rest for one in asked[MOST_ASKED:]}
            st.caption(_("And {n} more: the buttons above decide about them.", n=len(asked) - MOST_ASKED))
    if known:
        many = plural(len(known), "{n} label class recognised", "{n} label classes recognised")
        with st.expander(many, expanded=not asked and len(known) <= 6):
            for one in known[:MOST_ASKED]:
                chosen[one["word"]] = _choose(one, ours, one["to"], makes=makes, key=key)
    unused = len(classes) - len(used)
    if unused:
        st.caption(plural(unused, "{n} more is named but not used.", "{n} more are named but not used."))
    mapping = {word: None if to == LEAVE_OUT else to for word, to in chosen.items() if to not in (None, NEW)}
    return mapping, [word for word, to in chosen.items() if to == NEW]


def _ask_for_all(asked: Sequence[Mapping[str, Any]], *, makes: bool, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="bar_map_all"):
        st.markdown(
            plural(
                len(asked),
                "**{n} label class is not known here.** What does it become?",
                "**{n} label classes are not known here.** What do they become?",
            )
        )
        if makes:
            st.button(
                _("Make all of them"), key="map_make", on_click=_decide_all, args=(key, len(asked), NEW)
            )
        st.button(
            _("Leave all out"), key="map_leave", on_click=_decide_all, args=(key, len(asked), LEAVE_OUT)
        )


def _choose(
    one: Mapping[str, Any], ours: Mapping[str, str], usual: str | None, *, makes: bool, key: str
) -> str | None:
    place = f"{_boxes(key)}{one['word']}"
    offered = [*([NEW] if makes else []), LEAVE_OUT, *ours]
    if usual is not None and usual not in offered:
        offered.append(usual)
    st.session_state.setdefault(place, usual)
    left, right = st.columns([1, 1], vertical_alignment="center")
    name = one["name"] if one["name"] and one["name"] != one["word"] else ""
    left.markdown(
        f"**{plain(one['word'])}** {plain(name)} :gray[{plain(_used_text(one))}]",
    )
    chosen: str | None = right.selectbox(
        _("{word} becomes", word=plain(one["word"])),
        offered,
        index=None,
        placeholder=_("Choose one"),
        format_func=lambda to: {NEW: _("A new label class"), LEAVE_OUT: _("Nothing: leave it out")}.get(
            to, ours.get(to, to)
        ),
        label_visibility="collapsed",
        key=place,
    )
    return chosen


def _used_text(one: Mapping[str, Any]) -> str:
    said = []
    if one["shapes"]:
        said.append(plural(one["shapes"], "{n} shape", "{n} shapes"))
    if one["media"]:
        said.append(plural(one["media"], "{n} media", "{n} media"))
    return ", ".join(said)


def _boxes(key: str) -> str:
    """How the keys of all boxes begin until the next decision about all of them."""
    return f"map_{key}_{st.session_state.get(f'map_{key}', 0)}_"


def _decide_all(key: str, many: int, to: str) -> None:
    """All that nobody has decided about yet, those without a box among them.

    They stand in new boxes from now on: whoever presses the next button before the answer is drawn still sends what
    the old ones say, and that would undo the decision.
    """
    before = _boxes(key)
    st.session_state[f"map_{key}"] = st.session_state.get(f"map_{key}", 0) + 1
    for place in [place for place in st.session_state if str(place).startswith(before)]:
        chosen = st.session_state[place]
        st.session_state[_boxes(key) + str(place).removeprefix(before)] = to if chosen is None else chosen
    if many > MOST_ASKED:
        st.session_state[f"map_{key}_rest"] = to
