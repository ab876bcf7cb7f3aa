"""Datasets in Chromium, on the running product: out with a receipt, in with a preview, and back again."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakeAccess, sign_in
from tests.browser.desk import media_for, submit
from tests.factories import a_jpeg
from tests.product import Product, Program


@pytest.fixture
def curator(make_access: MakeAccess) -> str:
    return make_access("user")


def test_an_export_comes_with_its_receipt(
    page: Page, product: Product, program: Program, curator: str, tmp_path: Path
):
    ids = media_for(program, "dataset-out", 3)
    submit(program, ids[0], (0.1, 0.1, 0.2, 0.2))
    sign_in(page, f"{product.dashboard}/export?tag=dataset-out", curator)
    page.get_by_text("JSON Lines", exact=True).click()
    page.get_by_text("Pictures", exact=True).click()
    page.locator(".st-key-export_go button").first.click()
    expect(page.locator(".balance")).to_contain_text("3 in scope")
    expect(page.locator(".balance")).to_contain_text("0 left out")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    saved = tmp_path / "export.zip"
    download.value.save_as(saved)
    with zipfile.ZipFile(saved) as archive:
        assert archive.testzip() is None
        pictures = [name for name in archive.namelist() if name.endswith(".jpg")]
    assert len(pictures) == 3


def test_a_dataset_is_looked_at_imported_and_undone(
    page: Page, product: Product, program: Program, curator: str, tmp_path: Path
):
    folder = tmp_path / "dropped"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(a_jpeg(64, 48))
    (folder / "annotations.json").write_text(
        json.dumps(
            {
                "images": [{"id": 1, "file_name": "a.jpg", "width": 64, "height": 48}],
                "categories": [{"id": 1, "name": "wildfire"}, {"id": 2, "name": "unheard of"}],
                "annotations": [
                    {"id": 1, "image_id": 1, "category_id": 1, "bbox": [8, 6, 16, 12]},
                    {"id": 2, "image_id": 1, "category_id": 2, "bbox": [30, 6, 16, 12]},
                ],
            }
        )
    )
    sign_in(page, f"{product.dashboard}/imports", curator)
    page.locator("input[data-name=folder]").set_input_files(folder)
    page.get_by_role("button", name="Send 2 files and look").click()
    expect(page.locator(".balance")).to_contain_text("1 new")
    expect(page.get_by_text("1 label class is not known here.")).to_be_visible()
    page.get_by_role("button", name="Leave all out").click()
    page.get_by_role("button", name="Import 1 media").click()
    expect(page.locator(".sections").last).to_contain_text("1 new here")
    page.get_by_role("button", name="Undo this import").click()
    expect(page.locator(".sections").last).to_contain_text("1 undone")
