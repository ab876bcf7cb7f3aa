"""What stands around the picture in the workbench, in Chromium, on the running product."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Chromium, MakeAccess
from tests.browser.desk import SIZE, Desk, answer_of, media_for, submit
from tests.factories import a_jpeg
from tests.product import ROOT, Product, Program

THUMB_TARGET = 44  # pixels: what a thumb hits without looking


@pytest.fixture
def curator(make_access: MakeAccess) -> str:
    return make_access("user")


def frames_of(program: Program, source: str, count: int) -> list[int]:
    """Frames of one camera, a minute apart, that only a tag of its name finds."""
    for left in program.get("/media", params={"tag": source}).json():
        program.post("/reviews", json={"media_id": left["id"], "decision": "withdrawn"}).raise_for_status()
    return [
        program.upload(
            a_jpeg(*SIZE),
            f"{source}-{number}.jpg",
            tags=source,
            source=source,
            azimuth="90",
            captured_at=f"2026-08-12T10:{number:02d}:00Z",
        )["id"]
        for number in range(count)
    ]


def test_earlier_answers_are_drawn_over_the_picture_and_so_is_what_differs(
    page: Page, product: Product, program: Program, curator: str
):
    media_id, following = media_for(program, "ghosts", 2)
    submit(program, following)
    submit(program, media_id, (0.1, 0.1, 0.3, 0.3), (0.6, 0.6, 0.8, 0.8))
    submit(program, media_id, (0.12, 0.1, 0.32, 0.3), (0.1, 0.7, 0.2, 0.8))
    desk = Desk.sit_down(page, product, curator, "ghosts", "to_review")
    rows = desk.part(".history-rows button.row")
    expect(rows).to_have_count(2)
    rows.nth(1).click()
    expect(desk.part(".overlay .ghost")).to_have_count(2)
    expect(desk.part(".compare")).to_contain_text("Answer 1 by admin")
    rows.nth(0).click()
    expect(desk.part(".compare")).to_contain_text("1 added")
    expect(desk.part(".overlay .added")).to_contain_text("added: wildfire")
    expect(desk.part(".overlay .removed")).to_contain_text("removed: wildfire")
    expect(desk.part(".overlay .moved")).to_contain_text("moved: wildfire")
    desk.press("Escape")
    expect(desk.part(".compare")).to_be_hidden()
    expect(desk.part(".overlay .mark")).to_have_count(2)
    # One and what is on screen.
    rows.nth(0).click()
    desk.part(".compare").get_by_text("Compare with the screen").click()
    expect(desk.part(".compare")).to_contain_text("No difference.")
    desk.drag((0.5, 0.2), (0.6, 0.4))
    expect(desk.part(".compare")).to_contain_text("1 added")
    # They belong to their picture.
    desk.press("j")
    desk.shows(following)
    expect(desk.part(".compare")).to_be_hidden()
    expect(desk.part(".overlay .mark")).to_have_count(0)


def test_a_comment_names_somebody_and_one_that_was_not_sent_says_so_and_is_sent_later(
    page: Page, product: Product, program: Program, curator: str, make_access: MakeAccess
):
    (media_id,) = media_for(program, "words", 1)
    colleague = make_access("user")
    desk = Desk.sit_down(page, product, curator, "words")
    page.route("**/comments", lambda route: route.abort())
    desk.press("i")
    page.keyboard.type(f"is this smoke, @{colleague[:-1]}")
    expect(desk.part(".mentions [aria-selected=true]")).to_have_text(f"@{colleague}")
    desk.press("Enter")
    page.keyboard.type("?")
    desk.press("Enter")
    expect(desk.part(".history-rows .unsent")).to_contain_text("not sent yet")
    expect(desk.root).to_have_attribute("data-saved", "unsaved")
    page.unroute("**/comments")
    desk.part(".connection button").click()
    desk.is_saved()
    expect(desk.part(".history-rows .unsent")).to_have_count(0)
    expect(desk.part(".history-rows")).to_contain_text(f"is this smoke, @{colleague} ?")
    (comment,) = program.get(f"/media/{media_id}/comments").json()
    assert (comment["author"], comment["mentions"]) == (curator, [colleague])
    desk.shows(media_id)


def test_the_frames_around_play_as_a_loop_until_somebody_decides(
    page: Page, product: Product, program: Program, curator: str
):
    ids = frames_of(program, "loop-tower", 4)
    desk = Desk.sit_down(page, product, curator, "loop-tower")
    desk.press("l")
    for media_id in (ids[2], ids[0]):  # round and round
        expect(desk.root).to_have_attribute("data-loop", str(media_id))
    desk.press(".")
    at = desk.root.get_attribute("data-loop") or ""
    desk.press(".")
    expect(desk.root).to_have_attribute("data-loop", str(ids[(ids.index(int(at)) + 1) % 4]))
    expect(desk.part(".loop output")).to_contain_text("of 4")
    # The strip marks it beside the one at hand, and a grid lies over it.
    played = desk.part(".film .frame[data-played]")
    expect(played).to_have_count(1)
    expect(played).to_have_attribute("data-media", desk.root.get_attribute("data-loop") or "")
    expect(desk.part(".film .frame[aria-current]")).to_have_attribute("data-media", str(ids[0]))
    desk.press("g")
    expect(desk.part(".grid .line")).to_have_count(1)
    expect(desk.part(".grid")).to_have_css("z-index", "2")
    desk.press("g")
    desk.press("n")
    expect(desk.part(".loop")).to_be_hidden()
    expect(played).to_have_count(0)
    desk.shows(ids[1])
    page.emulate_media(reduced_motion="reduce")
    desk.press("l")
    expect(desk.part(".loop [aria-label='Play']")).to_be_visible()
    expect(desk.root).to_have_attribute("data-loop", str(ids[1]))


def test_the_view_is_changed_and_put_back_and_a_speck_is_still_seen(
    page: Page, product: Product, program: Program, curator: str
):
    (media_id,) = media_for(program, "speck-seen", 1)
    submit(program, media_id, (0.5, 0.5, 0.501, 0.501))
    desk = Desk.sit_down(page, product, curator, "speck-seen", "to_review")
    edge = desk.part(".overlay .edge").bounding_box()
    assert edge
    assert min(edge["width"], edge["height"]) >= 8
    # No key lies over the icon of its tool.
    icon = desk.part(".rail [data-act=redo] svg").bounding_box()
    key = desk.part(".rail [data-act=redo] kbd").bounding_box()
    assert icon
    assert key
    assert icon["x"] + icon["width"] + 2 <= key["x"]
    assert desk.part(".rail [data-act=redo] kbd").evaluate("key => key.scrollWidth <= key.clientWidth")
    desk.press("}", "g")
    desk.says("Contrast 115 %")
    expect(desk.part(".grid .line")).to_have_count(1)
    reset = desk.part(".rail [data-act=asTaken]")
    expect(reset).to_be_visible()
    desk.press("\\")
    expect(reset).to_be_hidden()
    expect(desk.part(".grid .line")).to_have_count(0)
    expect(desk.root).to_have_attribute("data-dirty", "false")


def test_what_a_camera_showed_at_a_spot_is_given_to_its_other_frames_as_one_act(
    page: Page, product: Product, program: Program, curator: str
):
    ids = frames_of(program, "memory-tower", 5)
    for media_id in ids[:2]:
        antenna = {"label_class": "antenna", "box": [0.3, 0.3, 0.4, 0.5]}
        program.post(f"/media/{media_id}/annotations", json={"shapes": [antenna]}).raise_for_status()
    desk = Desk.sit_down(page, product, curator, "memory-tower")
    desk.shows(ids[2])
    desk.drag((0.3, 0.3), (0.4, 0.5))
    expect(desk.part(".spot")).to_contain_text("This spot: 2 times antenna")
    desk.part(".spot button").click()
    expect(desk.part(".shape-rows:not(.predicted-rows)")).to_contain_text("antenna")
    desk.part(".shapes").get_by_text("Apply to others…").click()
    expect(desk.part(".spread-grid input")).to_have_count(2)
    desk.part(".spread-grid input").nth(1).uncheck()
    desk.part(".spread").get_by_text("Apply to 1 picture").click()
    expect(desk.part(".batch")).to_contain_text("Applied to 1 picture.")
    assert [answer_of(program, media_id)["state"] for media_id in ids[3:]] == ["annotated", "new"]
    desk.part(".batch").get_by_text("Undo").click()
    desk.says("Taken back on 1 picture.")
    assert answer_of(program, ids[3])["state"] == "new"
    desk.shows(ids[2])
    # Given once more, and taken back by the key in its turn, after a reload.
    desk.part(".shape-rows:not(.predicted-rows) .row").first.click()
    desk.part(".shapes").get_by_text("Apply to others…").click()
    desk.part(".spread").get_by_text("Apply to 2 pictures").click()
    expect(desk.part(".batch")).to_contain_text("Applied to 2 pictures.")
    page.reload()
    desk.shows(ids[2])
    desk.press("Control+z")
    desk.says("Taken back on 2 pictures.")
    desk.is_saved()
    assert [answer_of(program, media_id)["state"] for media_id in ids[3:]] == ["new", "new"]
    desk.shows(ids[2])


@pytest.fixture
def asks_for_missed_smoke(product: Product) -> Iterator[None]:
    """The question is required while the test runs; nobody else's tests are asked it."""
    set_asked(product, "required")
    yield
    set_asked(product, "off")


def set_asked(product: Product, asked: str) -> None:
    environment = {**os.environ, "DATA_DIR": str(product.data_dir), **product.environment}
    subprocess.run([sys.executable, "-c", SET_ASKED, asked], cwd=ROOT, check=True, env=environment)


SET_ASKED = """
import sys
from curation.questions import list_questions
from db.models import Asked
from db.session import open_session
with open_session() as session:
    (question,) = list_questions(session, off=True)
    question.asked = Asked(sys.argv[1])
"""


@pytest.mark.usefixtures("asks_for_missed_smoke")
def test_a_required_question_is_answered_before_the_picture(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "asked", 2)
    desk = Desk.sit_down(page, product, curator, "asked")
    expect(desk.part(".questions")).to_be_visible()
    desk.press("n")
    desk.says("Answer the question first (Y): Is there smoke that no shape shows?")
    desk.shows(ids[0])
    desk.press("y")
    expect(desk.part(".questions [aria-pressed=true]")).to_have_text("Yes")
    desk.press("y")
    expect(desk.part(".questions [aria-pressed=true]")).to_have_text("No")
    desk.press("n")
    desk.shows(ids[1])
    desk.is_saved()
    assert answer_of(program, ids[0])["annotation"]["replies"] == {"missed_smoke": False}


def test_a_label_class_shows_examples_beside_the_work(
    page: Page, product: Product, program: Program, curator: str
):
    taught, _ = media_for(program, "guided", 2)
    annotation_id = submit(program, taught, (0.4, 0.4, 0.6, 0.6))
    accepted = {"media_id": taught, "decision": "accepted", "annotation_id": annotation_id}
    program.post("/reviews", json=accepted).raise_for_status()
    desk = Desk.sit_down(page, product, curator, "guided")
    desk.part(".chip[data-label-class=wildfire]").hover()
    expect(desk.part(".guide img").first).to_be_visible()
    desk.part(".strip .position").hover()
    expect(desk.part(".guide")).to_be_hidden()
    desk.press("w")
    desk.part(".chooser [data-label-class=wildfire]").hover()
    expect(desk.part(".guide img").first).to_be_visible()
    desk.press("Escape")
    desk.part(".classes").get_by_text("guide").click()
    expect(desk.part(".guide")).to_contain_text("wildfire")
    desk.press("Escape")
    expect(desk.part(".guide")).to_be_hidden()


def test_a_tablet_is_drawn_on_pinched_and_decided_with_the_thumb(
    browser: Chromium, product: Product, program: Program, curator: str
):
    ids = media_for(program, "thumb", 2)
    with browser.new_context(viewport={"width": 1024, "height": 768}, has_touch=True) as tablet:
        page = tablet.new_page()
        desk = Desk.sit_down(page, product, curator, "thumb")
        fingers = Fingers(page)
        fingers.drag([desk.place(0.3, 0.4)], [desk.place(0.5, 0.6)])
        desk.holds(1)
        before = width_of(desk.part(".a9s-annotation.selected .a9s-inner").first)
        left, right = desk.place(0.45, 0.5), desk.place(0.55, 0.5)
        fingers.drag([left, right], [(left[0] - 80, left[1]), (right[0] + 80, right[1])])
        # Pinched, not drawn: still one shape, and larger.
        desk.holds(1)
        after = width_of(desk.part(".a9s-annotation.selected .a9s-inner").first)
        assert after > 1.5 * before
        for name in ("accepted", "rejected", "unsure", "nothing", "submitted"):
            assert is_thumb_sized(desk.part(f".acts [data-act={name}]"))
        for name in ("previous", "next"):
            assert is_thumb_sized(desk.part(f".acts [data-step={name}]"))
        assert_apart(desk, ".stage", ".panel", ".film", ".strip")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 1024
        desk.part(".acts [data-act=submitted]").tap()
        desk.shows(ids[1])
        desk.is_saved()
    (shape,) = answer_of(program, ids[0])["annotation"]["shapes"]
    assert shape["box"] == pytest.approx([0.3, 0.4, 0.5, 0.6], abs=3 / 700)


class Fingers:
    """One or two fingers on the glass, as the browser's own protocol has them."""

    def __init__(self, page: Page) -> None:
        self.protocol = page.context.new_cdp_session(page)

    def touch(self, kind: str, places: list[tuple[float, float]]) -> None:
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(places)]
        self.protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, start: list[tuple[float, float]], end: list[tuple[float, float]], steps: int = 6) -> None:
        """Put the fingers down one after the other, move them together, and lift them."""
        for count in range(1, len(start) + 1):
            self.touch("touchStart", start[:count])
        for step in range(1, steps + 1):
            part = step / steps
            self.touch(
                "touchMove",
                [
                    (a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part)
                    for a, b in zip(start, end, strict=True)
                ],
            )
        self.touch("touchEnd", [])


def width_of(shape: Locator) -> float:
    box = shape.bounding_box()
    assert box
    return box["width"]


def is_thumb_sized(button: Locator) -> bool:
    box = button.bounding_box()
    assert box
    return min(box["width"], box["height"]) >= THUMB_TARGET


def assert_apart(desk: Desk, *selectors: str) -> None:
    """No two of these parts cover each other, by more than a rounded pixel."""
    boxes = [desk.part(selector).bounding_box() for selector in selectors]
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            assert a
            assert b
            across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
            down = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
            assert min(across, down) <= 1, (a, b)


def test_the_whole_loop_is_done_with_tab_and_enter_and_is_said_aloud(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "tabbed", 3)
    submit(program, ids[1], (0.1, 0.1, 0.3, 0.3))
    desk = Desk.sit_down(page, product, curator, "tabbed")
    expect(desk.part("[role=status].unseen")).to_have_text(re.compile(r"^Picture 1 of 2, .*new$"))
    tab_to(page, "Nothing here")
    desk.press("Enter")
    desk.shows(ids[2])
    # The focus has stayed where it was.
    assert focused(page) == "Nothing here"
    expect(desk.part("[role=status].unseen")).to_have_text(re.compile(r"^Picture 2 of 2"))
    tab_to(page, "Previous")
    desk.press("Enter")
    desk.shows(ids[0])
    tab_to(page, "Next")
    desk.press("Enter")
    desk.shows(ids[2])
    tab_to(page, "Reject")
    desk.press("Space")
    expect(desk.part(".saved[role=status]")).to_have_text("saved")
    assert [answer_of(program, media_id)["state"] for media_id in ids] == [
        "annotated",
        "annotated",
        "rejected",
    ]
    tab_to(page, "Queue")
    # Tab leads on from a list too.
    desk.press("Tab")
    assert focused(page) != "Queue"


def focused(page: Page) -> str:
    """The name of what has the focus."""
    said: str = page.evaluate("""() => {
        let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        const seen = at.cloneNode(true);
        seen.querySelectorAll("[aria-hidden=true]").forEach((one) => one.remove());
        return (at.getAttribute("aria-label") ?? seen.textContent).trim();
    }""")
    return said


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is called that has the focus. At most once round the page."""
    for _ in range(120):
        if focused(page) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {name!r}")
