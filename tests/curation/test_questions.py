"""Questions about a whole picture: which are asked, and what they ask of an answer."""

from __future__ import annotations

import csv
import io

import pytest

from curation.annotation_files import annotation_document
from curation.annotations import submit_annotation
from curation.browse import get_details, list_page
from curation.errors import (
    AnswerIncomplete,
    InvalidText,
    NameTaken,
    NotAllowed,
    QuestionNotFound,
    UnknownQuestion,
)
from curation.exports import export_csv
from curation.media_filter import MediaFilter
from curation.questions import (
    MAX_QUESTIONS,
    change_question,
    create_question,
    ensure_default_questions,
    list_questions,
)
from curation.reviews import decide
from db.models import Asked, Decision, State
from tests.factories import a_box, a_media, an_access, an_admin


def ask(session, asked=Asked.REQUIRED, key="missed_smoke"):
    found = next(question for question in list_questions(session, off=True) if question.key == key)
    return change_question(session, an_admin(session), found.id, sentence=found.sentence, asked=asked)


def test_the_question_for_missed_smoke_ships_and_is_not_asked(session):
    assert [(found.key, found.asked) for found in list_questions(session, off=True)] == [
        ("missed_smoke", Asked.OFF)
    ]
    assert list_questions(session) == []
    ensure_default_questions(session)
    assert len(list_questions(session, off=True)) == 1, "a second start adds nothing"


def test_a_reply_is_part_of_the_annotation(session):
    ask(session, Asked.OPTIONAL)
    media, curator = a_media(session), an_access(session)
    stored = submit_annotation(
        session,
        curator,
        media.id,
        shapes=[a_box()],
        replies={"missed_smoke": False},
        client_id="the-very-first",
    )
    assert stored.annotation.replies == {"missed_smoke": False}
    assert get_details(session, curator, media.id).annotation.replies == {"missed_smoke": False}
    assert annotation_document(session, stored.annotation.id)["replies"] == {"missed_smoke": False}
    again = submit_annotation(
        session,
        curator,
        media.id,
        shapes=[a_box()],
        replies={"missed_smoke": False},
        client_id="the-very-first",
    )
    assert again.repeated and again.annotation.replies == {"missed_smoke": False}


@pytest.mark.parametrize("shapes", [[], [a_box()]], ids=["nothing here", "shapes"])
@pytest.mark.parametrize("accept", [False, True])
def test_nothing_is_submitted_without_a_reply_to_a_required_question(session, shapes, accept):
    ask(session)
    media, curator = a_media(session), an_access(session)
    with pytest.raises(AnswerIncomplete) as refused:
        submit_annotation(session, curator, media.id, shapes=shapes, accept=accept)
    assert refused.value.sentence == "Answer the question first: Is there smoke that no shape shows?"
    assert refused.value.extra == {"question": "missed_smoke"}
    assert media.act_count == 0
    done = submit_annotation(
        session, curator, media.id, shapes=shapes, accept=accept, replies={"missed_smoke": True}
    )
    assert done.media.state == (State.ACCEPTED if accept else State.ANNOTATED)


def test_an_answer_from_before_stays_and_is_accepted_once_it_replies(session):
    media, curator = a_media(session), an_access(session)
    old = submit_annotation(session, curator, media.id, shapes=[a_box()]).annotation
    ask(session)
    assert get_details(session, curator, media.id).annotation.replies == {}
    with pytest.raises(AnswerIncomplete, match="Answer the question first"):
        decide(session, curator, media.id, Decision.ACCEPTED, annotation_id=old.id)
    for decision in (Decision.UNSURE, Decision.SENT_BACK):
        decide(session, curator, media.id, decision, annotation_id=old.id, comment="look again")
    new = submit_annotation(
        session,
        curator,
        media.id,
        shapes=[a_box()],
        replies={"missed_smoke": False},
        based_on=old.id,
        accept=True,
    )
    assert new.media.state == State.ACCEPTED


def test_what_is_accepted_stays_accepted_when_a_question_becomes_required(session):
    media, curator = a_media(session), an_access(session)
    submit_annotation(session, curator, media.id, shapes=[a_box()], accept=True)
    ask(session)
    assert get_details(session, curator, media.id).state == "accepted"


def test_an_optional_question_may_be_left_open_and_one_turned_off_keeps_its_replies(session):
    ask(session, Asked.OPTIONAL)
    media, curator = a_media(session), an_access(session)
    first = submit_annotation(session, curator, media.id, shapes=[a_box()])
    assert first.annotation.replies == {}
    second = submit_annotation(
        session, curator, media.id, replies={"missed_smoke": True}, based_on=first.annotation.id
    )
    ask(session, Asked.OFF)
    taken_over = submit_annotation(
        session, curator, media.id, replies=second.annotation.replies, based_on=second.annotation.id
    )
    assert taken_over.annotation.replies == {"missed_smoke": True}


@pytest.mark.parametrize("replies", [{"is_it_art": True}, {"missed_smoke": "yes"}, {"missed_smoke": 1}])
def test_a_reply_that_is_not_understood_is_refused(session, replies):
    with pytest.raises(UnknownQuestion):
        submit_annotation(session, an_access(session), a_media(session).id, replies=replies)


def test_replies_are_filtered_and_exported(session):
    ask(session, Asked.OPTIONAL)
    curator = an_access(session)
    create_question(session, an_admin(session), key="haze", sentence="Is it hazy?", asked=Asked.OPTIONAL)
    missed, clear, open_ = (a_media(session) for _ in range(3))
    submit_annotation(session, curator, missed.id, replies={"haze": True, "missed_smoke": True})
    submit_annotation(session, curator, clear.id, shapes=[a_box()], replies={"missed_smoke": False})
    submit_annotation(session, curator, open_.id)

    def shown(*reply):
        wanted = MediaFilter.from_query({"reply": list(reply), "sort": "uploaded"})
        return [item.id for item in list_page(session, curator, wanted).items]

    assert shown("missed_smoke:yes") == [missed.id]
    assert shown("missed_smoke:no") == [clear.id]
    assert shown("missed_smoke:yes", "missed_smoke:no") == [missed.id, clear.id]
    assert shown("haze:no") == []
    # A later annotation counts, whatever an earlier one replied.
    current = get_details(session, curator, missed.id).annotation_id
    submit_annotation(session, curator, missed.id, replies={"missed_smoke": False}, based_on=current)
    assert shown("missed_smoke:yes") == []

    wanted = MediaFilter.from_query({"sort": "uploaded"})
    text = b"".join(export_csv(session, curator, wanted, columns=["media_id", "replies"])).decode("utf-8-sig")
    cells = {int(row["media_id"]): row["replies"] for row in csv.DictReader(io.StringIO(text))}
    assert cells == {missed.id: "missed_smoke:no", clear.id: "missed_smoke:no", open_.id: ""}


def test_replies_to_several_questions_stand_in_one_cell_in_their_order(session):
    curator = an_access(session)
    create_question(session, an_admin(session), key="haze", sentence="Is it hazy?", asked=Asked.OPTIONAL)
    submit_annotation(session, curator, a_media(session).id, replies={"haze": True, "missed_smoke": False})
    text = b"".join(export_csv(session, curator, MediaFilter(), columns=["replies"])).decode("utf-8-sig")
    assert text.splitlines() == ["replies", "missed_smoke:no;haze:yes"]


@pytest.mark.parametrize(
    ("key", "sentence", "problem"),
    [
        ("missed_smoke", "Again?", NameTaken),
        ("Not A Key", "Why?", InvalidText),
        ("empty", "  ", InvalidText),
        ("long", "x" * 201, InvalidText),
        ("control", "a\x00b", InvalidText),
    ],
)
def test_a_question_that_breaks_a_rule_is_refused(session, key, sentence, problem):
    with pytest.raises(problem):
        create_question(session, an_admin(session), key=key, sentence=sentence, asked=Asked.OFF)


def test_only_admins_change_questions_and_there_is_an_end_to_them(session):
    curator, admin = an_access(session), an_admin(session)
    with pytest.raises(NotAllowed):
        create_question(session, curator, key="haze", sentence="Is it hazy?", asked=Asked.OFF)
    with pytest.raises(NotAllowed):
        change_question(session, curator, 1, sentence="Is it?", asked=Asked.OFF)
    with pytest.raises(QuestionNotFound):
        change_question(session, admin, 10**6, sentence="Is it?", asked=Asked.OFF)
    for number in range(MAX_QUESTIONS - 1):
        create_question(session, admin, key=f"q{number}", sentence="Is it?", asked=Asked.OFF)
    with pytest.raises(InvalidText, match="already"):
        create_question(session, admin, key="one_more", sentence="Is it?", asked=Asked.OFF)
