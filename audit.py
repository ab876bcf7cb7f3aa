"""`make audit`: whether a package that we pin, or that the client brings along, has a known hole.

pip-audit asks the advisory service. It says "No known vulnerabilities found" and ends with 0 also when it could ask
about nothing, so its answer is read here: green is only what names every package, and of each that it was audited.
Options of pip-audit may be added: `python audit.py --vulnerability-service osv`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
PIP_AUDIT = (str(ROOT / ".venv/audit/bin/python"), "-m", "pip_audit")
SECONDS = 600
SHOWN = 20


@dataclass(frozen=True)
class Target:
    """Something to audit, the options that name it to pip-audit, and the packages that its answer must speak of."""

    name: str
    options: tuple[str, ...]
    packages: frozenset[str]


def targets() -> list[Target]:
    """Everything that is pinned, and what the client asks for."""
    pinned = [
        Target(
            name,
            ("--no-deps", "--disable-pip", "--requirement", str(ROOT / name)),
            frozenset(pins(ROOT / name)),
        )
        for name in ("requirements.txt", "requirements-dev.txt", "requirements-audit.txt")
    ]
    project = tomllib.loads((ROOT / "client/pyproject.toml").read_text("utf-8"))["project"]
    asked = frozenset(_name_of(line) for line in project["dependencies"])
    return [*pinned, Target("client", (str(ROOT / "client"),), asked)]


def pins(path: Path) -> Iterator[str]:
    """The packages of a requirements file. Those of a file that it includes are not: pip-audit leaves them out too."""
    for line in path.read_text("utf-8").splitlines():
        if "==" in line and not line.startswith("#"):
            yield _name_of(line)


def _name_of(requirement: str) -> str:
    """PEP 503: how packages are compared."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def problems_of(answer: dict[str, Any], expected: Iterable[str]) -> list[str]:
    """What stands between pip-audit's answer and green, one sentence each; none when all is well."""
    problems: list[str] = []
    spoken_of: set[str] = set()
    for found in answer["dependencies"]:
        spoken_of.add(_name_of(found["name"]))
        if "skip_reason" in found:
            problems.append(f"{found['name']} was not audited: {found['skip_reason']}")
            continue
        for hole in found["vulns"]:
            mended = ", ".join(hole["fix_versions"]) or "no version yet"
            names = ", ".join((hole["id"], *hole.get("aliases", ())))
            problems.append(
                f"{found['name']} {found['version']} has a known hole ({names}), mended in {mended}"
            )
    problems += [f"{name} is missing in the answer" for name in sorted(set(expected) - spoken_of)]
    return problems


def ask(target: Target, options: list[str], program: tuple[str, ...] = PIP_AUDIT) -> list[str]:
    """The problems of one target; that nothing could be asked is one."""
    command = (*program, "--format", "json", "--progress-spinner", "off", *options, *target.options)
    try:
        ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS)
        answer = json.loads(ended.stdout)
        return problems_of(answer, target.packages)
    except subprocess.TimeoutExpired:
        return [f"no answer within {SECONDS} seconds"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        said = ended.stderr.strip().splitlines() if isinstance(problem, ValueError) else []
        return [f"it could not be asked: {said[-1] if said else problem}"]


def main(options: list[str]) -> int:
    """Audit everything; 0 only when every package was audited and none has a known hole."""
    failed = False
    for target in targets():
        problems = ask(target, options)
        failed = failed or bool(problems)
        well = "every package was audited, and none has a known hole"
        print(f"{target.name}: {f'{len(problems)} problems' if problems else well}")
        for problem in problems[:SHOWN]:
            print(f"  {problem}")
        if len(problems) > SHOWN:
            print(f"  and {len(problems) - SHOWN} more")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
