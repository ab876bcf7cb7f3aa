"""What is said in confidence stands in no log line and in no error report, however talkative the product is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.factories import a_jpeg
from tests.product import ADMIN, ADMIN_PASSWORD, Product, Program, start_product
from tests.receiver import open_receiver
from tests.test_reporting import Receiver as SentryReceiver

SECRET_KEY = "kept-by-the-tests-Zk3vQ9xW7pLm2nB8"
METRICS_TOKEN = "metrics-of-the-tests-4711"
WRONG_PASSWORD = "a wrong guess 4712"
NEW_PASSWORD = "quite another one 4713"
COMMENT = "said in confidence 4714"


@pytest.fixture
def sentry() -> Iterator[SentryReceiver]:
    receiver = SentryReceiver()
    yield receiver
    receiver.close()


@pytest.fixture
def talkative(tmp_path: Path, sentry: SentryReceiver) -> Iterator[Product]:
    """An installation that logs whatever it can."""
    running = start_product(
        tmp_path / "talkative",
        LOG_LEVEL="DEBUG",
        SECRET_KEY=SECRET_KEY,
        METRICS_TOKEN=METRICS_TOKEN,
        SENTRY_DSN=sentry.dsn,
        WEBHOOKS_TO_PRIVATE="true",
    )
    yield running
    running.stop()


def test_no_secret_stands_in_the_log_or_in_a_report(talkative, sentry, page, context):
    told: dict[str, str] = {
        "secret key": SECRET_KEY,
        "metrics token": METRICS_TOKEN,
        "password": ADMIN_PASSWORD,
        "wrong password": WRONG_PASSWORD,
        "new password": NEW_PASSWORD,
        "comment": COMMENT,
    }
    # At the API's door: tokens, a device's, a webhook's secret and its delivery, a signed link.
    with open_receiver() as receiver, Program(talkative) as program:
        told["access token"] = program.headers["Authorization"].removeprefix("Bearer ")
        told["lasting token"] = program.post("/tokens", json={"name": "notebook"}).json()["token"]
        told["token of a device"] = program.post("/devices", json={"login": "ridge-1"}).json()["token"]
        hook = {"name": "training", "url": receiver.url, "events": ["media.registered"]}
        made = program.post("/webhooks", json=hook).json()
        told["secret of a webhook"] = made["secret"]
        media = program.upload(a_jpeg())
        link = program.get(f"/media/{media['id']}/url").json()["url"]
        told["signature of a link"] = link.rpartition("/")[2]
        assert httpx.get(link).status_code == 200
        guess = {"username": ADMIN, "password": WRONG_PASSWORD}
        assert httpx.post(f"{talkative.api}/login/access-token", data=guess).status_code == 401
        assert httpx.get(
            f"{talkative.api}/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}
        ).is_success
        program.post(f"/media/{media['id']}/comments", json={"text": COMMENT})
        receiver.wait_for(1)
    # At the dashboard: both passwords typed into a page, and the cookie.
    page.goto(talkative.dashboard)
    page.get_by_role("textbox", name="Login").fill(ADMIN)
    page.get_by_role("textbox", name="Password").fill(WRONG_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("is not right")).to_be_visible()
    sign_in(page, f"{talkative.dashboard}/account", ADMIN, ADMIN_PASSWORD)
    told["cookie"] = next(
        cookie["value"] for cookie in context.cookies() if cookie["name"] == "vigie_session"
    )
    page.get_by_role("textbox", name="Present password").fill(ADMIN_PASSWORD)
    page.get_by_role("textbox", name="New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_role("textbox", name="New password, again").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    # What breaks: the bucket's folder is gone under a request.
    (talkative.data_dir / "bucket").rename(talkative.data_dir / "bucket-away")
    assert httpx.get(link).status_code >= 400
    talkative.stop()
    log = talkative.log()
    assert '"level": "DEBUG"' in log and "/links/[secret]" in log
    sent = b"".join(sentry.bodies).decode()
    for name, secret in told.items():
        assert len(secret) >= 12, name
        assert secret not in log, name
        assert secret not in sent, name
