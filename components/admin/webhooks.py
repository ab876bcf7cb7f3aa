"""Webhooks: who is told what happens, whether it arrives, and the messages of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from components.admin.cells import ago, when
from components.admin.webhook_forms import (
    EVENTS,
    changed_webhook,
    new_webhook,
    retry,
    show_made_secret,
    test_button,
)
from components.clock import browser_zone, local_text
from components.doors import Node, link, node, show_doors, table
from components.messages import explain_problems
from components.sign_in import require_visitor
from curation.webhooks import DeliveryView, WebhookView, list_deliveries, list_webhooks
from db.models import Access, Scope
from db.session import open_session
from language import _, number
from language.retold import retold

SHOWN = 20
LOOK_AGAIN = 3.0  # seconds, while a message is on its way


def webhooks_section(visitor: Access) -> None:
    """The table of webhooks, below it the forms that make one or change one, and the messages of the chosen one."""
    with open_session(read_only=True) as session:
        webhooks = list_webhooks(session, visitor)
    st.subheader(_("Webhooks"))
    st.caption(
        _(
            "Other programs that are told what happens here, by a signed message each time. A message that does not "
            "arrive is sent again for three days."
        )
    )
    show_made_secret()
    _show_table(webhooks)
    new, change = st.tabs([_("New webhook"), _("Change and messages")], key="webhook_tabs")
    with new:
        new_webhook()
    with change:
        chosen = changed_webhook(webhooks)
        if chosen is not None:
            _show_messages(chosen)


def _show_table(webhooks: Sequence[WebhookView]) -> None:
    """The table; while a message is on its way it is looked at again and again."""
    every = LOOK_AGAIN if any(webhook.waiting for webhook in webhooks) else None

    def show() -> None:
        admin, now = _still_admin(), webhooks
        with explain_problems(), open_session(read_only=True) as session:
            now = list_webhooks(session, admin)
        show_doors(webhooks_table(now), key="webhooks")
        if every is not None and not any(webhook.waiting for webhook in now):
            # All is settled: a whole run says so everywhere, and looks no more.
            st.rerun()

    st.fragment(show, run_every=every)()


def _still_admin() -> Access:
    """The visitor. A fragment runs without its page, which says what they see once they are no admin any more."""
    access = require_visitor().access
    if access.scope != Scope.ADMIN:
        st.rerun()
    return access


def webhooks_table(webhooks: Sequence[WebhookView]) -> Node:
    """Every webhook with what it is told and how its messages fare."""
    rows: list[list[Node | str]] = [
        [
            node("span", webhook.name, cls="named strong"),
            webhook.url,
            ", ".join(_(EVENTS[event]) for event in webhook.events),
            _standing(webhook),
            ago(webhook.last_delivered_at),
            node("span", number(webhook.waiting), cls="code"),
            node("span", number(webhook.given_up), cls="code bad" if webhook.given_up else "code"),
            webhook.made_by,
        ]
        for webhook in webhooks
    ]
    heads = (
        _("name"),
        _("address"),
        _("told when"),
        "",
        _("last arrived"),
        _("waiting"),
        _("given up"),
        _("made by"),
    )
    return table(heads, rows, empty=_("No webhook yet. Make one below: it is told from then on."))


def _standing(webhook: WebhookView) -> Node:
    if webhook.disabled_at is not None:
        return node("span", _("disabled"), cls="chip off", title=_when_disabled(webhook))
    if webhook.failing:
        return node("span", "⚠ ", _("failing"), cls="chip alarm")
    if webhook.last_delivered_at is None:
        return node("span", _("nothing sent yet"), cls="chip off")
    return node("span", "✓ ", _("arriving"), cls="chip")


def _when_disabled(webhook: WebhookView) -> str:
    return _("since {when}; the audit trail says why", when=_clock(webhook.disabled_at))


def _clock(moment: datetime | None) -> str:
    return local_text(moment, browser_zone())


def _show_messages(webhook: WebhookView) -> None:
    """The latest messages; while one of them is on its way they are looked at again and again."""
    every = LOOK_AGAIN if webhook.waiting else None

    def show() -> None:
        admin = _still_admin()
        with explain_problems(), open_session(read_only=True) as session:
            deliveries = list_deliveries(session, admin, webhook.id, limit=SHOWN).items
            show_doors(deliveries_table(deliveries), key=f"deliveries_{webhook.id}")
            lost = [delivery.id for delivery in deliveries if delivery.given_up_at is not None]
            if lost and not webhook.disabled:
                st.button(
                    _("Send those given up again"), on_click=retry, args=(lost,), key="retry_deliveries"
                )

    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{_('Latest messages')}**")
        test_button(webhook)
    st.fragment(show, run_every=every)()


def deliveries_table(deliveries: Sequence[DeliveryView]) -> Node:
    """Messages, newest first: what each tells and how it went."""
    rows: list[list[Node | str]] = [
        [
            when(delivery.created_at),
            node("span", delivery.event, cls="code"),
            _about(delivery),
            _how_it_went(delivery),
            node("span", number(delivery.attempts), cls="code"),
            node("span", str(delivery.status), cls="code") if delivery.status is not None else "",
            retold(delivery.error or ""),
        ]
        for delivery in deliveries
    ]
    heads = (_("when"), _("message"), _("about"), "", _("attempts"), _("answer"), _("last failure"))
    return table(heads, rows, empty=_("Nothing has been sent yet."))


def _about(delivery: DeliveryView) -> Node | str:
    media_id = delivery.payload.get("media_id")
    if media_id is None:
        return ""
    said = delivery.payload.get("file_name") or _("media {id}", id=str(media_id))
    return link(f"/browse?media={media_id}", str(said))


def _how_it_went(delivery: DeliveryView) -> Node:
    if delivery.delivered_at is not None:
        return node("span", "✓ ", _("arrived"), cls="good named", title=_clock(delivery.delivered_at))
    if delivery.given_up_at is not None:
        return node("span", _("given up"), cls="bad named", title=_clock(delivery.given_up_at))
    if not delivery.attempts:
        return node("span", _("on its way"), cls="mute named")
    return node("span", _("again at {when}", when=_clock(delivery.next_attempt_at)), cls="named")
