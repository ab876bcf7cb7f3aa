"""Questions over HTTP: what is asked about each picture beside its shapes."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from api.dependencies import AccessDep, ReadSessionDep
from curation.accesses import PEOPLE, require_scope
from curation.questions import list_questions

router = APIRouter(tags=["questions"])


@dataclass(frozen=True)
class QuestionOut:
    key: str
    sentence: str
    asked: str


@router.get("/questions")
def read_questions(session: ReadSessionDep, access: AccessDep) -> list[QuestionOut]:
    """The questions that are asked, in their order; `asked` is “optional” or “required”."""
    require_scope(access, *PEOPLE)
    return [
        QuestionOut(question.key, question.sentence, question.asked.value)
        for question in list_questions(session)
    ]
