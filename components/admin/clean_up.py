"""What is going to be deleted: withdrawn media in their grace, and contents in the trash."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from components.admin.cells import confirm, when
from components.doors import Node, link, node, show_doors, table
from components.figures import size_text
from components.messages import explain_problems
from components.sign_in import require_visitor
from curation.purging import Waiting, WaitingMedia, list_waiting, purge_now
from db.clock import database_now
from db.models import Access
from db.session import open_session
from language import _, number, plural
from settings import get_settings


def clean_up_part(visitor: Access) -> None:
    """How much waits to be deleted and until when, the next of it, and a button for who cannot wait."""
    with open_session(read_only=True) as session:
        waiting = list_waiting(session, visitor, _grace())
    st.markdown(f"**{_('To be deleted')}**")
    st.caption(
        plural(
            get_settings().grace_days,
            "Withdrawn media can be restored for {n} day. Then their content goes to the trash, and a day later it is"
            " deleted for good. What was said about them stays.",
            "Withdrawn media can be restored for {n} days. Then their content goes to the trash, and a day later it is"
            " deleted for good. What was said about them stays.",
        )
    )
    show_doors(_counts(waiting), key="to_be_deleted")
    if not waiting.first:
        return
    show_doors(waiting_table(waiting.first), key="waiting_media")
    if waiting.media > len(waiting.first):
        st.caption(_("The next {n} of {all}.", n=len(waiting.first), all=number(waiting.media)))
    ids = [media.id for media in waiting.first]
    confirm(
        plural(len(ids), "Delete the content of this one now…", "Delete the content of these {n} now…"),
        _(
            "They cannot be restored then, and no admin can take it back. The trash still keeps their bytes for a"
            " day, out of everybody's reach."
        ),
        _("Delete now"),
        _purge,
        ids,
        key="purge_shown",
    )


def _counts(waiting: Waiting) -> Node:
    rows: list[list[Node | str]] = [
        [
            _("withdrawn, can be restored"),
            node("span", number(waiting.media), cls="code"),
            node("span", size_text(waiting.media_bytes), cls="code"),
            when(waiting.first[0].due_at) if waiting.first else "",
        ],
        [
            _("in the trash"),
            node("span", number(waiting.trash), cls="code"),
            node("span", size_text(waiting.trash_bytes), cls="code"),
            when(waiting.trash_until) if waiting.trash_until else "",
        ],
    ]
    return table(("", _("how many"), _("size"), _("next")), rows, empty="")


def waiting_table(media: Sequence[WaitingMedia]) -> Node:
    """Withdrawn media, the one whose content goes first at the top."""
    rows: list[list[Node | str]] = [
        [
            link(f"/browse?media={one.id}", one.file_name or _("media {id}", id=str(one.id))),
            when(one.withdrawn_at),
            one.withdrawn_by,
            node("span", size_text(one.size), cls="code"),
            when(one.due_at),
        ]
        for one in media
    ]
    heads = (_("name"), _("withdrawn"), _("by"), _("size"), _("deleted on"))
    return table(heads, rows, empty="")


def _grace() -> timedelta:
    return timedelta(days=get_settings().grace_days)


def _purge(media_ids: Sequence[int]) -> None:
    """Delete what was shown and nothing that came later; what was restored meanwhile is left."""
    with explain_problems():
        admin = require_visitor().access
        for media_id in media_ids:
            with explain_problems(), open_session() as session:
                purge_now(session, admin, media_id, database_now(session))
