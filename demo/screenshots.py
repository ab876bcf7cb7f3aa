"""Takes the README's screenshots from an installation filled by `make demo`.

Usage: python -m demo.screenshots http://localhost:8501 LOGIN PASSWORD
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent.parent / "docs" / "images"
LAPTOP, DESK, TABLET = (1366, 768), (1920, 1080), (1024, 768)
REVIEW = "/review?queue=to_review"
ON_SCREEN = "[data-media-id]"


@dataclass(frozen=True)
class Shot:
    name: str
    address: str
    awaited: str  # what must be on the screen first
    size: tuple[int, int] = LAPTOP
    dark: bool = False
    touch: bool = False
    locale: str = "en-GB"


SHOTS = (
    Shot("review-dark", REVIEW, ON_SCREEN, dark=True),
    Shot("review-wide", REVIEW, ON_SCREEN, DESK),
    Shot("review-tablet", REVIEW, ON_SCREEN, TABLET, dark=True, touch=True),
    Shot("review-tablet-french", REVIEW, ON_SCREEN, TABLET, touch=True, locale="fr-FR"),
    Shot("browse-light", "/browse?sort=-captured", "img"),
    Shot("export-light", "/export?state=accepted&state=annotated", ".downloader"),
    Shot("import-light", "/imports", ".importer"),
    Shot("overview-light", "/", "text=Continue reviewing"),
)


def sign_in(page: Page, dashboard: str, login: str, password: str) -> None:
    page.goto(dashboard)
    # By their kind: the words are in the browser's language.
    page.locator("input[type=text]").fill(login)
    page.locator("input[type=password]").fill(password)
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    page.locator("input[type=password]").wait_for(state="detached")


def take_one(browser: Browser, shot: Shot, dashboard: str, login: str, password: str) -> None:
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.dark else "light",
        has_touch=shot.touch,
        locale=shot.locale,
    )
    page = context.new_page()
    sign_in(page, dashboard, login, password)
    page.goto(dashboard + shot.address)
    page.locator(shot.awaited).first.wait_for()
    page.wait_for_timeout(3000)  # for the eye: thumbnails fade in
    page.screenshot(path=FOLDER / f"{shot.name}.png")
    print(FOLDER / f"{shot.name}.png")
    context.close()


def take(dashboard: str, login: str, password: str) -> None:
    """Write every screenshot, over the ones that are there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for shot in SHOTS:
            take_one(browser, shot, dashboard, login, password)
        browser.close()


if __name__ == "__main__":
    take(*sys.argv[1:4])
