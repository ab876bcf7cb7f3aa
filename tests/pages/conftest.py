"""The dashboard's pages without a browser: Streamlit's AppTest runs the router as somebody who is signed in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from curation.sign_in import COOKIE, open_login_session, redeem_ticket
from db.models import Access
from db.session import open_session
from tests.conftest import Installation

ROUTER = Path(__file__).parent.parent.parent / "pages" / "router.py"


class OpenPage(Protocol):
    def __call__(self, access: Access | None, page: str = ..., **query: str) -> AppTest: ...


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Pages do not know which database is below: one kind is enough here."""
    path = tmp_path / "vigie.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def open_page(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenPage]:
    """Open a page of the dashboard as an access with a login session, or as a stranger."""

    def open_(access: Access | None, page: str = "overview.py", **query: str) -> AppTest:
        cookies = {}
        if access is not None:
            with open_session() as session:
                ticket = open_login_session(session, access, "test", 12)
            with open_session() as session:
                cookies[COOKIE] = redeem_ticket(session, ticket)
        # AppTest cannot be given a browser's cookies; everything behind them is the real thing.
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: cookies))
        app = AppTest.from_file(str(ROUTER), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        return app if page == "overview.py" else app.switch_page(page).run()

    st.cache_data.clear()
    yield open_
    st.cache_data.clear()


def drawn(app: AppTest) -> list[dict[str, Any]]:
    """What our components were given to draw, all elements in a row."""
    found: list[dict[str, Any]] = []

    def walk(element: dict[str, Any] | str) -> None:
        if isinstance(element, dict):
            found.append(element)
            for child in element["children"]:
                walk(child)

    for component in app.get("bidi_component"):
        for top in _nodes(component):
            walk(top)
    return found


def _nodes(component: Any) -> list[dict[str, Any]]:
    given = (
        json.loads(component.proto.json or "[]") if component.proto.component_name == "vigie_doors" else []
    )
    return list(given)


def text_of(element: dict[str, Any] | str) -> str:
    """The text of a drawn element, as a reader sees it."""
    if isinstance(element, str):
        return element
    return "".join(text_of(child) for child in element["children"])


def links(app: AppTest) -> list[tuple[str, str]]:
    """Every link that was drawn: its text and its address."""
    return [
        (text_of(element), element["attributes"]["href"]) for element in drawn(app) if element["tag"] == "a"
    ]


def query_of(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def said(app: AppTest) -> str:
    """All sentences of the page: headings, texts, messages, captions and what components draw."""
    parts = [
        element.value
        for kind in (
            "markdown",
            "caption",
            "title",
            "header",
            "subheader",
            "info",
            "success",
            "error",
            "toast",
        )
        for element in getattr(app, kind)
    ]
    tops = [top for component in app.get("bidi_component") for top in _nodes(component)]
    return "\n".join([*parts, *(text_of(top) for top in tops)])
