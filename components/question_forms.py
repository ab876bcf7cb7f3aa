"""Forms for questions about whole pictures: which are asked, in which words, and a new one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.label_class_forms import key_from
from components.messages import explain_problems, plain
from components.sign_in import require_visitor
from curation.questions import MAX_SENTENCE, change_question, create_question
from db.models import Asked, Question
from db.session import open_session
from language import _, later

ASKED = {Asked.OFF: later("not asked"), Asked.OPTIONAL: later("asked"), Asked.REQUIRED: later("required")}


def question_forms(questions: Sequence[Question]) -> None:
    """A form for each question, and one for a new question that goes to the end of the list."""
    st.caption(
        _(
            "Yes-or-no questions about the whole picture, beside its shapes. While one is required, nothing is "
            "submitted or accepted without a reply; answers that already stand keep theirs, or none."
        )
    )
    for question in questions:
        with st.form(f"question_{question.id}", border=True):
            st.text_input(
                _("Question `{key}`", key=question.key),
                question.sentence,
                key=f"question_{question.id}_sentence",
                max_chars=MAX_SENTENCE,
            )
            _asked(f"question_{question.id}_asked", question.asked)
            st.form_submit_button(_("Save"), on_click=_change, args=(question.id,))
    with st.form("new_question", border=True, clear_on_submit=True):
        st.text_input(
            _("New question"),
            key="new_question_sentence",
            max_chars=MAX_SENTENCE,
            placeholder=_("Is the horizon hidden?"),
        )
        st.text_input(
            _("Key"),
            key="new_question_key",
            max_chars=60,
            placeholder=_("made from the question when empty"),
            help=_("What answers and exports carry: a-z, 0-9, _ and -. It is never changed later."),
        )
        _asked("new_question_asked", Asked.OPTIONAL)
        st.form_submit_button(_("Create"), type="primary", on_click=_create)


def _asked(key: str, asked: Asked) -> None:
    st.segmented_control(
        _("Asked"),
        list(ASKED),
        format_func=lambda asked: _(ASKED[asked]),
        default=asked,
        required=True,
        key=key,
        label_visibility="collapsed",
    )


def _change(question_id: int) -> None:
    with explain_problems():
        admin = require_visitor().access
        with open_session() as session:
            change_question(
                session,
                admin,
                question_id,
                sentence=_typed(f"question_{question_id}_sentence"),
                asked=st.session_state[f"question_{question_id}_asked"],
            )
        st.toast(_("Saved."))


def _create() -> None:
    with explain_problems():
        admin = require_visitor().access
        sentence = _typed("new_question_sentence")
        with open_session() as session:
            created = create_question(
                session,
                admin,
                key=_typed("new_question_key") or key_from(sentence),
                sentence=sentence,
                asked=st.session_state["new_question_asked"],
            )
        st.toast(_("“{question}”: {asked}.", question=plain(created.sentence), asked=_(ASKED[created.asked])))


def _typed(key: str) -> str:
    return str(st.session_state[key] or "").strip()
