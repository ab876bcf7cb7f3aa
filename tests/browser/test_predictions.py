"""What models propose, on the Review screen: seen apart, taken by a person or not at all."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import MakeAccess
from tests.browser.desk import Desk, answer_of, media_for
from tests.product import Product, Program

SMOKE = {"label_class": "wildfire", "box": [0.3, 0.3, 0.4, 0.45], "confidence": 0.87}
CLOUD = {"label_class": "low_cloud", "box": [0.6, 0.2, 0.8, 0.4], "confidence": 0.41}
SPECK = {"label_class": "dust", "box": [0.1, 0.7, 0.2, 0.8], "confidence": 0.05}


def predict(program: Program, media_id: int, model: str, *shapes: dict) -> int:
    sent = program.post(f"/media/{media_id}/predictions", json={"model": model, "shapes": list(shapes)})
    sent.raise_for_status()
    return int(sent.json()["id"])


@pytest.fixture
def curator(make_access: MakeAccess) -> str:
    return make_access("user")


def test_predictions_are_seen_sifted_taken_and_corrected_and_the_answer_says_which_is_which(
    page: Page, product: Product, program: Program, curator: str
):
    first, second = media_for(program, "predicted", 2)
    yolo = predict(program, first, "yolo 11", SMOKE, SPECK)
    other = predict(program, first, "rtdetr 2", CLOUD)
    desk = Desk.sit_down(page, product, curator, "predicted")
    desk.shows(first)

    # Seen, and no part of any answer.
    marks, rows = desk.part(".overlay .predicted"), desk.part(".predicted .row")
    expect(marks).to_have_count(2)
    expect(rows).to_have_count(2)
    expect(marks.first).to_contain_text("wildfire 0.87 · yolo 11")
    desk.holds(0)
    desk.press("a")
    desk.says("Draw shapes, or say that nothing is here.")

    # The threshold is the person's: it is there after a reload.
    slider = desk.part(".predicted input")
    with page.expect_response("**/me/preferences"):
        slider.fill("0")
    expect(marks).to_have_count(3)
    page.reload()
    desk.shows(first)
    expect(marks).to_have_count(3)

    # One by a click on the picture, one by Tab and Enter, corrected by a drag.
    desk.click(0.35, 0.37)
    desk.holds(1)
    expect(marks).to_have_count(2)
    rows.first.focus()
    page.keyboard.press("Enter")
    desk.holds(2)
    expect(marks).to_have_count(1)
    desk.drag((0.7, 0.3), (0.75, 0.35))
    expect(desk.part(".shape-rows")).to_contain_text(["", "corrected"])
    desk.drag((0.5, 0.7), (0.6, 0.8))
    desk.holds(3)
    desk.press("1", "s")
    desk.shows(second)
    desk.is_saved()

    shapes = answer_of(program, first)["annotation"]["shapes"]
    assert [(one["origin"], one["prediction"], one["model"], one["confidence"]) for one in shapes] == [
        ("model", yolo, "yolo 11", 0.87),
        ("human", other, "rtdetr 2", None),
        ("human", None, None, None),
    ]
    assert shapes[0]["box"] == SMOKE["box"]
    assert shapes[1]["box"] == pytest.approx([0.65, 0.25, 0.85, 0.45], abs=0.003)


def test_models_that_agree_are_both_readable_and_counted(
    page: Page, product: Product, program: Program, curator: str
):
    (media_id,) = media_for(program, "agreed", 1)
    near = {**SMOKE, "box": [0.305, 0.305, 0.405, 0.455], "confidence": 0.66}
    predict(program, media_id, "rtdetr 2", near)
    predict(program, media_id, "yolo 11", SMOKE)
    desk = Desk.sit_down(page, product, curator, "agreed")
    desk.shows(media_id)
    expect(desk.part(".predicted h3 b")).to_have_text("2")
    on_review = desk.part(".overlay .predicted rect[rx]")
    expect(on_review).to_have_count(2)
    apart(on_review)
    page.goto(f"{product.dashboard}/browse?media={media_id}")
    on_browse = page.locator(".shape-names .predicted")
    expect(on_browse).to_have_count(2)
    expect(on_browse.first).to_contain_text("0.87 · yolo 11")
    apart(on_browse)


def apart(names: Locator) -> None:
    """Two names one below the other, the more certain above."""
    first, second = names.nth(0).bounding_box(), names.nth(1).bounding_box()
    assert first is not None and second is not None
    assert first["y"] + first["height"] <= second["y"] + 0.5


def test_one_key_takes_all_that_is_shown_and_is_undone_as_one_stroke(
    page: Page, product: Product, program: Program, curator: str
):
    (media_id,) = media_for(program, "all-of-them", 1)
    predict(program, media_id, "yolo 11", SMOKE, CLOUD, SPECK)
    desk = Desk.sit_down(page, product, curator, "all-of-them")
    desk.shows(media_id)
    desk.press("r")
    desk.holds(2)
    expect(desk.part(".overlay .predicted")).to_have_count(0)
    desk.press("Control+z")
    desk.holds(0)
    desk.press("r", "s")
    desk.is_saved()
    shapes = answer_of(program, media_id)["annotation"]["shapes"]
    assert [one["origin"] for one in shapes] == ["model", "model"]
