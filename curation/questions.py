"""Questions about a whole picture, replied to with yes or no in an annotation: such as the one for missed smoke."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curation.accesses import require_scope
from curation.errors import (
    AnswerIncomplete,
    InvalidText,
    NameTaken,
    QuestionNotFound,
    UnknownQuestion,
)
from curation.events import record
from db.models import Access, AnnotationReply, Asked, Question, Scope

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
MAX_SENTENCE = 200
MAX_QUESTIONS = 20  # more than anybody replies to for each picture

MISSED_SMOKE = ("missed_smoke", "Is there smoke that no shape shows?")


def ensure_default_questions(session: Session) -> None:
    """Give an installation without any question the one for missed smoke, not asked until an admin says so."""
    if session.scalar(select(func.count()).select_from(Question)):
        return
    key, sentence = MISSED_SMOKE
    session.add(Question(key=key, sentence=sentence, asked=Asked.OFF))
    session.flush()


def list_questions(session: Session, *, off: bool = False) -> Sequence[Question]:
    """Questions in their order; those that are not asked only when wanted."""
    statement = select(Question).order_by(Question.position, Question.id)
    return session.scalars(statement if off else statement.where(Question.asked != Asked.OFF)).all()


def create_question(session: Session, access: Access, *, key: str, sentence: str, asked: Asked) -> Question:
    """A new question at the end of the list. Raises InvalidText, NameTaken."""
    require_scope(access, Scope.ADMIN)
    if not KEY.fullmatch(key):
        raise InvalidText("A key has 1 to 60 characters of a-z, 0-9, _ and -, and is never changed later.")
    known = list_questions(session, off=True)
    if any(question.key == key for question in known):
        raise NameTaken(f"The key “{key}” is taken.")
    if len(known) >= MAX_QUESTIONS:
        raise InvalidText(f"There are {MAX_QUESTIONS} questions already. Change one of them.")
    last = max((question.position for question in known), default=0)
    created = Question(key=key, sentence=_clean_sentence(sentence), asked=asked, position=last + 1)
    session.add(created)
    session.flush()
    record(session, access, "question_created", {"key": key, "asked": asked.value})
    return created


def change_question(
    session: Session, access: Access, question_id: int, *, sentence: str, asked: Asked
) -> Question:
    """Change everything but the key, which old answers and exports carry. Raises QuestionNotFound, InvalidText."""
    require_scope(access, Scope.ADMIN)
    changed = session.get(Question, question_id)
    if changed is None:
        raise QuestionNotFound("There is no such question.")
    changed.sentence, changed.asked = _clean_sentence(sentence), asked
    record(session, access, "question_changed", {"key": changed.key, "asked": asked.value})
    return changed


def resolve_replies(
    session: Session, replies: Mapping[str, bool], *, complete: bool = True
) -> dict[str, Question]:
    """The questions that an answer replies to, by key.

    A question that is no longer asked may still be replied to: an answer that is taken over keeps its replies.
    Raises UnknownQuestion, and AnswerIncomplete when a required question has no reply, unless the answer need not be
    `complete`: whoever accepts it is asked again.
    """
    known = {question.key: question for question in list_questions(session, off=True)}
    for key in replies:
        if key not in known:
            raise UnknownQuestion(f"There is no question {key[:60]!a}.")
    if complete:
        _require_all(known.values(), replies)
    return {key: known[key] for key in replies}


def require_replied(session: Session, annotation_id: int) -> None:
    """Raise AnswerIncomplete unless an annotation replies to every required question."""
    required = session.scalars(
        select(Question).where(Question.asked == Asked.REQUIRED).order_by(Question.position, Question.id)
    ).all()
    if not required:
        return
    replied = session.scalars(
        select(Question.key)
        .join(AnnotationReply, AnnotationReply.question_id == Question.id)
        .where(AnnotationReply.annotation_id == annotation_id)
    ).all()
    _require_all(required, replied)


def _require_all(questions: Iterable[Question], replied: Container[str]) -> None:
    for question in questions:
        if question.asked == Asked.REQUIRED and question.key not in replied:
            raise AnswerIncomplete(f"Answer the question first: {question.sentence}", question=question.key)


def _clean_sentence(sentence: str) -> str:
    sentence = " ".join(sentence.split())
    if not 1 <= len(sentence) <= MAX_SENTENCE or not sentence.isprintable():
        raise InvalidText(f"A question has 1 to {MAX_SENTENCE} printable characters.")
    return sentence
