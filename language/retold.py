"""Sentences that were already made, told in another language: what went wrong, as the domain's errors say it.

An error's sentence is made where it is raised, with its values in it, and read by whoever stands at a door. A door
recognises the template that it was made from and fills the French one with the same values, so that the places
that raise stay as they read best.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

import language
from language.french import FRENCH, REASONS, SENTENCES, WORDS

_SLOT = re.compile(r"\{(\d*)(?::(\w+))?\}")


def retold(sentence: str) -> str:
    """The sentence of an error in the language spoken here; as it is where its template is not known."""
    if language.current() is language.Language.ENGLISH:
        return sentence
    return find_french(sentence) or sentence


def find_french(sentence: str) -> str | None:
    """The French of a sentence that one of the templates gave, or None."""
    return FRENCH.get(sentence) or _by_template(sentence, _compiled_sentences())


def _by_template(text: str, known: tuple[tuple[re.Pattern[str], str], ...]) -> str | None:
    for pattern, french in known:
        found = pattern.fullmatch(text)
        if found:
            values = found.groups()
            return _SLOT.sub(functools.partial(_filled, values), french)
    return None


def _filled(values: tuple[str, ...], slot: re.Match[str]) -> str:
    value, kind = values[int(slot[1])], slot[2]
    if kind == "word":
        return FRENCH.get(value) or WORDS.get(value, value)
    if kind == "number":
        return value.translate({ord(","): "\u202f", ord("."): ","})
    if kind == "reason":
        return _by_template(value, _compiled_reasons()) or value
    if kind == "sentence":
        return find_french(value) or value
    return value


@functools.cache
def _compiled_sentences() -> tuple[tuple[re.Pattern[str], str], ...]:
    return _compiled(SENTENCES)


@functools.cache
def _compiled_reasons() -> tuple[tuple[re.Pattern[str], str], ...]:
    return _compiled(REASONS)


def _compiled(templates: Mapping[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    # A template with more words of its own says more: one that is nearly all slots would fit every sentence.
    ordered = sorted(templates, key=lambda template: len(template.replace("{}", "")), reverse=True)
    return tuple(
        (re.compile(_pattern(one, templates[one], "("), re.DOTALL), templates[one]) for one in ordered
    )


def _pattern(template: str, french: str, opening: str) -> str:
    """What the template's sentences look like; each slot is a group that begins with `opening`."""
    kinds = {int(place): kind for place, kind in _SLOT.findall(french)}
    parts = [re.escape(part) for part in template.split("{}")]
    slots = (
        f"{opening}{_any_reason() if kinds.get(place) == 'reason' else '.*?'})"
        for place in range(len(parts) - 1)
    )
    return parts[0] + "".join(slot + part for slot, part in zip(slots, parts[1:], strict=True))


def _any_reason() -> str:
    """One of the reasons, or nothing; a reason may hold another one."""
    # A slot that took any text would begin in the middle of a file's name.
    plain = {one: french for one, french in REASONS.items() if ":reason}" not in french}
    inner = "|".join(_pattern(one, french, "(?:") for one, french in plain.items())
    outer = (
        _pattern(one, french.replace(":reason}", "}"), "(?:").replace("(?:.*?)", f"(?:{inner}|)", 1)
        for one, french in REASONS.items()
        if one not in plain
    )
    return "|".join((inner, *outer, ""))
