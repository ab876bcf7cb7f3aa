"""Numbers in a page's address, which anybody may have typed."""

from __future__ import annotations

import streamlit as st

LARGEST_ID = 2**63 - 1  # that a database can be asked for; no row comes near it


def asked_id(name: str) -> int | None:
    """The id that the address gives under a name, None where there is none. One that no row can have is nobody's."""
    text = st.query_params.get(name, "")
    if not (text.isascii() and text.isdecimal()):
        return None
    return int(text) if len(text) < len(str(LARGEST_ID)) else LARGEST_ID
