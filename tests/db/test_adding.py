"""Many rows added at once come out as they went in, whatever is in them, and are refused like any others."""

from __future__ import annotations

import traceback
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from curation.imports.asking import start_import
from db.adding import add_rows
from db.models import ImportItem, ImportKind, ImportOutcome
from tests.factories import an_access

ODD = 'a\tb\\N "c",\nété 日本 %s'


SECRET = "of nobody else 4711"


def a_row(import_id: int, position: int, **given: Any) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "position": position,
        "name": ODD,
        "wanted": {"said": ODD, "box": [0.1, None], "deep": {"yes": True}},
        "outcome": ImportOutcome.WAITING,
        "why": None,
        **given,
    }


@pytest.fixture
def import_id(session: Session) -> int:
    return start_import(session, an_access(session), ImportKind.FILES, "dataset").id


def test_rows_come_out_as_they_went_in(session: Session, import_id: int) -> None:
    left_out = {"outcome": ImportOutcome.LEFT_OUT, "why": ODD, "name": "\\N", "wanted": {}}
    add_rows(session, ImportItem, [a_row(import_id, 1), a_row(import_id, 2, **left_out)])
    add_rows(session, ImportItem, [])
    first, second = session.scalars(select(ImportItem).order_by(ImportItem.position)).all()
    assert (first.name, first.wanted, first.outcome, first.why, first.before) == (
        ODD,
        {"said": ODD, "box": [0.1, None], "deep": {"yes": True}},
        ImportOutcome.WAITING,
        None,
        None,
    )
    assert (second.name, second.wanted, second.outcome, second.why) == (
        "\\N",
        {},
        ImportOutcome.LEFT_OUT,
        ODD,
    )


def test_a_refused_row_is_told_without_its_values(session: Session, import_id: int) -> None:
    with pytest.raises(IntegrityError) as found, session.begin_nested():
        add_rows(session, ImportItem, [a_row(import_id, 1), a_row(import_id, 1, name=SECRET)])
    assert "4711" not in "".join(traceback.format_exception(found.value))
    assert session.scalars(select(ImportItem)).all() == []
