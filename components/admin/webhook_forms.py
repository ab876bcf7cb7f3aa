"""Forms for webhooks: a new one with its secret, another name or address, a test, an end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from components.admin.cells import confirm
from components.choosing import choose_one
from components.messages import explain_problems, plain, show_problem
from components.sign_in import require_visitor
from curation import webhooks
from curation.announcements import Announced
from curation.webhooks import WebhookView
from db.session import open_session
from language import _, later, plural
from settings import get_settings

EVENTS = {
    Announced.MEDIA_REGISTERED.value: later("a media is registered"),
    Announced.MEDIA_ACCEPTED.value: later("a media is accepted"),
    Announced.EXPORT_FINISHED.value: later("an export ends"),
}
_MADE = "made_webhook"


@dataclass(frozen=True)
class _Made:
    name: str
    secret: str = field(repr=False)


def show_made_secret() -> None:
    """The secret that was just made, until it is said to be noted. Nobody is shown it again."""
    # A place of its own, also while it is empty: the forms below stay as they are.
    with st.container():
        made: _Made | None = st.session_state.get(_MADE)
        if made is not None:
            _show_secret(made)


def _show_secret(made: _Made) -> None:
    with st.container(border=True, key="made_secret"):
        st.write(_("Secret of **{name}**, shown only here and now:", name=plain(made.name)))
        st.code(made.secret, language=None)
        st.caption(
            _(
                "Give it to the program that is told. By it that program verifies that a message comes from here, as "
                "Standard Webhooks says; there is a library for every language."
            )
        )
        st.button(_("I have noted it"), on_click=_forget, type="primary", key="noted_secret")


def new_webhook() -> None:
    """A form for a new webhook."""
    with st.form("new_webhook", border=False):
        name, url = st.columns([1, 2])
        name.text_input(_("Name"), key="webhook_name", max_chars=100, autocomplete="off")
        url.text_input(
            _("Address"),
            key="webhook_url",
            max_chars=1000,
            placeholder=_("https://my-domain.org/hook"),
            autocomplete="off",
        )
        _events_box(list(EVENTS), "webhook_events")
        show_problem("new_webhook")
        st.form_submit_button(_("Create"), type="primary", on_click=_create)


def changed_webhook(shown: Sequence[WebhookView]) -> WebhookView | None:
    """Choose a webhook and change it; returns the one that is chosen."""
    webhook = choose_one(
        _("Webhook"), shown, lambda webhook: webhook.name, key="changed_webhook", first=len(shown) == 1
    )
    show_problem("changed_webhook")
    if webhook is None:
        return None
    # The keys carry the webhook: what was typed for one of them must not stand for the next.
    left, right = st.columns([2.5, 1], gap="large", vertical_alignment="bottom")
    with left, st.form(f"webhook_{webhook.id}", border=False):
        name, url = st.columns([1, 2])
        name.text_input(_("Name"), webhook.name, key=f"webhook_name_{webhook.id}", max_chars=100)
        url.text_input(_("Address"), webhook.url, key=f"webhook_url_{webhook.id}", max_chars=1000)
        _events_box(webhook.events, f"webhook_events_{webhook.id}")
        st.form_submit_button(_("Save"), on_click=_change, args=(webhook.id,))
    with right:
        _acts(webhook)
    return webhook


def retry(delivery_ids: Sequence[int]) -> None:
    """Send messages once more."""
    with explain_problems("changed_webhook"):
        admin = require_visitor().access
        with open_session() as session:
            for delivery_id in delivery_ids:
                webhooks.retry_delivery(session, admin, delivery_id)
        st.toast(plural(len(delivery_ids), "{n} message is sent again.", "{n} messages are sent again."))


def test_button(webhook: WebhookView) -> None:
    """Sends a test message; it stands where the message then appears, far from what ends a webhook."""
    if not webhook.disabled:
        key = f"webhook_test_{webhook.id}"
        st.button(_("Send a test message"), on_click=_test, args=(webhook.id,), key=key)


def _acts(webhook: WebhookView) -> None:
    if webhook.disabled:
        st.button(
            _("Enable"), on_click=_enable, args=(webhook.id,), key=f"webhook_on_{webhook.id}", width="stretch"
        )
    else:
        confirm(
            _("Disable…"),
            _(
                "**{name}** is told nothing more until it is enabled again; what waits for it is given up.",
                name=plain(webhook.name),
            ),
            _("Disable it"),
            _disable,
            webhook.id,
            key=f"webhook_off_{webhook.id}",
        )
    confirm(
        _("Delete…"),
        _(
            "**{name}** is told nothing more, and its messages and its secret are gone for good.",
            name=plain(webhook.name),
        ),
        _("Delete it"),
        _delete,
        webhook.id,
        key=f"webhook_gone_{webhook.id}",
    )


def _events_box(chosen: Sequence[str], key: str) -> None:
    st.pills(
        _("Told when"),
        list(EVENTS),
        selection_mode="multi",
        default=list(chosen),
        format_func=lambda event: _(EVENTS[event]),
        key=key,
    )


def _create() -> None:
    typed = st.session_state
    with explain_problems("new_webhook"):
        admin = require_visitor().access
        with open_session() as session:
            made, secret = webhooks.create_webhook(
                session,
                admin,
                name=typed["webhook_name"],
                url=typed["webhook_url"],
                events=typed["webhook_events"],
                to_private=get_settings().webhooks_to_private,
            )
        typed[_MADE] = _Made(made.name, secret)
        # Emptied only now: what was refused stays to be put right.
        typed["webhook_name"] = typed["webhook_url"] = ""
        typed["changed_webhook"] = made.id


def _change(webhook_id: int) -> None:
    typed = st.session_state
    with explain_problems("changed_webhook"):
        admin = require_visitor().access
        with open_session() as session:
            webhooks.change_webhook(
                session,
                admin,
                webhook_id,
                to_private=get_settings().webhooks_to_private,
                name=typed[f"webhook_name_{webhook_id}"],
                url=typed[f"webhook_url_{webhook_id}"],
                events=typed[f"webhook_events_{webhook_id}"],
            )
        # The browser keeps the name that it chose: it is told the new one.
        typed["changed_webhook"] = webhook_id
        st.toast(_("Saved."))


def _disable(webhook_id: int) -> None:
    _switch(webhook_id, disabled=True)


def _enable(webhook_id: int) -> None:
    _switch(webhook_id, disabled=False)


def _switch(webhook_id: int, *, disabled: bool) -> None:
    with explain_problems("changed_webhook"):
        admin = require_visitor().access
        with open_session() as session:
            webhooks.change_webhook(
                session,
                admin,
                webhook_id,
                to_private=get_settings().webhooks_to_private,
                disabled=disabled,
            )


def _test(webhook_id: int) -> None:
    with explain_problems("changed_webhook"):
        admin = require_visitor().access
        with open_session() as session:
            webhooks.send_test(session, admin, webhook_id)
        st.toast(_("A test message is on its way."))


def _delete(webhook_id: int) -> None:
    with explain_problems("changed_webhook"):
        admin = require_visitor().access
        with open_session() as session:
            webhooks.delete_webhook(session, admin, webhook_id)
        st.session_state.pop("changed_webhook", None)


def _forget() -> None:
    st.session_state.pop(_MADE, None)
