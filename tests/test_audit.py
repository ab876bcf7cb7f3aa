"""The audit of packages is green only when every package was audited: answers of pip-audit 2.10.1, as it gave them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import audit

# Without a network, and with an exit code of 0.
NOTHING_ASKED = {
    "dependencies": [
        {"name": "idna", "skip_reason": "Dependency not found on PyPI and could not be audited: idna (3.20)"},
        {
            "name": "boto3",
            "skip_reason": "Dependency not found on PyPI and could not be audited: boto3 (1.44.5)",
        },
    ],
    "fixes": [],
}
WELL = {
    "dependencies": [
        {"name": "idna", "version": "3.20", "vulns": []},
        {"name": "typing_extensions", "version": "4.16.0", "vulns": []},
    ],
    "fixes": [],
}
HOLE = {
    "dependencies": [
        {
            "name": "boto3",
            "version": "1.44.5",
            "vulns": [
                {
                    "id": "PYSEC-2026-1",
                    "fix_versions": ["1.45"],
                    "aliases": ["CVE-2026-1"],
                    "description": "a hole",
                }
            ],
        }
    ],
    "fixes": [],
}


def test_packages_that_were_not_audited_are_no_good_news():
    problems = audit.problems_of(NOTHING_ASKED, ["idna", "boto3"])
    assert len(problems) == 2 and "idna was not audited" in problems[0]


def test_a_known_hole_is_named_with_the_version_that_mends_it():
    (problem,) = audit.problems_of(HOLE, ["boto3"])
    assert "boto3 1.44.5" in problem and "CVE-2026-1" in problem and "1.45" in problem


def test_a_package_that_the_answer_does_not_speak_of_is_a_problem():
    assert audit.problems_of(WELL, ["idna", "typing-extensions"]) == []
    assert audit.problems_of(WELL, ["idna", "typing-extensions", "pillow"]) == [
        "pillow is missing in the answer"
    ]


def test_everything_that_is_pinned_or_that_the_client_asks_for_is_a_target():
    packages = {target.name: target.packages for target in audit.targets()}
    assert {"streamlit", "pillow", "pydantic-core"} <= packages["requirements.txt"]
    assert "pytest" in packages["requirements-dev.txt"]
    assert packages["client"] == {"httpx"}
    assert "pip-audit" in packages["requirements-audit.txt"]
    lines = Path(audit.ROOT / "requirements.txt").read_text("utf-8").splitlines()
    assert len(packages["requirements.txt"]) == sum("==" in line for line in lines)


def answering(tmp_path, said, code):
    """A program that answers like pip-audit."""
    program = tmp_path / "answering.py"
    program.write_text(f"import sys\nprint({said!r})\nprint('no network', file=sys.stderr)\nsys.exit({code})")
    return (sys.executable, str(program))


def test_an_exit_code_of_0_alone_says_nothing(tmp_path):
    target = audit.Target("pins", (), frozenset({"idna"}))
    assert audit.ask(target, [], answering(tmp_path, json.dumps(WELL), 0)) == []
    assert audit.ask(target, [], answering(tmp_path, json.dumps(NOTHING_ASKED), 0)) != []
    assert audit.ask(target, [], answering(tmp_path, "", 1)) == ["it could not be asked: no network"]
    assert audit.ask(target, [], answering(tmp_path, "{}", 0)) != []
    (problem,) = audit.ask(target, [], (str(tmp_path / "not-installed"),))
    assert problem.startswith("it could not be asked: ")
