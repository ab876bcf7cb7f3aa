"""Hostile files and texts in Chromium: each file ends in a sentence, and no text is ever more than text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, Request, expect

from tests.browser.conftest import sign_in
from tests.browser.test_upload import Uploader, a_file
from tests.factories import a_jpeg
from tests.hostile.items import Ends
from tests.hostile.pictures import pictures
from tests.hostile.strings import NAMES
from tests.product import ADMIN, ADMIN_PASSWORD, Product, Program, start_product

# Everything at once that a browser, Markdown, Streamlit or TeX would make more of; no longer than a name may be.
BAIT = (
    "<b class=bait>b</b><img src=x onerror=bait=1>[bait](http://bait.invalid)![](http://bait.invalid/x)"
    " **bold-bait** `code-bait` :red[red-bait] $bait^2$ :material/home:"
)
NAME = "<b class=bait><img src=x onerror=bait=1>[b](javascript:bait) **bold-bait** `code-bait` :red[red-bait] $x^2$.jpg"
SHORT = "<b/class=bait>**bold-bait**:red[red-bait]$x^2$"  # a login holds no space
ADDRESSES = (
    *("", "browse", "browse?media={media}", "browse?file_name=%3Cb%20class%3Dbait%3E**bold-bait**", "upload"),
    *("browse?tag={short}", "browse?source={short}&sort=%3Cb%20class%3Dbait%3E", "review?tag={short}"),
    *("review?queue=to_review&tag={short}", "review?queue={short}", "export?source={short}", "label_classes"),
    *("account", "admin", "admin?section=devices", "admin?section=sources", "admin?section=webhooks"),
    *("admin?section=acts", "admin?section=audit", "admin?section=installation", "admin?section={short}"),
)


@dataclass(frozen=True)
class Baited:
    """A product with bait in every text that it takes, and its one media that was answered."""

    product: Product
    media_id: int


@pytest.fixture(scope="module")
def baited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baited]:
    product = start_product(tmp_path_factory.mktemp("hostile") / "data", WEBHOOKS_TO_PRIVATE="true")
    try:
        with Program(product) as program:
            media_id = _bait(program)
        yield Baited(product, media_id)
    finally:
        product.stop()


def _bait(program: Program) -> int:
    def post(path: str, **told: Any) -> Any:
        answer = program.post(path, json=told)
        assert answer.is_success, answer.text
        return answer.json()

    fields = {"source": SHORT, "sequence": SHORT, "tags": SHORT}
    media_id = int(program.upload(a_jpeg(640, 360), NAME, **fields)["id"])
    other = int(program.upload(a_jpeg(640, 360), NAME, **fields)["id"])
    program.upload(a_jpeg(640, 360), "plain.jpg", **fields)
    post("/label-classes", key="bait", name=SHORT, colour="#123456", guide=BAIT)
    box = {"label_class": "bait", "box": [0.1, 0.1, 0.4, 0.4]}
    post(f"/media/{media_id}/comments", text=BAIT)
    post(f"/media/{media_id}/predictions", model=SHORT, shapes=[{**box, "confidence": 0.9}])
    answer = post(f"/media/{media_id}/annotations", shapes=[box])
    post("/reviews", media_id=other, decision="rejected", comment=BAIT)
    post(
        "/reviews",
        media_id=media_id,
        decision="sent_back",
        annotation_id=answer["annotation"]["id"],
        comment=BAIT,
    )
    post("/accesses", login=SHORT, password="a good password of tests")
    post("/devices", login=f"{SHORT}2", source=SHORT)
    post("/webhooks", name=SHORT, url="http://127.0.0.1:9/", events=["media.registered"])
    post("/sources", name=f"{SHORT}3", place=BAIT[:150])
    return media_id


@pytest.fixture
def watched(context: BrowserContext, page: Page) -> list[str]:
    """What the browser did that only taken bait makes it do."""
    done: list[str] = []

    def asked(request: Request) -> None:
        if "bait.invalid" in request.url.partition("?")[0] or request.url.endswith("/x"):
            done.append(request.url)

    def spoke(dialog: Dialog) -> None:
        done.append(dialog.message)
        dialog.dismiss()

    context.on("request", asked)
    page.on("dialog", spoke)
    return done


def assert_bait_is_text(page: Page) -> None:
    """Locators look into shadow roots too."""
    for made in (".bait", 'img[src="x"]', 'a[href*="bait.invalid"]', 'a[href^="javascript:"]', ".katex"):
        expect(page.locator(made)).to_have_count(0)
    for text in ("bold-bait", "code-bait", "red-bait"):
        assert page.get_by_text(text, exact=True).count() == 0, f"{text} has become more than text"
    assert page.evaluate("typeof bait") == "undefined"


def test_no_text_becomes_more_than_text_on_any_page(page: Page, baited: Baited, watched: list[str]):
    sign_in(page, baited.product.dashboard, ADMIN, ADMIN_PASSWORD)
    for address in ADDRESSES:
        filled = address.format(media=baited.media_id, short=quote(SHORT, safe=""))
        page.goto(f"{baited.product.dashboard}/{filled}")
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        expect(page.get_by_test_id("stException")).to_have_count(0)
        expect(page.locator("main, .stMain").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert_bait_is_text(page)
    assert watched == []


def test_bait_is_shown_as_it_was_typed(page: Page, baited: Baited, watched: list[str]):
    sign_in(page, f"{baited.product.dashboard}/browse?media={baited.media_id}", ADMIN, ADMIN_PASSWORD)
    expect(page.get_by_text("**bold-bait**").first).to_be_visible()
    expect(page.get_by_text(NAME).first).to_be_visible()
    assert_bait_is_text(page)
    assert watched == []


def test_a_hostile_file_ends_in_a_sentence_on_the_upload_page(page: Page, baited: Baited, watched: list[str]):
    uploader = Uploader(page, baited.product, ADMIN, ADMIN_PASSWORD)
    hostile = [content for content in pictures() if len(content.content) < 2**20][::8]
    names = {f"{number}-{content.file_name}": content for number, content in enumerate(hostile)}
    uploader.choose(*(a_file(name, content.content) for name, content in names.items()))
    uploader.start()
    # Already here when the test is repeated on the same product.
    taken, refused = "registered|already_here", "refused"
    ends = {Ends.TAKEN: taken, Ends.REFUSED: refused, Ends.EITHER: f"{taken}|{refused}"}
    for name, content in names.items():
        expect(uploader.row(name)).to_have_attribute("data-state", re.compile(f"^({ends[content.ends]})$"))
    assert_bait_is_text(page)
    assert watched == []


def test_a_hostile_name_is_shown_and_stored_as_it_is(page: Page, baited: Baited, watched: list[str]):
    uploader = Uploader(page, baited.product, ADMIN, ADMIN_PASSWORD)
    kinds = ("HTML", "a Markdown link", "a formula of TeX", "SQL", "a template", "emoji", "quotes")
    taken = [NAMES[kind][0] for kind in kinds]
    baits = [NAME.replace("<b", f"<b data-number={number} ") for number in range(2)]
    uploader.choose(*(a_file(name) for name in (*taken, *baits)))
    uploader.start()
    expect(page.locator('.row[data-state="registered"]')).to_have_count(len(taken) + len(baits))
    assert_bait_is_text(page)
    with Program(baited.product) as program:
        stored = {media["file_name"] for media in program.get("/media/", params={"limit": 200}).json()}
    assert set(baits) <= stored
    assert watched == []
