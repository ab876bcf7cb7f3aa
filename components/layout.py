"""The page's own style: Streamlit gives way to the pictures, hairlines instead of shadows, one row of tools."""

from __future__ import annotations

from typing import Literal

import streamlit as st

# Only what Streamlit's theme cannot say. Selectors are its test ids and the keys of our own containers.
_EVERYWHERE = """
.stMainBlockContainer { padding: 3.6rem 1.1rem 1.5rem; }
.stAppHeader { height: 2.9rem; min-height: 2.9rem; border-bottom: 1px solid var(--vigie-line, #8883); }
.stMainBlockContainer p, .stMainBlockContainer li { line-height: 1.5; }
.vigie-figures { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 0.84rem;
  font-variant-numeric: tabular-nums; opacity: 0.82; white-space: nowrap; }
.vigie-figures b { font-weight: 700; opacity: 1; }
[class*="st-key-pill_"] button { border-radius: 999px; min-height: 2rem; padding: 0.1rem 0.75rem; font-weight: 400; }
[class*="st-key-pill_"] button p { font-size: 0.88rem; white-space: nowrap; }
[class*="st-key-bar_"] { gap: 0.5rem; }
[class*="st-key-bar_"] button { min-height: 2.2rem; }
[class*="st-key-bar_"] button p { white-space: nowrap; }
[data-testid="stPopoverBody"] { min-width: min(640px, 92vw); box-shadow: 0 6px 24px #0003; }
"""
_WIDE = """
.stMainBlockContainer { padding: 3.3rem 1rem 1rem; max-width: none; }
.stMainBlockContainer > div > .stVerticalBlock { gap: 0.7rem; }
.st-key-bar_browse { position: sticky; top: 0; z-index: 50; padding: 0.55rem 0;
  border-bottom: 1px solid #8883; }
"""
_READING = """
.stMainBlockContainer { max-width: 76rem; padding-top: 4.2rem; }
"""
_STYLES = {"wide": _WIDE, "reading": _READING}


def use_layout(kind: Literal["wide", "reading"]) -> None:
    """Give a page its width: `wide` for pictures edge to edge, `reading` for forms and lists."""
    st.html(f"<style>{_EVERYWHERE}{_STYLES[kind]}</style>")
