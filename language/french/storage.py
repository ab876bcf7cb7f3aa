"""What is stored, checked, cleaned up and put away, in French: as in `screens` and `errors`."""

from __future__ import annotations

FRENCH: dict[str, str] = {
    "The database cannot be reached. What you typed is kept: the page goes on when it can.": (
        "La base de données est injoignable. Ce que vous avez saisi est conservé : la page reprendra dès que possible."
    ),
    "The database went away at the last moment: this may be stored, or not. Look before you try again.": (
        "La base de données a disparu au dernier moment : ceci est peut-être enregistré, peut-être pas. "
        "Vérifiez avant d’essayer de nouveau."
    ),
}

PLURALS: dict[str, tuple[str, str]] = {}

SENTENCES: dict[str, str] = {
    "The database went away at the last moment: this may be stored, or not. Look, or send it again.": (
        "La base de données a disparu au dernier moment : ceci est peut-être enregistré, peut-être pas. "
        "Vérifiez, ou envoyez de nouveau."
    ),
}
