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
def explain_problems() -> Iterator[None]:
    """Turn an expected error of the block into a sentence on the page, and go on after the block.

    Callbacks need it: an exception that leaves a callback replaces the whole page.
    """
    try:
        yield
    except CurationError as error:
        st.error(plain(retold(error.sentence)))
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        log.error("database away: %s", error)
        st.error(_(DATABASE_AWAY))
    except BucketError as error:
        log.error("bucket away: %s", error)
        st.error(_(BUCKET_AWAY))


def explain_bug(error: Exception) -> bool:
    """What nobody foresaw: reported, and a sentence instead of the page. True keeps Streamlit's own away."""
    report_error(error)
    st.error(_("Something went wrong that should not have. It was logged. Reload the page to go on."))
    return True


def plain(text: str) -> str:
    """Text from people or programs, made safe for the Markdown that Streamlit's messages speak."""
    special = "\\`*_{}[]()<>#+-.!|$:~^="
    return "".join(f"\\{character}" if character in special else character for character in text)
