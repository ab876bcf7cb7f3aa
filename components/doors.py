"""Numbers, bars and tables that are links: drawn in the browser from a description, followed without a reload.

Python describes what stands there (`node`, `link`); a few lines in the browser build it from elements and
text, never from markup, so that names given by people stay text. A plain click goes to the page as the
browser's own forward button would, which takes no reload and leaves one entry in the history; opening a link
in a new tab, or copying it, works as anywhere.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import streamlit as st

from curation.media_filter import MediaFilter
from curation.queues import Queue
from language import number

Node = dict[str, Any]

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


def table(
    heads: Sequence[Node | str], rows: Sequence[Sequence[Node | str]], *, empty: str, tall: bool = False
) -> Node:
    """Describe a table; a cell is text or an element. It scrolls by itself unless it is `tall`."""
    if not rows:
        return node("p", empty, cls="empty")
    head = node("thead", node("tr", *(node("th", text) for text in heads)))
    body = node("tbody", *(node("tr", *(node("td", cell) for cell in row)) for row in rows))
    return node("div", node("table", head, body), cls="frame" if tall else "frame scroll")


def figure(text: str) -> Node:
    """A number in a cell of a table, or the head of such cells."""
    return node("span", text, cls="code right")


def counted(count: int, what: str) -> Node:
    """A figure with what it counts, to stand in a row of such."""
    return node("span", node("b", number(count)), f" {what}")


def sections(path: str, titles: Mapping[str, str], shown: str, wanted: MediaFilter | None = None) -> Node:
    """Links to the sections of one page, by their name in the address; the one that is shown is marked.

    A filter goes along to the others where it is given.
    """
    also = wanted.to_query() if wanted else {}
    return node(
        "nav",
        *(
            link(
                _address(path, {**also, "section": [name]}),
                title,
                aria_current="page" if name == shown else None,
            )
            for name, title in titles.items()
        ),
        cls="sections",
    )


def browse_address(wanted: MediaFilter) -> str:
    """The address of the list of exactly these media."""
    return _address("/browse", wanted.to_query())


def download(href: str, *children: Node | str, **attributes: object) -> Node:
    """Describe a link to a file that is saved: the browser's own download, which goes on after a break."""
    return node("a", *children, href=href, download="", **attributes)


def review_address(queue: Queue, wanted: MediaFilter | None = None, start: int | None = None) -> str:
    """The address of a queue, narrowed by a filter and beginning at a media where they are given."""
    place = {} if start is None else {"start": [str(start)]}
    return _address("/review", {"queue": [queue.value], **(wanted.to_query() if wanted else {}), **place})


def show_doors(*nodes: Node, key: str, width: Literal["stretch", "content"] = "stretch") -> None:
    """Draw what is described; with its own width for what stands in a row with Streamlit's buttons."""
    # A list: Streamlit looks through a dict for data frames, and imports pandas for that.
    _mount()(key=key, data=list(nodes), width=width)


def _address(path: str, query: Mapping[str, list[str]]) -> str:
    written = urlencode(query, doseq=True)
    return f"{path}?{written}" if written else path


@functools.cache
def _mount() -> Callable[..., Any]:
    return st.components.v2.component(
        "vigie_doors",
        js=(_HERE / "doors.js").read_text(),
        css=(_HERE / "doors.css").read_text(),
    )
