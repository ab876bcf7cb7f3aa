"""Row 4: a rerun of the Browse page with sixty tiles, beside the same page that asks no database.

Run as a program of its own, `python -m bench.pages DATABASE_URL`, it prints the milliseconds of both: the
page runs in Streamlit's AppTest, which brings along half of Streamlit.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any
from unittest.mock import patch

from bench.figures import Figure, at_most
from bench.ground import Ground
from bench.timing import race
from curation.browse import PAGE_SIZE
from tests.product import ADMIN, ADMIN_PASSWORD, ROOT

SECRET = "a secret key of the bench, long enough"


def measure(ground: Ground) -> Iterator[Figure]:
    url = ground.copy_of(ground.database(ground.million), "browsed")
    rounds = "15" if ground.quick else "60"
    answer = subprocess.run(
        [sys.executable, "-m", "bench.pages", rounds],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DATA_DIR": str(ground.folder / "pages"),
            "SECRET_KEY": SECRET,
        },
        stdout=subprocess.PIPE,
        check=True,
    )
    figures = json.loads(answer.stdout.splitlines()[-1])
    operation = f"rerun of Browse, 60 tiles of {ground.million:,} (CPU), beside the page without a database"
    yield at_most("4", operation, figures["with"], figures["without"], 2, shown="ms")


class Rehearsed:
    """Use cases that give again, run after run, what they gave in the one run that was recorded."""

    def __init__(self) -> None:
        self._given: dict[str, list[Any]] = defaultdict(list)
        self._position: dict[str, int] = {}
        self._depth = 0
        self.recording = True

    def begin(self) -> None:
        self._position.clear()

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        name = f"{function.__module__}.{function.__qualname__}"

        @functools.wraps(function)
        def give(*arguments: Any, **named: Any) -> Any:
            if self._depth:  # called by another use case, which is recorded as a whole
                return function(*arguments, **named)
            if not self.recording:
                position = self._position.get(name, 0)
                self._position[name] = position + 1
                return self._given[name][position]
            self._depth += 1
            try:
                given = function(*arguments, **named)
            finally:
                self._depth -= 1
            self._given[name].append(given)
            return given

        return give


@contextlib.contextmanager
def _no_session(**_options: Any) -> Iterator[None]:
    yield None


def _asks_a_database(value: object) -> bool:
    return (
        inspect.isfunction(value)
        and value.__module__.startswith("curation.")
        and next(iter(inspect.signature(value).parameters), "") == "session"
    )


def _our_modules() -> list[ModuleType]:
    return [
        module
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in ("components", "curation") and module is not None
    ]


def _run(rounds: int) -> dict[str, float]:
    from streamlit.runtime.context import ContextProxy
    from streamlit.testing.v1 import AppTest

    from curation.accesses import ensure_first_admin, find_access
    from curation.sign_in import COOKIE, open_login_session, redeem_ticket
    from db import session as tap

    with tap.open_session() as session:
        ensure_first_admin(session, ADMIN, ADMIN_PASSWORD)
        access = find_access(session, ADMIN)
        assert access is not None
        ticket = open_login_session(session, access, "bench", 12)
    with tap.open_session() as session:
        cookies = {COOKIE: redeem_ticket(session, ticket)}

    # AppTest cannot be given a browser's cookies; everything behind them is the real thing.
    with patch.object(ContextProxy, "cookies", property(lambda _: cookies)):
        app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=60)
        app.run()
        app.switch_page("browse.py").run()

        def rerun() -> None:
            app.run()
            assert not app.exception, app.exception
            drawn = app.get("bidi_component")[0].proto.json
            assert drawn.count('"file_name"') == PAGE_SIZE, "that was another page"

        rehearsed = Rehearsed()
        with contextlib.ExitStack() as patches:
            for module in _our_modules():
                for name, value in list(vars(module).items()):
                    if _asks_a_database(value):
                        patches.enter_context(patch.object(module, name, rehearsed.wrap(value)))
            rerun()
            rehearsed.recording = False
            sessions = [patch.object(tap, "open_session", _no_session)]
            sessions += [
                patch.object(module, "open_session", _no_session)
                for module in _our_modules()
                if hasattr(module, "open_session")
            ]

            def rerun_without() -> None:
                rehearsed.begin()
                with contextlib.ExitStack() as away:
                    for one in sessions:
                        away.enter_context(one)
                    rerun()

            without = race(rounds, without=rerun_without)["without"]
        with_database = race(rounds, rerun=rerun)["rerun"]
    return {"with": with_database.least_cpu, "without": without.least_cpu}


if __name__ == "__main__":
    print(json.dumps(_run(int(sys.argv[1]))))
