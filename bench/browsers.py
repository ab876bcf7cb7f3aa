"""Chromium, as curators have it."""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Browser, Playwright

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--disable-quic", "--no-first-run"),
)


def launch(playwright: Playwright) -> Browser:
    """The machine's Chromium, or the one that CHROMIUM names."""
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if not found:
        raise LookupError("Chromium is needed: apt install chromium, or say where it is with CHROMIUM.")
    return playwright.chromium.launch(executable_path=found, args=FLAGS)
