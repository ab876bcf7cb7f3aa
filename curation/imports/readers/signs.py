"""What a file can write and nobody can store or send: NUL, halves of a sign that takes two, numbers without an end."""

from __future__ import annotations

import math
import re
import sys
from typing import Any

# What stands for a sign that could not be read, in every text.
UNREADABLE_SIGN = "\N{REPLACEMENT CHARACTER}"
_ODD = re.compile("[\0\ud800-\udfff]")
# How JSON begins to write them: a text that came as UTF-8 holds none of them otherwise.
_ESCAPE = "\\u"
# What anything of use is nested, and far less than what Python can follow.
_DEEPEST = 100


def writable(value: Any, depth: int = 0) -> Any:
    """A text, or a JSON document, as every database and every answer over HTTP takes it.

    A mark stands for each sign that they would refuse, null for a number that is none and for what is nested too deep.
    """
    if isinstance(value, str):
        return _ODD.sub(UNREADABLE_SIGN, value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | dict) and depth >= _DEEPEST:
        return None
    if isinstance(value, list):
        return [writable(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {writable(key): writable(one, depth + 1) for key, one in value.items()}
    return value


def writable_from(value: Any, text: str, start: int = 0, end: int = sys.maxsize) -> Any:
    """What was read from this part of a JSON text, its signs and depth as in `writable`: most texts need not be gone
    through.
    """
    begun = text.count("[", start, end) + text.count("{", start, end)
    return writable(value) if begun > _DEEPEST or text.find(_ESCAPE, start, end) >= 0 else value
