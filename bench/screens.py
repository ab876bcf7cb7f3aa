"""Rows 0 and 0b: what a curator waits for, in Chromium, on the running product with PostgreSQL and S3."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from bench.browsers import launch
from bench.figures import Figure, below
from bench.ground import Ground, say
from bench.pictures import SIZE, VARIANTS, jpeg
from bench.probes import BARE_KEYS, BARE_THUMBNAILS, NOTE_KEYS, WATCH_KEYS, WATCH_THUMBNAILS
from bench.timing import percentile
from curation.browse import PAGE_SIZE
from tests.product import ADMIN, ADMIN_PASSWORD, Product, Program, start_product
from tests.s3_server import BUCKET_NAME

SECRET = "a secret key of the bench, long enough"
TAG = "bench"
KEYS = 200
BURST = 30
PICTURES = KEYS + BURST + 10
PATIENCE = 60_000  # milliseconds
PACE = 150  # milliseconds from key to key of a curator in a hurry
BURST_PACE = 30


def measure(ground: Ground) -> Iterator[Figure]:
    server = ground.s3_server()
    product = start_product(
        ground.folder / "screens",
        DATABASE_URL=ground.copy_of(ground.database(ground.million), "looked_at"),
        SECRET_KEY=SECRET,
        BUCKET_NAME=BUCKET_NAME,
        S3_ENDPOINT_URL=server.endpoint_url,
        S3_ACCESS_KEY=server.access_key,
        S3_SECRET_KEY=server.secret_key,
    )
    try:
        with Program(product) as program:
            media_ids = _upload(program)
            say(f"uploaded {len(media_ids)} pictures beside {ground.million:,} media")
            with sync_playwright() as playwright:
                browser = launch(playwright)
                desk = Desk(browser, product, _sign_in(browser, product), media_ids)
                yield from _browse(ground, desk)
                yield from _review(ground, desk, program)
                browser.close()
    finally:
        product.stop()


def _upload(program: Program) -> list[int]:
    def upload(number: int) -> int:
        minute, second = divmod(number, 60)
        captured_at = f"2026-08-12T10:{minute:02d}:{second:02d}Z"
        name = f"frame-{number:03d}.jpg"
        return int(program.upload(jpeg(number), name, tags=TAG, captured_at=captured_at)["id"])

    with ThreadPoolExecutor(2) as workers:
        return list(workers.map(upload, range(PICTURES)))


def _sign_in(browser: Browser, product: Product) -> StorageState:
    """The cookie of a curator; a browser that gets it knows nothing else."""
    with browser.new_context() as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(product.dashboard)
        page.get_by_role("textbox", name="Login").fill(ADMIN)
        page.get_by_role("textbox", name="Password").fill(ADMIN_PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="Browse", exact=True).wait_for()
        return context.storage_state()


@dataclass(frozen=True)
class Desk:
    """Browsers of one curator, each with an empty cache; and the pictures, in the order of their queue."""

    browser: Browser
    product: Product
    cookie: StorageState
    media_ids: list[int]

    @contextmanager
    def sit_down(self, path: str) -> Iterator[Page]:
        with self.browser.new_context(
            viewport={"width": SIZE[0], "height": SIZE[1]}, storage_state=self.cookie
        ) as context:
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            page.add_init_script(NOTE_KEYS)
            page.goto(f"{self.product.dashboard}{path}")
            page.wait_for_load_state("networkidle")
            yield page

    @contextmanager
    def bare_page(self, html: str) -> Iterator[Page]:
        """A page of ours in the place of one of the product's, so that its pictures come with the same cookie."""
        with self.browser.new_context(
            viewport={"width": SIZE[0], "height": SIZE[1]}, storage_state=self.cookie
        ) as context:
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            page.add_init_script(NOTE_KEYS)
            address = f"{self.product.dashboard}/bare"
            page.route(address, lambda route: route.fulfill(body=html, content_type="text/html"))
            page.goto(address)
            yield page


# --- 0b: Browse -----------------------------------------------------------------------------------


def _browse(ground: Ground, desk: Desk) -> Iterator[Figure]:
    first: list[float] = []
    again: list[float] = []
    bare: list[float] = []
    bytes_first, bytes_again = 0, 0
    newest = desk.media_ids[::-1][:PAGE_SIZE]
    for _ in range(3 if ground.quick else 7):
        with desk.sit_down("/") as page:
            page.get_by_role("link", name="Browse", exact=True).wait_for()
            traffic = Traffic(page)
            first.append(_seconds_until_thumbnails(page))
            bytes_first = max(bytes_first, traffic.take())
            page.get_by_role("link", name="Overview", exact=True).click()
            page.locator("img[src*='size=thumb']").first.wait_for(state="detached")
            page.wait_for_load_state("networkidle")
            traffic.take()
            again.append(_seconds_until_thumbnails(page))
            bytes_again = max(bytes_again, traffic.pictures)
        with desk.bare_page(BARE_THUMBNAILS.replace("MEDIA_IDS", str(newest))) as page:
            bare.append(_seconds_until_thumbnails(page))
    beside = f"{statistics.median(bare) * 1000:.0f} ms for the thumbnails alone"
    click = "click to every thumbnail in view decoded"
    yield below("0b", f"{click}, first visit", statistics.median(first), 1, shown="s", limit=beside)
    yield below("0b", f"{click}, on return", statistics.median(again), 1, shown="s", limit=beside)
    yield below("0b", "everything received on the first visit", bytes_first / 1e6, 1.5, shown="MB")
    yield below("0b", "pictures received again on return", bytes_again / 1e6, 0, shown="MB")


def _seconds_until_thumbnails(page: Page) -> float:
    page.evaluate(WATCH_THUMBNAILS, PAGE_SIZE)
    page.get_by_role("link", name="Browse", exact=True).click()
    page.wait_for_function("() => window.__thumbnails !== null")
    return float(page.evaluate("() => window.__thumbnails")) / 1000


class Traffic:
    """Bytes that the browser received, counted by its own developer protocol, websocket included."""

    def __init__(self, page: Page) -> None:
        self._total = 0
        self.pictures = 0
        self._pictures_under_way: set[str] = set()
        protocol = page.context.new_cdp_session(page)
        protocol.on("Network.requestWillBeSent", self._began)
        protocol.on("Network.dataReceived", self._received)
        protocol.on("Network.webSocketFrameReceived", self._framed)
        protocol.send("Network.enable")

    def take(self) -> int:
        """The bytes since the last time this was asked."""
        taken, self._total, self.pictures = self._total, 0, 0
        return taken

    def _began(self, event: dict) -> None:
        if "/picture?" in event["request"]["url"]:
            self._pictures_under_way.add(event["requestId"])

    def _received(self, event: dict) -> None:
        # What comes from the cache has no encoded length.
        self._total += event["encodedDataLength"]
        if event["requestId"] in self._pictures_under_way:
            self.pictures += event["encodedDataLength"]

    def _framed(self, event: dict) -> None:
        self._total += len(event["response"]["payloadData"])


# --- 0: Review ------------------------------------------------------------------------------------


def _review(ground: Ground, desk: Desk, program: Program) -> Iterator[Figure]:
    keys = KEYS
    with desk.sit_down(f"/review?queue=to_annotate&tag={TAG}") as page:
        _shown(page, desk.media_ids[0])
        page.wait_for_load_state("networkidle")
        page.evaluate(WATCH_KEYS)
        _press(page, keys, PACE)
        _shown(page, desk.media_ids[keys])
        _all_saved(page)
        ours = [milliseconds / 1000 for milliseconds in page.evaluate("() => window.__keys")]
        told = page.evaluate("() => window.__vigieTimings.map((one) => one.shownAt - one.keyAt)")
        answered = _answered(program)
        assert len(ours) == answered == keys, f"{keys} keys, {len(ours)} seen, {answered} answers stored"
        _press(page, BURST, BURST_PACE)
        _shown(page, desk.media_ids[keys + BURST])
        _all_saved(page)
        lost = keys + BURST - _answered(program)

    with desk.bare_page(BARE_KEYS.replace("MEDIA_IDS", str(desk.media_ids[:VARIANTS]))) as page:
        page.wait_for_function("() => window.__ready")
        page.evaluate(WATCH_KEYS)
        for number in range(keys):
            page.keyboard.press("n")
            page.wait_for_function("(seen) => window.__keys.length > seen", arg=number)
        bare = [milliseconds / 1000 for milliseconds in page.evaluate("() => window.__keys")]
    yield below(
        "0",
        f"key to next picture on screen, 1920x1080, decision sent, p95 of {keys}",
        percentile(ours, 95),
        0.05,
        shown="ms",
        limit=f"{percentile(bare, 95) * 1000:.0f} ms on a bare canvas",
        note=f"p50 {statistics.median(ours) * 1000:.0f} ms, p95 {percentile(ours, 95) * 1000:.0f} ms, most "
        f"{max(ours) * 1000:.0f} ms at a key every {PACE} ms, seen as changed pixels one frame later; the "
        f"workbench's own clock says p95 {percentile(told, 95):.0f} ms. All {keys} decisions were stored.",
    )
    yield below("0", f"keys lost of a burst of {BURST}, {BURST_PACE} ms apart", lost, 0, shown="")


def _press(page: Page, keys: int, pace: int) -> None:
    """Press a key so many times, one every `pace` milliseconds whatever becomes of it."""
    begin = time.perf_counter()
    for number in range(keys):
        left = begin + number * pace / 1000 - time.perf_counter()
        if left > 0:
            page.wait_for_timeout(left * 1000)
        page.keyboard.press("n")


def _all_saved(page: Page) -> None:
    page.locator(".workbench[data-saved='saved']").wait_for()
    page.wait_for_timeout(PACE)


def _answered(program: Program) -> int:
    return int(program.get("/queue", params={"queue": "to_review", "tag": TAG}).json()["count"])


def _shown(page: Page, media_id: int) -> None:
    page.locator(f".workbench[data-media-id='{media_id}'][data-waiting='false']").wait_for()
