"""Forms for label classes: a new one, changes to one, its place in the list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import streamlit as st

from components.choosing import choose_one
from components.examples import example_forms
from components.messages import explain_problems, plain
from components.sign_in import require_visitor
from curation.label_classes import (
    MAX_GUIDE,
    change_label_class,
    create_label_class,
    get_label_class,
    list_label_classes,
    offer_label_class_again,
    retire_label_class,
)
from db.models import AppliesTo, LabelClass
from db.session import open_session
from language import _, later

APPLIES_TO = {
    AppliesTo.BOTH: later("shapes, media"),
    AppliesTo.SHAPE: later("shapes"),
    AppliesTo.MEDIA: later("media"),
}
NEW_COLOUR = "#85858F"


def new_label_class(label_classes: Sequence[LabelClass]) -> None:
    """A form for a new label class, which goes to the end of the list."""
    with st.form("new_label_class", border=False, clear_on_submit=True):
        st.text_input(_("Name"), key="new_name", max_chars=60)
        st.text_input(
            _("Key"),
            key="new_key",
            max_chars=60,
            placeholder=_("made from the name when empty"),
            help=_("What answers and exports carry: a-z, 0-9, _ and -. It is never changed later."),
        )
        _fields("new", None, label_classes)
        st.form_submit_button(_("Create"), type="primary", on_click=_create)


def changed_label_class(label_classes: Sequence[LabelClass]) -> None:
    """Choose a label class, then change, move, retire it or offer it again."""
    found = choose_one(_("Label class"), label_classes, lambda found: found.name, key="changed_label_class")
    if found is None:
        return
    with st.form(f"label_class_{found.id}", border=False):
        st.text_input(_("Name"), found.name, key=f"{found.id}_name", max_chars=60)
        _fields(str(found.id), found, label_classes)
        st.form_submit_button(_("Save"), type="primary", on_click=_change, args=(found.id,))
    with st.container(horizontal=True):
        first, last = label_classes[0].id == found.id, label_classes[-1].id == found.id
        st.button(_("Move up"), on_click=_move, args=(found.id, -1), disabled=first)
        st.button(_("Move down"), on_click=_move, args=(found.id, 1), disabled=last)
        if found.retired_at is None:
            st.button(_("Retire"), on_click=_retire, args=(found.id,))
        else:
            st.button(_("Offer again"), on_click=_offer, args=(found.id,))
    st.caption(
        _("A retired label class is no longer offered. Shapes that have it keep it; its hotkey becomes free.")
    )
    example_forms(found)


def _fields(prefix: str, found: LabelClass | None, label_classes: Sequence[LabelClass]) -> None:
    """The fields that a new label class and a changed one share."""
    colour, hotkey = st.columns(2)
    colour.color_picker(_("Colour"), found.colour if found else NEW_COLOUR, key=f"{prefix}_colour")
    hotkey.text_input(
        _("Hotkey"),
        (found.hotkey or "") if found else "",
        key=f"{prefix}_hotkey",
        placeholder=_("1 to 9, or F A"),
        help=_("One stroke 1 to 9, or F and then a letter."),
    )
    groups = sorted({other.exclusive_group for other in label_classes if other.exclusive_group})
    group = found.exclusive_group if found else None
    st.selectbox(
        _("Group"),
        groups,
        index=groups.index(group) if group else None,
        accept_new_options=True,
        placeholder=_("None"),
        key=f"{prefix}_group",
        help=_("Label classes of different groups exclude each other for a whole picture."),
    )
    choices = list(APPLIES_TO)
    st.selectbox(
        _("Applies to"),
        choices,
        index=choices.index(found.applies_to) if found else 0,
        format_func=lambda what: _(APPLIES_TO[what]),
        key=f"{prefix}_applies_to",
    )
    parents = {
        other.id: other.name for other in label_classes if other.parent_id is None and other is not found
    }
    st.selectbox(
        _("Parent"),
        list(parents),
        index=list(parents).index(found.parent_id) if found and found.parent_id in parents else None,
        format_func=lambda number: parents.get(number, ""),
        placeholder=_("None"),
        key=f"{prefix}_parent",
    )
    st.text_area(
        _("Guide"),
        (found.guide or "") if found else "",
        key=f"{prefix}_guide",
        max_chars=MAX_GUIDE,
        height=110,
        help=_("What the label class means, shown beside the work."),
    )
    if found is not None:
        st.checkbox(_("Pinned: shown first on the Review screen"), found.pinned, key=f"{prefix}_pinned")


def _create() -> None:
    with explain_problems():
        admin = require_visitor().access
        name = _typed("new", "name")
        with open_session() as session:
            created = create_label_class(
                session,
                admin,
                key=_typed("new", "key") or key_from(name),
                name=name,
                colour=_typed("new", "colour"),
                hotkey=read_hotkey(_typed("new", "hotkey")),
                applies_to=st.session_state["new_applies_to"],
                exclusive_group=st.session_state["new_group"],
                parent_id=st.session_state["new_parent"],
                guide=_typed("new", "guide"),
            )
        st.toast(_("{name} is offered.", name=plain(created.name)))


def _change(label_class_id: int) -> None:
    with explain_problems():
        admin = require_visitor().access
        prefix = str(label_class_id)
        with open_session() as session:
            found = get_label_class(session, label_class_id)
            change_label_class(
                session,
                admin,
                label_class_id,
                name=_typed(prefix, "name"),
                colour=_typed(prefix, "colour"),
                hotkey=read_hotkey(_typed(prefix, "hotkey")),
                applies_to=st.session_state[f"{prefix}_applies_to"],
                exclusive_group=st.session_state[f"{prefix}_group"],
                parent_id=st.session_state[f"{prefix}_parent"],
                position=found.position,
                pinned=st.session_state[f"{prefix}_pinned"],
                guide=_typed(prefix, "guide"),
            )
        st.toast(_("Saved."))


def _move(label_class_id: int, step: int) -> None:
    """Change places with the one above or below; whoever stands at another number afterwards is renumbered."""
    with explain_problems():
        admin = require_visitor().access
        with open_session() as session:
            ordered = list(list_label_classes(session, retired=True))
            here = next(place for place, found in enumerate(ordered) if found.id == label_class_id)
            there = min(max(here + step, 0), len(ordered) - 1)
            ordered.insert(there, ordered.pop(here))
            for position, found in enumerate(ordered):
                if found.position != position:
                    change_label_class(
                        session,
                        admin,
                        found.id,
                        name=found.name,
                        colour=found.colour,
                        hotkey=found.hotkey,
                        applies_to=found.applies_to,
                        exclusive_group=found.exclusive_group,
                        parent_id=found.parent_id,
                        position=position,
                        pinned=found.pinned,
                        guide=found.guide,
                    )


def _retire(label_class_id: int) -> None:
    with explain_problems():
        admin = require_visitor().access
        with open_session() as session:
            retired = retire_label_class(session, admin, label_class_id)
        st.session_state.pop(f"{label_class_id}_hotkey", None)
        st.toast(_("{name} is no longer offered.", name=plain(retired.name)))


def _offer(label_class_id: int) -> None:
    with explain_problems():
        admin = require_visitor().access
        with open_session() as session:
            offered = offer_label_class_again(session, admin, label_class_id)
        st.toast(_("{name} is offered again.", name=plain(offered.name)))


def _typed(prefix: str, name: str) -> str:
    return str(st.session_state[f"{prefix}_{name}"] or "").strip()


def key_from(name: str) -> str:
    """A key made from a name: `Été à Nîmes` becomes `ete_a_nimes`; empty where no letter is left."""
    plain_letters = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain_letters).strip("_")[:60]


def read_hotkey(typed: str) -> str | None:
    """A hotkey as it is stored, whatever its case and spaces: `fa` is `F A`; None when empty."""
    strokes = "".join(typed.upper().split())
    if not strokes:
        return None
    return f"F {strokes[1]}" if len(strokes) == 2 and strokes[0] == "F" else strokes
