"""The dashboard's process, running: its routes and pages as everybody, and every byte that a stranger is told."""

from __future__ import annotations

import ast
import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard
from unittest.mock import MagicMock

import httpx
import pytest
import streamlit
from sqlalchemy import func, select
from starlette.routing import WebSocketRoute
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app import create_streamlit_routes

from components.page_messages import OF_A_PAGE, is_of_a_page
from curation.annotations import submit_annotation
from curation.comments import comment_on
from curation.derived import thumbnail
from curation.tokens import add_token
from db.models import Access, Blob, BlobState, Media, Scope
from db.session import open_session
from storage import open_bucket
from tests.access.callers import bearer_of, cookie_of
from tests.access.dashboard import (
    ADMIN_SECTIONS,
    PAGES,
    ROOT,
    SIGN_IN,
    STREAMLIT,
    pages_of_router,
    sections_of_admin,
    what_is_shown,
)
from tests.access.report import note, note_heard
from tests.access.routes import COLUMNS, DASHBOARD, rows_of
from tests.access.socket import Tab, shown
from tests.access.test_routes import WORDS
from tests.access.world import World
from tests.factories import a_box, a_jpeg, a_media, an_access

# None of them leads out of the folders that are served, or to another host.
NO_FILES = (
    "/assets/",
    "/assets/workbench/",
    "/assets/workbench/../../../settings.py",
    "/assets/workbench/%2e%2e/%2e%2e/__init__.py",
    "/static/../../../__init__.py",
    "/data/vigie.db",
    "/vigie.db",
    "/.env",
    "/app/static/x",
    "//evil.example/",
    "/%2f%2fevil.example",
    "/\\evil.example",
    "/browse?next=https://evil.example",
)
# Stands in everything of anybody's that is text.
MARK = "zqxv"


@pytest.fixture(scope="module")
def empty(product) -> list[list[bytes]]:
    """What a stranger is told of every page while there is nothing to tell."""
    return [told(product, page) for page in PAGES]


@pytest.fixture(scope="module")
def secrets(product, empty) -> list[bytes]:
    """Fill the product with what is somebody's; pieces of it that nobody else may come across."""
    content = a_jpeg(640, 480)
    sha256 = hashlib.sha256(content).hexdigest()
    key = f"media/{sha256[:2]}/{sha256[2:4]}/{sha256}.jpg"
    bucket = open_bucket()
    bucket.put(key, io.BytesIO(content), size=len(content), content_type="image/jpeg", sha256=sha256)
    with open_session() as session:
        curator = an_access(session, Scope.USER, f"{MARK}-curator")
        an_access(session, Scope.DEVICE, f"{MARK}-camera")
        secret = add_token(session, curator, curator, f"{MARK} token").token
        for number in range(12):
            media = a_media(
                session, uploaded_by=curator, source=f"{MARK}-ridge", tags=[f"{MARK}-tag"],
                file_name=f"{MARK}-{number}.jpg", sequence=f"{MARK}-sequence",
            )  # fmt: skip
            submit_annotation(session, curator, media.id, shapes=[a_box()], comment=f"{MARK} said this")
            comment_on(session, curator, media.id, f"{MARK} thinks so")
        blob = session.get_one(Blob, media.blob_id)
        blob.sha256, blob.bucket_key, blob.size, blob.state = sha256, key, len(content), BlobState.STORED
        media.bucket_key = key
        blob.width, blob.height = 640, 480
    thumb = thumbnail(bucket, sha256, key)
    return [
        MARK.encode(),
        sha256[:16].encode(),
        secret.encode(),
        *(picture[start : start + 32] for picture in (content, thumb) for start in (700, len(picture) - 200)),
    ]


@pytest.fixture(scope="module")
def visitors(product, secrets) -> dict[str, dict[str, str]]:
    """The headers of each column; a device comes with its token, which is nothing here."""
    with open_session() as session:
        known = {scope.value: an_access(session, scope) for scope in Scope}
    cookies = {name: cookie_of(access) for name, access in known.items() if name != "device"}
    return {"anonymous": {}, **cookies, "device": bearer_of(known["device"])}


def told(product, page: str, headers: dict[str, str] | None = None) -> list[bytes]:
    with Tab(product, headers) as tab:
        return tab.open("" if page == "overview" else page)


def leaked(content: bytes, secrets: list[bytes]) -> int:
    """How many bytes of somebody's stand in what was told."""
    found = sum(content.count(secret) * len(secret) for secret in secrets)
    note_heard(content, found)
    return found


def test_every_page_and_section_has_a_row():
    assert pages_of_router() == set(PAGES)
    assert sections_of_admin() == ADMIN_SECTIONS


def test_every_route_of_streamlit_has_a_row():
    """Its own list, in which what a newer one serves would stand."""
    found = {
        (method, str(getattr(route, "path", None)))
        for route in create_streamlit_routes(MagicMock())  # a runtime; nothing is asked of it
        if not isinstance(route, WebSocketRoute)
        for method in getattr(route, "methods", None) or {"GET"}
        if method != "HEAD"
    }
    assert found == set(STREAMLIT)


def test_nothing_is_mounted_but_the_api_and_the_bundles():
    """Read from the text of `app.py`: to import it is to serve."""
    tree = ast.parse((ROOT / "app.py").read_text("utf-8"))
    mounted = [ast.unparse(call.args[0]) for call in ast.walk(tree) if is_call_of(call, "Mount")]
    routed = [call for call in ast.walk(tree) if is_call_of(call, "Route")]
    assert (mounted, routed) == (["'/api'", "f'/assets/{dist.parent.name}'"], [])


def is_call_of(node: ast.AST, name: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def test_the_routes_of_streamlit_answer_as_the_table_says(product, visitors, secrets):
    wrong = []
    client = httpx.Client(base_url=product.dashboard)
    for (method, route), (address, statuses) in STREAMLIT.items():
        for column, expected in zip(COLUMNS, statuses, strict=True):
            for asked in (method, "HEAD") if method == "GET" else (method,):
                client.cookies.clear()
                answer = client.request(asked, address, headers=visitors[column])
                note(requests=1, route=f"{asked} {route or '/'}", caller=f"{DASHBOARD}: {column}")
                if answer.status_code != expected:
                    wrong.append(f"{asked} {address} by {column}: {answer.status_code}, not {expected}")
                if column in ("anonymous", "device"):
                    assert not leaked(answer.content + str(answer.headers).encode(), secrets)
    client.close()
    note(mismatches=len(wrong))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_each_scope_what_the_table_says(product, visitors, secrets, page):
    found = []
    for column in COLUMNS:
        messages = told(product, page, visitors[column])
        note(requests=1, page=page, caller=f"page: {column}")
        found.append(what_is_shown(shown(messages), page))
        if column in ("anonymous", "device"):
            assert not leaked(b"".join(messages), secrets)
    assert tuple(found) == PAGES[page]


@pytest.mark.parametrize("section", sorted(ADMIN_SECTIONS))
def test_a_section_of_admin_is_for_admins(product, visitors, secrets, section):
    for column in ("viewer", "user"):
        with Tab(product, visitors[column]) as tab:
            text = shown(tab.open("admin", f"section={section}"))
            note(requests=1, page=f"admin: {section}")
            assert what_is_shown(text, "admin") == "not allowed"
            assert MARK not in text
    with Tab(product, visitors["admin"]) as tab:
        text = shown(tab.open("admin", f"section={section}"))
        assert what_is_shown(text, "admin") == "see"
        assert "Something went wrong" not in text


def test_the_marks_are_seen_by_whoever_may(product, visitors, secrets):
    """Else nothing above could have failed."""
    browse = shown(told(product, "browse", visitors["viewer"]))
    assert MARK in browse
    assert MARK in shown(told(product, "admin", visitors["admin"]))
    with open_session(read_only=True) as session:
        media_id = session.scalar(select(func.max(Media.id)).where(Media.file_name.like(f"{MARK}%")))
    for size in ("thumb", "original"):
        address = f"{product.dashboard}/api/media/{media_id}/picture?size={size}"
        answer = httpx.get(address, headers=visitors["viewer"])
        assert sum(secret in answer.content for secret in secrets) >= 1, (size, answer.status_code)


# Made anew for each session and each run.
OWN_ID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def without_its_own(messages: list[bytes]) -> list[bytes]:
    """Messages without what differs from one run to the next by itself."""
    found = []
    for content in messages:
        message = ForwardMsg.FromString(content)
        message.ClearField("hash")
        if message.WhichOneof("type") != "session_status_changed":
            found.append(OWN_ID.sub(b"", message.SerializeToString(deterministic=True)))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_told_the_same_whatever_there_is(product, empty, secrets, page):
    """Byte for byte what an empty installation tells: no login, no name, no count."""
    before = without_its_own(empty[list(PAGES).index(page)])
    after = without_its_own(told(product, page))
    assert SIGN_IN.encode() in b"".join(after)
    assert after == before


@pytest.mark.parametrize(
    "query",
    [
        "media={media}",
        "q=zqxv",
        "source=zqxv-ridge",
        "uploader=zqxv-curator",
        "section=audit",
        "next=//evil.example",
    ],
)
def test_a_stranger_gets_the_same_card_whatever_they_ask(product, secrets, query):
    with open_session(read_only=True) as session:
        media_id = session.scalar(select(func.max(Media.id)))
    asked = query.format(media=media_id)
    for page in ("browse", "review", "admin"):
        with Tab(product) as tab:
            content = b"".join(tab.open(page, asked))
        # What they have written themselves they may be told.
        own = content.replace(asked.encode(), b"")
        assert SIGN_IN.encode() in content and not leaked(own, secrets)


def test_a_stranger_on_every_route_is_told_nothing(product, secrets):
    with open_session(read_only=True) as session:
        curator = session.scalars(select(Access).where(Access.login == f"{MARK}-curator")).one()
    world = World(curator, keep=True)
    asked = 0
    with httpx.Client(follow_redirects=False) as client:
        for root, row in (
            (root, row)
            for root in (f"{product.dashboard}/api", product.api)
            for row in rows_of(DASHBOARD)
            if row.statuses["anonymous"] >= 400 or row.method in ("GET", "HEAD")
        ):
            ids = {name: WORDS.get(what) or world[what] for name, what in row.ids.items()}
            if "signature" in ids:
                continue  # the credential itself
            address = root + row.route.format(**ids) + world.fill_text(row.query)
            answer = client.request(row.method, address, **world.fill(dict(row.body)))
            asked += 1
            assert not leaked(answer.content + str(answer.headers).encode(), secrets), (row.method, address)
            location = answer.headers.get("location", "/")
            assert location.startswith(("/", product.dashboard, product.api)), location
    assert asked > 200


def static_files() -> Iterator[tuple[str, Path]]:
    """Every file that is served as it lies: its address, and where."""
    folder = Path(streamlit.__file__).parent / "static"
    yield from (
        (f"/{path.relative_to(folder)}", path) for path in sorted(folder.rglob("*")) if path.is_file()
    )
    for dist in sorted(ROOT.glob("components/*/dist")):
        for path in sorted(dist.rglob("*")):
            if path.is_file():
                yield f"/assets/{dist.parent.name}/{path.relative_to(dist)}", path


def test_static_files_are_those_of_the_packages_and_hold_nothing_of_anybodys(product, secrets):
    count = 0
    with httpx.Client(base_url=product.dashboard) as client:
        for address, path in static_files():
            answer = client.get(address)
            count += 1
            assert answer.status_code == 200, address
            if address != "/index.html":
                assert answer.content == path.read_bytes(), address
            assert not leaked(answer.content, secrets), address
        for address in NO_FILES:
            answer = client.get(address)
            assert answer.status_code in (200, 301, 307, 400, 404), address
            if answer.status_code == 200:
                assert "<!doctype html>" in answer.text.lower(), address
            assert "evil" not in answer.headers.get("location", ""), address
            assert not leaked(answer.content, secrets), address
    note(route="GET static files")
    assert count > 100


def test_streamlit_hears_nothing_that_no_page_sends(product):
    """Else it would tell a stranger what is changed in the folder that it runs in, and empty every cache."""
    kinds = [one.name for one in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields]
    assert set(kinds) > OF_A_PAGE
    for kind in kinds:
        message = BackMsg()
        field = BackMsg.DESCRIPTOR.fields_by_name[kind]
        if field.message_type is None:
            setattr(message, kind, True)
        else:
            getattr(message, kind).SetInParent()
        assert is_of_a_page(message.SerializeToString()) == (kind in OF_A_PAGE), kind
    with Tab(product) as tab:
        tab.open("browse")
        asked = BackMsg()
        asked.backend_operation_request.request_id = "1"
        tab.send(asked)
        git = BackMsg()
        git.load_git_info = True
        tab.send(git)
        answered = {ForwardMsg.FromString(one).WhichOneof("type") for one in tab.open("browse")}
    assert not answered & {"backend_operation_response", "git_info_changed"}
    assert is_of_a_page(b"\xff\xff\xff"), "what cannot be read is Streamlit's to hang up on"
