"""Label classes: the table that curators answer with, its default wildfire set, and its edits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curation.accesses import require_scope
from curation.errors import (
    AnswerIncomplete,
    InvalidText,
    LabelClassNotFound,
    NameTaken,
    UnknownLabelClass,
)
from curation.events import record
from curation.wildfire_guides import GUIDES
from db.models import (
    Access,
    AppliesTo,
    LabelClass,
    Scope,
    utc_now,
)

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
MAX_GUIDE = 1_000
HOTKEY = re.compile(r"[1-9]|F [A-Z]")

# Pyronear's classes, with the letters its curators know (F, then the letter).
SMOKE = (
    ("wildfire", "wildfire", "#E0702F", "1"),
    ("industrial", "industrial", "#6E86B8", "2"),
    ("other_smoke", "other smoke", "#A878C8", "3"),
)
FALSE_POSITIVES = (
    ("antenna", "antenna", "#8A8F5C", "F A"),
    ("building", "building", "#9C7A5B", "F B"),
    ("cliff", "cliff", "#A08C6A", "F C"),
    ("combine_harvester", "combine harvester", "#B59A3C", "F V"),
    ("dark", "dark", "#5E6470", "F D"),
    ("dust", "dust", "#B8935A", "F J"),
    ("high_cloud", "high cloud", "#7FA7C9", "F H"),
    ("low_cloud", "low cloud", "#6F97A8", "F L"),
    ("lens_flare", "lens flare", "#C9A227", "F G"),
    ("lens_droplet", "lens droplet", "#4F93B8", "F P"),
    ("light", "light", "#CFA93A", "F I"),
    ("rain", "rain", "#4C7FB5", "F R"),
    ("trail", "trail", "#8C9BB0", "F T"),
    ("road", "road", "#87827A", "F O"),
    ("sky", "sky", "#6AA5D8", "F K"),
    ("tree", "tree", "#5B8F5A", "F E"),
    ("water_body", "water body", "#3F8EA0", "F W"),
    ("other", "other", "#85858F", "F X"),
    ("unlabeled", "unlabeled", "#9A9AA2", "F M"),
)


def ensure_default_label_classes(session: Session) -> None:
    """Give an installation without any label class the wildfire set."""
    if session.scalar(select(func.count()).select_from(LabelClass)):
        return
    wildfire_set = [("smoke", entry) for entry in SMOKE] + [
        ("false_positive", entry) for entry in FALSE_POSITIVES
    ]
    for position, (group, (key, name, colour, hotkey)) in enumerate(wildfire_set):
        session.add(
            LabelClass(
                key=key,
                name=name,
                colour=colour,
                hotkey=hotkey,
                exclusive_group=group,
                position=position,
                pinned=group == "smoke",
                guide=GUIDES[key],
            )
        )
    session.flush()


def list_label_classes(session: Session, *, retired: bool = False) -> Sequence[LabelClass]:
    """Label classes in their order; retired ones only when asked for."""
    statement = select(LabelClass).order_by(LabelClass.position, LabelClass.id)
    return session.scalars(statement if retired else statement.where(LabelClass.retired_at.is_(None))).all()


def get_label_class(session: Session, label_class_id: int) -> LabelClass:
    found = session.get(LabelClass, label_class_id)
    if found is None:
        raise LabelClassNotFound("There is no such label class.")
    return found


def get_label_class_by_key(session: Session, key: str) -> LabelClass:
    """The label class of a key, retired or not. Raises LabelClassNotFound."""
    found = session.scalar(select(LabelClass).where(LabelClass.key == key)) if KEY.fullmatch(key) else None
    if found is None:
        raise LabelClassNotFound("There is no such label class.")
    return found


def create_label_class(
    session: Session,
    access: Access,
    *,
    key: str,
    name: str,
    colour: str,
    hotkey: str | None = None,
    applies_to: AppliesTo = AppliesTo.BOTH,
    exclusive_group: str | None = None,
    parent_id: int | None = None,
    guide: str | None = None,
) -> LabelClass:
    """A new label class at the end of the list. Raises InvalidText, NameTaken."""
    require_scope(access, Scope.ADMIN)
    if not KEY.fullmatch(key):
        raise InvalidText("A key has 1 to 60 characters of a-z, 0-9, _ and -, and is never changed later.")
    if session.scalar(select(LabelClass.id).where(LabelClass.key == key)):
        raise NameTaken(f"The key “{key}” is taken.")
    last = session.scalar(select(func.max(LabelClass.position))) or 0
    created = LabelClass(key=key, position=last + 1)
    _fill(session, created, name, colour, hotkey, applies_to, exclusive_group, parent_id, guide)
    session.add(created)
    session.flush()
    record(session, access, "label_class_created", {"key": key})
    return created


def change_label_class(
    session: Session,
    access: Access,
    label_class_id: int,
    *,
    name: str,
    colour: str,
    hotkey: str | None,
    applies_to: AppliesTo,
    exclusive_group: str | None,
    parent_id: int | None,
    position: int,
    pinned: bool,
    guide: str | None,
) -> LabelClass:
    """Change everything but the key, which old answers and exports carry."""
    require_scope(access, Scope.ADMIN)
    changed = get_label_class(session, label_class_id)
    _fill(session, changed, name, colour, hotkey, applies_to, exclusive_group, parent_id, guide)
    changed.position, changed.pinned = position, pinned
    record(session, access, "label_class_changed", {"key": changed.key})
    return changed


def retire_label_class(session: Session, access: Access, label_class_id: int) -> LabelClass:
    """Stop offering a label class; old shapes keep it."""
    require_scope(access, Scope.ADMIN)
    retired = get_label_class(session, label_class_id)
    retired.retired_at = retired.retired_at or utc_now()
    retired.hotkey = None  # free for another one
    record(session, access, "label_class_retired", {"key": retired.key})
    return retired


def offer_label_class_again(session: Session, access: Access, label_class_id: int) -> LabelClass:
    require_scope(access, Scope.ADMIN)
    offered = get_label_class(session, label_class_id)
    offered.retired_at = None
    record(session, access, "label_class_offered_again", {"key": offered.key})
    return offered


def resolve(session: Session, keys: Iterable[str]) -> dict[str, LabelClass]:
    """The label classes of these keys, retired ones too; raises UnknownLabelClass naming the first that is none."""
    wanted = set(keys)
    found = find_label_classes(session, wanted)
    require_known(wanted, found)
    return found


def find_label_classes(session: Session, keys: Iterable[str]) -> dict[str, LabelClass]:
    """Those of the keys that are a label class, retired ones too, in one question."""
    wanted = [key for key in set(keys) if KEY.fullmatch(key)]
    found = session.scalars(select(LabelClass).where(LabelClass.key.in_(wanted))) if wanted else ()
    return {label_class.key: label_class for label_class in found}


def require_known(keys: Iterable[str], found: Mapping[str, LabelClass]) -> None:
    """Raise UnknownLabelClass for the first of the keys that was not found."""
    for key in sorted(set(keys) - found.keys()):
        if not KEY.fullmatch(key):
            raise UnknownLabelClass(f"{key[:60]!a} is no label class.")
        raise UnknownLabelClass(f"There is no label class “{key[:60]}”.")


def require_compatible(label_classes: Iterable[LabelClass]) -> None:
    """Image-level label classes of different exclusive groups cannot stand together."""
    by_group = {found.exclusive_group: found for found in label_classes if found.exclusive_group}
    if len(by_group) > 1:
        first, second = sorted(by_group.values(), key=lambda found: found.position)[:2]
        raise AnswerIncomplete(
            f"“{first.name}” and “{second.name}” exclude each other for a whole picture. Take one of them away."
        )


def _fill(
    session: Session,
    label_class: LabelClass,
    name: str,
    colour: str,
    hotkey: str | None,
    applies_to: AppliesTo,
    exclusive_group: str | None,
    parent_id: int | None,
    guide: str | None,
) -> None:
    name = name.strip()
    if not 1 <= len(name) <= 60 or not name.isprintable():
        raise InvalidText("A name has 1 to 60 printable characters.")
    if not COLOUR.fullmatch(colour):
        raise InvalidText("A colour is written like #E0702F.")
    if hotkey is not None and not HOTKEY.fullmatch(hotkey):
        raise InvalidText("A key is 1 to 9, or F and a letter, as in “F A”.")
    group = (exclusive_group or "").strip() or None
    if group is not None and (len(group) > 60 or not group.isprintable()):
        raise InvalidText("A group has at most 60 printable characters.")
    if hotkey is not None:
        taken = session.scalar(
            select(LabelClass).where(
                LabelClass.hotkey == hotkey,
                LabelClass.retired_at.is_(None),
                LabelClass.key != label_class.key,
            )
        )
        if taken is not None:
            raise NameTaken(f"The key {hotkey} belongs to “{taken.name}”.")
    if parent_id is not None and (
        parent_id == label_class.id or get_label_class(session, parent_id).parent_id is not None
    ):
        raise InvalidText("A parent is another label class that has no parent itself.")
    label_class.name, label_class.colour, label_class.hotkey = (
        name,
        colour.upper(),
        hotkey,
    )
    label_class.applies_to, label_class.exclusive_group = applies_to, group
    label_class.parent_id = parent_id
    label_class.guide = _clean_guide(guide)


def _clean_guide(guide: str | None) -> str | None:
    guide = (guide or "").strip().replace("\r\n", "\n") or None
    if guide is not None and len(guide) > MAX_GUIDE:
        raise InvalidText(f"A guide has at most {MAX_GUIDE:,} characters, this one has {len(guide):,}.")
    if guide is not None and not guide.replace("\n", "").replace("\t", "").isprintable():
        raise InvalidText("A guide holds a character that cannot be shown.")
    return guide
