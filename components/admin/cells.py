"""What tables and forms of the Admin page share. What strangers or colleagues typed is text, never markup."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from components.clock import ago_text, browser_zone, local_text
from components.doors import Node, node
from curation.frozen_cameras import FrozenCamera
from language import _


def when(moment: datetime) -> Node:
    """A moment by the clock of whoever looks."""
    return node("time", local_text(moment, browser_zone()), datetime=moment.isoformat())


def ago(moment: datetime | None) -> Node:
    """How long ago something was, with its moment for who points at it."""
    if moment is None:
        return node("span", _("never"), cls="mute")
    said = local_text(moment, browser_zone())
    return node("span", ago_text(moment), title=said, cls="named")


def frozen_chip(camera: FrozenCamera) -> Node:
    """Marks a camera whose last frames all show the same."""
    said = _("its last {n} frames show the same", n=camera.frames)
    since = _("no change since {when}", when=local_text(camera.since, browser_zone()))
    return node("span", "⚠ ", _("frozen"), cls="chip alarm", title=f"{since}: {said}")


def confirm(label: str, says: str, act: str, on_click: Callable[..., None], *args: object, key: str) -> None:
    """A button that says first what ends, and does it at a second press."""
    popover = st.popover(label, key=key, on_change="rerun", width="stretch")
    if popover.open:
        with popover:
            st.write(says)
            st.button(act, type="primary", key=f"{key}_now", on_click=_act, args=(key, on_click, *args))


def _act(key: str, on_click: Callable[..., None], *args: object) -> None:
    st.session_state[key] = False
    on_click(*args)
