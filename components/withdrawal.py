"""Taking a media away, for admins: withdrawn at once, restored while its content is there, deleted before its time."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from components.admin.cells import confirm
from components.clock import browser_zone, local_text
from components.messages import explain_problems
from components.sign_in import require_visitor
from curation.media_view import MediaDetails
from curation.purging import purge_due_at, purge_now
from curation.reviews import decide
from db.clock import database_now
from db.models import Access, Decision, Scope, State
from db.session import open_session
from language import _
from settings import get_settings


def withdrawal_section(visitor: Access, media: MediaDetails) -> None:
    """Whether the media is withdrawn, until when it can come back, and the buttons for that."""
    if visitor.scope != Scope.ADMIN:
        return
    if media.purged_at is not None:
        day = local_text(media.purged_at, browser_zone())
        st.info(_("Its content was deleted on {day}. What was said about it stays.", day=day))
    elif media.state == State.WITHDRAWN:
        _withdrawn(media.id)
    else:
        confirm(
            _("Withdraw…"),
            _(
                "It leaves every list, queue and export at once, and its links stop. For {n} days it can be"
                " restored, then its content is deleted.",
                n=get_settings().grace_days,
            ),
            _("Withdraw it"),
            _decide,
            media.id,
            Decision.WITHDRAWN,
            key=f"withdraw_{media.id}",
        )


def _withdrawn(media_id: int) -> None:
    with open_session(read_only=True) as session:
        due = purge_due_at(session, media_id, timedelta(days=get_settings().grace_days))
    if due is None:
        st.info(_("It is withdrawn."))
    else:
        day = local_text(due, browser_zone())
        st.info(
            _("It is withdrawn. Its content is deleted on {day}; until then it can be restored.", day=day)
        )
    st.button(_("Restore it"), on_click=_decide, args=(media_id, Decision.RESTORED), width="stretch")
    if due is not None:
        confirm(
            _("Delete its content now…"),
            _(
                "The picture or video is deleted without waiting any longer, and cannot be restored. What was said"
                " about it stays. Its bytes leave the bucket a day later."
            ),
            _("Delete the content"),
            _purge,
            media_id,
            key=f"purge_{media_id}",
        )


def _decide(media_id: int, decision: Decision) -> None:
    with explain_problems():
        admin = require_visitor().access
        with open_session() as session:
            decide(session, admin, media_id, decision)
        st.toast(_("Withdrawn.") if decision == Decision.WITHDRAWN else _("Restored."))


def _purge(media_id: int) -> None:
    with explain_problems():
        admin = require_visitor().access
        with open_session() as session:
            purge_now(session, admin, media_id, database_now(session))
        st.toast(_("The content is deleted."))
