"""Browse in Chromium, on the running product: pictures, keys, selection, and the address as the place."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import MakeAccess, sign_in
from tests.browser.desk import media_for, submit
from tests.factories import a_jpeg
from tests.product import Product, Program


@pytest.fixture
def curator(make_access: MakeAccess) -> str:
    return make_access("user")


class Grid:
    """The grid of one tag's media."""

    def __init__(self, page: Page, product: Product, login: str, query: str) -> None:
        self.page = page
        self.tiles = page.locator(".tile")
        sign_in(page, f"{product.dashboard}/browse?{query}", login)
        expect(self.tiles.first).to_be_visible()

    def of(self, media_id: int) -> Locator:
        return self.page.locator(f'.tile[data-id="{media_id}"]')

    def all_decoded(self) -> None:
        """Every picture in the window has arrived and is drawn."""
        self.page.wait_for_function(
            """(tiles) => tiles.every((tile) => {
                 const { top, bottom } = tile.getBoundingClientRect();
                 const picture = tile.querySelector("img");
                 return bottom < 0 || top > innerHeight || (picture.complete && picture.naturalWidth > 0);
               })""",
            arg=self.tiles.element_handles(),
        )

    def selected(self, *media_ids: int) -> None:
        expect(self.page.locator('.tile[aria-selected="true"]')).to_have_count(len(media_ids))
        for media_id in media_ids:
            expect(self.of(media_id)).to_have_attribute("aria-selected", "true")

    def says(self, text: str) -> None:
        expect(self.page.locator(".vigie-figures")).to_have_text(text)


def test_a_page_of_thumbnails_stands_before_its_pictures_and_then_shows_them_all(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "thumbnails", 7)
    submit(program, ids[0], (0.5, 0.5, 0.501, 0.501))
    grid = Grid(page, product, curator, "tag=thumbnails")
    grid.says("7 media")
    grid.all_decoded()
    boxes = [tile.bounding_box() for tile in grid.tiles.all()]
    assert len({(round(box["width"]), round(box["height"])) for box in boxes if box}) == 1
    expect(grid.of(ids[1]).locator(".state")).to_have_text("new")
    # A shape of a ten-thousandth of the frame is still something to see.
    shape = grid.of(ids[0]).locator(".shapes .line").bounding_box()
    assert shape and min(shape["width"], shape["height"]) >= 8


def test_the_keyboard_moves_selects_opens_and_comes_back(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "keys", 8)[::-1]  # newest first
    grid = Grid(page, product, curator, "tag=keys")
    grid.of(ids[0]).focus()
    page.keyboard.press("ArrowRight")
    expect(grid.of(ids[1])).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    grid.selected(ids[1], ids[2], ids[3])
    grid.says("8 media · 3 selected")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".stage img")).to_be_visible()
    expect(page).to_have_url(re.compile(f"media={ids[2]}$"))
    page.keyboard.press("Escape")
    expect(grid.of(ids[2])).to_be_focused()
    grid.selected(ids[1], ids[2], ids[3])
    page.keyboard.press("Escape")
    grid.says("8 media")


def test_clicks_select_one_by_one_and_in_ranges(page: Page, product: Product, program: Program, curator: str):
    ids = media_for(program, "clicks", 8)[::-1]
    grid = Grid(page, product, curator, "tag=clicks")
    grid.of(ids[1]).hover()
    grid.of(ids[1]).locator(".corner").click()
    grid.selected(ids[1])
    grid.of(ids[6]).click(modifiers=["ControlOrMeta"])
    grid.of(ids[4]).click(modifiers=["Shift"])
    grid.selected(ids[1], ids[4], ids[5], ids[6])
    grid.of(ids[5]).click(modifiers=["ControlOrMeta"])
    grid.selected(ids[1], ids[4], ids[6])
    grid.says("8 media · 3 selected")


def test_a_selection_is_kept_across_the_pages_of_a_filter(
    page: Page, product: Product, program: Program, curator: str
):
    ids = [program.upload(a_jpeg(), f"page-{number}.jpg", tags="pages")["id"] for number in range(61)][::-1]
    grid = Grid(page, product, curator, "tag=pages")
    expect(grid.tiles).to_have_count(60)
    grid.of(ids[0]).click(modifiers=["ControlOrMeta"])
    grid.says("61 media · 1 selected")
    page.get_by_role("button", name="Older").click()
    expect(grid.tiles).to_have_count(1)
    expect(page).to_have_url(re.compile("cursor="))
    grid.of(ids[60]).click(modifiers=["ControlOrMeta"])
    grid.says("61 media · 2 selected")
    page.get_by_role("button", name="Newer").click()
    expect(grid.tiles).to_have_count(60)
    grid.selected(ids[0])
    page.get_by_role("button", name="Tag… ").or_(page.get_by_role("button", name="Tag…")).first.click()
    expect(page.get_by_role("button", name="Tag 2 media")).to_be_visible()


def test_reload_back_and_another_tab_show_the_same_place(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "place", 3)[::-1]
    grid = Grid(page, product, curator, "tag=place&size=L")
    grid.of(ids[1]).click()
    expect(page.locator(".facts")).to_contain_text("place-1.jpg")
    place = page.url
    page.reload()
    expect(page.locator(".facts")).to_contain_text("place-1.jpg")
    other = page.context.new_page()
    other.goto(place)
    expect(other.locator(".facts")).to_contain_text("place-1.jpg")
    page.go_back()
    expect(grid.tiles).to_have_count(3)
    expect(page.locator('.grid[data-size="L"]')).to_be_visible()
    page.go_forward()
    expect(page.locator(".facts")).to_contain_text("place-1.jpg")


def test_arrow_keys_step_through_the_list_and_the_address_follows(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "steps", 4)[::-1]
    grid = Grid(page, product, curator, "tag=steps")
    grid.of(ids[1]).click()
    expect(page.locator(".facts")).to_contain_text("steps-2.jpg")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".facts")).to_contain_text("steps-1.jpg")
    expect(page).to_have_url(re.compile(f"media={ids[2]}$"))
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".facts")).to_contain_text("steps-2.jpg")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".facts")).to_contain_text("steps-3.jpg")
    expect(page.get_by_role("button", name="Previous")).to_be_disabled()


def test_shapes_are_drawn_over_the_large_picture_and_can_be_hidden(
    page: Page, product: Product, program: Program, curator: str
):
    (media_id,) = media_for(program, "large", 1)
    submit(program, media_id, (0.25, 0.25, 0.75, 0.75))
    sign_in(page, f"{product.dashboard}/browse?media={media_id}", curator)
    picture = page.locator(".stage img")
    expect(page.locator(".stage .line")).to_have_count(1)
    stage, shape = page.locator(".stage").bounding_box(), page.locator(".stage .line").bounding_box()
    expect(picture).to_be_visible()
    assert stage and shape
    # The picture is 16:9 within its stage; the box is its middle half.
    height = min(stage["height"], stage["width"] * 9 / 16)
    assert shape["height"] == pytest.approx(height / 2, abs=3)
    assert shape["x"] + shape["width"] / 2 == pytest.approx(stage["x"] + stage["width"] / 2, abs=3)
    expect(page.locator(".shape-names")).to_have_text("wildfire")
    page.keyboard.press("h")
    expect(page.locator(".stage .line")).to_have_count(0)


def test_a_picture_that_cannot_be_had_leaves_its_name(
    page: Page, product: Product, program: Program, curator: str
):
    ids = media_for(program, "broken", 2)

    def missing(route: Route) -> None:
        route.fulfill(status=404, json={"detail": "The picture is not in the bucket."})

    page.route(re.compile(f"/api/media/{ids[0]}/picture"), missing)
    grid = Grid(page, product, curator, "tag=broken")
    expect(grid.of(ids[0]).locator(".missing")).to_contain_text("broken-0.jpg")
    expect(grid.of(ids[1]).locator("img")).to_be_visible()


def test_a_filter_is_set_shown_as_a_pill_and_taken_away(
    page: Page, product: Product, program: Program, curator: str
):
    media_for(program, "pill", 3)
    grid = Grid(page, product, curator, "tag=pill")
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("textbox", name="File name contains").fill("pill-1")
    page.keyboard.press("Enter")
    grid.says("1 media")
    expect(page).to_have_url(re.compile("file_name=pill-1"))
    page.keyboard.press("Escape")
    page.locator(".st-key-pill_file_name button").click()
    grid.says("3 media")
    expect(page).to_have_url(re.compile(r"browse\?tag=pill$"))
    page.go_back()
    grid.says("1 media")


def test_reviewing_these_leads_to_exactly_this_list(
    page: Page, product: Product, program: Program, curator: str
):
    media_for(program, "review-these", 2)
    Grid(page, product, curator, "tag=review-these")
    page.get_by_role("link", name="Review these").click()
    expect(page).to_have_url(re.compile("/review.*queue=filter"))
    expect(page.locator(".workbench")).to_be_visible()
    page.go_back()
    expect(page.locator(".tile")).to_have_count(2)
