"""The choices that a dataset is committed with: which label classes its words become, and what may be changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from curation.accesses import require_scope
from curation.errors import AnswerIncomplete, InvalidText
from curation.imports.preview import why_not
from curation.label_classes import (
    COLOUR,
    create_label_class,
    find_label_classes,
    list_label_classes,
    offer_label_class_again,
    require_known,
)
from db.models import Access, AppliesTo, LabelClass, Scope

KEEP, REPLACE = "keep", "replace"
YES_OR_NO = ("pictures", "states", "details")
RESTORE = "restore"  # whether what was withdrawn here on purpose comes back: only when that is said
# For new label classes that come without a colour: told apart on a picture, and repeated when there are more.
COLOURS = ("#E0702F", "#4F93B8", "#8C5FBF", "#5B8F5A", "#C9A227", "#B8506A", "#3F8EA0", "#85858F")


def settle_choices(
    session: Session, access: Access, preview: Mapping[str, Any], options: Mapping[str, Any]
) -> dict[str, Any]:
    """The choices as they are stored, and the label classes made that are among them.

    Words that are not spoken of become what the preview says. Raises InvalidText, UnknownLabelClass, NotAllowed, and
    AnswerIncomplete for a word of which nobody has said what it becomes.
    """
    known = ("mapping", "make", "answered", *YES_OR_NO, RESTORE)
    if unknown := sorted(set(options) - set(known)):
        raise InvalidText(f"“{unknown[0][:60]}” is not a choice. Known are: {', '.join(known)}.")
    answered = options.get("answered", KEEP)
    if answered not in (KEEP, REPLACE):
        raise InvalidText("Another answer is kept or replaced: answered is “keep” or “replace”.")
    classes = {one["word"]: one for one in preview.get("classes", ())}
    mapping, make = dict(options.get("mapping", {})), list(options.get("make", ()))
    for word in (*mapping, *make):
        if word not in classes:
            raise InvalidText(f"“{word[:60]}” is no label class of this dataset.")
    keys = {key for key in mapping.values() if key is not None}
    found = find_label_classes(
        session, keys | {one["to"] for one in classes.values() if one["to"] is not None}
    )
    require_known(keys, found)
    chosen: dict[str, str | None] = {}
    made: list[str] = []
    for word, one in classes.items():
        if word in make:
            chosen[word] = _make(session, access, one)
            made.append(str(chosen[word]))
        elif word in mapping:
            chosen[word] = mapping[word]
        elif one["to"] is not None or not (one["shapes"] or one["media"]):
            chosen[word] = one["to"]
        else:
            raise AnswerIncomplete(
                f"Say what becomes of “{word[:60]}”: one of our label classes, a new one, or nothing."
            )
        _require_fit(found.get(chosen[word] or ""), one)
    return {
        "mapping": chosen,
        "made": made,
        "answered": answered,
        **{name: bool(options.get(name, True)) for name in YES_OR_NO},
        RESTORE: bool(options.get(RESTORE, False)),
    }


def _require_fit(ours: LabelClass | None, one: Mapping[str, Any]) -> None:
    """Raise InvalidText for a label class that no answer could take: each entry would fail with it."""
    if ours is None or not (one["shapes"] or one["media"]):
        return
    if (why := why_not(ours, shapes=bool(one["shapes"]), media=bool(one["media"]))) is not None:
        raise InvalidText(why)


def _make(session: Session, access: Access, one: Mapping[str, Any]) -> str:
    """The key of a new label class for a word of the dataset, which keeps its name and colour. Raises NotAllowed.

    A retired one of that key or name is offered again: undoing an import retires those that it made.
    """
    require_scope(access, Scope.ADMIN)
    ours = list_label_classes(session, retired=True)
    name = one["name"] or one["word"]
    name = " ".join("".join(c if c.isprintable() else " " for c in name).split())[:60] or "unnamed"
    for old in ours:
        alike = old.key == one["word"] or old.name == name
        if alike and old.retired_at is not None and old.applies_to == AppliesTo.BOTH:
            return offer_label_class_again(session, access, old.id).key
    colour = one["colour"] or ""
    created = create_label_class(
        session,
        access,
        key=_free_key(one["word"], {label_class.key for label_class in ours}),
        name=name,
        colour=colour if COLOUR.fullmatch(colour) else COLOURS[len(ours) % len(COLOURS)],
    )
    return created.key


def _free_key(word: str, taken: Iterable[str]) -> str:
    """A key that reads like the word and that no label class has."""
    plain = re.sub(r"[^a-z0-9_-]+", "_", word.casefold()).strip("_-")[:50] or "imported"
    key, number = plain, 2
    while key in taken:
        key, number = f"{plain}_{number}", number + 1
    return key
