"""Expected errors as sentences on the page. Whatever is not expected is left to surface and be reported."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from curation.errors import CurationError
from language import _, later
from language.retold import retold
from reporting import report_error
from storage.errors import BucketError

log = logging.getLogger(__name__)

DATABASE_AWAY = later(
    "The database cannot be reached at the moment. Nothing was changed. Try again in a while."
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
    except CurationError as error:
        _say(plain(retold(error.sentence)), place)
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        log.error("database away: %s", error)
        _say(_(DATABASE_AWAY), place)
    except BucketError as error:
        log.error("bucket away: %s", error)
        _say(_(BUCKET_AWAY), place)


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
    """What nobody foresaw: reported, and a sentence instead of the page. True keeps Streamlit's own away."""
    report_error(error)
    st.error(_("Something went wrong that should not have. It was logged. Reload the page to go on."))
    return True


def plain(text: str) -> str:
    """Text from people or programs, made safe for the Markdown that Streamlit's messages speak."""
    special = "\\`*_{}[]()<>#+-.!|$:~^="
    return "".join(f"\\{character}" if character in special else character for character in text)
