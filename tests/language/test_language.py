"""Which language is spoken, and how numbers and days are written in it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from components.clock import day_text, local_text, span_text
from components.figures import count_text, media_figure
from curation.browse import Count
from language import Language, current, number, preferred, speaking


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA", "fr"),
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("de-DE,de;q=0.9,fr;q=0.5,en;q=0.3", "fr"),
        ("en;q=0.2,fr;q=0.7", "fr"),
        ("fr;q=0,en", "en"),
        ("nl,*;q=0.1", "en"),
        ("fr;q=much", "en"),
    ],
)
def test_the_first_language_of_a_browser_that_we_speak_is_spoken(accepted, language):
    assert preferred(accepted) == language


def test_a_block_speaks_its_language_and_then_the_one_before():
    assert current() is Language.ENGLISH
    with speaking(Language.FRENCH):
        assert current() is Language.FRENCH
    assert current() is Language.ENGLISH


def test_numbers_have_the_separators_of_the_language():
    assert number(1204.56, 1) == "1,204.6"
    assert count_text(Count(10000, capped=True)) == "10,000+"
    with speaking(Language.FRENCH):
        assert number(1204.56, 1) == "1\u202f204,6"
        assert count_text(Count(10000, capped=True)) == "10\u202f000+"
        assert media_figure(Count(1, capped=False)) == "<b>1</b> média"


def test_days_have_the_months_of_the_language():
    moment = datetime(2026, 11, 22, 17, 42, 8, tzinfo=UTC)
    assert day_text(date(2026, 8, 1)) == "1 Aug 2026"
    with speaking(Language.FRENCH):
        assert local_text(moment, UTC) == "22 nov. 2026 17:42:08"
        assert (
            span_text(datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 8, 15, tzinfo=UTC), UTC)
            == "1–14 août 2026"
        )
