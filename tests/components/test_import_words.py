"""What is said of the entries of an import."""

from __future__ import annotations

import pytest

from components.figures import state_word
from components.imports.preview import _figures
from components.imports.words import OUTCOMES, outcome_word, why_text
from curation.imports.taking_back import CHANGED_SINCE, PARTLY
from db.models import ImportOutcome, State
from language import Language, speaking
from language.retold import retold
from tests.pages.conftest import text_of


def test_each_line_of_a_reason_is_told_in_the_language_at_hand():
    assert why_text(None) == ""
    with speaking(Language.FRENCH):
        told = why_text(f"{PARTLY}\n{CHANGED_SINCE}")
        assert told == f"{retold(PARTLY)}\n{retold(CHANGED_SINCE)}"
    assert PARTLY not in told and CHANGED_SINCE not in told


def test_every_outcome_and_every_state_can_be_counted():
    assert set(OUTCOMES) == set(ImportOutcome)
    for language in Language:
        with speaking(language):
            assert all(outcome_word(count, outcome) for outcome in ImportOutcome for count in (1, 2))
            assert all(state_word(count, state) for state in State for count in (1, 2))


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, ("1 nouveau", "1 restauré", "1 retiré ici", "1 réponse", "1 forme", "1 accepté, 1 en désaccord")),
        (
            31,
            (
                "31 nouveaux",
                "31 restaurés",
                "31 retirés ici",
                "31 réponses",
                "31 formes",
                "31 acceptés, 31 en",
            ),
        ),
    ],
)
def test_what_a_preview_counts_agrees_with_how_many_there_are(count, said):
    preview = {
        "media": dict.fromkeys(("new", "known", "restored", "withdrawn", "unmatched", "unnamed"), count),
        "answers": {"to_new": count, "to_unanswered": 0, "to_answered": 0, "empty": 0},
        "shapes": count,
        "matched_by": {},
        "states": {"accepted": count, "disputed": count},
        "unknown_questions": [],
    }
    with speaking(Language.FRENCH):
        told = " | ".join(text_of(drawn) for drawn in _figures(preview))
    assert [words for words in said if words not in told] == []
