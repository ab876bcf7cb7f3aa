"""Sources: where media come from, how many of each, and two of one camera made one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from components.admin.cells import frozen_chip
from components.admin.source_forms import changed_source, merged_sources, new_source
from components.doors import Node, browse_address, link, node, show_doors, table
from curation.frozen_cameras import FrozenCamera, list_frozen
from curation.media_filter import MediaFilter
from curation.sources import SourceView, list_sources
from db.models import Access
from db.session import open_session
from language import _, number


def sources_section(visitor: Access) -> None:
    """The table of sources beside the forms that change them."""
    with open_session(read_only=True) as session:
        sources = list_sources(session, visitor)
        frozen = {camera.source_id: camera for camera in list_frozen(session, visitor)}
    st.subheader(_("Sources"))
    left, right = st.columns([1.9, 1], gap="medium")
    with left:
        show_doors(sources_table(sources, frozen), key="sources")
    with right:
        change, new, merge = st.tabs([_("Change"), _("New source"), _("Merge")], key="source_tabs")
        with change:
            changed_source(sources)
        with new:
            new_source()
        with merge:
            merged_sources(visitor, sources)


def sources_table(sources: Sequence[SourceView], frozen: Mapping[int, FrozenCamera]) -> Node:
    """Every source with where it stands, which way it looks, and what is of it."""
    rows: list[list[Node | str]] = [
        [
            node("span", source.name, " ", frozen_chip(frozen[source.id]))
            if source.id in frozen
            else source.name,
            source.place or "",
            "" if source.azimuth is None else node("span", f"{number(source.azimuth, 0)}°", cls="code"),
            link(browse_address(MediaFilter(source=(source.name,))), number(source.media), cls="code")
            if source.media
            else node("span", "0", cls="code"),
            node("span", number(source.devices), cls="code") if source.devices else "",
        ]
        for source in sources
    ]
    heads = (_("name"), _("place"), _("azimuth"), _("media"), _("devices"))
    return table(heads, rows, empty=_("No source yet: the first upload that names one makes it."), tall=True)
