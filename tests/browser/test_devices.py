"""A device from the Admin page to its first frame: made, its token copied, a frame sent, heard, and cut off."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakeAccess, sign_in
from tests.factories import a_jpeg
from tests.product import ADMIN, ADMIN_PASSWORD, Product


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
