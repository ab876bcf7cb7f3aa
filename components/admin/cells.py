"""What the tables of the Admin page share. Whatever strangers or colleagues typed is shown as text, never as markup."""

from __future__ import annotations

from datetime import datetime

from components.clock import browser_zone, local_text
from components.doors import Node, node


def when(moment: datetime) -> Node:
    """A moment by the clock of whoever looks."""
    return node("time", local_text(moment, browser_zone()), datetime=moment.isoformat())
