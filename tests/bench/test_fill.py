"""The benchmarks stand on databases that look like real ones: consistent, countable, exportable."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bench.figures import at_least, at_most, below, table
from bench.fill import fill
from curation.accesses import find_access
from curation.browse import count_matches, get_details, list_page
from curation.exports import count_rows, export_csv
from curation.media_filter import MediaFilter
from db.models import State
from db.session import open_session
from tests.histories import told_by_history

MEDIA = 300


@pytest.fixture
def filled(installation):
    with open_session() as session:
        session.execute(text("DELETE FROM label_classes"))
    fill(installation.database_url, MEDIA)
    with open_session(read_only=True) as session:
        yield session, find_access(session, "curator-1")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_filled_database_is_like_one_that_people_filled(filled):
    session, access = filled
    withdrawn = MEDIA // 100
    assert count_matches(session, access, MediaFilter()).value == MEDIA - withdrawn
    assert all(
        count_matches(session, access, MediaFilter(state=(state,))).value
        for state in (
            State.NEW,
            State.ANNOTATED,
            State.ACCEPTED,
            State.REJECTED,
            State.SENT_BACK,
            State.PARKED,
        )
    )
    assert count_rows(session, access, MediaFilter(), per="shape").value > 2 * MEDIA
    lines = b"".join(export_csv(session, access, MediaFilter(), per="shape")).splitlines()
    assert len(lines) == 1 + count_rows(session, access, MediaFilter(), per="shape").value
    for item in list_page(session, access, MediaFilter(), limit=100).items:
        details = get_details(session, access, item.id)
        assert details.annotation is None or details.annotation.author
        assert told_by_history(session, item.id).state.value == details.state


def test_a_figure_says_whether_it_meets_its_aim():
    figures = [
        at_most("5", "save", 0.004, 0.001, 3, shown="ms", note="why"),
        at_least("8", "export", 90, 100, 0.5, unit="rows/s"),
        below("0", "key", 0.04, 0.05, shown="ms"),
    ]
    assert [figure.met for figure in figures] == [False, True, True]
    drawn = table(figures)
    assert "| 5   | save      | 4.00 ms" in drawn and "**no**" in drawn
    assert "5: why" in drawn
