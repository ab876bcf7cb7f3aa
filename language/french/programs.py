"""What programs are told (the API of two steps, links, annotation files), in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {}

PLURALS: dict[str, tuple[str, str]] = {}

SENTENCES: dict[str, str] = {}
