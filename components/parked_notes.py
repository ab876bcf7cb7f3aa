"""The notes of parked media as a table: each row leads to its picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from components.clock import browser_zone, local_text
from components.doors import Node, link, node, review_address, table
from curation.media_filter import MediaFilter
from curation.parked import MAX_NOTES, ParkedNote
from curation.queues import Queue
from language import _


def parked_notes(notes: Sequence[ParkedNote], wanted: MediaFilter, *, reviews: bool) -> list[Node]:
    """A heading and the table, newest note first; who `reviews` is led to Review, anyone else to Browse."""
    zone = browser_zone()
    among = replace(wanted, state=())

    def address(media_id: int) -> str:
        if reviews:
            return review_address(Queue.PARKED, among, start=media_id)
        return f"/browse?state=parked&media={media_id}"

    rows: list[list[Node | str]] = [
        [
            link(address(found.media_id), found.file_name or _("media {id}", id=str(found.media_id))),
            found.source or "",
            node("time", local_text(found.at, zone), datetime=found.at.isoformat()),
            found.author,
            found.note,
        ]
        for found in notes
    ]
    which = _("the newest {n}", n=MAX_NOTES) if len(notes) == MAX_NOTES else _("newest first")
    heading = node("h2", _("Why they are parked"), node("small", which))
    heads = (_("file name"), _("source"), _("when"), _("who"), _("note"))
    return [heading, table(heads, rows, empty=_("Nothing is parked."))]
