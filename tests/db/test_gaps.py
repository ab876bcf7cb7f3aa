"""Who writes for long lets others in."""

from __future__ import annotations

import threading
import time

from db.gaps import Gaps
from db.models import Tag
from db.session import open_session
from tests.conftest import Installation


def test_who_waits_to_write_is_let_in_between_two_transactions(installation: Installation) -> None:
    gaps = Gaps(open_session, every=0, seconds=1)
    stored: list[str] = []
    held = threading.Event()

    def write(name: str) -> None:
        with open_session() as session:
            session.add(Tag(name=name))
        stored.append(name)

    def wait_to_write() -> None:
        held.wait(10)
        write("theirs")

    waiting = threading.Thread(target=wait_to_write)
    waiting.start()
    with open_session() as session:
        session.add(Tag(name="first"))
        session.flush()
        held.set()
        time.sleep(1)  # by now it only looks each tenth of a second
    gaps.leave()
    write("second")
    waiting.join(10)
    assert stored == ["theirs", "second"]
