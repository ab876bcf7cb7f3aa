"""The page's own style: Streamlit gives way to the pictures, hairlines instead of shadows, one row of tools."""

from __future__ import annotations

from typing import Literal

import streamlit as st

# Only what Streamlit's theme cannot say. Selectors are its test ids and the keys of our own containers.
_EVERYWHERE = """
:root { --vigie-line: #8883; --vigie-accent: #cf5d26; --vigie-go: #bd4f1a;
  --vigie-mono: ui-monospace, "DejaVu Sans Mono", monospace; }
.stAppHeader { height: 2.9rem; min-height: 2.9rem; border-bottom: 1px solid var(--vigie-line); }
[data-testid="stToolbar"] > div > div:first-child::before { content: "Vigie"; font-weight: 700; font-size: 1rem;
  padding: 0 0.7rem 0 1.1rem; }
[data-testid="stTopNavLink"], [data-testid="stTopNavLink"]:hover { background: none; border-radius: 0;
  height: 2.8rem; box-shadow: inset 0 -2px 0 transparent; }
[data-testid="stTopNavLink"] p { font-weight: 400; }
[data-testid="stTopNavLink"]:not([aria-current]):not(:hover) span { opacity: 0.72; }
[data-testid="stTopNavLink"][aria-current] { box-shadow: inset 0 -2px 0 var(--vigie-accent); }
.vigie-figures { font-family: var(--vigie-mono); font-size: 0.84rem; font-variant-numeric: tabular-nums;
  opacity: 0.82; white-space: nowrap; }
.vigie-figures b { font-weight: 700; }
[class*="st-key-bar_"] { gap: 0.5rem; }
[class*="st-key-bar_"] button { min-height: 2.2rem; }
[class*="st-key-bar_"] [data-baseweb="select"] > div { min-height: 2.2rem; height: 2.2rem; }
[class*="st-key-bar_"] button p { white-space: nowrap; }
[class*="st-key-pill_"] button { border-radius: 999px; padding: 0.1rem 0.75rem; font-weight: 400; }
[class*="st-key-pill_"] button p { font-size: 0.88rem; }
/* A link that is the next step looks like a button, and still opens in a new tab. */
[class*="st-key-go_"] [data-testid="stPageLink-NavLink"] { background: var(--vigie-go); border-radius: 8px;
  min-height: 2.2rem; padding: 0.2rem 0.9rem; justify-content: center; }
[class*="st-key-go_"] [data-testid="stPageLink-NavLink"]:hover { filter: brightness(1.08); }
[class*="st-key-go_"] [data-testid="stPageLink-NavLink"] p { color: #fff; font-weight: 600; white-space: nowrap; }
/* Streamlit's own grey of captions is too faint on a page that is not white. */
[data-testid="stCaptionContainer"] { color: inherit; opacity: 0.8; }
/* What is shown only once is to be copied: its button does not wait for the pointer. */
[class*="st-key-made_"] [data-testid="stCode"] > div, [class*="st-key-made_"] [data-testid="stCode"] > div > div {
  opacity: 1; visibility: visible; }
[data-testid="stPopoverBody"] { min-width: min(660px, 92vw); }
"""
_WIDE = """
.stMainBlockContainer { padding: 3.6rem 1rem 1rem; max-width: none; }
.stMainBlockContainer > div > .stVerticalBlock { gap: 0.7rem; }
.stMainBlockContainer .stVerticalBlock > div:has(> .st-key-bar_browse) { position: sticky; top: 2.9rem; z-index: 50;
  border-bottom: 1px solid var(--vigie-line); padding: 0.6rem 1rem; margin: -0.7rem -1rem 0;
  width: calc(100% + 2rem); max-width: none; }
/* The row of tools lies over the pictures that scroll by beneath it, on the page's own colour. */
.stAppViewContainer, .stAppViewContainer > div, .stMain, .stMainBlockContainer, .stMainBlockContainer > div,
.stMainBlockContainer > div > .stVerticalBlock, .stVerticalBlock > div:has(> .st-key-bar_browse) {
  background-color: inherit; }
"""
_READING = """
.stMainBlockContainer { max-width: 76rem; padding-top: 4.2rem; }
"""
_LISTS = """
.stMainBlockContainer { padding: 4.2rem 1.5rem 2rem; max-width: 92rem; }
"""
_STYLES = {"wide": _WIDE, "reading": _READING, "lists": _LISTS}


def use_layout(kind: Literal["wide", "reading", "lists"]) -> None:
    """Give a page its width: `wide` for pictures edge to edge, `reading` for forms, `lists` for tables and plots."""
    st.html(f"<style>{_EVERYWHERE}{_STYLES[kind]}</style>")
