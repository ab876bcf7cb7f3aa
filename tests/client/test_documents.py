"""What the documentation tells people to type and to write works as it stands there."""

from __future__ import annotations

import functools
import io
import json
import re
import shlex
from pathlib import Path

import pytest
from vigie_client import Client
from vigie_client.cli import main

from tests.apart import run_apart
from tests.client.pictures import a_folder, a_frame
from tests.product import ADMIN_PASSWORD, ROOT, Product

ADDRESS = "http://localhost:8080"
PAGES = ("docs/client.md", "docs/camera.md", "client/README.md")


def blocks(page: str, kind: str) -> list[str]:
    text = (ROOT / page).read_text("utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


class Somebody(io.StringIO):
    """A terminal whose person says yes to everything."""

    def isatty(self) -> bool:
        return True

    def readline(self, *_: object) -> str:  # type: ignore[override]
        return "y\n"


def a_coco_file(path: Path, word: str, *names: str) -> None:
    """COCO of pictures of 128 x 128 pixels, each with a box called `word`."""
    told = {
        "categories": [{"id": 1, "name": word}],
        "images": [
            {"id": number, "file_name": name, "width": 128, "height": 128}
            for number, name in enumerate(names, 1)
        ],
        "annotations": [
            {"id": number, "image_id": number, "category_id": 1, "bbox": [16, 16, 32, 32]}
            for number in range(1, len(names) + 1)
        ],
    }
    path.write_text(json.dumps(told))


@pytest.fixture
def desk(product: Product, tmp_path: Path, monkeypatch) -> Path:
    """A folder to type in, with the frames and the dataset that the pages speak of, and nobody signed in."""
    a_folder(tmp_path / "2026-08-12", range(1, 9))
    (tmp_path / "2025-dataset").mkdir()
    for number in (2001, 2002):
        (tmp_path / "2025-dataset" / f"{number}.jpg").write_bytes(a_frame(number))
    a_coco_file(tmp_path / "2025-dataset" / "annotations.json", "smoke", "2001.jpg", "2002.jpg")
    a_coco_file(tmp_path / "labels.json", "wildfire", "2026-08-12/frame-00001.jpg")
    monkeypatch.setattr("sys.stdin", Somebody())
    for name in ("VIGIE_TOKEN", "VIGIE_URL", "VIGIE_LOGIN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("VIGIE_PASSWORD", ADMIN_PASSWORD)
    monkeypatch.chdir(tmp_path)
    assert main(["login", product.api, "--login", "admin"]) == 0
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_does_what_it_says(page, desk, product, capsys):
    commands = [
        line[2:] for block in blocks(page, "console") for line in block.splitlines() if line[:2] == "$ "
    ]
    assert commands
    said = ""
    for command in commands:
        program, *words = shlex.split(command.replace(ADDRESS, product.api))
        assert program == "vigie"
        if words[:2] == ["device", "create"]:
            words[2] = f"{words[2]}-{page.rpartition('/')[2]}"
        if "--undo" in words:
            words[-1] = re.findall(r"vigie import --undo (\d+)", said)[-1]
        ended = main(words)
        out, err = capsys.readouterr()
        assert ended == 0, (command, out, err)
        said += out


@pytest.mark.parametrize("page", PAGES)
def test_every_line_of_python_of_a_page_runs(page, desk, product):
    written = blocks(page, "python")
    assert written
    names: dict[str, object] = {}
    token = re.search(r'"token": "([^"]+)"', (desk / "config" / "vigie" / "token.json").read_text())
    assert token is not None
    try:
        run(written, names, product.api, token[1])
    finally:
        for value in names.values():
            if isinstance(value, Client):
                value.close()


def run(written: list[str], names: dict[str, object], url: str, token: str) -> None:
    for block in written:
        real = block.replace(ADDRESS, url)
        real = real.replace('password="…"', f'password="{ADMIN_PASSWORD}"')
        real = real.replace('token="vigie_…"', f'token="{token}"')
        run_apart(functools.partial(exec, compile(real, "page", "exec"), names))
