"""Exporting in Chromium, on the running product: progress, the file, and a way out."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import MakeAccess, sign_in
from tests.browser.desk import media_for, submit
from tests.product import Product, Program


@pytest.fixture
def curator(make_access: MakeAccess) -> str:
    return make_access("user")


def rows_of(content: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))


def test_the_file_is_what_a_program_gets(page: Page, product: Product, program: Program, curator: str):
    ids = media_for(program, "export", 3)
    submit(program, ids[0], (0.1, 0.1, 0.2, 0.2), (0.3, 0.3, 0.4, 0.4))
    sign_in(page, f"{product.dashboard}/export?tag=export", curator)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    content = download.value.path().read_text("utf-8")
    assert content == program.get("/exports/media.csv", params={"tag": "export"}).text
    assert [row["file_name"] for row in rows_of(content)] == ["export-2.jpg", "export-1.jpg", "export-0.jpg"]
    assert re.fullmatch(r"vigie-media-\d{4}-\d\d-\d\d\.csv", download.value.suggested_filename)
    expect(page.locator(".status")).to_contain_text("3 rows")


def test_rows_of_shapes_are_downloaded_when_chosen(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "per-shape", 2)
    submit(program, ids[0], (0.1, 0.1, 0.2, 0.2), (0.3, 0.3, 0.4, 0.4))
    sign_in(page, f"{product.dashboard}/export?tag=per-shape", curator)
    page.get_by_role("radio", name="One row per shape").or_(
        page.get_by_role("button", name="One row per shape")
    ).first.click()
    expect(page.locator(".downloader a")).to_have_attribute("href", re.compile("per=shape"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    assert len(rows_of(download.value.path().read_text("utf-8"))) == 3


def test_a_download_can_be_cancelled(page: Page, product: Product, program: Program, curator: str):
    media_for(program, "cancel", 1)
    sign_in(page, f"{product.dashboard}/export?tag=cancel", curator)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/api/exports/"), hold)
    page.get_by_role("button", name="Download CSV").click()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.locator(".status")).to_have_text("Cancelled. Nothing was saved.")
    expect(page.get_by_role("button", name="Download CSV")).to_be_visible()
    assert held


def test_a_refusal_is_said_in_the_servers_words(page: Page, product: Product, program: Program, curator: str):
    media_for(program, "refusal", 1)
    sign_in(page, f"{product.dashboard}/export?tag=refusal", curator)

    def away(route: Route) -> None:
        route.fulfill(status=503, json={"detail": "The database cannot be reached. Try again in a while."})

    page.route(re.compile(r"/api/exports/"), away)
    page.get_by_role("button", name="Download CSV").click()
    expect(page.locator(".status")).to_have_text("The database cannot be reached. Try again in a while.")
