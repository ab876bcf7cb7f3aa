"""The workbench in a real browser, as a curator handles it: what tests press, drag and read."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import sign_in
from tests.factories import a_jpeg
from tests.product import Product, Program

SIZE = (1280, 720)


def media_for(program: Program, tag: str, count: int, size: tuple[int, int] = SIZE) -> list[int]:
    """Register pictures that only this tag finds; their ids in the order of the queue."""
    for left in program.get(
        "/media", params={"tag": tag}
    ).json():  # by another test, or an earlier try of this one
        program.post("/reviews", json={"media_id": left["id"], "decision": "withdrawn"}).raise_for_status()
    return [
        program.upload(
            a_jpeg(*size), f"{tag}-{number}.jpg", tags=tag, captured_at=f"2026-08-12T10:00:{number:02d}Z"
        )["id"]
        for number in range(count)
    ]


def submit(program: Program, media_id: int, *boxes: tuple[float, float, float, float]) -> int:
    """Another person's answer; its annotation id."""
    before = program.get(f"/media/{media_id}").json()["annotation"]
    answer = program.post(
        f"/media/{media_id}/annotations",
        json={
            "based_on": before and before["id"],
            "shapes": [{"label_class": "wildfire", "box": list(box)} for box in boxes],
        },
    )
    answer.raise_for_status()
    return int(answer.json()["annotation"]["id"])


class Desk:
    """One open Review page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator(".workbench")

    @classmethod
    def sit_down(cls, page: Page, product: Product, login: str, tag: str, queue: str = "to_annotate") -> Desk:
        """Sign in on the queue of one test and wait for its first picture."""
        sign_in(page, f"{product.dashboard}/review?queue={queue}&tag={tag}", login)
        desk = cls(page)
        expect(desk.root).to_have_attribute("data-media-id", re.compile(r"\d+"))
        return desk

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def shows(self, media_id: int) -> None:
        expect(self.root).to_have_attribute("data-media-id", str(media_id))
        expect(self.root).to_have_attribute("data-waiting", "false")

    def is_ready(self) -> None:
        """No picture is being waited for."""
        expect(self.root).to_have_attribute("data-waiting", "false")

    def holds(self, shapes: int) -> None:
        expect(self.root).to_have_attribute("data-count", str(shapes))

    def is_saved(self) -> None:
        expect(self.root).to_have_attribute("data-saved", "saved")

    def says(self, text: str) -> None:
        expect(self.root.locator(".notice")).to_contain_text(text)

    def part(self, selector: str) -> Locator:
        return self.root.locator(selector)

    def place(self, x: float, y: float, size: tuple[int, int] = SIZE) -> tuple[float, float]:
        """Where a fraction of the fitted picture lies on the page."""
        stage = self.part(".stage").bounding_box()
        assert stage
        scale = min(stage["width"] / size[0], stage["height"] / size[1])
        left = stage["x"] + (stage["width"] - size[0] * scale) / 2
        top = stage["y"] + (stage["height"] - size[1] * scale) / 2
        return left + x * size[0] * scale, top + y * size[1] * scale

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press at one fraction of the picture, move, and let go at another."""
        mouse = self.page.mouse
        mouse.move(*self.place(*start))
        mouse.down()
        mouse.move(*self.place(*end), steps=5)
        mouse.up()

    def click(self, x: float, y: float) -> None:
        self.page.mouse.click(*self.place(x, y))


def answer_of(program: Program, media_id: int) -> dict[str, Any]:
    """The media as the API tells it."""
    told: dict[str, Any] = program.get(f"/media/{media_id}").json()
    return told
