"""The language of the screens: sentences stand in the code in English, their French ones in one place beside it.

`_("{n} of {total} files", n=3, total=1204)` is how a sentence is written where it is shown. Whole numbers among
the values are counts and get the language's separators; an id goes in as text. Words that wait in a table are
marked with `later` and looked up with `_` when they are shown: a module is imported once, for people of any language.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Final

from language.french import FRENCH, PLURALS


class Language(enum.StrEnum):
    ENGLISH = "en"
    FRENCH = "fr"


# Each in its own words: whoever looks for a language may read no other.
LANGUAGE_NAMES: Final = {Language.ENGLISH: "English", Language.FRENCH: "Français"}
# Python's own names of months are those of one locale for the whole process.
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# What CLDR sets between thousands: a narrow no-break space.
_THOUSANDS: Final = {Language.ENGLISH: ",", Language.FRENCH: "\u202f"}
_DECIMAL: Final = {Language.ENGLISH: ".", Language.FRENCH: ","}

# A list of one: the threads that work for a block have a copy of the variable, and all of them mean the same list.
_chosen: ContextVar[list[Language] | None] = ContextVar("language", default=None)


def _nobody() -> Language | None:
    return None


_find: Callable[[], Language | None] = _nobody


def find_with(finder: Callable[[], Language | None]) -> None:
    """Say who knows the language where no `speaking` block has set it: the dashboard knows it by its session.

    A callback or a fragment of Streamlit's runs before, or without, the script that could set a variable.
    """
    global _find  # noqa: PLW0603  (a door says it once, when it opens)
    _find = finder


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak this language in the block."""
    token = _chosen.set([language])
    try:
        yield
    finally:
        _chosen.reset(token)


def speak(language: Language) -> None:
    """Go on in this language in the `speaking` block around, also when a thread that works for it says so."""
    if chosen := _chosen.get():
        chosen[0] = language


def current() -> Language:
    """The language to speak here; English where nobody has said."""
    chosen = _chosen.get()
    return chosen[0] if chosen else _find() or Language.ENGLISH


def preferred(accepted: str | None) -> Language:
    """The first language we speak of a browser's list (RFC 9110, Accept-Language, or one tag such as `fr-CA`)."""
    weighed = []
    for place, part in enumerate((accepted or "").split(",")):
        tag, _semicolon, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, tag.strip().lower()[:2]))
        except ValueError:
            continue
    known = {language.value: language for language in Language}
    spoken = (
        known[tag]
        for negative, _place, tag in sorted(weighed, key=lambda one: one[:2])
        if negative and tag in known
    )
    return next(spoken, Language.ENGLISH)


def later(sentence: str) -> str:
    """Mark a sentence that waits in a table: it stays as it is, and `_` says it in the language of whoever looks."""
    return sentence


def _(sentence: str, /, **values: object) -> str:
    """The sentence in the language spoken here, its slots filled."""
    said = FRENCH.get(sentence, sentence) if current() is Language.FRENCH else sentence
    return said.format(**{name: _written(value) for name, value in values.items()}) if values else said


def plural(count: int, one: str, many: str, /, **values: object) -> str:
    """One of two sentences by a count, which stands in them as `{n}`. None of something is singular in French."""
    single = count == 1
    if current() is Language.FRENCH:
        single = count < 2
        one, many = PLURALS.get(many, (one, many))
    return _(one if single else many, n=count, **values)


def number(value: float, decimals: int = 0) -> str:
    """`1,204.5`, and `1 204,5` in French."""
    signs = {",": _THOUSANDS[current()], ".": _DECIMAL[current()]}
    return "".join(signs.get(sign, sign) for sign in f"{value:,.{decimals}f}")


def day_and_month(day: date) -> str:
    """Such as `12 Aug`."""
    return f"{day.day} {_(MONTHS[day.month - 1])}"


def _written(value: object) -> str:
    return number(value) if isinstance(value, int) else str(value)
