"""What follows a sign-out: a fresh page, so that nothing of the one who left stays in this browser's tab."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NoReturn

import streamlit as st

LEAVE_JS = """
export default function () {
  location.assign("/");
}
"""


def leave() -> NoReturn:
    """Load the first page anew; the script ends here."""
    _mount()(key="leave")
    st.stop()


@functools.cache
def _mount() -> Callable[..., Any]:
    return st.components.v2.component("vigie_leave", js=LEAVE_JS)
