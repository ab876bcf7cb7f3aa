"""Expected errors as sentences on the page. Whatever is not expected is left to surface and be reported."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from curation.errors import CurationError
from db.outages import OutcomeUnknown, is_away, told
from language import _, later
from language.retold import retold
from reporting import report_error
from storage.errors import BucketError

log = logging.getLogger(__name__)

DATABASE_AWAY = later(
    "The database cannot be reached at the moment. Nothing was changed. Try again in a while."
)
OUTCOME_UNKNOWN = later(
    "The database went away at the last moment: this may be stored, or not. Look before you try again."
)
BUCKET_AWAY = later("The bucket cannot be reached at the moment. Nothing was changed. Try again in a while.")


@contextmanager
def explain_problems(place: str | None = None) -> Iterator[None]:
    """Turn an expected error of the block into a sentence on the page, and go on after the block.

    Callbacks need it: an exception that leaves a callback replaces the whole page. What a callback says stands
    above everything, and moves everything: forms name the `place` that they keep for it by `show_problem`.
    """
    try:
        yield
    except (CurationError, SQLAlchemyError, BucketError) as error:
        sentence = _expected(error)
        if sentence is None:
            raise
        _say(sentence, place)


def _expected(error: Exception) -> str | None:
    """What an error that may happen means to the person; None for one that nobody foresaw."""
    if isinstance(error, CurationError):
        return plain(retold(error.sentence))
    if isinstance(error, BucketError):
        log.error("bucket away: %s", error)
        return _(BUCKET_AWAY)
    if is_away(error):
        log.error("database away: %s", told(error))
        return _(OUTCOME_UNKNOWN) if isinstance(error, OutcomeUnknown) else _(DATABASE_AWAY)
    return None


def show_problem(place: str) -> None:
    """Say here what went wrong in a callback, once. The place is kept when there is nothing to say."""
    with st.container():
        if said := st.session_state.pop(_key(place), None):
            st.error(said)


def _say(sentence: str, place: str | None) -> None:
    if place is None:
        st.error(sentence)
    else:
        st.session_state[_key(place)] = sentence


def _key(place: str) -> str:
    return f"problem_{place}"


def explain_bug(error: Exception) -> bool:
    """What nobody foresaw: reported, and a sentence instead of the page. True keeps Streamlit's own away.

    A part of a page that runs again by itself brings what may happen here too: nobody stands around it.
    """
    if (sentence := _expected(error)) is not None:
        st.error(sentence)
        return True
    report_error(error)
    st.error(_("Something went wrong that should not have. It was logged. Reload the page to go on."))
    return True


def plain(text: str) -> str:
    """Text from people or programs, made safe for the Markdown that Streamlit's messages speak."""
    special = "\\`*_{}[]()<>#+-.!|$:~^="
    return "".join(f"\\{character}" if character in special else character for character in text)
