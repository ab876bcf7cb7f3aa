"""What protects the product, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {}

PLURALS: dict[str, tuple[str, str]] = {}

SENTENCES: dict[str, str] = {
    "More than {} in a minute are not taken from one access. Wait {} seconds; nothing was stored.": (
        "D’un même accès, pas plus de {0} envois par minute ne sont pris. Attendez {1} secondes ; rien n’a été "
        "enregistré."
    ),
}
