"""Takes the README's screenshots from an installation filled by `make demo`.

Usage: python -m demo.screenshots http://localhost:8501 LOGIN PASSWORD
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent.parent / "docs" / "images"
SIZE = (1366, 768)
SHOTS = (
    # name, address, colour scheme, what must be on the screen first
    ("review-dark", "/review?queue=to_review", "dark", "[data-media-id]"),
    ("browse-light", "/browse?sort=-captured", "light", "img"),
    ("overview-light", "/", "light", "text=Continue reviewing"),
)


def sign_in(page: Page, dashboard: str, login: str, password: str) -> None:
    page.goto(dashboard)
    page.get_by_role("textbox", name="Login").fill(login)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign in").wait_for(state="detached")


def take(dashboard: str, login: str, password: str) -> None:
    """Write every screenshot, over the ones that are there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]})
        page = context.new_page()
        sign_in(page, dashboard, login, password)
        for name, address, scheme, awaited in SHOTS:
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.goto(dashboard + address)
            page.locator(awaited).first.wait_for()
            page.wait_for_timeout(2000)  # for the eye: thumbnails fade in
            page.screenshot(path=FOLDER / f"{name}.png")
            print(FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    take(*sys.argv[1:4])
