"""What people have said of answers and decisions, in a table that is changed: nobody's words become another's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from curation import looks
from curation.annotations import submit_annotation
from curation.csv_columns import EDITABLE, KEPT
from curation.media_view import annotation_views
from curation.reviews import decide
from db.models import Access, Decision, Look, LookKind, Media, Review, State, utc_now
from db.session import open_session
from tests.conftest import Installation
from tests.curation.tables.test_tables import Editor, Row
from tests.factories import a_box, a_media, an_access

BEFORE = "wait for the other camera"
NEEDED = "Say in a comment what should be done differently. A new one belongs in the column decision_comment."


@pytest.fixture
def editor(installation: Installation) -> Editor:
    with open_session() as session:
        return Editor(an_access(session, login="ines"), installation)


@pytest.fixture
def bo(installation: Installation) -> Access:
    with open_session() as session:
        return an_access(session, login="bo")


@pytest.fixture
def parked(bo: Access) -> int:
    """A media with three shapes, set aside by bo."""
    with open_session() as session:
        media = a_media(session)
        shapes = [a_box("wildfire", (at, 0.1, at + 0.1, 0.2)) for at in (0.1, 0.3, 0.5)]
        submit_annotation(session, an_access(session, login="jo"), media.id, shapes=shapes)
        decide(
            session, bo, media.id, Decision.PARKED, annotation_id=_answer(session, media.id), comment=BEFORE
        )
        return media.id


def _answer(session: Any, media_id: int) -> int | None:
    answer: int | None = session.get_one(Media, media_id).current_annotation_id
    return answer


def parked_anew(bo: Access, media_id: int, comment: str) -> None:
    with open_session() as session:
        answer = _answer(session, media_id)
        decide(session, bo, media_id, Decision.UNPARKED, annotation_id=answer)
        decide(session, bo, media_id, Decision.PARKED, annotation_id=answer, comment=comment)


def last_said(media_id: int) -> tuple[State, str | None, int]:
    with open_session(read_only=True) as session:
        media = session.get_one(Media, media_id)
        review = session.scalars(select(Review).where(Review.id == media.last_review_id)).one()
        return media.state, review.comment, review.access_id


def as_it_was_written_once(table: list[Row]) -> list[Row]:
    """The rows of a table whose `base` does not know what was said yet."""
    return [row | {"base": json.dumps(json.loads(row["base"])[: 3 + len(EDITABLE)])} for row in table]


@pytest.mark.parametrize("raw", [False, True], ids=["harmless", "raw"])
@pytest.mark.parametrize("per", ["media", "shape"])
def test_what_somebody_else_said_before_is_no_reason_of_mine(
    editor: Editor, bo: Access, parked: int, per: str, raw: bool
) -> None:
    parked_anew(bo, parked, "=it is\nthe 'old' lens")
    table = editor.take(per=per, raw=raw)
    assert json.loads(table[0]["base"])[3 + KEPT.index("decision_comment")] == "=it is\nthe 'old' lens"
    parked_anew(bo, parked, "lens is dirty")
    for row in table:
        row["state"] = "sent_back"
        row["decision_comment"] = row["decision_comment"].replace("\n", "\r\n") + " "
    done = editor.apply(table)
    assert {problem["sentence"] for problem in done.preview["problems"]} == {NEEDED}
    assert last_said(parked) == (State.PARKED, "lens is dirty", bo.id)

    table = [row | {"decision_comment": "lens is dirty"} for row in table]
    assert editor.apply(table).counts["changed"] == 1, "what was typed is a reason, whoever says it too"
    assert last_said(parked) == (State.SENT_BACK, "lens is dirty", editor.access.id)


def test_a_reason_counts_in_whichever_row_of_its_media_it_stands(editor: Editor, parked: int) -> None:
    table = editor.take(per="shape")
    assert len(table) == 3
    table[2] |= {"state": "sent_back", "decision_comment": "redraw the right one"}
    assert editor.apply(table).counts["changed"] == 1
    assert last_said(parked) == (State.SENT_BACK, "redraw the right one", editor.access.id)


def test_two_different_reasons_of_one_media_are_a_problem(editor: Editor, parked: int) -> None:
    table = editor.take(per="shape")
    for row in table:
        row["state"] = "sent_back"
    table[1]["decision_comment"], table[2]["decision_comment"] = "redraw", "too wide"
    (problem,) = editor.drop(table).preview["problems"]
    assert (problem["row"], problem["column"], problem["sentence"]) == (
        4,
        "decision_comment",
        "Row 3 is about the same media, and says something else.",
    )


def test_a_table_that_does_not_know_what_was_said_is_read_as_ever(editor: Editor, parked: int) -> None:
    table = as_it_was_written_once(editor.take(per="shape"))
    assert editor.drop(table).preview["problems"] == []
    table = [row | {"state": "sent_back"} for row in table]
    assert {problem["sentence"] for problem in editor.drop(table).preview["problems"]} == {NEEDED}
    table = [row | {"decision_comment": "redraw"} for row in table]
    assert editor.apply(table).counts["changed"] == 1
    assert last_said(parked) == (State.SENT_BACK, "redraw", editor.access.id)


@pytest.fixture
def accepted(bo: Access) -> int:
    """An accepted media of whose answer something was said."""
    with open_session() as session:
        media = a_media(session)
        jo = an_access(session, login="jo")
        submit_annotation(session, jo, media.id, shapes=[a_box()], comment="unsure about the left plume")
        answer = _answer(session, media.id)
        decide(session, bo, media.id, Decision.ACCEPTED, annotation_id=answer, comment="it is smoke")
        return media.id


def test_what_has_to_be_answered_blind_by_the_time_of_the_commit_stays_and_is_not_told(
    editor: Editor, accepted: int
) -> None:
    table = [row | {"label_class": "dust", "state": "rejected"} for row in editor.take(per="shape")]
    alone, beside = editor.drop(table), editor.drop([row | {"tags": "seen"} for row in table])
    assert (alone.preview["changed"], beside.preview["changed"]) == (2, 3)
    with open_session() as session:
        answer = _answer(session, accepted)
        session.add(
            Look(
                kind=LookKind.SECOND_OPINION,
                media_id=accepted,
                annotation_id=answer,
                access_id=editor.access.id,
                taken_at=utc_now(),
            )
        )
    for view, outcome in ((alone, "left_out"), (beside, "changed")):
        done = editor.commit(view.id)
        assert done.counts[outcome] == 1
        (item,) = editor.items(done.id)
        assert item.why == looks.TO_ANSWER
    with open_session(read_only=True) as session:
        media = session.get_one(Media, accepted)
        assert (media.state, media.current_annotation_id) == (State.ACCEPTED, answer)
        assert list(looks.given_looks(session, editor.access)) == [accepted]
    assert editor.take()[0]["tags"] == "seen"


@pytest.mark.parametrize("reason", [None, "it is dust"])
def test_what_was_said_of_an_answer_stays_when_its_label_classes_change(
    editor: Editor, accepted: int, reason: str | None
) -> None:
    (row,) = editor.take(per="shape")
    done = editor.apply(
        [row | {"label_class": "dust", "decision_comment": reason or row["decision_comment"]}]
    )
    assert done.counts["changed"] == 1
    assert last_said(accepted) == (State.ACCEPTED, reason, editor.access.id)
    with open_session(read_only=True) as session:
        (answer,) = annotation_views(session, [_answer(session, accepted) or 0])
    assert (answer.shapes[0].label_class, answer.comment) == ("dust", "unsure about the left plume")


@pytest.mark.parametrize(
    ("changed", "rows"),
    [
        ({}, [2]),
        ({"tags": "seen"}, [2]),
        ({"state": "rejected"}, []),
        ({"label_class": "dust"}, []),  # opened and accepted again
        ({"state": "no such state"}, []),  # a problem already
    ],
)
def test_a_reason_where_nothing_is_decided_is_said_to_be_left(
    editor: Editor, accepted: int, changed: Row, rows: list[int]
) -> None:
    (row,) = editor.take(per="shape")
    assert editor.drop([row]).preview["remarks"] == []
    preview = editor.drop([row | changed | {"decision_comment": "look at the mast"}]).preview
    assert [(remark["where"], remark["sentence"]) for remark in preview["remarks"]] == [
        (
            "decision_comment",
            "Reasons of media about which nothing is decided are not taken over:"
            f" {len(rows)}, the first in row {row}.",
        )
        for row in rows
    ]
