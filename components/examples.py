"""Examples of label classes, as pictures: chosen by admins on the Label classes page, or from a media in Browse."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.choosing import choose_one
from components.doors import Node, link, node, show_doors
from components.messages import explain_problems, plain
from components.sign_in import require_visitor
from curation.errors import InvalidText
from curation.label_class_examples import MOST_EXAMPLES, Example, choose_example, drop_example, list_examples
from curation.sign_in import SignedIn
from db.models import LabelClass, Scope
from db.session import open_session
from language import _

MENU_OPEN = "example_open"


def example_pictures(key: str, examples: Sequence[Example]) -> Node:
    """Small pictures of a label class, each a link to its media in Browse."""
    return node("span", *(_picture(key, example) for example in examples), cls="examples")


def _picture(key: str, example: Example) -> Node:
    address = f"/api/media/{example.media_id}/picture?size=thumb"
    if example.box is not None:
        corners = ",".join(str(number) for number in example.box)
        address = f"/api/media/{example.media_id}/picture?size=crop&box={corners}"
    picture = node(
        "img",
        src=address,
        alt=_("example of {key}, media {id}", key=key, id=str(example.media_id)),
        loading="lazy",
    )
    return link(f"/browse?media={example.media_id}", picture)


def example_forms(label_class: LabelClass) -> None:
    """The examples of a label class, with a button to take a chosen one away and a field to choose one more."""
    with explain_problems(), open_session(read_only=True) as session:
        examples = list_examples(session, require_visitor().access, label_class.key)
    chosen = [example for example in examples if example.chosen]
    st.markdown(_("**Examples**"))
    if examples:
        show_doors(example_pictures(label_class.key, examples), key=f"examples_{label_class.id}")
    st.caption(
        _("{n} of {most} chosen; the newest accepted media fill up.", n=len(chosen), most=MOST_EXAMPLES)
    )
    with st.container(horizontal=True):
        for example in chosen:
            st.button(
                _("Media {id} ✕", id=str(example.media_id)),
                key=f"drop_example_{label_class.id}_{example.media_id}",
                help=_("Take this example away"),
                on_click=_drop,
                args=(label_class.id, example.media_id),
            )
    with st.form(f"example_of_{label_class.id}", border=False, clear_on_submit=True):
        st.text_input(
            _("Media id"),
            key=f"{label_class.id}_example",
            placeholder=_("as Browse shows it"),
            help=_("“Use as example of…” beside a media in Browse does the same."),
        )
        st.form_submit_button(_("Add example"), on_click=_choose_typed, args=(label_class.id,))


def example_menu(visitor: SignedIn, media_id: int, label_classes: Sequence[LabelClass]) -> None:
    """A button beside a media, for admins: use it as an example of a label class."""
    if visitor.access.scope != Scope.ADMIN:
        return
    popover = st.popover(_("Use as example of…"), key=MENU_OPEN, on_change="rerun", width="stretch")
    if not popover.open:
        return
    offered = [found for found in label_classes if found.retired_at is None]
    with popover:
        chosen = choose_one(_("Label class"), offered, lambda found: found.name, key="example_label_class")
        st.button(
            _("Use as example"),
            type="primary",
            disabled=chosen is None,
            on_click=_choose,
            args=(chosen.id if chosen else None, media_id),
        )


def _choose_typed(label_class_id: int) -> None:
    with explain_problems():
        typed = str(st.session_state[f"{label_class_id}_example"] or "").strip().lstrip("#")
        if not (typed.isascii() and typed.isdecimal() and len(typed) < 19):
            raise InvalidText("A media id is a number: Browse shows it beside each media.")
        _choose(label_class_id, int(typed))


def _choose(label_class_id: int, media_id: int) -> None:
    with explain_problems():
        admin = require_visitor().access
        with open_session() as session:
            name = choose_example(session, admin, label_class_id, media_id).name
        st.session_state[MENU_OPEN] = False
        st.toast(_("Media {id} is an example of {name} now.", id=str(media_id), name=plain(name)))


def _drop(label_class_id: int, media_id: int) -> None:
    with explain_problems():
        admin = require_visitor().access
        with open_session() as session:
            drop_example(session, admin, label_class_id, media_id)
        st.toast(_("Media {id} is no chosen example any more.", id=str(media_id)))
