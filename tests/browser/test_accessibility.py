"""axe-core finds nothing serious on any page: light and dark, one in English, the other in French."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import CURATOR_PASSWORD, PATIENCE, Chromium
from tests.browser.desk import media_for, submit
from tests.product import ADMIN, ADMIN_PASSWORD, Product, Program

TAG = "accessibility"
SERIOUS = {"serious", "critical"}
# What Streamlit itself draws wrongly and we cannot reach: rule, and the start of the element. Nothing at present.
STREAMLITS_OWN: set[tuple[str, str]] = set()
LOOKS = {"light": "en-GB", "dark": "fr-FR"}
# page -> its address below the dashboard, and what stands there once it is complete
PAGES = {
    "overview": ("/", ".numbers"),
    "browse": (f"/browse?tag={TAG}", ".tile"),
    "browse crops": (f"/browse?tag={TAG}&crops=1", ".tile"),
    "media": ("/browse?tag={tag}&media={media}", ".media-view img"),
    "upload": ("/upload", ".uploader"),
    "review": (f"/review?queue=to_annotate&tag={TAG}", ".workbench[data-media-id]"),
    "end of a queue": ("/review?queue=unsure&tag=nothing-has-this", ".ending h2"),
    "plain review": (f"/review?queue=to_review&tag={TAG}&plain=1", "img"),
    "export": (f"/export?tag={TAG}", ".downloader"),
    "releases": ("/export?section=releases", ".doors .empty, table"),
    "past exports": ("/export?section=past", ".doors .empty, table"),
    "import": ("/imports", ".importer"),
    "past imports": ("/imports?section=past", ".doors .empty, table"),
    "edited table": ("/imports?section=table", "[data-testid=stCaptionContainer]"),
    "label classes": ("/label_classes", "table"),
    "admin": ("/admin", "table"),
    "devices": ("/admin?section=devices", "table"),
    "sources": ("/admin?section=sources", "table"),
    "installation": ("/admin?section=installation", "[data-testid=stButton]"),
    "undo a run": ("/admin?section=acts", "[data-testid=stForm]"),
    "audit trail": ("/admin?section=audit", "table"),
    "account": ("/account", ".key-table li"),
}


@dataclass(frozen=True)
class Looking:
    """A browser of one colour scheme and language, signed in as the admin."""

    page: Page
    media_id: int


@pytest.fixture(scope="module")
def media_id(program: Program) -> int:
    return furnish(program)


@pytest.fixture(scope="module", params=LOOKS)
def looking(request: Any, browser: Chromium, product: Product, media_id: int) -> Iterator[Looking]:
    page = a_page(browser, request.param)
    enter(page, product, ADMIN, ADMIN_PASSWORD)
    yield Looking(page, media_id)
    page.context.close()


def furnish(program: Program) -> int:
    """A few pictures, one with an answer: its id. Beside them a device with a source, unless it is there."""
    program.post("/devices", json={"login": f"camera-{TAG}", "source": TAG})
    ids = media_for(program, TAG, 3)
    submit(program, ids[0], (0.4, 0.4, 0.45, 0.46))
    return ids[0]


def a_page(browser: Chromium, scheme: Any) -> Page:
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, color_scheme=scheme, locale=LOOKS[scheme]
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    return context.new_page()


def enter(page: Page, product: Product, login: str, password: str) -> None:
    """Sign in, whatever the language of the card."""
    page.goto(product.dashboard)
    page.locator("input[type=text]").fill(login)
    page.locator("input[type=password]").fill(password)
    page.locator("[data-testid=stFormSubmitButton] button").click()
    expect(page.locator("[data-testid=stTopNavLink]").first).to_be_visible()


def settle(page: Page, complete: str) -> None:
    """Wait until the script has ended and what it draws is there."""
    expect(page.locator(complete).first).to_be_visible()
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")


def findings(page: Page) -> list[str]:
    """What axe-core calls serious or critical: rule, where, and why."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['html'][:200]} {[check['message'] for check in node['any']]}"
        for rule in found
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
        if not any(rule["id"] == known and node["html"].startswith(start) for known, start in STREAMLITS_OWN)
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible(looking, product, name):
    address, complete = PAGES[name]
    looking.page.goto(product.dashboard + address.format(tag=TAG, media=looking.media_id))
    settle(looking.page, complete)
    assert findings(looking.page) == []


def test_the_filter_bar_is_accessible_when_it_is_open(looking, product):
    page = looking.page
    page.goto(f"{product.dashboard}/browse?tag={TAG}")
    settle(page, ".tile")
    page.locator("[data-testid=stPopoverButton]").first.click()
    settle(page, "[data-testid=stPopoverBody] input")
    assert findings(page) == []


def test_the_sheet_of_keys_is_accessible(looking, product):
    page = looking.page
    page.goto(f"{product.dashboard}/review?queue=to_annotate&tag={TAG}")
    settle(page, ".workbench[data-media-id]")
    page.keyboard.press("?")
    settle(page, "dialog.sheet[open]")
    assert findings(page) == []
    page.keyboard.press("Escape")


@pytest.mark.parametrize("scheme", LOOKS)
def test_signing_in_is_accessible(browser, product, scheme):
    page = a_page(browser, scheme)
    page.goto(product.dashboard)
    settle(page, "input[type=password]")
    assert findings(page) == []
    page.context.close()


@pytest.mark.parametrize("scheme", LOOKS)
def test_choosing_ones_own_password_is_accessible(browser, product, make_access, scheme):
    login = make_access("user", must_change=True)
    page = a_page(browser, scheme)
    page.goto(product.dashboard)
    page.locator("input[type=text]").fill(login)
    page.locator("input[type=password]").fill(CURATOR_PASSWORD)
    page.locator("[data-testid=stFormSubmitButton] button").click()
    settle(page, "input[type=password] >> nth=2")
    assert findings(page) == []
    page.context.close()
