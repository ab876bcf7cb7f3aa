"""Numbers, bars and tables that are links: drawn in the browser from a description, followed without a reload.

Python describes what stands there (`node`, `link`); a few lines in the browser build it from elements and
text, never from markup, so that names given by people stay text. A plain click on a link goes through Streamlit
to the page, which takes no reload; opening a link in a new tab, or copying it, works as anywhere.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import streamlit as st

from curation.media_filter import MediaFilter
from curation.queues import Queue

Node = dict[str, Any]

PAGES = {"/browse": "browse.py", "/review": "review.py", "/upload": "upload.py"}
_HERE = Path(__file__).parent


def node(tag: str, *children: Node | str, **attributes: object) -> Node:
    """Describe an element: `cls` is its class, `style` a mapping of CSS properties, the rest are attributes.

    An underscore in an attribute's name stands for a hyphen; None leaves an attribute out.
    """
    given: dict[str, object] = {
        name.rstrip("_").replace("_", "-"): value for name, value in attributes.items() if value is not None
    }
    if "cls" in given:
        given["class"] = given.pop("cls")
    return {"tag": tag, "attributes": given, "children": list(children)}


def link(href: str, *children: Node | str, **attributes: object) -> Node:
    """Describe a link to one of our pages."""
    return node("a", *children, href=href, **attributes)


def browse_address(wanted: MediaFilter) -> str:
    """The address of the list of exactly these media."""
    return _address("/browse", wanted.to_query())


def review_address(queue: Queue, wanted: MediaFilter | None = None) -> str:
    """The address of a queue, narrowed by a filter where one is given."""
    return _address("/review", {"queue": [queue.value], **(wanted.to_query() if wanted else {})})


def show_doors(*nodes: Node, key: str) -> None:
    """Draw what is described, and open the page of the link that was clicked."""
    shown = _mount()(
        key=key,
        data={"nodes": list(nodes)},
        on_open_change=_nothing,
    )
    if shown.open:
        follow(shown.open)


def follow(address: object) -> None:
    """Go to the page of an address of ours; anything else that a browser may send is left alone."""
    parts = urlsplit(address) if isinstance(address, str) else None
    if parts is None or parts.scheme or parts.netloc or parts.path not in PAGES:
        return
    query = parse_qs(parts.query, max_num_fields=500)
    st.switch_page(PAGES[parts.path], query_params=query)


def _address(path: str, query: Mapping[str, list[str]]) -> str:
    written = urlencode(query, doseq=True)
    return f"{path}?{written}" if written else path


def _nothing() -> None:
    """A trigger exists only with a callback; the click is followed where the page is drawn."""


@functools.cache
def _mount() -> Callable[..., Any]:
    return st.components.v2.component(
        "vigie_doors",
        js=(_HERE / "doors.js").read_text(),
        css=(_HERE / "doors.css").read_text(),
    )
