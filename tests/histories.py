"""Media against their histories: whatever a test did, the row says what the acts say."""

from __future__ import annotations

from sqlalchemy.orm import Session

from curation.projections import Projection, read_histories


def told_by_history(session: Session, media_id: int) -> Projection:
    """Where a media stands by its acts alone."""
    return read_histories(session, [media_id])[0].project()


def assert_told_by_history(session: Session, media_id: int) -> None:
    """Fail unless everything on the row of a media follows from its acts, and their numbers have no gap."""
    (history,) = read_histories(session, [media_id])
    assert history.on_row == history.project()
    assert not history.numbers_broken
