"""The documentation: it builds, its links hold, it loads nothing from elsewhere, and what it says is so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from api import create_api
from settings import Settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
# Tags that fetch something by themselves, and the attribute that says what.
FETCHING = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "script": "src",
    "source": "src",
    "video": "src",
}
METHODS = ("get", "post", "put", "patch", "delete")
ROUTE = re.compile(r"`(?:(GET|POST|PUT|PATCH|DELETE)\s+)(/[^\s`?]*)[^`]*`")


@dataclass
class Page(HTMLParser):
    """What a page names, loads and leads to."""

    anchors: set[str] = field(default_factory=set)
    leads_to: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    classes: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.classes.update(given.get("class", "").split())
        self.anchors.update(value for name in ("id", "name") if (value := given.get(name)))
        if tag == "a" and given.get("href"):
            self.leads_to.append(given["href"])
        if tag == "link" and given.get("rel") not in ("canonical", "prev", "next"):
            self.loads.append(given["href"])
        if given.get(FETCHING.get(tag, "-")):
            self.loads.append(given[FETCHING[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    read = {}
    for path in site.rglob("*.html"):
        page = Page()
        page.feed(path.read_text("utf-8"))
        read[path] = page
    assert site / "index.html" in read and site / "reference/index.html" in read
    return read


@pytest.fixture(scope="module")
def routes() -> set[tuple[str, str]]:
    paths = create_api(Settings.from_environment({}), takes_cookies=False).openapi()["paths"]
    return {
        (method.upper(), path) for path, methods in paths.items() for method in METHODS if method in methods
    }


def test_every_link_between_pages_leads_somewhere(pages):
    broken = [
        f"{path.name}: {link}"
        for path, page in pages.items()
        if path.name != "404.html"  # served for any address, so its links begin at the root
        for link in [*page.leads_to, *page.loads]
        if not is_outside(link) and not holds(path, link, pages)
    ]
    assert broken == []


def is_outside(link: str) -> bool:
    return bool(urlsplit(link).scheme or urlsplit(link).netloc)


def holds(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    address, anchor = urldefrag(link)
    target = (path.parent / unquote(urlsplit(address).path)).resolve() if address else path
    target = target / "index.html" if target.is_dir() else target
    if not target.exists():
        return False
    return not anchor or target not in pages or unquote(anchor) in pages[target].anchors


def test_pages_load_nothing_from_elsewhere(site, pages):
    assert [link for page in pages.values() for link in page.loads if is_outside(link)] == []
    for sheet in site.rglob("*.css"):
        assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)\"']+", sheet.read_text("utf-8")) == []
    # The one thing that the theme's script would fetch from another host, where a page has a drawing of this kind.
    assert not any("mermaid" in page.classes for page in pages.values())


def test_every_route_stands_in_the_reference(site, pages, routes):
    listed = (site / "reference/index.html").read_text("utf-8")
    assert {f"{method} {path}" for method, path in routes} == set(
        re.findall(r"<a [^>]*><code>((?:GET|POST|PUT|PATCH|DELETE) /[^<]*)</code></a>", listed)
    )


def test_every_route_that_the_pages_speak_of_exists(routes):
    known = {(method, nameless(path)) for method, path in routes} | {
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
    }
    unknown = [
        f"{path.name}: {method} {route}"
        for path in sorted(DOCS.glob("*.md"))
        for method, route in ROUTE.findall(path.read_text("utf-8"))
        if (method, nameless(route)) not in known
    ]
    assert unknown == []


def nameless(route: str) -> str:
    """The route whatever its parameters are called: an id, or a 1204 in an example."""
    return re.sub(r"\{\w+\}|(?<=/)\d+(?=/|$)", "*", route.rstrip("/"))


def rows_of(page: str) -> Iterator[list[str]]:
    for line in (DOCS / page).read_text("utf-8").splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def test_every_setting_stands_there_with_its_default():
    told = {name.strip("`"): default for name, default, _ in rows_of("settings.md")}
    assert told.keys() == {field.name.upper() for field in fields(Settings)}
    defaults = Settings.from_environment({})
    for name, default in told.items():
        value = getattr(defaults, name.lower())
        if re.fullmatch(r"`[^`]*`", default):
            expected = str(value).lower() if isinstance(value, bool) else str(value)
            expected = Path(expected).name if isinstance(value, Path) else expected
            assert default == f"`{expected}`", name
        elif default == "none":
            assert not value, name
        else:
            # Told in words: where it is made from other settings, or at the start.
            assert name in ("PUBLIC_URL", "DATABASE_URL", "SECRET_KEY", "SUPERUSER_PWD", "BUCKET_NAME")


def test_every_command_of_the_operator_is_explained():
    helped = subprocess.run(
        [sys.executable, ROOT / "manage.py", "--help"], capture_output=True, text=True, check=True
    ).stdout
    commands = set(re.findall(r"^    ([a-z-]+) ", helped, re.MULTILINE))
    explained = set(re.findall(r"manage\.py ([a-z-]+)", (DOCS / "deploying.md").read_text("utf-8")))
    assert commands and commands <= explained


def test_every_command_of_make_that_the_pages_name_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for path in (*DOCS.glob("*.md"), ROOT / "README.md"):
        text = path.read_text("utf-8")
        named = set(re.findall(r"`make ([a-z-]+)`", text)) | set(
            re.findall(r"^make ([a-z-]+)", text, re.MULTILINE)
        )
        assert named <= targets, path.name


def test_every_option_of_the_move_is_explained():
    helped = subprocess.run(
        [sys.executable, ROOT / "manage.py", "import-pyro-storage", "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    explained = (DOCS / "pyro-storage.md").read_text("utf-8")
    for option in set(re.findall(r"--[a-z-]+", helped)) - {"--help"}:
        assert f"`{option}`" in explained or f" {option}" in explained, option
