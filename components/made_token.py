"""A token that was just made: shown until it is said to be noted, with an example to paste. It is kept nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import streamlit as st

from components.clock import browser_zone, day_text
from components.messages import plain
from curation.tokens import MadeToken
from language import _, plural
from settings import get_settings

_MADE = "made_token"
# How many days a token may last; 0 stands for until it is revoked.
LIVES = (30, 90, 365, 0)


@dataclass(frozen=True)
class _Shown:
    name: str
    token: str = field(repr=False)
    device: bool


def keep_made_token(made: MadeToken, *, device: bool) -> None:
    """Have a token shown from the next run on."""
    st.session_state[_MADE] = _Shown(made.name, made.token, device)


def show_made_token(*, device: bool) -> None:
    """The token that was just made for a device, or for a program of one's own; nothing when there is none.

    Its place is kept all the same. Else everything below would move and be drawn anew, the tabs and open popovers
    among it: the next press would be one that nobody meant.
    """
    with st.container():
        shown: _Shown | None = st.session_state.get(_MADE)
        if shown is not None and shown.device == device:
            _show(shown)


def _show(shown: _Shown) -> None:
    device = shown.device
    with st.container(border=True, key="made_token"):
        st.write(
            _("Token of **{name}**, shown only here and now:", name=plain(shown.name))
            if device
            else _("Token **{name}**, shown only here and now:", name=plain(shown.name))
        )
        st.code(shown.token, language=None)
        st.write(_("Send a frame with it:") if device else _("Try it:"))
        st.code(_frame_example(shown.token) if device else _own_example(shown.token), language="bash")
        st.button(_("I have noted it"), on_click=_forget, type="primary", key="noted_token")


def life_box(label: str, key: str, *, days: int) -> None:
    """A choice of when a token ends, which `chosen_life` reads."""
    named = {life: _life_text(life) for life in LIVES}
    st.selectbox(label, LIVES, index=LIVES.index(days), format_func=named.__getitem__, key=key)


def chosen_life(key: str) -> int | None:
    """The days that were chosen, None for until it is revoked."""
    return st.session_state[key] or None


def _life_text(days: int) -> str:
    return plural(days, "in {n} day", "in {n} days") if days else _("when it is revoked")


def expiry_text(expires_at: datetime | None) -> str:
    """Until when a token works, to the day."""
    if expires_at is None:
        return _("until it is revoked")
    return _("until {time}", time=day_text(expires_at.astimezone(browser_zone()).date()))


def _frame_example(token: str) -> str:
    return (
        f"curl --fail-with-body {_api()}/uploads \\\n"
        f'  -H "Authorization: Bearer {token}" \\\n'
        '  -F captured_at="$(date -u +%Y-%m-%dT%H:%M:%SZ)" \\\n'
        "  -F file=@frame.jpg"
    )


def _own_example(token: str) -> str:
    return f'curl --fail-with-body {_api()}/me -H "Authorization: Bearer {token}"'


def _api() -> str:
    # Beside the dashboard, which is where people know that it is; a proxy may not let the other port through.
    return f"{get_settings().public_url}/api"


def _forget() -> None:
    st.session_state.pop(_MADE, None)
