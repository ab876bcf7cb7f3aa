"""English or French, and keys of one's own: as a person meets them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CURATOR_PASSWORD, PATIENCE, Chromium, MakeAccess, sign_in
from tests.browser.desk import Desk, media_for
from tests.browser.test_accessibility import PAGES, TAG, enter, furnish, settle
from tests.product import ADMIN, ADMIN_PASSWORD, Product, Program

# Texts that stick out of their button or link, through shadow roots.
STICKING_OUT = """() => {
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) walk(element.shadowRoot);
      if (!element.matches("button, a, th, label") || !element.textContent.trim()) continue;
      const box = element.getBoundingClientRect();
      const range = document.createRange();
      range.selectNodeContents(element);
      const text = range.getBoundingClientRect();
      const seen = box.width > 1 && getComputedStyle(element).visibility === "visible";
      if (seen && (text.left < box.left - 1 || text.right > box.right + 1)) found.push(element.textContent.trim());
    }
  };
  walk(document);
  return found;
}"""


@pytest.fixture
def french(browser: Chromium) -> Iterator[Page]:
    """A French browser."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="fr-FR")
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield context.new_page()
    context.close()


def test_a_french_browser_sees_french_until_its_person_chooses_english(
    french: Page, product: Product, make_access: MakeAccess
):
    french.goto(f"{product.dashboard}/account")
    french.get_by_role("textbox", name="Identifiant").fill(make_access())
    french.get_by_role("textbox", name="Mot de passe").fill(CURATOR_PASSWORD)
    french.get_by_role("button", name="Se connecter").click()
    expect(french.get_by_role("link", name="Vue d’ensemble")).to_be_visible()
    expect(french.locator("html")).to_have_attribute("lang", "fr")
    expect(french.locator(".key-table").get_by_text("Outil cadre")).to_be_visible()
    french.get_by_role("radio", name="English").click()
    expect(french.get_by_role("link", name="Overview")).to_be_visible()
    expect(french.locator("html")).to_have_attribute("lang", "en")
    expect(french.locator(".key-table").get_by_text("Box tool")).to_be_visible()
    french.goto(f"{product.dashboard}/review?queue=unsure&tag=nothing-has-this")
    expect(french.get_by_text("Nobody is unsure about anything.")).to_be_visible()


def test_in_french_every_text_stays_within_its_button(french: Page, product: Product, program: Program):
    media_id = furnish(program)
    enter(french, product, ADMIN, ADMIN_PASSWORD)
    for name, (address, complete) in PAGES.items():
        french.goto(product.dashboard + address.format(tag=TAG, media=media_id))
        settle(french, complete)
        assert french.evaluate(STICKING_OUT) == [], name
        assert not french.evaluate("document.documentElement.scrollWidth > innerWidth"), name


def test_a_key_of_ones_own_is_refused_when_taken_and_works_where_it_is_given(
    page: Page, product: Product, program: Program, make_access: MakeAccess
):
    first, second = media_for(program, "own-keys", 2)
    login = make_access()
    sign_in(page, f"{product.dashboard}/account", login)
    page.get_by_role("button", name="Change the key of “Nothing here”, now N").click()
    page.keyboard.press("x")
    expect(page.locator(".key-table .said")).to_contain_text("X already does “Reject”.")
    page.keyboard.press("5")
    expect(page.locator(".key-table .said")).to_contain_text("the digits keep their meaning")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("button", name="Change the key of “Nothing here”, now ↑")).to_be_visible()
    expect(page.get_by_role("button", name="All usual keys")).to_be_visible()
    page.goto(f"{product.dashboard}/review?queue=to_annotate&tag=own-keys")
    desk = Desk(page)
    expect(desk.root).to_have_attribute("data-media-id", str(first))
    expect(desk.root.get_by_role("button", name="Nothing here")).to_contain_text("↑")
    desk.press("n")
    expect(desk.root).to_have_attribute("data-media-id", str(first))
    desk.press("ArrowUp")
    expect(desk.root).to_have_attribute("data-media-id", str(second))
    page.keyboard.press("?")
    expect(page.locator("dialog.sheet")).to_contain_text(re.compile("↑\\s*Nothing here"))
    page.keyboard.press("Escape")
    page.goto(f"{product.dashboard}/account")
    page.get_by_role("button", name="All usual keys").click()
    expect(page.get_by_role("button", name="Change the key of “Nothing here”, now N")).to_be_visible()
