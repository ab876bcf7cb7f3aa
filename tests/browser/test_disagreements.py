"""Second opinions, given blind, and disagreements settled with one key: several real people."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CURATOR_PASSWORD, Chromium, MakeAccess
from tests.browser.desk import Desk, answer_of, media_for
from tests.product import Product, Program, start_product

ROOM = {"width": 1366, "height": 768}
LEFT, RIGHT = (0.2, 0.2, 0.4, 0.4), (0.6, 0.6, 0.8, 0.8)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One where every answer is given to somebody else as well."""
    running = start_product(tmp_path_factory.mktemp("second"), SECOND_OPINION_SHARE="1")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def program(product: Product) -> Iterator[Program]:
    with Program(product) as program:
        yield program


def answer(product: Product, login: str, media_id: int, box: tuple[float, ...] | None) -> None:
    """Somebody's answer by program, blind where they have a look open."""
    with Program(product, login, CURATOR_PASSWORD) as person:
        person.post("/queue?queue=to_annotate&limit=50").raise_for_status()
        told = person.get(f"/media/{media_id}").json()
        shapes = [{"label_class": "wildfire", "box": list(box)}] if box else []
        body = {"based_on": told["annotation_id"], "look": told["look"], "shapes": shapes}
        person.post(f"/media/{media_id}/annotations", json=body).raise_for_status()
        person.post("/leases/release", json={"media_ids": [media_id]}).raise_for_status()


def a_disagreement(
    product: Product, program: Program, make_access: MakeAccess, tag: str
) -> tuple[int, str, str]:
    """A media about which two people disagree: one sees smoke, the other nothing."""
    (media_id,) = media_for(program, tag, 1)
    first, second = make_access("user"), make_access("user")
    answer(product, first, media_id, LEFT)
    answer(product, second, media_id, None)
    assert answer_of(program, media_id)["state"] == "disputed"
    return media_id, first, second


def test_a_second_person_answers_as_if_nobody_had_and_cannot_tell(
    browser: Chromium, page: Page, product: Product, program: Program, make_access: MakeAccess
):
    (media_id,) = media_for(program, "blind", 1)
    anna, ben = make_access("user"), make_access("user")
    answer(product, anna, media_id, LEFT)
    current = answer_of(program, media_id)["annotation"]["id"]
    desk = Desk.sit_down(page, product, ben, "blind")
    desk.shows(media_id)
    expect(desk.root).to_have_attribute("data-state", "new")
    desk.holds(0)
    page.wait_for_timeout(1_500)  # for what is asked for at rest
    expect(desk.part(".overlay .mark")).to_have_count(0)
    expect(desk.root).not_to_contain_text(anna)
    desk.drag(RIGHT[:2], RIGHT[2:])
    desk.press("s")
    desk.is_saved()
    told = answer_of(program, media_id)
    assert told["state"] == "disputed"
    assert told["annotation"]["id"] == current
    # Taken back, it can be given again.
    desk.press("Control+z")
    desk.shows(media_id)
    desk.is_saved()
    expect(desk.root).to_have_attribute("data-state", "new")
    assert answer_of(program, media_id)["state"] == "annotated"
    desk.press("s")
    desk.is_saved()
    assert answer_of(program, media_id)["state"] == "disputed"


@pytest.mark.parametrize(("key", "shapes"), [("q", 1), ("e", 0)])
def test_two_answers_stand_side_by_side_and_one_key_settles_them(
    page: Page, product: Product, program: Program, make_access: MakeAccess, key: str, shapes: int
):
    media_id, first, second = a_disagreement(product, program, make_access, f"side-{key}")
    desk = Desk.sit_down(page, product, make_access("user"), f"side-{key}", "disagreements")
    desk.shows(media_id)
    left, right = desk.part(".dispute .side.first"), desk.part(".dispute .side.second")
    expect(left).to_contain_text(f"Take {first}’s")
    expect(left).to_contain_text("1 shape: ")
    expect(right).to_contain_text(f"Take {second}’s (dashed)")
    expect(right).to_contain_text("nothing here")
    expect(desk.part(".dispute canvas")).to_have_count(2)
    desk.press("a")
    desk.says("Take the left one (Q) or the right one (E)")
    desk.press(key)
    desk.is_saved()
    told = answer_of(program, media_id)
    assert told["state"] == "accepted"
    assert len(told["annotation"]["shapes"]) == shapes
    desk.press("Control+z")
    desk.shows(media_id)
    desk.is_saved()
    assert answer_of(program, media_id)["state"] == "disputed"
    expect(left).to_be_visible()
    # By the buttons as well.
    (left if key == "q" else right).click()
    desk.is_saved()
    assert answer_of(program, media_id)["state"] == "accepted"


def test_a_third_answer_is_drawn_and_accepted(
    page: Page, product: Product, program: Program, make_access: MakeAccess
):
    media_id, _, _ = a_disagreement(product, program, make_access, "third")
    desk = Desk.sit_down(page, product, make_access("user"), "third", "disagreements")
    desk.shows(media_id)
    desk.drag(RIGHT[:2], RIGHT[2:])
    desk.holds(2)
    desk.press("q")
    desk.says("You have drawn an answer of your own.")
    desk.press("a")
    desk.is_saved()
    told = answer_of(program, media_id)
    assert (told["state"], len(told["annotation"]["shapes"])) == ("accepted", 2)


def test_two_people_find_each_other_in_the_disagreements(
    browser: Chromium, page: Page, product: Product, program: Program, make_access: MakeAccess
):
    (media_id,) = media_for(program, "pair", 1)
    anna = make_access("user")
    first = Desk.sit_down(page, product, anna, "pair")
    first.drag(LEFT[:2], LEFT[2:])
    # Once it is saved and the person has moved on, the picture is anybody's.
    with page.expect_response("**/leases/release"):
        first.press("s")
    first.is_saved()
    with browser.new_context(viewport=ROOM) as other:
        second = Desk.sit_down(other.new_page(), product, make_access("user"), "pair")
        second.shows(media_id)
        second.press("n")
        second.is_saved()
        expect(second.part(".ending")).to_contain_text("1 decision")
    first.part(".strip .queues").select_option("disagreements")
    expect(first.root).to_have_attribute("data-media-id", re.compile(r"\d+"))
    expect(first.root).to_have_attribute("data-dispute", "true")
