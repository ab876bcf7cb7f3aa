"""Which language the dashboard speaks to this person: their own choice, until then their browser's."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import streamlit as st

from curation.preferences import preferences_of
from curation.sign_in import SignedIn
from language import Language, current, find_with, preferred

SPOKEN = "language"  # in the session state: callbacks and fragments run without the router

_TELL_JS = """
export default function () {
  document.documentElement.lang = "%s";
}
"""


def speak_with(visitor: SignedIn | None) -> None:
    """Speak the visitor's language from here on, in this run and in what follows from it."""
    chosen = preferences_of(visitor.access).language if visitor else None
    st.session_state[SPOKEN] = Language(chosen) if chosen else preferred(st.context.locale)


def show_language() -> None:
    """Tell the browser which language the page is in: screen readers and hyphenation go by it."""
    _teller(current())(key="language")


@functools.cache
def _teller(language: Language) -> Callable[..., Any]:
    return st.components.v2.component(f"vigie_language_{language}", js=_TELL_JS % language)


def _spoken() -> Language | None:
    found = st.session_state.get(SPOKEN)
    return found if isinstance(found, Language) else None


find_with(_spoken)
