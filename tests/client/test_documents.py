"""What the documentation tells people to type and to write works as it stands there."""

from __future__ import annotations

import functools
import re
import shlex
from pathlib import Path

import pytest
from vigie_client import Client
from vigie_client.cli import main

from tests.apart import run_apart
from tests.client.pictures import a_folder
from tests.product import ADMIN_PASSWORD, ROOT, Product

ADDRESS = "http://localhost:8080"
PAGES = ("docs/client.md", "docs/camera.md", "client/README.md")


def blocks(page: str, kind: str) -> list[str]:
    text = (ROOT / page).read_text("utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def desk(product: Product, tmp_path: Path, monkeypatch) -> Path:
    """A folder to type in, with the frames that the pages speak of, and nobody signed in."""
    a_folder(tmp_path / "2026-08-12", range(1, 9))
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
    for command in commands:
        program, *words = shlex.split(command.replace(ADDRESS, product.api))
        assert program == "vigie"
        if words[:2] == ["device", "create"]:
            words[2] = f"{words[2]}-{page.rpartition('/')[2]}"
        assert main(words) == 0, (command, capsys.readouterr().err)


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
