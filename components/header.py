"""What stands in Streamlit's header beside its navigation: who is signed in."""

from __future__ import annotations

import html

import streamlit as st

from language import _

_STYLE = """
<style>
.stElementContainer:has(.vigie-visitor) { position: absolute; }
.vigie-visitor {
  position: fixed; top: 0; right: 3.4rem; z-index: 999991; height: 2.9rem; line-height: 2.9rem;
  font-size: 0.82rem; opacity: 0.75; max-width: 22rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
}
@media (max-width: 1100px) { .vigie-visitor { display: none; } }
</style>
"""


# Streamlit writes white on primary buttons and tags in either theme; on the lighter accent of the dark one that is
# too faint.
_DARK = """
<style>
[data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primaryFormSubmit"],
[data-testid="stMultiSelectTagsContainer"] [data-tag] * { color: #15100C; }
</style>
"""


def show_header(login: str | None) -> None:
    """Put the visitor's login into the header."""
    visitor = (
        f'<div class="vigie-visitor">{html.escape(_("signed in as {login}", login=login))}</div>'
        if login
        else ""
    )
    st.html(_STYLE + (_DARK if st.context.theme.type == "dark" else "") + visitor)
