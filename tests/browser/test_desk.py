"""A review session that loses nothing, and two people at once: real browsers, cut cables, killed servers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from tests.browser.conftest import CURATOR_PASSWORD, Chromium, MakeAccess
from tests.browser.desk import Desk, answer_of, media_for, submit
from tests.product import Product, Program, start_product

LEASE_SECONDS = 10
ROOM = {"width": 1366, "height": 768}


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One of its own: it is killed on the way, and its leases are short."""
    running = start_product(tmp_path_factory.mktemp("desk"), LEASE_SECONDS=str(LEASE_SECONDS))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def program(product: Product) -> Iterator[Program]:
    with Program(product) as program:
        yield program


@pytest.fixture
def curator(make_access: MakeAccess) -> str:
    return make_access("user")


@pytest.fixture
def elsewhere(browser: Chromium) -> Iterator[BrowserContext]:
    """Another machine: a browser that shares nothing with the first."""
    with browser.new_context(viewport=ROOM) as context:
        yield context


def mark_says(desk: Desk, text: str) -> None:
    expect(desk.part(".saved")).to_have_text(text)


def dialogs_of(page: Page) -> list[str]:
    """What the browser asks from now on; it is told yes."""
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    return asked


def waiting_for(person: Program, tag: str) -> list[int]:
    """The media that somebody would be given now."""
    answer = person.get("/queue", params={"queue": "to_annotate", "tag": tag}).json()
    return [item["id"] for item in answer["items"]]


def until(condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.3)
    raise AssertionError(what)


# Two at once ------------------------------------------------------------------------------------------------


def test_two_people_are_not_given_the_same_picture_and_what_one_leaves_the_other_gets(
    page: Page,
    elsewhere: BrowserContext,
    product: Product,
    program: Program,
    curator: str,
    make_access: MakeAccess,
):
    ids = media_for(program, "shared", 3)
    first = Desk.sit_down(page, product, curator, "shared")
    first.shows(ids[0])
    # The whole queue is before the first person: for the second nothing waits.
    second_page = elsewhere.new_page()
    first.press("x")
    first.shows(ids[1])
    first.is_saved()
    first.press("j")
    first.shows(ids[2])
    # Skipped, and rested on the next one: the skipped one is anybody's.
    others = make_access("user")
    with Program(product, others, CURATOR_PASSWORD) as free:
        until(lambda: waiting_for(free, "shared") == [ids[1]], "what was skipped was not given back")
    second = Desk.sit_down(second_page, product, others, "shared")
    second.shows(ids[1])
    second.press("x")
    # The end is said only after asking once more; the first person's picture is not there.
    expect(second.part(".ending")).to_contain_text("1 decision")
    # A closed page gives back what it held.
    page.close(run_before_unload=False)
    with Program(product, others, CURATOR_PASSWORD) as free:
        until(
            lambda: waiting_for(free, "shared") == [ids[2]],
            "a closed page gave nothing back",
            LEASE_SECONDS / 2,
        )


def test_who_else_looks_is_said_in_a_list_that_leaves_nothing_out(
    page: Page,
    elsewhere: BrowserContext,
    product: Product,
    program: Program,
    curator: str,
    make_access: MakeAccess,
):
    (media_id,) = media_for(program, "beside", 1)
    Desk.sit_down(page, product, curator, "beside").shows(media_id)
    other = Desk.sit_down(elsewhere.new_page(), product, make_access("user"), "beside", "filter")
    expect(other.part(".strip .beside")).to_have_text(f"{curator} is looking at it too")


def test_after_a_lease_has_ended_both_answers_are_kept_apart_and_shown(
    page: Page,
    elsewhere: BrowserContext,
    product: Product,
    program: Program,
    curator: str,
    make_access: MakeAccess,
):
    (media_id,) = media_for(program, "ended", 1)
    slow = Desk.sit_down(page, product, curator, "ended")
    slow.drag((0.2, 0.2), (0.4, 0.4))
    page.context.set_offline(True)
    page.wait_for_timeout((LEASE_SECONDS + 1) * 1_000)
    fast = Desk.sit_down(elsewhere.new_page(), product, make_access("user"), "ended")
    fast.shows(media_id)
    fast.drag((0.6, 0.6), (0.8, 0.8))
    fast.press("s")
    fast.is_saved()
    slow.press("s")
    expect(slow.root).to_have_attribute("data-saved", "unsaved")
    page.context.set_offline(False)
    expect(slow.root).to_have_attribute("data-returned", "conflict")
    expect(slow.part(".overlay .theirs")).to_have_count(1)
    slow.holds(1)
    slow.press("Enter")
    slow.is_saved()
    told = program.get(f"/media/{media_id}/annotations").json()
    assert [annotation["number"] for annotation in told] == [1, 2]
    assert told[1]["based_on"] == told[0]["id"]


# Nothing lost -----------------------------------------------------------------------------------------------


def test_thirty_seconds_without_network_lose_nothing_and_the_mark_says_so_all_the_while(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "offline", 4)
    desk = Desk.sit_down(page, product, curator, "offline")
    desk.shows(ids[0])
    page.wait_for_timeout(1_000)  # for the pictures ahead
    page.context.set_offline(True)
    desk.press("x")
    desk.shows(ids[1])
    mark_says(desk, "not saved yet")
    desk.press("n")
    desk.shows(ids[2])
    desk.drag((0.2, 0.2), (0.4, 0.4))
    expect(desk.part(".connection")).to_contain_text("2 answers wait here")
    page.wait_for_timeout(30_000)
    mark_says(desk, "not saved yet")
    desk.press("s")
    desk.shows(ids[3])
    desk.drag((0.2, 0.2), (0.4, 0.4))
    assert answer_of(program, ids[0])["state"] == "new"
    page.context.set_offline(False)
    # The answers are saved by themselves; what is drawn is kept here first, on the server a moment later.
    mark_says(desk, "drawn, kept here and on the server")
    states = [answer_of(program, media_id)["state"] for media_id in ids]
    assert states == ["rejected", "annotated", "annotated", "new"]
    desk.press("s")
    desk.is_saved()
    mark_says(desk, "saved")


def test_answers_and_drawings_survive_a_killed_server(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "killed", 3)
    desk = Desk.sit_down(page, product, curator, "killed")
    desk.press("x")
    desk.shows(ids[1])
    desk.is_saved()
    product.kill()
    desk.press("x")
    desk.shows(ids[2])
    mark_says(desk, "not saved yet")
    desk.drag((0.2, 0.2), (0.4, 0.4))
    product.start_again()
    mark_says(desk, "drawn, kept here and on the server")
    assert [answer_of(program, media_id)["state"] for media_id in ids] == ["rejected", "rejected", "new"]
    desk.press("s")
    desk.is_saved()
    (shape,) = answer_of(program, ids[2])["annotation"]["shapes"]
    assert shape["box"][0] == pytest.approx(0.2, abs=0.01)


def test_answers_that_wait_are_not_asked_for_again_after_a_reload(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "waiting", 2)
    desk = Desk.sit_down(page, product, curator, "waiting")
    page.route("**/api/reviews", lambda route: route.abort())
    desk.press("x")
    desk.shows(ids[1])
    mark_says(desk, "not saved yet")
    asked = dialogs_of(page)
    page.reload()
    assert asked == ["beforeunload"]
    desk.shows(ids[1])
    expect(desk.root).to_have_attribute("data-waiting-answers", "1")
    page.unroute("**/api/reviews")
    desk.part(".connection button").click()
    desk.is_saved()
    assert answer_of(program, ids[0])["state"] == "rejected"


def test_leaving_with_a_drawing_that_is_kept_asks_nothing(
    page: Page, product: Product, program: Program, curator: str
):
    (media_id,) = media_for(program, "quietly", 1)
    desk = Desk.sit_down(page, product, curator, "quietly")
    desk.drag((0.2, 0.2), (0.4, 0.4))
    expect(desk.part(".saved")).to_have_text(re.compile("^drawn, kept here"))
    asked = dialogs_of(page)
    page.reload()
    desk.shows(media_id)
    desk.holds(1)
    assert asked == []


# Drawings on any machine ------------------------------------------------------------------------------------


def test_a_drawing_is_offered_on_another_machine_and_ends_with_its_answer_on_both(
    page: Page, elsewhere: BrowserContext, product: Product, program: Program, curator: str
):
    ids = media_for(program, "machines", 2)
    here = Desk.sit_down(page, product, curator, "machines")
    here.drag((0.2, 0.2), (0.4, 0.4))
    mark_says(here, "drawn, kept here and on the server")
    there = Desk.sit_down(elsewhere.new_page(), product, curator, "machines")
    there.shows(ids[0])
    there.holds(1)
    there.says("Your unsubmitted drawing is back.")
    there.press("s")
    there.shows(ids[1])
    there.is_saved()
    page.reload()
    here.shows(ids[1])
    here.holds(0)
    here.press("k")
    here.says("This is the first picture")


def test_a_drawing_over_an_overtaken_answer_is_offered_not_dropped(
    page: Page, product: Product, program: Program, curator: str
):
    (media_id,) = media_for(program, "overtaken", 1)
    desk = Desk.sit_down(page, product, curator, "overtaken", "filter")
    desk.drag((0.2, 0.2), (0.4, 0.4))
    mark_says(desk, "drawn, kept here and on the server")
    submit(program, media_id, (0.6, 0.6, 0.8, 0.8))
    page.reload()
    desk.shows(media_id)
    expect(desk.part(".kept")).to_contain_text("Someone has answered since; your drawing is kept.")
    desk.holds(1)
    expect(desk.root).to_have_attribute("data-dirty", "false")
    desk.press("Enter")
    expect(desk.root).to_have_attribute("data-dirty", "true")
    expect(desk.part(".kept")).to_be_hidden()
    desk.press("Control+z")
    expect(desk.root).to_have_attribute("data-dirty", "false")


# Pace and memory --------------------------------------------------------------------------------------------


def test_over_many_pictures_a_few_are_held_and_the_pace_is_told(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "many", 59, (320, 180))
    ids += media_for(program, "many", 59, (320, 182))
    desk = Desk.sit_down(page, product, curator, "many", "filter")
    most = 0
    for at in range(len(ids) - 1):
        desk.press("x" if at % 10 == 0 else "j")
        desk.is_ready()
        most = max(most, int(desk.root.get_attribute("data-held") or 0))
    assert 3 <= most <= 14
    expect(desk.part(".strip .median")).to_have_text(re.compile(r"^median [\d.]+ s · [\d,]+/h$"))
    told = desk.part(".strip .median").get_attribute("title")
    assert told
    assert "decisions an hour" in told
    assert "From key to next picture" in told
