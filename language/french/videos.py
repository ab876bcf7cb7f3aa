"""Videos and the frames taken out of them, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {}

PLURALS: dict[str, tuple[str, str]] = {}

SENTENCES: dict[str, str] = {
    "The part that was asked for lies behind the end: there are {} bytes.": (
        "La partie demandée se trouve après la fin : il y a {0:number} octets."
    ),
}
