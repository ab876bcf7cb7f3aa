"""What follows a sign-out: no cookie, and a fresh page: nothing of the one who left stays in this browser's tab."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NoReturn

import streamlit as st

LEAVE_JS = """
export default async function () {
  // The sign-in has ended on the server already; without an answer the cookie stays, and opens nothing.
  const request = { method: "POST", headers: { "X-Vigie": "1" }, signal: AbortSignal.timeout(3000) };
  await fetch("/api/login/forget", request).catch(() => null);
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
