"""Who may import whom: the table of the house, compared with every file's imports."""

from __future__ import annotations

import ast
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TAPS = {"db.session", "storage"}
# folder -> (what of ours it may import, what of ours it must not although that folder is allowed, others' never)
RULES: dict[str, tuple[set[str], set[str], set[str]]] = {
    "pages": (
        {"components", "curation", "db", "language", "storage", "settings"},
        {"db.media_queries", "db.queries", "db.migrate"},
        {"boto3", "fastapi", "sqlalchemy"},
    ),
    "components": (
        {"components", "curation", "db", "language", "storage", "settings", "reporting"},
        {"db.media_queries", "db.queries", "db.migrate"},
        {"boto3", "fastapi"},
    ),
    "api": (
        {"api", "curation", "settings", "db", "language", "storage", "reporting"},
        {"db.media_queries", "db.queries"},
        {"streamlit", "boto3"},
    ),
    "curation": (
        {"curation", "db", "language", "storage"},
        {"db.session"},
        {"streamlit", "fastapi", "starlette", "boto3"},
    ),
    "db": ({"db", "settings"}, set(), {"streamlit", "fastapi", "boto3"}),
    "storage": ({"storage", "settings"}, set(), {"streamlit", "fastapi", "sqlalchemy"}),
    "backup": (
        {"backup", "db", "storage", "settings"},
        {"db.media_queries", "db.queries"},
        {"streamlit", "fastapi", "boto3"},
    ),
    "language": ({"language"}, set(), {"streamlit", "fastapi", "starlette", "sqlalchemy", "boto3"}),
    "demo": (
        {"demo", "curation", "db", "language", "storage", "settings"},
        {"db.media_queries", "db.queries"},
        {"streamlit", "fastapi"},
    ),
}
OURS = {path.name for path in ROOT.iterdir() if path.is_dir()} | {path.stem for path in ROOT.glob("*.py")}
FILES = sorted(
    path for folder in RULES for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts
)


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path} imports relatively"
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_imports_only_what_its_room_may(path):
    room = path.relative_to(ROOT).parts[0]
    allowed, not_these, never = RULES[room]
    for name in imports_of(path):
        top = name.partition(".")[0]
        assert top not in never, f"{path.name} imports {name}"
        if top in OURS:
            assert top in allowed, f"{path.name} imports {name}"
        assert name not in not_these, f"{path.name} imports {name}"


def test_the_client_stands_alone():
    allowed = set(sys.stdlib_module_names) | {"httpx", "vigie_client"}
    for path in (ROOT / "client").rglob("*.py"):
        assert {name.partition(".")[0] for name in imports_of(path)} <= allowed, path


def test_only_one_file_imports_boto3():
    importers = {
        path.relative_to(ROOT).as_posix()
        for path in FILES
        if any(name.partition(".")[0] in ("boto3", "botocore") for name in imports_of(path))
    }
    assert importers == {"storage/s3.py"}


def test_of_curation_only_what_a_person_reads_as_it_is_speaks_a_language():
    speaking = {
        path.name for path in FILES if path.parts[-2] == "curation" and "language" in imports_of(path)
    }
    assert speaking == {"contact_sheets.py"}


def test_every_room_goes_into_the_image():
    kept = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert {room for room in RULES if f"!{room}" not in kept} == set()


def test_nobody_imports_pages():
    for path in FILES:
        assert not any(name.partition(".")[0] == "pages" for name in imports_of(path)), path


def test_no_page_hides_a_module():
    # While a page runs, its folder is first on the import path.
    taken = set(sys.stdlib_module_names) | set(packages_distributions()) | (OURS - {"pages"})
    assert not {path.stem for path in (ROOT / "pages").glob("*.py")} & taken
