"""A device from the Admin page to its first frame: made, its token copied, a frame sent, heard, and cut off."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakeAccess, sign_in
from tests.factories import a_jpeg
from tests.product import ADMIN, ADMIN_PASSWORD, Product, Program
from tests.receiver import open_receiver


def send(address: str, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    files = {"file": ("frame.jpg", a_jpeg())}
    return httpx.post(f"{address}/uploads", headers=headers, files=files, timeout=60).status_code


def test_a_device_is_made_sends_a_frame_is_heard_and_is_cut_off(page: Page, product: Product):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    login = f"camera-{product.dashboard_port}"
    sign_in(page, f"{product.dashboard}/admin", ADMIN, ADMIN_PASSWORD)
    page.get_by_role("link", name="Devices", exact=True).click()
    expect(page).to_have_url(re.compile(r"\?section=devices$"))
    page.get_by_role("textbox", name="Name").fill(login)
    source = page.get_by_role("combobox", name="Source of its pictures")
    source.fill("the mast")
    source.press("Enter")
    page.get_by_role("button", name="Create").click()

    token_shown, example = page.get_by_test_id("stCode").nth(0), page.get_by_test_id("stCode").nth(1)
    token_shown.hover()
    token_shown.get_by_role("button", name="Copy").click()
    token = page.evaluate("navigator.clipboard.readText()").strip()
    assert token.startswith("vigie_")
    expect(example).to_contain_text(f"Bearer {token}")
    address = re.search(r"http\S+/uploads", example.inner_text())
    assert address is not None and address[0] == f"{product.dashboard}/api/uploads"
    page.get_by_role("button", name="I have noted it").click()
    expect(page.get_by_test_id("stCode")).to_have_count(0)

    row = page.get_by_role("row", name=re.compile(login))
    expect(row).to_contain_text("not heard yet")
    assert send(f"{product.dashboard}/api", token) == 201
    page.reload()
    expect(row).to_contain_text("heard")
    expect(row.get_by_role("link", name="1", exact=True)).to_be_visible()
    expect(page.get_by_text(token)).to_have_count(0)

    page.get_by_role("tab", name="Change").click()
    device = page.get_by_role("combobox", name="Device", exact=True)
    device.fill(login)
    page.get_by_role("option", name=login, exact=True).click()
    page.get_by_role("button", name="Revoke…").click()
    expect(page.get_by_text("is refused from its next request on")).to_be_visible()
    page.get_by_role("button", name="Revoke its token").click()
    expect(row).to_contain_text("no token")
    assert send(f"{product.dashboard}/api", token) == 401

    row.get_by_role("link", name="1", exact=True).click()
    expect(page).to_have_url(re.compile(rf"/browse\?uploader={login}$"))
    expect(page.get_by_text(re.compile(r"^\s*1 media"))).to_be_visible()


def test_a_new_token_leaves_the_form_as_it_is_and_none_is_made_by_itself(
    page: Page, product: Product, program: Program
):
    login = f"rotated-{product.dashboard_port}"
    program.post("/devices", json={"login": login}).raise_for_status()
    sign_in(page, f"{product.dashboard}/admin?section=devices", ADMIN, ADMIN_PASSWORD)
    tab, device = (
        page.get_by_role("tab", name="Change"),
        page.get_by_role("combobox", name="Device", exact=True),
    )
    tab.click()
    device.click()
    page.get_by_role("option", name=login, exact=True).click()
    now = page.get_by_role("button", name="Make a new token")
    page.get_by_role("button", name="New token…").click()
    now.click()
    noted = page.get_by_role("button", name="I have noted it")
    expect(noted).to_be_visible()
    expect(page.get_by_test_id("stCode").nth(0).get_by_role("button", name="Copy")).to_be_in_viewport()
    for _run in range(2):
        expect(now).to_have_count(0)
        expect(tab).to_have_attribute("aria-selected", "true")
        expect(device).to_have_value(login)
        if noted.is_visible():
            noted.click()
            expect(noted).to_have_count(0)
            page.wait_for_timeout(1000)  # a popover that opens by itself would do so by now


def test_a_source_is_renamed_and_a_taken_name_is_refused_where_it_was_typed(
    page: Page, product: Product, program: Program
):
    old, taken, new = (f"{name}-{product.dashboard_port}" for name in ("old", "taken", "new"))
    for name in (old, taken):
        program.post("/sources", json={"name": name}).raise_for_status()
    sign_in(page, f"{product.dashboard}/admin?section=sources", ADMIN, ADMIN_PASSWORD)
    source = page.get_by_role("combobox", name="Source", exact=True)
    source.click()
    page.get_by_role("option", name=old, exact=True).click()
    form = page.get_by_role("tabpanel", name="Change")
    typed, save = form.get_by_role("textbox", name="Name"), form.get_by_role("button", name="Save")
    typed.fill(taken)
    save.click()
    expect(form.get_by_role("alert")).to_contain_text("already")
    expect(source).to_have_value(old)
    expect(typed).to_have_value(taken)
    typed.fill(new)
    save.click()
    expect(source).to_have_value(new)
    expect(page.get_by_role("alert").filter(has_text="already")).to_have_count(0)
    expect(page.get_by_role("cell", name=new)).to_be_visible()


def test_the_table_of_webhooks_follows_a_test_message(page: Page, product: Product, program: Program):
    name = f"hook-{product.dashboard_port}"
    with open_receiver() as receiver:
        wanted = {"name": name, "url": receiver.url, "events": ["export.finished"]}
        program.post("/webhooks", json=wanted).raise_for_status()
        sign_in(page, f"{product.dashboard}/admin?section=webhooks", ADMIN, ADMIN_PASSWORD)
        page.get_by_role("tab", name="Change and messages").click()
        row = page.get_by_role("row", name=re.compile(name))
        expect(row).to_contain_text("nothing sent yet")
        page.get_by_role("button", name="Send a test message").click()
        receiver.wait_for(1)
        expect(row).to_contain_text("arriving")
        expect(page.get_by_role("cell", name="arrived")).to_be_visible()


def test_a_curator_makes_a_token_of_their_own_and_ends_it(
    page: Page, product: Product, make_access: MakeAccess
):
    sign_in(page, f"{product.dashboard}/account", make_access("user"))
    page.get_by_role("textbox", name="Name").fill("notebook")
    page.get_by_role("button", name="Make a token").click()
    token = page.get_by_test_id("stCode").first.inner_text().strip()
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{product.dashboard}/api/me", headers=headers, timeout=60).status_code == 200
    expect(page.get_by_role("cell", name="notebook")).to_be_visible()
    page.get_by_role("tab", name="Revoke").click()
    page.get_by_role("combobox", name="Token").click()
    page.get_by_role("option", name="notebook").click()
    page.get_by_role("button", name="Revoke…").click()
    page.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_role("cell", name="notebook")).to_have_count(0)
    assert httpx.get(f"{product.dashboard}/api/me", headers=headers, timeout=60).status_code == 401
