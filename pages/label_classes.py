"""Label classes and questions: what curators may answer with, what it means, how often it counts, and its edits."""

from collections.abc import Sequence

import streamlit as st

from components.doors import Node, browse_address, link, node, show_doors, table
from components.examples import example_pictures
from components.label_class_forms import APPLIES_TO, changed_label_class, new_label_class
from components.layout import use_layout
from components.question_forms import ASKED, question_forms
from components.sign_in import require_visitor
from curation.label_class_examples import Example, list_examples
from curation.label_classes import list_label_classes
from curation.media_filter import MediaFilter
from curation.overview import LabelClassUse, shapes_per_label_class
from curation.questions import list_questions
from db.models import Access, LabelClass, Question, Scope
from db.session import open_session
from language import _, number

COUNTS_LAST = 30  # seconds
SHOWN_EXAMPLES = 3


@st.cache_data(ttl=COUNTS_LAST, show_spinner=False, refresh_mode="background")
def uses(scope: Scope, _access: Access) -> dict[str, LabelClassUse]:
    """What counts of each label class, by its key: the same for everybody of one scope."""
    with open_session(read_only=True) as session:
        return {use.key: use for use in shapes_per_label_class(session, _access)}


@st.cache_data(ttl=COUNTS_LAST, show_spinner=False, refresh_mode="background")
def examples_of(keys: tuple[str, ...], _access: Access) -> dict[str, list[Example]]:
    """A few examples of each label class, by its key: the same for everybody."""
    with open_session(read_only=True) as session:
        return {key: list_examples(session, _access, key)[:SHOWN_EXAMPLES] for key in keys}


def label_class_table(
    found: Sequence[LabelClass], counted: dict[str, LabelClassUse], examples: dict[str, list[Example]]
) -> Node:
    names = {label_class.id: label_class.name for label_class in found}
    rows: list[list[Node | str]] = [
        [
            _name(label_class),
            node("span", label_class.key, cls="code"),
            _hotkey(label_class),
            label_class.exclusive_group or "",
            node("span", _(APPLIES_TO[label_class.applies_to]), cls="named"),
            names.get(label_class.parent_id, "") if label_class.parent_id else "",
            _count(label_class.key, counted.get(label_class.key)),
            example_pictures(label_class.key, examples.get(label_class.key, [])),
        ]
        for label_class in found
    ]
    heads = (
        _("name"),
        _("key"),
        _("hotkey"),
        _("group"),
        _("applies to"),
        _("parent"),
        _("media"),
        _("examples"),
    )
    return table(heads, rows, empty=_("There is no label class yet."), tall=True)


def _name(label_class: LabelClass) -> Node:
    said = _("retired") if label_class.retired_at else _("pinned") if label_class.pinned else ""
    named = node(
        "span",
        node("i", cls="swatch", style={"background": label_class.colour}),
        label_class.name,
        *([node("span", f" {said}", cls="mute")] if said else []),
        cls="named mute" if label_class.retired_at else "named",
    )
    guide = [node("span", label_class.guide, cls="guide")] if label_class.guide else []
    return node("span", named, *guide)


def _hotkey(label_class: LabelClass) -> Node:
    strokes = (label_class.hotkey or "").split()
    return node("span", *(node("span", stroke, cls="key") for stroke in strokes), cls="keys")


def _count(key: str, use: LabelClassUse | None) -> Node:
    count = use.media.count if use else 0
    return link(browse_address(MediaFilter(label_class=(key,))), node("b", number(count)))


def question_table(found: Sequence[Question]) -> Node:
    rows: list[list[Node | str]] = [
        [
            question.sentence,
            node("span", question.key, cls="code"),
            _(ASKED[question.asked]),
            *(
                link(browse_address(MediaFilter(reply=(f"{question.key}:{said}",))), words)
                for said, words in (("yes", _("replied yes")), ("no", _("replied no")))
            ),
        ]
        for question in found
    ]
    heads = (_("question"), _("key"), _("asked"), "", "")
    return table(heads, rows, empty=_("There is no question yet."))


access = require_visitor().access
use_layout("lists")
with open_session(read_only=True) as session:
    label_classes = list_label_classes(session, retired=True)
    questions = list_questions(session, off=True)

keys = tuple(label_class.key for label_class in label_classes)
drawn = label_class_table(label_classes, uses(access.scope, access), examples_of(keys, access))
asked = [node("h2", _("Questions about the whole picture")), question_table(questions)]
if access.scope != Scope.ADMIN:
    show_doors(drawn, key="label_classes")
    show_doors(*asked, key="questions")
    st.caption(_("Admins change label classes and questions."))
    st.stop()

left, right = st.columns([2.4, 1], gap="medium")
with left:
    show_doors(drawn, key="label_classes")
    show_doors(*asked, key="questions")
with right:
    change, new, ask = st.tabs([_("Change"), _("New label class"), _("Questions")])
    with change:
        changed_label_class(label_classes)
    with new:
        new_label_class(label_classes)
    with ask:
        question_forms(questions)
