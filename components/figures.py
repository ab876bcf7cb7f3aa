"""Numbers as people read them, in the language of whoever looks."""

from __future__ import annotations

from curation.browse import Count
from language import number, plural


def count_text(count: Count) -> str:
    """`1,204`, and `10,000+` where counting stopped."""
    return f"{number(count.value)}+" if count.capped else number(count.value)


def media_figure(count: Count) -> str:
    """How many media, as HTML with the figure in bold."""
    return plural(count.value, "{figure} media", "{figure} media", figure=f"<b>{count_text(count)}</b>")


def media_text(count: int) -> str:
    """Such as `1,204 media`."""
    return plural(count, "{n} media", "{n} media")
