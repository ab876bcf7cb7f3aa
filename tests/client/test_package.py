"""The client on its own: built, installed into an empty environment, and used there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.client.pictures import a_folder
from tests.product import ADMIN, ADMIN_PASSWORD, ROOT, Product


def run(*words: str | Path, cwd: Path, **environment: str) -> str:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("VIGIE_") and name not in ("PYTHONPATH", "VIRTUAL_ENV")
    }
    done = subprocess.run(
        [str(word) for word in words],
        check=False,
        cwd=cwd,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left among the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "client", folder / "client", ignore=shutil.ignore_patterns("__pycache__"))
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, folder / "client", cwd=folder)
    (built,) = folder.glob("vigie_client-*.whl")
    return built


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "vigie_client/py.typed" in names and "vigie_client/cli/commands.py" in names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"vigie_client"}


def test_it_installs_alone_and_talks_to_the_product(wheel: Path, product: Product, tmp_path: Path):
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    scripts = environment / "bin"
    run(scripts / "pip", "install", "-q", wheel, cwd=tmp_path)
    installed = run(scripts / "pip", "list", "--format=freeze", cwd=tmp_path).lower()
    assert "vigie-client==0.1.0" in installed and "httpx==" in installed
    assert not any(name in installed for name in ("fastapi", "sqlalchemy", "pydantic", "streamlit"))

    helped = run(scripts / "vigie", "--help", cwd=tmp_path)
    assert "upload" in helped and "export" in helped
    assert run(scripts / "vigie", "--version", cwd=tmp_path) == "vigie 0.1.0\n"

    who = {"VIGIE_URL": product.api, "VIGIE_LOGIN": ADMIN, "VIGIE_PASSWORD": ADMIN_PASSWORD}
    folder = a_folder(tmp_path / "frames", range(30_000, 30_006))
    told = run(scripts / "vigie", "upload", folder, "--source", "CAM-12", cwd=tmp_path, **who)
    assert "6 registered" in told
    told = run(
        scripts / "vigie",
        "export",
        "--format",
        "csv",
        "-o",
        "f.csv",
        "--source",
        "CAM-12",
        cwd=tmp_path,
        **who,
    )
    assert told.startswith("f.csv: 6 rows, ")
    assert len((tmp_path / "f.csv").read_text("utf-8-sig").splitlines()) == 7
