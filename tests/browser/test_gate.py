"""What the dashboard's process gives to strangers: a sign-in card and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import streamlit as st
from playwright.sync_api import expect

from api.safe_headers import HEADERS
from tests.browser.conftest import sign_in
from tests.factories import a_jpeg
from tests.product import ADMIN, ADMIN_PASSWORD, ROOT


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/media/0123.jpg", 401),
        ("HEAD", "/media/0123.jpg", 401),
        ("GET", "/media/../media/0123.jpg", 401),
        ("PUT", "/_stcore/upload_file/session/file", 401),
        ("OPTIONS", "/_stcore/upload_file/session/file", 401),
        ("GET", "/_stcore/metrics", 404),
        ("GET", "/_stcore/agent/openapi.json", 404),
        ("GET", "/api/media/1/picture?size=thumb", 401),
        ("GET", "/api/media/", 401),
        ("POST", "/api/uploads", 401),
        ("POST", "/api/archives", 401),
        ("GET", "/api/exports/media.csv", 401),
        ("GET", "/api/queue", 401),
        ("GET", "/_stcore/health", 200),
        ("GET", "/api/health", 200),
    ],
)
def test_closed_and_open_routes(product, method, path, status):
    assert httpx.request(method, product.dashboard + path).status_code == status


def test_a_websocket_from_a_foreign_page_is_refused(product):
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect
    from websockets.typing import Origin

    address = product.dashboard.replace("http", "ws") + "/_stcore/stream"
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(address, origin=Origin("https://elsewhere.example")),
    ):
        pass
    assert refused.value.response.status_code == 403
    with connect(address, origin=Origin(product.dashboard)):
        pass


def static_files() -> list[str]:
    """The address of every file that anybody may load: Streamlit's, and our bundles."""
    of_streamlit = Path(st.__file__).parent / "static"
    files = [path.relative_to(of_streamlit).as_posix() for path in of_streamlit.rglob("*") if path.is_file()]
    ours = [
        f"/assets/{path.parents[1].name}/{path.name}" for path in sorted(ROOT.glob("components/*/dist/*"))
    ]
    assert len(files) > 50 and len(ours) > 5
    return [f"/{file}" for file in files] + ours


def test_everything_that_is_served_carries_safe_headers(product):
    addresses = [
        *(
            "/",
            "/browse",
            "/admin",
            "/nothing/here",
            "/_stcore/health",
            "/_stcore/host-config",
            "/_stcore/metrics",
        ),
        *(
            "/media/0123.jpg",
            "/_stcore/upload_file/a/b",
            "/api/health",
            "/api/media",
            "/api/docs",
            "/assets/none.js",
        ),
        *static_files(),
    ]
    with httpx.Client(base_url=product.dashboard) as client:
        for address in addresses:
            sent = client.get(address).headers
            for name, value in HEADERS.items():
                assert sent.get(name) == value, (address, name)
            policy = sent["content-security-policy"]
            assert (
                "frame-ancestors 'none'" in policy and "object-src 'none'" in policy
            ) or "default-src 'none'" in policy
            assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", ""), address
            assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0], address
            assert " ws:" not in policy and " https:" not in policy and " *" not in policy, address
    alone = httpx.get(f"{product.api}/nothing").headers
    assert "default-src 'none'" in alone["content-security-policy"]


def test_no_cookie_of_ours_but_the_one_of_the_sign_in(product, context, page):
    sign_in(page, product.dashboard, ADMIN, ADMIN_PASSWORD)
    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    assert set(cookies) == {"vigie_session", "_streamlit_xsrf"}
    assert cookies["vigie_session"]["httpOnly"]
    assert {cookie["sameSite"] for cookie in cookies.values()} == {"Lax"}
    page.goto(f"{product.dashboard}/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert "vigie_session" not in {cookie["name"] for cookie in context.cookies()}


FOREIGN_PAGE = """<!doctype html>
<title>A page of somebody else</title>
<iframe name="sink"></iframe>
<form id="tags" method="post" target="sink" enctype="text/plain" action="{dashboard}/api/media/tags">
  <input name='{{"ids": [{media}], "add": ["taken"], "x": "' value='"}}'>
</form>
<form id="leave" method="post" target="sink" action="{dashboard}/api/login/sign-out"></form>
<form id="forget" method="post" target="sink" action="{dashboard}/api/login/forget"></form>
<img id="picture" src="{dashboard}/api/media/{media}/picture?size=thumb">
<iframe id="framed" src="{dashboard}/browse"></iframe>
<script>
  const media = "{dashboard}/api/media";
  const tags = {{ method: "POST", body: JSON.stringify({{ ids: [{media}], add: ["taken"] }}) }};
  const outcome = (promise) => promise.then((answer) => `${{answer.type}} ${{answer.status}}`, () => "refused");
  window.attempts = () => Promise.all([
    outcome(fetch(media, {{ credentials: "include" }})),
    outcome(fetch(media + "/tags", {{ ...tags, credentials: "include", mode: "no-cors" }})),
    outcome(fetch(media + "/tags", {{ ...tags, credentials: "include", headers: {{ "X-Vigie": "1" }} }})),
    new Promise((resolve) => {{
      const socket = new WebSocket("{dashboard}/_stcore/stream".replace("http", "ws"));
      socket.onopen = () => resolve("opened");
      socket.onerror = () => resolve("refused");
    }}),
  ]);
</script>
"""


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_page_of_another_origin_does_nothing_with_ones_sign_in(product, program, page, make_access, host):
    """`localhost` on another port is the same site, so cookies ride along; `127.0.0.1` is another site."""
    media = program.upload(a_jpeg())
    login = make_access("user")
    sign_in(page, product.dashboard, login)
    html = FOREIGN_PAGE.format(dashboard=product.dashboard, media=media["id"]).encode()
    with serving(html) as port:
        page.goto(f"http://{host}:{port}/")
        read, blind, with_header, socket = page.evaluate("window.attempts()")
        assert (read, with_header, socket) == ("refused", "refused", "refused")
        assert blind in ("opaque 0", "refused")  # sent, and answered 403 to nobody
        for form in ("tags", "leave", "forget"):
            page.evaluate(f"document.getElementById('{form}').submit()")
            page.wait_for_load_state("networkidle")
        assert page.evaluate("document.getElementById('picture').naturalWidth") == 0
        framed = next((frame for frame in page.frames if frame.url.startswith(product.dashboard)), None)
        assert framed is None or framed.get_by_role("link", name="Browse").count() == 0
    assert program.get(f"/media/{media['id']}").json()["tags"] == []
    page.goto(f"{product.dashboard}/account")
    expect(page.get_by_role("heading", name=login)).to_be_visible()


@contextmanager
def serving(html: bytes) -> Iterator[int]:
    """A web server of somebody else, with one page; gives its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(html)))
            self.end_headers()
            self.wfile.write(html)

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_stranger_learns_nothing_over_the_websocket(product, program, page, make_access):
    login = make_access("user")
    name = "very-private-name.jpg"
    media = program.upload(a_jpeg(), name, source="secret-ridge", tags="hidden-tag")
    heard: list[bytes] = []

    def listen(socket):
        socket.on(
            "framereceived", lambda frame: heard.append(frame if isinstance(frame, bytes) else frame.encode())
        )

    page.on("websocket", listen)
    for address in (
        "/",
        "/browse",
        f"/browse?media={media['id']}",
        "/review",
        "/admin",
        "/account",
        "/export",
    ):
        page.goto(product.dashboard + address)
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    told = b"\n".join(heard)
    assert len(heard) > 5
    for secret in (name, "secret-ridge", "hidden-tag", login, media["sha256"], "/picture?"):
        assert secret.encode() not in told


def test_the_page_loads_nothing_from_other_hosts_and_breaks_no_policy(product, program, page):
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    media = program.upload(a_jpeg())
    sign_in(page, product.dashboard + "/browse", ADMIN, ADMIN_PASSWORD)
    sections = ("accesses", "devices", "sources", "webhooks", "installation", "acts", "audit", "storage")
    pages = ("/", "/browse", "/upload", "/review", "/export", "/label_classes", "/account", "/api/docs")
    for address in (
        *pages,
        f"/browse?media={media['id']}",
        f"/review?queue=filter&start={media['id']}",
        *(f"/admin?section={section}" for section in sections),
    ):
        page.goto(product.dashboard + address)
        page.wait_for_load_state("networkidle")
    foreign = {
        url
        for url in asked
        if not url.startswith((product.dashboard, product.dashboard.replace("http", "ws"), "data:", "blob:"))
    }
    assert (foreign, complaints) == (set(), [])
