"""What protects the product, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {}

PLURALS: dict[str, tuple[str, str]] = {}

SENTENCES: dict[str, str] = {
    "The body came too slowly. Nothing was changed; send it again on a better connection.": (
        "Le corps de la requête arrivait trop lentement. Rien n’a été changé ; renvoyez-le avec une meilleure"
        " connexion."
    ),
}
