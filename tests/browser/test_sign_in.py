"""Signing in, staying, and leaving, as a person with a browser sees it."""

from __future__ import annotations

import os
import re
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import CURATOR_PASSWORD, MakeAccess, sign_in
from tests.factories import a_jpeg
from tests.product import ADMIN, ROOT, Product, Program, start_product

WRONG = "The login or the password is not right."


def fill_in(page: Page, login: str, password: str = CURATOR_PASSWORD) -> None:
    page.get_by_role("textbox", name="Login").fill(login)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def expect_card(page: Page) -> None:
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def expect_signed_in(page: Page) -> None:
    expect(page.get_by_role("link", name="Account")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in")).to_have_count(0)


def go_to(page: Page, title: str) -> None:
    page.get_by_test_id("stTopNav").get_by_role("link", name=title, exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect_card(page)


@pytest.fixture
def curator(make_access: MakeAccess, program: Program) -> str:
    program.upload(a_jpeg())
    return make_access()


def test_the_page_asked_for_is_there_after_signing_in(page, product, curator):
    sign_in(page, f"{product.dashboard}/browse?state=new", curator)
    expect(page).to_have_url(f"{product.dashboard}/browse?state=new")
    expect(page.get_by_role("button", name=re.compile("State new"))).to_be_visible()


def test_reload_new_tab_and_back_button_keep_the_person_in_place(context, page, product, curator):
    sign_in(page, f"{product.dashboard}/?by=Captured", curator)
    page.get_by_role("link", name=re.compile("media in all")).click()
    expect(page).to_have_url(f"{product.dashboard}/browse")
    page.reload()
    expect_signed_in(page)
    expect(page).to_have_url(f"{product.dashboard}/browse")
    tab = context.new_page()
    tab.goto(f"{product.dashboard}/account")
    expect(tab.get_by_role("heading", name=curator)).to_be_visible()
    page.go_back()
    expect(page).to_have_url(f"{product.dashboard}/?by=Captured")
    expect(page.get_by_text("waiting for anyone")).to_be_visible()
    expect(page.get_by_role("radio", name="Captured")).to_be_checked()


def test_scripts_cannot_read_the_cookie(context, page, product, curator):
    sign_in(page, product.dashboard, curator)
    expect_signed_in(page)
    cookie = next(found for found in context.cookies() if found["name"] == "vigie_session")
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"
    assert cookie["value"] not in page.evaluate("document.cookie")


def test_signing_out_in_one_tab_signs_out_the_other(context, page, product, curator):
    sign_in(page, f"{product.dashboard}/browse", curator)
    expect_signed_in(page)
    tab = context.new_page()
    tab.goto(f"{product.dashboard}/account")
    sign_out(tab)
    expect(tab).to_have_url(f"{product.dashboard}/")
    go_to(page, "Overview")
    expect_card(page)
    expect(page.get_by_text("waiting for anyone")).to_have_count(0)
    fill_in(page, curator)
    expect_signed_in(page)


def test_going_back_after_signing_out_shows_nothing(page, product, curator):
    sign_in(page, f"{product.dashboard}/browse", curator)
    expect_signed_in(page)
    page.goto(f"{product.dashboard}/account")
    sign_out(page)
    page.go_back()
    expect_card(page)
    expect(page.get_by_role("heading", name=curator)).to_have_count(0)


def test_signing_out_everywhere_ends_the_other_browser_too(browser, page, product, curator):
    other = browser.new_context()
    elsewhere = other.new_page()
    sign_in(elsewhere, f"{product.dashboard}/browse", curator)
    expect_signed_in(elsewhere)
    sign_in(page, f"{product.dashboard}/account", curator)
    expect(page.get_by_text("You are signed in with 2 browsers")).to_be_visible()
    page.get_by_role("button", name="Sign out everywhere").click()
    expect_card(page)
    go_to(elsewhere, "Export")
    expect_card(elsewhere)
    other.close()


def test_a_changed_password_keeps_this_browser_and_ends_the_others(browser, page, product, curator):
    other = browser.new_context()
    elsewhere = other.new_page()
    sign_in(elsewhere, f"{product.dashboard}/browse", curator)
    expect_signed_in(elsewhere)
    sign_in(page, f"{product.dashboard}/account", curator)
    page.get_by_role("textbox", name="Present password").fill(CURATOR_PASSWORD)
    page.get_by_role("textbox", name="New password", exact=True).fill("quite another secret")
    page.get_by_role("textbox", name="New password, again").fill("quite another secret")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    page.reload()
    expect_signed_in(page)
    go_to(elsewhere, "Export")
    expect_card(elsewhere)
    fill_in(elsewhere, curator, "quite another secret")
    expect_signed_in(elsewhere)
    other.close()


def test_a_stranger_sees_the_card_and_nothing_else(page, product, curator):
    received: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(str(frame))))
    for address in ("/", "/browse", "/label_classes", "/admin"):
        page.goto(product.dashboard + address)
        expect_card(page)
    assert received
    assert not [frame for frame in received if curator in frame or "/api/media" in frame]


# --- failures: they count per address, so they get an installation of their own ----------------------


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    running = start_product(tmp_path_factory.mktemp("strict"))
    yield running
    running.stop()


def make(strict: Product, code: str) -> None:
    """Do something at the operator's door of the other installation."""
    script = (
        "from curation.accesses import *\nfrom db.models import *\nfrom db.session import open_session\n"
        f"with open_session() as session:\n    {code}\n"
    )
    environment = {**os.environ, "DATA_DIR": str(strict.data_dir), **strict.environment}
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, env=environment)


def failures_of(strict: Product, login: str) -> int:
    with closing(sqlite3.connect(strict.data_dir / "vigie.db")) as database:
        return int(
            database.execute("SELECT count(*) FROM sign_in_attempts WHERE login = ?", [login]).fetchone()[0]
        )


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("It did not become true within 20 seconds.")


def test_every_failure_looks_the_same(page: Page, strict: Product):
    make(strict, f"add_access(session, 'device', Scope.DEVICE, {CURATOR_PASSWORD!r})")
    make(strict, f"add_access(session, 'gone', Scope.USER, {CURATOR_PASSWORD!r})[0].disabled_at = utc_now()")
    seen = set()
    for login, password in (
        ("nobody", CURATOR_PASSWORD),
        (ADMIN, "not the password"),
        ("device", CURATOR_PASSWORD),
        ("gone", CURATOR_PASSWORD),
    ):
        page.goto(strict.dashboard)
        fill_in(page, login, password)
        expect(page.get_by_role("alert")).to_be_visible()
        seen.add(page.get_by_role("alert").inner_text())
        assert page.context.cookies() == [] or "vigie_session" not in str(page.context.cookies())
    assert seen == {WRONG}


def test_the_sixth_try_has_to_wait_even_with_the_right_password(page: Page, strict: Product):
    make(strict, f"add_access(session, 'forgetful', Scope.USER, {CURATOR_PASSWORD!r})")
    page.goto(strict.dashboard)
    for number in range(5):
        fill_in(page, "forgetful", f"guess number {number}")
        expect(page.get_by_role("alert")).to_have_text(WRONG)
        # The sentence of the try before still stands: what shows that this one was counted is its row.
        wait_until(page, lambda tried=number + 1: failures_of(strict, "forgetful") == tried)
    fill_in(page, "forgetful")
    expect(page.get_by_role("alert")).to_have_text(re.compile("Too many failed sign-ins. Wait"))
    page.reload()
    expect_card(page)


def test_a_one_time_password_is_changed_first_and_then_leads_on(page: Page, strict: Product):
    make(strict, f"access, _ = add_access(session, 'newcomer', Scope.USER, {CURATOR_PASSWORD!r})")
    make(strict, "find_access(session, 'newcomer').must_change_password = True")
    page.goto(f"{strict.dashboard}/browse?state=accepted")
    fill_in(page, "newcomer")
    expect(page.get_by_role("heading", name="Choose your own password")).to_be_visible()
    for address in ("/", "/review", "/account"):
        page.goto(strict.dashboard + address)
        expect(page.get_by_role("heading", name="Choose your own password")).to_be_visible()
        expect(page.get_by_role("link", name="Browse")).to_have_count(0)
    page.goto(f"{strict.dashboard}/browse?state=accepted")
    page.get_by_role("textbox", name="One-time password").fill(CURATOR_PASSWORD)
    page.get_by_role("textbox", name="New password", exact=True).fill("chosen by myself")
    page.get_by_role("textbox", name="New password, again").fill("chosen by myself")
    page.get_by_role("button", name="Change password").click()
    expect_signed_in(page)
    expect(page).to_have_url(f"{strict.dashboard}/browse?state=accepted")


def test_an_access_disabled_while_signed_in_is_out_at_the_next_click(
    context: BrowserContext, strict: Product
):
    leaver = f"leaver-{secrets.token_hex(4)}"  # another one when it is run again
    make(strict, f"add_access(session, {leaver!r}, Scope.USER, {CURATOR_PASSWORD!r})")
    page = context.new_page()
    sign_in(page, f"{strict.dashboard}/browse", leaver)
    expect_signed_in(page)
    make(
        strict, f"disable_access(session, find_access(session, 'admin'), find_access(session, {leaver!r}).id)"
    )
    go_to(page, "Overview")
    expect_card(page)
    fill_in(page, leaver)
    expect(page.get_by_role("alert")).to_have_text(WRONG)
