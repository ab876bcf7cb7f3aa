"""Devices: the cameras that send media by themselves, and which of them have gone silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import streamlit as st

from components.admin.cells import ago, frozen_chip
from components.admin.device_forms import changed_device, new_device
from components.clock import ago_text, browser_zone, day_text, local_text
from components.doors import Node, browse_address, link, node, show_doors, table
from components.figures import media_text
from components.made_token import expiry_text, show_made_token
from curation.devices import Device, list_devices
from curation.frozen_cameras import FrozenCamera, list_frozen
from curation.media_filter import MediaFilter
from curation.sources import list_source_names
from db.models import Access
from db.session import open_session
from language import _, number, plural
from settings import get_settings


def devices_section(visitor: Access) -> None:
    """The table of devices, and below it the forms that make one or change one."""
    hours = get_settings().device_silent_hours
    with open_session(read_only=True) as session:
        devices = list_devices(session, visitor, timedelta(hours=hours), zone=browser_zone())
        sources = list_source_names(session)
        frozen = {camera.source: camera for camera in list_frozen(session, visitor)}
    st.subheader(_("Devices"))
    # A place of its own, also while it is empty: what stands below is not drawn anew when something appears above.
    with st.container():
        if devices:
            st.caption(_summary(devices, hours))
    show_made_token(device=True)
    show_doors(devices_table(devices, frozen), key="devices")
    new, change = st.tabs([_("New device"), _("Change")], key="device_tabs")
    with new:
        new_device(sources)
    with change:
        changed_device(devices, sources)


def _summary(devices: Sequence[Device], hours: int) -> str:
    silent = sum(device.silent for device in devices)
    return _(
        "{devices}, {silent}. Silent is one that has sent no picture and asked for nothing for {hours}.",
        devices=plural(len(devices), "{n} device", "{n} devices"),
        silent=plural(silent, "{n} silent", "{n} silent"),
        hours=plural(hours, "{n} hour", "{n} hours"),
    )


def devices_table(devices: Sequence[Device], frozen: Mapping[str, FrozenCamera]) -> Node:
    """Every device with its signs of life, its last days and its token; the silent ones first."""
    rows: list[list[Node | str]] = [
        [
            node("span", device.login, cls="named"),
            _source(device),
            _standing(device, frozen.get(device.source or "")),
            ago(device.last_seen_at),
            ago(device.last_media_at),
            _days(device),
            _total(device),
            _token(device),
        ]
        for device in sorted(devices, key=lambda device: not device.silent)
    ]
    heads = (
        _("name"),
        _("source"),
        "",
        _("last seen"),
        _("last picture"),
        _("last 14 days"),
        _("media"),
        _("token"),
    )
    empty = _("No device yet. Make one below: a camera sends pictures with the token that you get.")
    return table(heads, rows, empty=empty)


def _source(device: Device) -> Node | str:
    if device.source is None:
        return node("span", _("no source"), cls="mute")
    return link(browse_address(MediaFilter(source=(device.source,))), device.source)


def _standing(device: Device, frozen: FrozenCamera | None) -> Node:
    if device.disabled:
        return node("span", _("disabled"), cls="chip off")
    signs = [moment for moment in (device.last_seen_at, device.last_media_at) if moment is not None]
    if device.silent:
        said = _(
            "no sign since {when}", when=local_text(max(signs, default=device.created_at), browser_zone())
        )
        return node("span", "⚠ ", _("silent"), cls="chip alarm", title=said)
    if frozen is not None:
        return frozen_chip(frozen)
    if not signs:
        return node("span", _("not heard yet"), cls="chip off", title=ago_text(device.created_at))
    return node("span", "✓ ", _("heard"), cls="chip")


def _days(device: Device) -> Node:
    """A bar for each day, as high as that day beside the fullest one; each leads to its media."""
    highest = max(day.count for day in device.per_day)
    bars = []
    for day in device.per_day:
        said = f"{day_text(day.day)}: {media_text(day.count)}"
        height = {"height": f"{100 * day.count / highest:.1f}%" if day.count else "0"}
        bars.append(
            link(
                browse_address(day.wanted),
                node("i", style=height),
                title=said,
                aria_label=said,
                # The number beside them is the stop for keyboards.
                tabindex="-1",
            )
        )
    return node("span", *bars, cls="spark")


def _total(device: Device) -> Node | str:
    if not device.media_total:
        return "0"
    return link(browse_address(MediaFilter(uploader=device.login)), number(device.media_total), cls="code")


def _token(device: Device) -> Node | str:
    if not device.tokens:
        return node("span", _("no token"), cls="mute" if device.disabled else "bad")
    return _("works") if device.token_expires_at is None else expiry_text(device.token_expires_at)
