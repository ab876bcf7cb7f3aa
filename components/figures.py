"""Numbers as people read them, in the language of whoever looks."""

from __future__ import annotations

from curation.browse import Count
from db.models import State
from language import _, later, number, plural

_SIZES = (later("{size} KB"), later("{size} MB"), later("{size} GB"), later("{size} TB"))


def count_text(count: Count) -> str:
    """`1,204`, and `10,000+` where counting stopped."""
    return f"{number(count.value)}+" if count.capped else number(count.value)


def media_figure(count: Count) -> str:
    """How many media, as HTML with the figure in bold."""
    return plural(count.value, "{figure} media", "{figure} media", figure=f"<b>{count_text(count)}</b>")


def media_text(count: int) -> str:
    """Such as `1,204 media`."""
    return plural(count, "{n} media", "{n} media")


def state_word(count: int, state: State) -> str:
    """What stands behind a number of media of a state: French says it otherwise of several."""
    return {
        State.AWAITING_CONTENT: _("awaiting content"),
        State.NEW: plural(count, "new", "new"),
        State.ANNOTATED: plural(count, "annotated", "annotated"),
        State.SENT_BACK: plural(count, "sent back", "sent back"),
        State.UNSURE: plural(count, "unsure", "unsure"),
        State.DISPUTED: _("disputed"),
        State.PARKED: plural(count, "parked", "parked"),
        State.ACCEPTED: plural(count, "accepted", "accepted"),
        State.REJECTED: plural(count, "rejected", "rejected"),
        State.WITHDRAWN: plural(count, "withdrawn", "withdrawn"),
    }[state]


def size_text(size: int) -> str:
    """`812 bytes`, `36 KB`, `1.4 MB`: in thousands, as disks are sold."""
    if size < 1000:
        return plural(size, "{n} byte", "{n} bytes")
    value, place = size / 1000, 0
    while value >= 1000 and place < len(_SIZES) - 1:
        value, place = value / 1000, place + 1
    return _(_SIZES[place], size=number(value, 1 if value < 10 else 0))
