"""Near twins that come at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.spool import Spool
from curation.uploads import register_media
from db.models import Access, Media, NearTwin
from db.session import get_engine, open_session
from db.types import Sessions
from storage import open_bucket
from tests.conftest import Installation
from tests.factories import an_access
from tests.views import a_view

BLOCKED_AFTER = 1.0  # seconds


class Late:
    """Sessions of somebody who has written what makes a media visible, and has yet to commit it."""

    def __init__(self) -> None:
        self.written, self.go_on = threading.Event(), threading.Event()

    @contextmanager
    def sessions(self, *, read_only: bool = False) -> Iterator[Session]:
        with open_session(read_only=read_only) as session:
            yield session
            if not read_only and session.scalar(select(Media.id)) is not None:
                self.written.set()
                self.go_on.wait(10)


@pytest.fixture
def access(installation: Installation) -> Access:
    with open_session() as session:
        return an_access(session)


@pytest.fixture
def send(installation: Installation, access: Access):
    """Upload a picture beside whatever else is done."""
    begun: list[threading.Thread] = []

    def upload(content: bytes, sessions: Sessions = open_session) -> threading.Thread:
        def register() -> None:
            with Spool(installation.data_dir / "spool", limit=2**25) as spool:
                spool.write(content)
                register_media(sessions, open_bucket(), access, spool.finish(), file_name="a.jpg")

        begun.append(threading.Thread(target=register))
        begun[-1].start()
        return begun[-1]

    yield upload
    for thread in begun:
        thread.join(10)


def test_two_that_are_stored_at_the_same_moment_are_paired(send) -> None:
    late = Late()
    first = send(a_view(1), late.sessions)
    assert late.written.wait(10)
    second = send(a_view(1, quality=60))
    second.join(BLOCKED_AFTER)
    late.go_on.set()
    first.join(10)
    second.join(10)
    with open_session(read_only=True) as session:
        ids = session.scalars(select(Media.id).order_by(Media.id)).all()
        pairs = [(pair.other_id, pair.media_id) for pair in session.scalars(select(NearTwin))]
    assert pairs == [tuple(ids)]


def test_what_looks_otherwise_waits_for_nobody(send) -> None:
    if get_engine().dialect.name != "postgresql":
        pytest.skip("on SQLite one writes at a time")
    late = Late()
    send(a_view(1), late.sessions)
    assert late.written.wait(10)
    other = send(a_view(2))
    other.join(10)
    waits = other.is_alive()
    late.go_on.set()
    assert not waits
