"""The image-by-image screen in Chromium, on the running product."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CURATOR_PASSWORD, Chromium, MakeAccess, sign_in
from tests.browser.desk import Desk, answer_of, media_for, submit
from tests.factories import a_jpeg
from tests.product import Product, Program

A_PIXEL = 1.5 / 900  # of the fitted picture, as a fraction: what a pointer can hit


@pytest.fixture
def curator(make_access: MakeAccess) -> str:
    return make_access("user")


def test_a_box_is_drawn_where_it_was_dragged(page: Page, product: Product, program: Program, curator: str):
    (media_id, following) = media_for(program, "box", 2)
    desk = Desk.sit_down(page, product, curator, "box")
    desk.shows(media_id)
    desk.drag((0.4, 0.4), (0.5, 0.6))
    desk.holds(1)
    desk.press("2", "s")
    desk.shows(following)
    desk.is_saved()
    told = answer_of(program, media_id)
    assert told["state"] == "annotated"
    (shape,) = told["annotation"]["shapes"]
    assert shape["label_class"] == "industrial"
    assert shape["origin"] == "human"
    assert shape["box"] == pytest.approx([0.4, 0.4, 0.5, 0.6], abs=A_PIXEL)


def test_a_polygon_is_drawn_corner_by_corner(page: Page, product: Product, program: Program, curator: str):
    (media_id,) = media_for(program, "polygon", 1)
    desk = Desk.sit_down(page, product, curator, "polygon")
    desk.press("p")
    corners = [(0.3, 0.3), (0.5, 0.35), (0.4, 0.6)]
    for corner in corners:
        desk.click(*corner)
    desk.click(*corners[0])
    desk.holds(1)
    # A second one, closed by Enter, with a reload and one corner taken back on the way.
    for corner in [(0.6, 0.3), (0.8, 0.3), (0.9, 0.9)]:
        desk.click(*corner)
    expect(desk.part(".tool-corner")).to_have_count(3)
    page.reload()
    desk.shows(media_id)
    expect(desk.part(".tool-corner")).to_have_count(3)
    expect(desk.root).to_have_attribute("data-tool", "polygon")
    desk.press("Control+z")
    desk.click(0.7, 0.5)
    desk.press("Enter")
    desk.holds(2)
    desk.press("f", "l", "s")
    expect(desk.root).to_have_attribute("data-media-id", "")
    desk.is_saved()
    first, second = answer_of(program, media_id)["annotation"]["shapes"]
    assert [number for point in first["points"] for number in point] == pytest.approx(
        [number for corner in corners for number in corner], abs=A_PIXEL
    )
    assert second["label_class"] == "low_cloud"
    assert second["points"][2] == pytest.approx([0.7, 0.5], abs=A_PIXEL)


def test_a_shape_is_moved_resized_deleted_and_all_of_it_undone(
    page: Page, product: Product, program: Program, curator: str
):
    (media_id,) = media_for(program, "edit", 1)
    desk = Desk.sit_down(page, product, curator, "edit")
    desk.drag((0.2, 0.2), (0.4, 0.4))
    desk.holds(1)
    desk.drag((0.3, 0.3), (0.5, 0.4))  # move: it is still selected
    desk.drag((0.6, 0.5), (0.7, 0.6))  # resize by its corner
    desk.drag((0.1, 0.7), (0.2, 0.9))  # another one beside it
    desk.holds(2)
    desk.press("Delete")
    desk.holds(1)
    desk.press("Control+z")
    desk.holds(2)
    desk.press("Control+Shift+z", "s")
    desk.is_saved()
    (shape,) = answer_of(program, media_id)["annotation"]["shapes"]
    assert shape["box"] == pytest.approx([0.4, 0.3, 0.7, 0.6], abs=2 * A_PIXEL)


def test_what_is_dragged_over_the_edge_ends_at_the_edge(
    page: Page, product: Product, program: Program, curator: str
):
    (media_id,) = media_for(program, "edge", 1)
    desk = Desk.sit_down(page, product, curator, "edge")
    desk.drag((0.9, 0.8), (1.2, 1.3))
    desk.press("s")
    desk.is_saved()
    (shape,) = answer_of(program, media_id)["annotation"]["shapes"]
    assert shape["box"] == pytest.approx([0.9, 0.8, 1, 1], abs=A_PIXEL)


def test_a_box_of_a_two_thousandth_of_the_frame_is_comfortable(
    page: Page, product: Product, program: Program, curator: str
):
    size = (1920, 1080)
    (media_id,) = media_for(program, "speck", 1, size)
    desk = Desk.sit_down(page, product, curator, "speck")
    x, y = desk.place(0.5, 0.5, size)
    page.mouse.move(x, y)
    for _ in range(9):
        page.mouse.wheel(0, -300)
    # The middle of the picture has stayed under the pointer, a pixel of it is now a square of 32.
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12 * 32, y + 4 * 32, steps=4)
    page.mouse.up()
    desk.holds(1)
    desk.press("1", "0", "s")
    desk.is_saved()
    (shape,) = answer_of(program, media_id)["annotation"]["shapes"]
    x_min, y_min, x_max, y_max = shape["box"]
    # Pointers stand on whole pixels of the screen, of which the fitted picture has fewer than its own.
    assert (x_min, y_min) == pytest.approx((0.5, 0.5), abs=2 / size[0])
    assert ((x_max - x_min) * size[0], (y_max - y_min) * size[1]) == pytest.approx((12, 4), abs=0.1)


def test_ten_pictures_are_reviewed_by_keys_alone(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "ten", 10)
    for media_id in ids:
        submit(program, media_id, (0.1, 0.1, 0.3, 0.3))
    desk = Desk.sit_down(page, product, curator, "ten", "to_review")
    for key, media_id in zip("axunaxunax", ids, strict=True):
        desk.shows(media_id)
        desk.press(key)
    desk.is_saved()
    states = [answer_of(program, media_id)["state"] for media_id in ids]
    assert states == ["accepted", "rejected", "unsure", "annotated"] * 2 + ["accepted", "rejected"]
    expect(desk.part(".ending")).to_contain_text("10 decisions")


def test_a_comment_is_asked_for_inside_the_workbench_and_typing_decides_nothing(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "comment", 2)
    for media_id in ids:
        submit(program, media_id)
    desk = Desk.sit_down(page, product, curator, "comment", "to_review")
    desk.press("t")
    page.keyboard.type("race car: rotate, accept or cancel?")
    desk.press("Escape")
    desk.shows(ids[0])
    desk.press("t")
    page.keyboard.type("too wide")
    desk.press("Enter")
    desk.shows(ids[1])
    desk.is_saved()
    told = answer_of(program, ids[0])
    assert (told["state"], told["last_review"]["comment"]) == ("sent_back", "too wide")


def test_accepting_a_new_picture_with_nothing_drawn_is_refused_with_a_sentence(
    page: Page, product: Product, program: Program, curator: str
):
    (media_id,) = media_for(program, "empty", 1)
    desk = Desk.sit_down(page, product, curator, "empty")
    desk.press("a")
    desk.says("Draw shapes, or say that nothing is here.")
    desk.shows(media_id)
    assert answer_of(program, media_id)["state"] == "new"


def test_a_decision_is_undone_across_pictures_and_done_again(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "undo", 2)
    desk = Desk.sit_down(page, product, curator, "undo")
    desk.drag((0.2, 0.2), (0.4, 0.4))
    desk.press("a")
    desk.shows(ids[1])
    desk.is_saved()
    assert answer_of(program, ids[0])["state"] == "accepted"
    desk.press("Control+z")
    desk.shows(ids[0])
    desk.holds(1)
    desk.is_saved()
    assert answer_of(program, ids[0])["state"] == "new"
    desk.press("Control+Shift+z")
    desk.shows(ids[1])
    desk.is_saved()
    assert answer_of(program, ids[0])["state"] == "accepted"


def test_answers_survive_a_reload_without_network_and_are_saved_after_it(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "outbox", 3)
    desk = Desk.sit_down(page, product, curator, "outbox")
    page.route("**/api/reviews", lambda route: route.abort())
    desk.press("x")
    desk.shows(ids[1])
    expect(desk.root).to_have_attribute("data-saved", "unsaved")
    expect(desk.part(".saved")).to_contain_text("not saved yet")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(desk.root).to_have_attribute("data-saved", "unsaved")
    assert answer_of(program, ids[0])["state"] == "new"
    page.unroute("**/api/reviews")
    desk.part(".connection button").click()
    desk.is_saved()
    assert answer_of(program, ids[0])["state"] == "rejected"
    history = program.get(f"/media/{ids[0]}/history").json()
    assert [entry["what"] for entry in history].count("rejected") == 1


def test_signed_out_the_answers_wait_for_the_next_sign_in(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "signedout", 2)
    desk = Desk.sit_down(page, product, curator, "signedout")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    desk.press("x")
    expect(desk.part(".connection")).to_contain_text("You are signed out. One answer waits here")
    page.context.add_cookies(cookies)  # as another tab does by signing in
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    desk.is_saved()
    expect(desk.part(".connection")).to_be_hidden()
    assert answer_of(program, ids[0])["state"] == "rejected"


def test_an_answer_reaches_the_server_although_another_page_is_opened_at_once(
    page: Page, product: Product, program: Program, curator: str
):
    (media_id,) = media_for(program, "leaving", 1)
    desk = Desk.sit_down(page, product, curator, "leaving")
    with page.expect_response("**/api/reviews") as answered:
        desk.press("x")
        page.get_by_role("link", name="Browse").click()
    assert answered.value.status == 201
    expect(desk.root).to_have_count(0)
    assert answer_of(program, media_id)["state"] == "rejected"


def test_a_drawing_that_was_not_submitted_survives_a_reload(
    page: Page, product: Product, program: Program, curator: str
):
    (media_id,) = media_for(program, "draft", 1)
    desk = Desk.sit_down(page, product, curator, "draft")
    desk.drag((0.2, 0.2), (0.4, 0.4))
    expect(desk.root).to_have_attribute("data-dirty", "true")
    page.reload()
    desk.shows(media_id)
    desk.holds(1)
    desk.says("Your unsubmitted drawing is back.")


def test_a_colleague_was_faster_and_the_person_keeps_theirs_as_the_next_annotation(
    browser: Chromium, page: Page, product: Product, program: Program, curator: str, make_access: MakeAccess
):
    ids = media_for(program, "race", 2)
    slow = Desk.sit_down(page, product, curator, "race")
    slow.drag((0.2, 0.2), (0.4, 0.4))
    with browser.new_context(viewport={"width": 1366, "height": 768}) as other:
        # Queues give each picture to one person; a filter shows everything.
        fast = Desk.sit_down(other.new_page(), product, make_access("user"), "race", "filter&sort=captured")
        expect(fast.part(".strip .beside")).to_contain_text(f"{curator} is looking at it too")
        fast.drag((0.6, 0.6), (0.8, 0.8))
        fast.press("s")
        fast.shows(ids[1])
        fast.is_saved()
    slow.press("s")
    # It does not slip under a key that was meant for the next picture; it is the one after.
    slow.shows(ids[1])
    slow.says("came back")
    assert slow.root.get_attribute("data-saved") == "unsaved"
    slow.press("j")
    slow.shows(ids[0])
    expect(slow.root).to_have_attribute("data-returned", "conflict")
    expect(slow.part(".overlay .theirs")).to_have_count(1)
    slow.holds(1)
    slow.press("Enter")
    slow.is_saved()
    told = program.get(f"/media/{ids[0]}/annotations").json()
    assert [annotation["number"] for annotation in told] == [1, 2]
    assert told[1]["based_on"] == told[0]["id"]
    assert told[1]["shapes"][0]["box"] == pytest.approx([0.2, 0.2, 0.4, 0.4], abs=A_PIXEL)


def test_a_stale_answer_can_be_dropped(page: Page, product: Product, program: Program, curator: str):
    (media_id,) = media_for(program, "drop", 1)
    desk = Desk.sit_down(page, product, curator, "drop")
    desk.drag((0.2, 0.2), (0.4, 0.4))
    theirs = submit(program, media_id, (0.6, 0.6, 0.8, 0.8))
    desk.press("s")
    expect(desk.root).to_have_attribute("data-returned", "conflict")
    desk.press("Escape")
    expect(desk.root).to_have_attribute("data-returned", "")
    desk.is_saved()
    assert answer_of(program, media_id)["annotation"]["id"] == theirs


def test_label_classes_of_the_whole_picture_go_with_the_answer(
    page: Page, product: Product, program: Program, curator: str
):
    (media_id,) = media_for(program, "whole", 1)
    desk = Desk.sit_down(page, product, curator, "whole")
    desk.press("w", "l", "w", "a")
    expect(desk.part(".whole .chip")).to_have_count(2)
    desk.press("w", "1")  # smoke and false positive exclude each other
    expect(desk.part(".whole .chip")).to_have_count(1)
    desk.press("Control+z", "n")
    desk.is_saved()
    annotation = answer_of(program, media_id)["annotation"]
    assert (annotation["shapes"], sorted(annotation["label_classes"])) == ([], ["antenna", "low_cloud"])


def test_a_label_class_is_found_by_typing(page: Page, product: Product, program: Program, curator: str):
    (media_id,) = media_for(program, "find", 1)
    desk = Desk.sit_down(page, product, curator, "find")
    desk.drag((0.2, 0.2), (0.4, 0.4))
    desk.press("/")
    page.keyboard.type("harv")
    desk.press("Enter", "s")
    desk.is_saved()
    (shape,) = answer_of(program, media_id)["annotation"]["shapes"]
    assert shape["label_class"] == "combine_harvester"


def test_the_shapes_of_the_previous_frame_are_copied(
    page: Page, product: Product, program: Program, curator: str
):
    ids = [
        program.upload(
            content, f"copy-{i}.jpg", tags="copy", source="copy-tower", captured_at=f"2026-08-12T10:0{i}:00Z"
        )["id"]
        for i, content in enumerate([a_jpeg(1280, 720) for _ in range(3)])
    ]
    desk = Desk.sit_down(page, product, curator, "copy")
    desk.drag((0.2, 0.2), (0.4, 0.4))
    desk.press("s")
    desk.shows(ids[1])
    desk.press("d")
    desk.holds(1)
    desk.press("s")
    desk.is_saved()
    first, second = (answer_of(program, media_id)["annotation"]["shapes"] for media_id in ids[:2])
    assert first[0]["box"] == second[0]["box"]


def test_a_frame_of_the_film_strip_is_opened_and_the_queue_goes_on_after_it(
    page: Page, product: Product, program: Program, curator: str
):
    ids = [
        program.upload(
            a_jpeg(1280, 720),
            f"film-{i}.jpg",
            tags="film" if i < 2 else "beside",
            source="film-tower",
            captured_at=f"2026-08-12T10:0{i}:00Z",
        )["id"]
        for i in range(3)
    ]
    desk = Desk.sit_down(page, product, curator, "film")
    desk.shows(ids[0])
    expect(desk.part(".film .frame")).to_have_count(3)
    desk.part(".film .frame").nth(2).click()
    desk.shows(ids[2])
    desk.press("j")
    desk.shows(ids[0])


def test_the_view_is_zoomed_brightened_and_its_shapes_hidden_without_changing_anything(
    page: Page, product: Product, program: Program, curator: str
):
    (media_id,) = media_for(program, "look", 1)
    submit(program, media_id, (0.5, 0.5, 0.52, 0.52))
    desk = Desk.sit_down(page, product, curator, "look", "to_review")
    desk.press("h")
    expect(desk.part(".overlay")).to_be_hidden()
    desk.press("h", "z")
    edge = desk.part(".overlay .edge").bounding_box()
    assert edge
    assert edge["width"] > 200
    desk.press("0", "]")
    desk.says("Brightness 115 %")
    edge = desk.part(".overlay .edge").bounding_box()
    assert edge
    assert edge["width"] < 40
    expect(desk.root).to_have_attribute("data-dirty", "false")


def test_the_address_follows_and_leads_back(page: Page, product: Product, program: Program, curator: str):
    ids = media_for(program, "address", 3)
    desk = Desk.sit_down(page, product, curator, "address")
    desk.press("j")
    desk.shows(ids[1])
    page.wait_for_url(f"**start={ids[1]}*")
    # Python has heard of it too: its answer comes back in this link.
    expect(desk.part(f'.strip a[href*="start={ids[1]}"]')).to_have_count(1)
    page.reload()
    desk.shows(ids[1])
    expect(desk.part(f'.strip a[href*="start={ids[1]}"]')).to_have_count(1)
    desk.part(".strip .queues").select_option("parked")
    page.wait_for_url("**queue=parked*")
    # At once: what is still being said of the place just left must not win.
    page.go_back()
    desk.shows(ids[1])
    page.wait_for_timeout(3_000)
    desk.shows(ids[1])
    page.wait_for_url(f"**start={ids[1]}*")


def test_the_order_is_chosen_and_outlives_reload_queue_and_back(
    page: Page, product: Product, program: Program, curator: str
):
    assert media_for(program, "order", 0) == []
    # Uploaded in another order than they were taken in.
    first, second, third = (
        program.upload(
            a_jpeg(1280, 720), f"order-{day}.jpg", tags="order", captured_at=f"2026-08-{day}T10:00:00Z"
        )["id"]
        for day in (13, 14, 12)
    )
    desk = Desk.sit_down(page, product, curator, "order")
    orders = desk.part(".strip .orders")
    expect(orders).to_have_value("captured")
    desk.shows(third)
    orders.select_option("uploaded")
    desk.shows(first)
    page.wait_for_url("**sort=uploaded*")
    desk.press("j")
    desk.shows(second)
    # Python writes the address with the order in it.
    page.wait_for_url(f"**start={second}*")
    expect(desk.part(f'.strip a[href*="sort=uploaded"][href*="start={second}"]')).to_have_count(1)
    assert "sort=uploaded" in page.url
    assert "tag=order" in page.url
    page.reload()
    desk.shows(second)
    expect(orders).to_have_value("uploaded")
    orders.select_option("random")
    page.wait_for_url("**seed=*")
    seed = re.search(r"seed=(\d+)", page.url)
    assert seed
    desk.part(".strip .queues").select_option("parked")
    page.wait_for_url("**queue=parked*")
    assert f"sort=random&seed={seed[1]}" in page.url
    expect(orders).to_have_value("random")
    page.go_back()
    expect(desk.root).to_have_attribute("data-media-id", re.compile(r"\d+"))
    expect(orders).to_have_value("random")
    page.wait_for_timeout(3_000)
    assert f"seed={seed[1]}" in page.url
    assert "queue=to_annotate" in page.url
    expect(orders).to_have_value("random")
    for width, height in ((1366, 768), (1024, 768), (768, 1024)):
        page.set_viewport_size({"width": width, "height": height})
        parts = desk.part(".strip > :visible:not(.spring)").all()
        boxes = [box for part in parts if (box := part.bounding_box()) and box["width"]]
        ends = [box["x"] + box["width"] for box in boxes]
        assert all(end <= box["x"] + 8 for end, box in zip(ends, boxes[1:], strict=False)), boxes
        assert ends[-1] <= width


def test_the_sheet_of_keys_opens_and_the_keys_below_it_are_quiet(
    page: Page, product: Product, program: Program, curator: str
):
    (media_id,) = media_for(program, "sheet", 1)
    desk = Desk.sit_down(page, product, curator, "sheet")
    desk.press("?")
    expect(desk.part("dialog.sheet")).to_be_visible()
    desk.press("x", "Escape")
    expect(desk.part("dialog.sheet")).to_be_hidden()
    desk.shows(media_id)
    assert answer_of(program, media_id)["state"] == "new"


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_it_fills_the_window_and_nothing_scrolls(
    page: Page, product: Product, program: Program, curator: str, width: int, height: int
):
    media_for(program, f"room{width}", 1)
    page.set_viewport_size({"width": width, "height": height})
    refused = []
    page.on(
        "console",
        lambda message: refused.append(message.text) if "Content Security" in message.text else None,
    )
    desk = Desk.sit_down(page, product, curator, f"room{width}")
    box = desk.root.bounding_box()
    assert box
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, width, height)
    assert 30 < box["y"] < 80
    assert page.evaluate("document.scrollingElement.scrollHeight") <= height
    last_button = desk.part(".acts .act").last.bounding_box()
    assert last_button
    assert last_button["y"] + last_button["height"] <= height
    assert refused == []


def test_the_same_decisions_can_be_made_with_plain_buttons(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "plainly", 2)
    sign_in(
        page, f"{product.dashboard}/review?queue=to_annotate&tag=plainly&plain=1", curator, CURATOR_PASSWORD
    )
    page.get_by_role("button", name="Nothing here").click()
    expect(page.get_by_text("submitted, no shapes")).to_be_visible()
    assert answer_of(program, ids[0])["state"] == "annotated"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back")).to_be_visible()
    assert answer_of(program, ids[0])["state"] == "new"
