"""A person's own choices: the language of the screens, keys of their own, from where on predictions are drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.accesses import PEOPLE, require_scope
from curation.errors import AccessNotFound, InvalidText
from db.models import Access

KNOWN = {"language", "keys", "threshold"}
LANGUAGES = ("en", "fr")
# Of predictions, to who has chosen none; the workbench has the same.
USUAL_THRESHOLD = 0.1
MAX_KEYS = 60
MAX_PRESS = 24
ACT = re.compile(r"[A-Za-z0-9]{1,30}")


@dataclass(frozen=True)
class Preferences:
    """`language` is None for the browser's own; `keys` says for an act which press does it instead of the usual.

    Predictions of a lower confidence than `threshold` (0 to 1) are not drawn; None for the usual one.
    """

    language: str | None = None
    keys: dict[str, str] = field(default_factory=dict)
    threshold: float | None = None

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Preferences:
        """Read choices; what is absent is as nobody chose it. Raises InvalidText."""
        if unknown := sorted(payload.keys() - KNOWN):
            raise InvalidText(f"“{unknown[0][:60]}” is no preference.")
        return cls(
            _language(payload.get("language")),
            _keys(payload.get("keys", {})),
            _threshold(payload.get("threshold")),
        )


def preferences_of(access: Access) -> Preferences:
    """What this access has chosen, as far as this version knows of it."""
    return Preferences.from_payload(_known(access.preferences))


def change_preferences(session: Session, access: Access, changes: Mapping[str, Any]) -> Preferences:
    """Replace the choices that are given and keep the others; `keys` is given as a whole. Raises InvalidText."""
    require_scope(access, *PEOPLE)
    changed = session.scalar(
        select(Access)
        .where(Access.id == access.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if changed is None:
        raise AccessNotFound("There is no such access.")
    preferences = Preferences.from_payload({**_known(changed.preferences), **changes})
    changed.preferences = asdict(preferences)
    return preferences


def _known(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: stored[name] for name in KNOWN if name in stored}


def _language(given: Any) -> str | None:
    if given is None:
        return None
    if given not in LANGUAGES:
        raise InvalidText("The language is “en”, “fr”, or none for the browser's own.")
    return str(given)


def _threshold(given: Any) -> float | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 1:
        raise InvalidText("A threshold is a number between 0 and 1.")
    return float(given)


def _keys(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise InvalidText("Keys are given as acts, each with its press.")
    if len(given) > MAX_KEYS:
        raise InvalidText(f"At most {MAX_KEYS} acts have a key of one's own.")
    taken: dict[str, str] = {}
    for act, press in given.items():
        if not isinstance(act, str) or not ACT.fullmatch(act):
            raise InvalidText("The name of an act has 1 to 30 letters and digits.")
        if not isinstance(press, str) or not 1 <= len(press) <= MAX_PRESS or not press.isprintable():
            raise InvalidText(f"The key for “{act}” has 1 to {MAX_PRESS} printable characters.")
        if press in taken:
            raise InvalidText(
                f"The key {press} cannot do two things: “{taken[press]}” and “{act}”. Choose another."
            )
        taken[press] = act
    return dict(given)
