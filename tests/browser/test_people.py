"""People and what they may do, numbers that lead to their lists, names that stay text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import Chromium, MakeAccess, sign_in
from tests.factories import a_jpeg
from tests.product import ADMIN, ADMIN_PASSWORD, Product, Program

HOSTILE = "<img src=x onerror=alert(1)> **b**"


def go_to(page: Page, title: str) -> None:
    page.get_by_test_id("stTopNav").get_by_role("link", name=title, exact=True).click()


def choose(page: Page, box: str, option: str) -> None:
    page.get_by_role("combobox", name=box, exact=True).click()
    # A long list has only those in sight in the document: typing brings the wanted one there.
    page.get_by_role("combobox", name=box, exact=True).fill(option)
    page.get_by_role("option", name=option, exact=True).click()


@pytest.fixture
def admin_page(page: Page, product: Product) -> Page:
    sign_in(page, f"{product.dashboard}/admin", ADMIN, ADMIN_PASSWORD)
    expect(page.get_by_role("heading", name="Accesses")).to_be_visible()
    return page


@pytest.fixture
def elsewhere(browser: Chromium) -> Page:
    """Another person's browser."""
    return browser.new_context(viewport={"width": 1366, "height": 768}).new_page()


def test_from_a_new_access_to_its_first_look_around(admin_page: Page, elsewhere: Page, product: Product):
    login = f"newcomer-{product.dashboard_port}"
    admin_page.get_by_role("tab", name="New access").click()
    admin_page.get_by_role("textbox", name="Login").fill(login)
    admin_page.get_by_role("button", name="Create").click()
    shown = admin_page.get_by_test_id("stCode")
    expect(shown).to_be_visible()
    one_time = shown.inner_text().strip()
    admin_page.get_by_role("button", name="I have noted it").click()
    expect(shown).to_have_count(0)
    admin_page.reload()
    expect(admin_page.get_by_role("cell", name=login, exact=True)).to_be_visible()
    expect(admin_page.get_by_text(one_time)).to_have_count(0)

    sign_in(elsewhere, f"{product.dashboard}/label_classes", login, one_time)
    elsewhere.get_by_role("textbox", name="One-time password").fill(one_time)
    elsewhere.get_by_role("textbox", name="New password", exact=True).fill("chosen by myself")
    elsewhere.get_by_role("textbox", name="New password, again").fill("chosen by myself")
    elsewhere.get_by_role("button", name="Change password").click()
    expect(elsewhere.get_by_role("cell", name="wildfire").first).to_be_visible()


def test_a_changed_scope_and_a_lost_access_count_at_the_next_click(
    admin_page: Page, elsewhere: Page, product: Product, make_access: MakeAccess
):
    login = make_access()
    sign_in(elsewhere, f"{product.dashboard}/label_classes", login)
    expect(elsewhere.get_by_role("link", name="Upload")).to_be_visible()
    admin_page.reload()
    choose(admin_page, "Access", login)
    choose(admin_page, "Scope", "viewer: looks and exports")
    admin_page.get_by_role("button", name="Change scope").click()
    expect(admin_page.get_by_text(f"{login} has the scope viewer.")).to_be_visible()
    go_to(elsewhere, "Account")
    expect(elsewhere.get_by_text("looks and exports")).to_be_visible()
    expect(elsewhere.get_by_role("link", name="Upload")).to_have_count(0)
    for page in ("upload", "review", "admin"):
        elsewhere.goto(f"{product.dashboard}/{page}")
        expect(elsewhere.get_by_text("This page is not for your scope.")).to_be_visible()
    admin_page.get_by_role("button", name="Disable").click()
    expect(admin_page.get_by_text("is disabled and signed out everywhere.")).to_be_visible()
    go_to(elsewhere, "Label classes")
    expect(elsewhere.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_last_admin_cannot_lock_everybody_out(admin_page: Page):
    choose(admin_page, "Access", ADMIN)
    expect(admin_page.get_by_role("button", name="Disable")).to_be_disabled()
    admin_page.get_by_text("I know that I lose this page").click()
    admin_page.get_by_role("button", name="Disable").click()
    expect(admin_page.get_by_text("is the last admin. Make another one first.")).to_be_visible()
    admin_page.reload()
    expect(admin_page.get_by_role("heading", name="Accesses")).to_be_visible()


def test_names_that_people_give_stay_text(admin_page: Page, product: Product, program: Program):
    alarms: list[str] = []

    def note(dialog: Dialog) -> None:
        alarms.append(dialog.message)
        dialog.dismiss()

    admin_page.on("dialog", note)
    media = program.upload(a_jpeg(), source=HOSTILE)
    admin_page.goto(f"{product.dashboard}/label_classes")
    admin_page.get_by_role("tab", name="New label class").click()
    admin_page.get_by_role("textbox", name="Name", exact=True).fill(HOSTILE)
    admin_page.get_by_role("textbox", name="Key", exact=True).fill(f"hostile_{media['id']}")
    admin_page.get_by_role("button", name="Create").click()
    expect(admin_page.get_by_role("cell", name=HOSTILE, exact=True)).to_be_visible()
    expect(admin_page.get_by_text(f"{HOSTILE} is offered.")).to_be_visible()
    go_to(admin_page, "Overview")
    named = admin_page.get_by_role("link", name=HOSTILE)
    # Plots last half a minute; the first look after that has them made anew, for the next one.
    for _ in range(8):
        admin_page.wait_for_timeout(5_000)
        admin_page.reload()
        expect(admin_page.get_by_role("heading", name="Sources")).to_be_visible()
        if named.count():
            break
    expect(named).to_be_visible()
    go_to(admin_page, "Admin")
    admin_page.get_by_role("link", name="Audit trail").click()
    expect(admin_page.get_by_role("heading", name="Audit trail")).to_be_visible()
    assert alarms == []


LEADS = {
    "waiting for anyone": r"/browse\?state=new&state=annotated",
    "accepted": r"/browse\?state=accepted$",
    "media in all": r"/browse$",
    "waiting for you": r"/review\?queue=to_review",
    "Continue reviewing": r"/review\?queue=",
    "To annotate": r"/review\?queue=to_annotate",
    "north of people": r"/browse\?source=north\+of\+people",
}


def test_a_number_leads_to_its_list_and_back_leads_here_again(
    page: Page, product: Product, program: Program, make_access: MakeAccess
):
    program.upload(a_jpeg(), source="north of people")
    sign_in(page, product.dashboard, make_access())
    for name, address in LEADS.items():
        page.get_by_role("link", name=name).first.click()
        expect(page).to_have_url(re.compile(address))
        if "/browse" in address:
            expect(page.get_by_text(re.compile(r"^\s*\d+ media"))).to_be_visible()
        page.go_back()
        expect(page.get_by_role("link", name="waiting for anyone")).to_be_visible()
        expect(page).to_have_url(f"{product.dashboard}/")


def test_a_number_opens_in_a_new_tab_too(
    page: Page, product: Product, program: Program, make_access: MakeAccess
):
    program.upload(a_jpeg())
    sign_in(page, product.dashboard, make_access())
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="media in all").click(modifiers=["ControlOrMeta"])
    expect(opened.value).to_have_url(f"{product.dashboard}/browse")
    expect(page.get_by_text("waiting for anyone")).to_be_visible()
