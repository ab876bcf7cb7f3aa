"""Uploading in Chromium, on the running product: every file ends in a result that can be read."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Dialog, FilePayload, Locator, Page, Route, expect

from tests.browser.conftest import CURATOR_PASSWORD, MakeAccess, sign_in
from tests.factories import a_jpeg
from tests.product import Product, Program


@pytest.fixture
def curator(make_access: MakeAccess) -> str:
    return make_access("user")


def a_file(name: str, content: bytes | None = None) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": a_jpeg() if content is None else content}


class Uploader:
    """The Upload page of one curator."""

    def __init__(self, page: Page, product: Product, login: str, password: str = CURATOR_PASSWORD) -> None:
        self.page = page
        sign_in(page, f"{product.dashboard}/upload", login, password)
        expect(page.locator(".drop")).to_be_visible()

    def choose(self, *files: FilePayload) -> None:
        self.page.locator('input[data-name="files"]').set_input_files(list(files))

    def start(self) -> None:
        self.page.locator('[data-name="start"]').click()

    def row(self, name: str) -> Locator:
        return self.page.locator(".row", has=self.page.get_by_text(name, exact=True))

    def ends_as(self, name: str, state: str) -> Locator:
        expect(self.row(name)).to_have_attribute("data-state", state)
        return self.row(name)


def test_each_file_ends_as_registered_already_here_or_refused(
    page: Page, product: Product, program: Program, curator: str
):
    twin = a_jpeg()
    known = program.upload(twin, "known.jpg")
    uploader = Uploader(page, product, curator)
    uploader.choose(
        a_file("fresh.jpg"),
        a_file("twin.jpg", twin),
        a_file("report.jpg", b"%PDF-1.7 not a picture"),
        a_file("empty.jpg", b""),
    )
    expect(page.locator('[data-name="start"]')).to_have_text("Upload 3 files")
    uploader.start()
    uploader.ends_as("fresh.jpg", "registered")
    link = uploader.ends_as("twin.jpg", "already_here").get_by_role("link")
    expect(link).to_have_attribute("href", f"/browse?media={known['id']}")
    refused = uploader.ends_as("report.jpg", "refused")
    expect(refused).to_contain_text(
        "is not a JPEG, PNG or WebP picture, nor an MP4, WebM or MOV video (it starts like a PDF)"
    )
    expect(uploader.ends_as("empty.jpg", "refused")).to_contain_text("empty")
    page.locator('[data-name="group-refused"]').click()
    expect(page.locator(".row")).to_have_count(2)


def test_what_is_said_for_the_batch_is_stored_with_each_picture(
    page: Page, product: Product, program: Program, curator: str
):
    uploader = Uploader(page, product, curator)
    source = page.get_by_role("combobox", name="Source")
    source.fill("batch ridge")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Sequence").fill("seven")
    page.keyboard.press("Enter")
    uploader.choose(a_file("batch.jpg"))
    uploader.start()
    uploader.ends_as("batch.jpg", "registered")
    (media,) = program.get("/media/", params={"source": "batch ridge"}).json()
    assert (media["file_name"], media["sequence"], media["uploaded_by"]) == ("batch.jpg", "seven", curator)


def test_a_lost_connection_loses_no_file(page: Page, product: Product, program: Program, curator: str):
    uploader = Uploader(page, product, curator)
    uploader.choose(*(a_file(f"lost-{number}.jpg") for number in range(8)))

    def no_network(route: Route) -> None:
        route.abort("internetdisconnected")

    page.route(re.compile("/api/uploads"), no_network)
    uploader.start()
    expect(page.locator(".trouble")).to_contain_text("nothing is lost")
    page.unroute(re.compile("/api/uploads"), no_network)
    for number in range(8):
        uploader.ends_as(f"lost-{number}.jpg", "registered")
    assert len(program.get("/media/", params={"uploader": curator}).json()) == 8


def test_an_answer_that_never_arrived_does_not_register_a_file_twice(
    page: Page, product: Product, program: Program, curator: str
):
    uploader = Uploader(page, product, curator)
    swallowed: list[str] = []

    def swallow_first(route: Route) -> None:
        if swallowed:
            route.continue_()
            return
        swallowed.append(route.request.headers["idempotency-key"])
        route.fetch()  # it reaches the server, whose answer is lost
        route.abort("connectionreset")

    page.route(re.compile("/api/uploads"), swallow_first)
    uploader.choose(a_file("once.jpg"))
    uploader.start()
    uploader.ends_as("once.jpg", "registered")
    assert swallowed
    assert len(program.get("/media/", params={"uploader": curator}).json()) == 1


def test_a_server_that_is_away_for_a_moment_is_asked_again(page: Page, product: Product, curator: str):
    uploader = Uploader(page, product, curator)
    answers = iter([503, 500])

    def away(route: Route) -> None:
        status = next(answers, None)
        if status is None:
            route.continue_()
        else:
            route.fulfill(status=status, json={"detail": "Not now."}, headers={"Retry-After": "1"})

    page.route(re.compile("/api/uploads"), away)
    uploader.choose(a_file("patient.jpg"))
    uploader.start()
    uploader.ends_as("patient.jpg", "registered")


def test_an_archive_shows_what_became_of_each_entry(page: Page, product: Product, curator: str):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("fire/one.jpg", a_jpeg())
        archive.writestr("fire/two.jpg", a_jpeg())
        archive.writestr("fire/notes.txt", "seen at noon")
    uploader = Uploader(page, product, curator)
    uploader.choose({"name": "frames.zip", "mimeType": "application/zip", "buffer": packed.getvalue()})
    uploader.start()
    for name, state in {"one.jpg": "registered", "two.jpg": "registered", "notes.txt": "refused"}.items():
        row = page.locator(".row", has_text=name)
        expect(row).to_have_attribute("data-state", state)
    page.locator('[data-name="browse"]').click()
    expect(page.locator(".tile")).to_have_count(2)


def test_a_folder_comes_with_everything_below_it(page: Page, product: Product, curator: str, tmp_path: Path):
    for name in ("a/f2.jpg", "a/f10.jpg", "a/b/f1.jpg", "a/.DS_Store"):
        (tmp_path / "camera" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "camera" / name).write_bytes(a_jpeg())
    uploader = Uploader(page, product, curator)
    page.locator('input[data-name="folder"]').set_input_files(tmp_path / "camera")
    expect(page.locator(".row .name")).to_have_text(
        ["camera/a/b/f1.jpg", "camera/a/f2.jpg", "camera/a/f10.jpg"]
    )
    uploader.start()
    expect(page.locator('.row[data-state="registered"]')).to_have_count(3)


def test_files_are_dropped(page: Page, product: Product, curator: str):
    uploader = Uploader(page, product, curator)
    transfer = page.evaluate_handle(
        """(bytes) => {
             const transfer = new DataTransfer();
             transfer.items.add(new File([new Uint8Array(bytes)], "dropped.jpg", { type: "image/jpeg" }));
             return transfer;
           }""",
        list(a_jpeg()),
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": transfer})
    uploader.start()
    uploader.ends_as("dropped.jpg", "registered")


def test_who_looks_elsewhere_finds_the_files_again_and_browses_what_came_in(
    page: Page, product: Product, curator: str
):
    uploader = Uploader(page, product, curator)
    uploader.choose(a_file("elsewhere-1.jpg"), a_file("elsewhere-2.jpg"))
    uploader.start()
    page.get_by_role("link", name="Account").click()
    expect(page.locator(".uploader")).to_have_count(0)
    page.get_by_role("link", name="Upload").click()
    uploader.ends_as("elsewhere-2.jpg", "registered")
    page.locator('[data-name="browse"]').click()
    expect(page.locator(".tile")).to_have_count(2)
    page.go_back()
    uploader.ends_as("elsewhere-1.jpg", "registered")


def test_closing_the_tab_warns_of_what_is_not_sent(page: Page, product: Product, curator: str):
    uploader = Uploader(page, product, curator)
    uploader.choose(a_file("unsent.jpg"))
    expect(uploader.row("unsent.jpg")).to_be_visible()
    page.locator(".drop").click()  # browsers ask only on pages that somebody has touched
    asked: list[Any] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.close(run_before_unload=True)
    page.wait_for_timeout(100)  # lets Playwright hand over the dialog
    assert asked == ["beforeunload"]
