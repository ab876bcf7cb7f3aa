"""Near twins in Chromium: an upload says what it looks like, and one key decides about a group."""

from __future__ import annotations

import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakeAccess
from tests.browser.test_upload import Uploader, a_file
from tests.product import Product, Program
from tests.views import a_view


@pytest.fixture
def curator(make_access: MakeAccess) -> str:
    return make_access("user")


def test_an_upload_stands_beside_its_twin_and_a_key_rejects_it_and_takes_that_back(
    page: Page, product: Product, program: Program, curator: str
):
    # Other views each time: what a first try left behind would be here already.
    scene, another = secrets.randbelow(2**31), secrets.randbelow(2**31)
    known = program.upload(a_view(scene), "known.jpg")
    uploader = Uploader(page, product, curator)
    uploader.choose(a_file("again.jpg", a_view(scene, quality=60)), a_file("other.jpg", a_view(another)))
    uploader.start()
    row = uploader.ends_as("again.jpg", "registered")
    expect(row).to_contain_text("looks like")
    expect(row.get_by_role("link", name=f"media {known['id']}")).to_be_visible()
    pictures = row.locator("img")
    expect(pictures).to_have_count(2)
    for picture in pictures.all():
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("shown => shown.naturalWidth") > 0
    expect(uploader.ends_as("other.jpg", "registered")).not_to_contain_text("looks like")

    page.locator('[data-name="compare"]').click()
    group = page.locator(f".st-key-twins_{known['id']}")
    expect(group).to_contain_text("2 media look alike")
    # A key is heard from when its button stands there.
    expect(group.get_by_role("button", name="Reject 1 other")).to_be_visible()
    page.keyboard.press("x")
    expect(group).to_have_count(0)

    def rejected() -> list[str]:
        found = program.get("/media/", params={"uploader": curator, "state": "rejected"}).json()
        return [media["file_name"] for media in found]

    assert rejected() == ["again.jpg"]
    expect(page.locator(".st-key-twins_undo button")).to_be_visible()
    page.keyboard.press("u")
    expect(group).to_contain_text("2 media look alike")
    assert rejected() == []
