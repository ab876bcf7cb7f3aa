"""What the dashboard's process gives to strangers: a sign-in card and nothing else."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.factories import a_jpeg
from tests.product import ADMIN, ADMIN_PASSWORD


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


def test_pages_carry_the_headers_that_streamlit_does_not_send(product):
    sent = httpx.get(product.dashboard + "/").headers
    policy = sent["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    assert sent["x-content-type-options"] == "nosniff"
    assert sent["referrer-policy"] == "same-origin"


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


def test_the_page_loads_nothing_from_other_hosts_and_breaks_no_policy(product, page):
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    sign_in(page, product.dashboard + "/browse", ADMIN, ADMIN_PASSWORD)
    for address in ("/", "/browse", "/upload", "/review", "/export", "/label_classes", "/admin", "/account"):
        page.goto(product.dashboard + address)
        page.wait_for_load_state("networkidle")
    foreign = {
        url
        for url in asked
        if not url.startswith((product.dashboard, product.dashboard.replace("http", "ws"), "data:", "blob:"))
    }
    assert (foreign, complaints) == (set(), [])
