"""Videos as curators meet them: sent, played in Browse, taken apart into frames, judged as a whole in Review."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakeAccess, sign_in
from tests.product import Product, Program
from tests.videos import a_video

# How far the player has come, and whether it knows the length.
POSITION = "video => video.currentTime"
PATIENCE_FOR_JOBS = 40_000


def film(program: Program, seed: int, kind: str = "mp4", **fields: str) -> dict[str, Any]:
    return program.upload(
        a_video(kind, seconds=6.0, seed=seed, size=(640, 360)), f"fire-{seed}.{kind}", **fields
    )


def wait_for(page: Page, condition: Callable[[], bool]) -> None:
    for _ in range(200):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came to be")


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_a_video_plays_in_browse_and_steps_frame_by_frame(
    product: Product, program: Program, page: Page, make_access: MakeAccess, kind: str
) -> None:
    media = film(program, 1 + (kind == "webm"), kind)
    sign_in(page, f"{product.dashboard}/browse?media={media['id']}", make_access("viewer"))
    video = page.locator(".player video")
    expect(video).to_be_visible()
    assert video.evaluate("video => video.canPlayType('video/mp4; codecs=\"avc1.42E01E\"')")
    wait_for(page, lambda: video.evaluate("video => video.readyState") >= 1)
    assert video.evaluate("video => Math.round(video.duration)") == 6
    page.keyboard.press(".")
    page.keyboard.press(".")
    wait_for(page, lambda: 0.15 < video.evaluate(POSITION) < 0.25)
    page.keyboard.press(" ")
    wait_for(page, lambda: video.evaluate(POSITION) > 0.5)
    page.keyboard.press(" ")
    assert video.evaluate("video => video.paused")


def test_a_codec_that_no_browser_plays_shows_its_poster_and_a_download(
    product: Product, program: Program, page: Page, make_access: MakeAccess
) -> None:
    content = a_video(seconds=2.0, codec="mpeg4", seed=3)
    media = program.upload(content, "old camera.mp4")
    assert media["playable"] is False
    sign_in(page, f"{product.dashboard}/browse?media={media['id']}", make_access("viewer"))
    expect(page.locator(".player img")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download it").click()
    assert Path(download.value.path()).read_bytes() == content


def test_frames_are_taken_by_a_button_and_lead_back(
    product: Product, program: Program, page: Page, make_access: MakeAccess
) -> None:
    media = film(program, 4, source="film camera", captured_at="2026-08-12T10:00:00Z")
    sign_in(page, f"{product.dashboard}/browse?media={media['id']}", make_access())
    page.get_by_role("spinbutton", name="One every … seconds").fill("2")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Take 3 frames").click()
    page.get_by_role("link", name="Show the frames").click(timeout=PATIENCE_FOR_JOBS)
    tiles = page.get_by_role("option")
    expect(tiles).to_have_count(3)
    expect(tiles.first).to_have_attribute("aria-label", re.compile("fire-4 0000.000s.jpg"))
    tiles.first.dblclick()
    page.get_by_role("link", name=f"video {media['id']}").click()
    expect(page.locator(".player video")).to_be_visible()


def test_a_video_is_judged_as_a_whole_in_review(
    product: Product, program: Program, page: Page, make_access: MakeAccess
) -> None:
    media = film(program, 5)
    sign_in(page, f"{product.dashboard}/review?queue=filter&start={media['id']}", make_access())
    bench = page.locator(".workbench")
    expect(bench).to_have_attribute("data-media-id", str(media["id"]))
    video = page.locator(".stage .player video")
    expect(video).to_be_visible()
    page.keyboard.press(" ")
    wait_for(page, lambda: video.evaluate(POSITION) > 0.5)
    page.keyboard.press(",")
    assert video.evaluate("video => video.paused")
    page.keyboard.press("b")
    expect(page.get_by_text("Nothing is drawn on a video")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("a")
    expect(bench).not_to_have_attribute("data-media-id", str(media["id"]))
    expect(bench).to_have_attribute("data-saved", "saved")
    answered = program.get(f"/media/{media['id']}").json()
    assert answered["state"] == "accepted"
    assert len(answered["annotation"]["label_classes"]) == 1
    assert answered["annotation"]["shapes"] == []
