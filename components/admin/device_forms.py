"""Forms for devices: a new one with its token, another name or source, another token, or none."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.admin.cells import confirm
from components.choosing import choose_one
from components.made_token import chosen_life, keep_made_token, life_box
from components.messages import explain_problems, plain, show_problem
from components.sign_in import require_visitor
from curation import devices
from curation.accesses import disable_access, enable_access
from curation.devices import Device
from db.session import open_session
from language import _, later, plural

# When the token before ends, in minutes from when there is a new one.
OVERLAPS = {
    0: later("at once"),
    60: later("in an hour"),
    1440: later("in a day"),
    10080: later("in a week"),
}


def new_device(sources: Sequence[str]) -> None:
    """A form for a new device; the token that it makes is shown above the table."""
    with st.form("new_device", border=False):
        name, source, life = st.columns(3)
        name.text_input(
            _("Name"),
            key="device_login",
            max_chars=100,
            placeholder=_("such as camera-12"),
            autocomplete="off",
        )
        with source:
            _source_box(sources, None, "device_source")
        with life:
            life_box(_("Its token ends"), "device_life", days=0)
        show_problem("new_device")
        st.form_submit_button(_("Create"), type="primary", on_click=_create)


def changed_device(shown: Sequence[Device], sources: Sequence[str]) -> None:
    """Choose a device, and change what it is called, where it stands or what lets it in."""
    device = choose_one(_("Device"), shown, lambda device: device.login, key="changed_device")
    show_problem("changed_device")
    if device is None:
        return
    left, right = st.columns(2, gap="large")
    with left, st.form(f"device_{device.id}", border=False):
        st.text_input(_("Name"), device.login, key=f"device_login_{device.id}", max_chars=100)
        _source_box(sources, device.source, f"device_source_{device.id}")
        st.form_submit_button(_("Save"), on_click=_change, args=(device.id,))
    with right:
        _entrance(device)


def _entrance(device: Device) -> None:
    st.markdown(f"**{_('Token')}**")
    # The keys carry the device: what was chosen for one of them must not stand for the next.
    overlap, life = f"device_overlap_{device.id}", f"device_life_{device.id}"
    one, two = st.columns(2)
    one.selectbox(
        _("The one before ends"),
        list(OVERLAPS),
        format_func=lambda minutes: _(OVERLAPS[minutes]),
        key=overlap,
        disabled=not device.tokens,
    )
    with two:
        life_box(_("The new one ends"), life, days=0)
    login = plain(device.login)
    with st.container(horizontal=True):
        if not device.disabled:
            confirm(
                _("New token…"),
                _rotation_text(device, st.session_state[overlap]),
                _("Make a new token"),
                _rotate,
                device.id,
                key=f"rotate_{device.id}",
            )
            if device.tokens:
                confirm(
                    _("Revoke…"),
                    _(
                        "**{login}** is refused from its next request on, until it carries a new token. "
                        "What it has sent stays.",
                        login=login,
                    ),
                    _("Revoke its token"),
                    _revoke,
                    device.id,
                    key=f"revoke_{device.id}",
                )
            confirm(
                _("Disable…"),
                _(
                    "**{login}** is refused from its next request on, and its token ends: enabled again, it needs a "
                    "new one. What it has sent stays, and it is no longer marked as silent.",
                    login=login,
                ),
                _("Disable it"),
                _disable,
                device.id,
                key=f"disable_{device.id}",
            )
        else:
            st.button(_("Enable"), on_click=_enable, args=(device.id,), key=f"enable_{device.id}")


def _rotation_text(device: Device, overlap_minutes: int) -> str:
    login = plain(device.login)
    if not device.tokens:
        return _("**{login}** has no token that works. It may enter with the new one.", login=login)
    if not overlap_minutes:
        return _(
            "The token of **{login}** ends at once: it is refused until it carries the new one. "
            "What it has sent stays.",
            login=login,
        )
    return _(
        "**{login}** may enter with both tokens; the one before ends {time}.",
        login=login,
        time=_(OVERLAPS[overlap_minutes]),
    )


def _source_box(sources: Sequence[str], source: str | None, key: str) -> None:
    st.selectbox(
        _("Source of its pictures"),
        sources,
        index=None if source is None else list(sources).index(source),
        placeholder=_("None, or type a new one"),
        accept_new_options=True,
        help=_("Where a picture is from when the device does not say."),
        key=key,
    )


def _create() -> None:
    chosen = st.session_state
    with explain_problems("new_device"):
        visitor = require_visitor()
        with open_session() as session:
            _device_id, made = devices.create_device(
                session,
                visitor,
                chosen["device_login"],
                source=chosen["device_source"],
                expires_in_days=chosen_life("device_life"),
            )
        keep_made_token(made, device=True)
        # Emptied only now: what was refused stays to be put right.
        chosen["device_login"], chosen["device_source"] = "", None


def _change(device_id: int) -> None:
    chosen = st.session_state
    with explain_problems("changed_device"):
        admin = require_visitor().access
        with open_session() as session:
            devices.change_source_of_device(session, admin, device_id, chosen[f"device_source_{device_id}"])
            device = devices.rename_device(session, admin, device_id, chosen[f"device_login_{device_id}"])
        # The browser keeps the name that it chose: it is told the new one.
        chosen["changed_device"] = device_id
        st.toast(_("{login} is changed.", login=plain(device.login)))


def _rotate(device_id: int) -> None:
    chosen = st.session_state
    with explain_problems("changed_device"):
        visitor = require_visitor()
        with open_session() as session:
            made = devices.rotate_token(
                session,
                visitor,
                device_id,
                overlap_minutes=chosen[f"device_overlap_{device_id}"],
                expires_in_days=chosen_life(f"device_life_{device_id}"),
            )
        keep_made_token(made, device=True)


def _revoke(device_id: int) -> None:
    with explain_problems("changed_device"):
        visitor = require_visitor()
        with open_session() as session:
            ended = devices.revoke_tokens(session, visitor, device_id)
        st.toast(plural(ended, "{n} token ended.", "{n} tokens ended."))


def _disable(device_id: int) -> None:
    with explain_problems("changed_device"):
        admin = require_visitor().access
        with open_session() as session:
            devices.get_device(session, admin, device_id)
            disabled = disable_access(session, admin, device_id)
        st.toast(_("{login} is disabled.", login=plain(disabled.login)))


def _enable(device_id: int) -> None:
    with explain_problems("changed_device"):
        admin = require_visitor().access
        with open_session() as session:
            devices.get_device(session, admin, device_id)
            enabled = enable_access(session, admin, device_id)
        st.toast(_("{login} may enter again, with a new token.", login=plain(enabled.login)))
