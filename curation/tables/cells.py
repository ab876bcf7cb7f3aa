"""A changed cell as a value: what was typed is told apart from what a spreadsheet has made of what stood there."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from curation.answers import clean_comment
from curation.capture import clean_moment, clean_sequence, turned
from curation.csv_columns import APOSTROPHE, FORMULA_STARTS
from curation.errors import InvalidText, UnknownLabelClass
from curation.sources import clean_source
from curation.states import LISTED_STATES, STATE_NAMES
from curation.tables.moments import Order, read_time
from curation.tags import clean_tags
from db.models import AppliesTo, LabelClass, State

# Texts, numbers, lists of texts: plain JSON, so that they can be kept with an import.
Value = Any
SAME_NUMBER = 1e-12
NUMBER = re.compile(r"[+-]?\d{1,40}(?:[.,]\d{1,40})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
RANGES = {"azimuth": (0, 360), "lat": (-90, 90), "lon": (-180, 180)}
# What spreadsheets write where a formula has failed.
SPOILT = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!")
_MADE_HARMLESS = frozenset(chr(code) for code in (*FORMULA_STARTS, APOSTROPHE))


@dataclass(frozen=True)
class Words:
    """The label classes as they may be written in a cell: by key, or by a name that only one has."""

    by_key: dict[str, LabelClass] = field(default_factory=dict)
    by_name: dict[str, list[LabelClass]] = field(default_factory=dict)

    @classmethod
    def of(cls, label_classes: Iterable[LabelClass]) -> Words:
        words = cls()
        for label_class in label_classes:
            words.by_key[label_class.key] = label_class
            words.by_name.setdefault(label_class.name.casefold(), []).append(label_class)
        return words

    def find(self, word: str, *, for_shape: bool) -> LabelClass:
        """The label class of a word. Raises UnknownLabelClass, InvalidText for one that cannot stand there."""
        named = self.by_name.get(word.casefold(), [])
        found = self.by_key.get(word) or (named[0] if len(named) == 1 else None)
        if found is None:
            near = difflib.get_close_matches(word, self.by_key, n=1)
            if near:
                raise UnknownLabelClass(f"There is no label class “{word[:60]}”. Perhaps {near[0]}?")
            raise UnknownLabelClass(f"There is no label class “{word[:60]}”.")
        if found.retired_at is not None:
            raise InvalidText(f"The label class “{found.name}” is retired. Choose another one.")
        if for_shape and found.applies_to == AppliesTo.MEDIA:
            raise InvalidText(
                f"“{found.name}” says something about a whole picture and cannot label a shape."
            )
        if not for_shape and found.applies_to == AppliesTo.SHAPE:
            raise InvalidText(f"“{found.name}” labels shapes and cannot stand for a whole picture.")
        return found

    def ordered(self, keys: Iterable[str]) -> list[str]:
        """Keys in the order of the label classes, as they are written."""
        places = {key: (found.position, found.id) for key, found in self.by_key.items()}
        return sorted(set(keys), key=lambda key: places.get(key, (2**31, 0)))


def undo_apostrophe(text: str) -> str:
    """The text that was made harmless by one apostrophe; any other as it is."""
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in _MADE_HARMLESS else text


def base_value(column: str, text: str | None) -> Value:
    """What the cell stood for when it was written."""
    if column in ("tags", "label_classes"):
        return _split(text or "")
    if column in RANGES:
        return float(text) if text else None
    return text or None


def read_cell(column: str, text: str, before: str | None, words: Words, order: Order | None) -> Value:
    """What a cell stands for; what it was before when a spreadsheet only shows that otherwise.

    Raises InvalidText, UnknownLabelClass with what is wrong with it.
    """
    text = text.strip()
    was = base_value(column, before)
    if text in SPOILT:
        raise InvalidText("A formula has failed here. Put the value back.")
    if column == "captured_at":
        return _read_captured_at(text, before, order)
    if before and _shows_number(text, before, is_text=column not in RANGES):
        return was
    match column:
        case "state":
            return _read_state(text)
        case "source":
            return clean_source(text)
        case "sequence":
            return clean_sequence(text)
        case "tags":
            return sorted(clean_tags(text.split(";")))
        case "label_classes":
            kept = set(was)
            found = [word if word in kept else words.find(word, for_shape=False).key for word in _split(text)]
            return words.ordered(found)
        case "decision_comment":
            return clean_comment(text)
        case "label_class":
            if not text:
                raise InvalidText("A shape needs a label class. Shapes are taken away on the Review page.")
            return words.find(text, for_shape=True).key
    return _read_number(column, text)


def _read_state(text: str) -> str:
    wanted = text.lower().replace(" ", "_")
    known = {state.value: state for state in LISTED_STATES}
    if wanted not in known:
        if wanted in (State.WITHDRAWN, State.AWAITING_CONTENT):
            raise InvalidText("Media are withdrawn on their own page, by an admin.")
        named = ", ".join(state.value for state in STATE_NAMES if state in LISTED_STATES)
        raise InvalidText(f"It is not a state. Known are: {named}.")
    return wanted


def _read_captured_at(text: str, before: str | None, order: Order | None) -> str | None:
    if not text:
        return None
    read = read_time(text, order)
    if before and read.shows(datetime.fromisoformat(before)):
        return before
    return written_moment(clean_moment("captured_at", read.at))


def written_moment(moment: datetime) -> str:
    """A moment as the column writes it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _read_number(column: str, text: str) -> float | None:
    if not text:
        return None
    lowest, highest = RANGES[column]
    if not NUMBER.fullmatch(text) or not lowest <= (number := float(text.replace(",", "."))) <= highest:
        raise InvalidText(f"{column} is a number from {lowest:g} to {highest:g}.")
    return turned(number) if column == "azimuth" else number


def shows_less(column: str, text: str, before: str, order: Order | None) -> bool:
    """Whether a cell that stands for what was there shows less of it: it may have been typed that way."""
    text = text.strip()
    if column == "captured_at":
        return read_time(text, order).at != datetime.fromisoformat(before)
    if not NUMBER.fullmatch(text) or not NUMBER.fullmatch(before):
        return False
    return column not in RANGES or not math.isclose(
        _number(text), _number(before), rel_tol=SAME_NUMBER, abs_tol=0.0
    )


def _shows_number(text: str, before: str, *, is_text: bool) -> bool:
    """Whether this is how a spreadsheet shows what was there: 007 as 7, 45.5 as 45,5, long numbers rounded.

    A name made of digits is written out to the last one, or like 2.02608E+13: its neighbour is one digit away.
    """
    if not NUMBER.fullmatch(text) or not NUMBER.fullmatch(before):
        return False
    shown, was = _number(text), _number(before)
    if is_text:
        if _exactly(text) == _exactly(before):
            return True
        if "e" not in text.lower():
            return False
    elif math.isclose(shown, was, rel_tol=SAME_NUMBER, abs_tol=0.0):
        return True
    digits, had = _digits(text), _digits(before)
    # Rounded by whoever shows it, not by whoever types it: no fewer than five digits are left, and some are gone.
    return 5 <= digits < had and float(f"{was:.{digits}g}") == shown


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _exactly(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _digits(text: str) -> int:
    mantissa = re.split("[eE]", text)[0]
    return len(re.sub(r"\D", "", mantissa).lstrip("0"))


def _split(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


def same_value(column: str, one: Value, other: Value) -> bool:
    """Whether two values of a column say the same."""
    if column in RANGES and one is not None and other is not None:
        return math.isclose(one, other, rel_tol=SAME_NUMBER, abs_tol=SAME_NUMBER)
    if column == "captured_at" and one is not None and other is not None:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    if column in ("tags", "label_classes"):
        return set(one or ()) == set(other or ())
    if column == "decision_comment":
        # Spreadsheets have line ends of their own.
        return str(one or "").split() == str(other or "").split()
    return bool(one == other)


def shown_value(value: Value) -> str:
    """A value as a cell shows it."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ";".join(value)
    return "" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)
