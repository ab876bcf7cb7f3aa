"""Label classes over HTTP: what a client needs to draw and to read answers, examples to learn from, and edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field, StrictBool
from sqlalchemy.orm import Session

from api.dependencies import AccessDep, ReadSessionDep, SessionDep
from api.fields import A_NUMBER, Body
from curation import label_classes
from curation.accesses import PEOPLE, require_scope
from curation.label_class_examples import Example, list_examples
from curation.label_classes import get_label_class_by_key, list_label_classes, resolve
from db.models import AppliesTo, LabelClass, Scope

Key = Annotated[str, Path(max_length=60)]

router = APIRouter(tags=["label classes"])


@dataclass(frozen=True)
class LabelClassOut:
    id: int
    key: str
    name: str
    colour: str
    hotkey: str | None
    applies_to: str
    exclusive_group: str | None
    parent: str | None
    position: int
    pinned: bool
    retired: bool
    guide: str | None


@router.get("/label-classes")
def read_label_classes(
    session: ReadSessionDep, access: AccessDep, retired: bool = Query(default=False)
) -> list[LabelClassOut]:
    """Label classes in their order; with `retired`, also those no longer offered."""
    require_scope(access, *PEOPLE)
    found = list_label_classes(session, retired=True)
    keys = {label_class.id: label_class.key for label_class in found}
    return [_out(label_class, keys) for label_class in found if retired or label_class.retired_at is None]


class LabelClassIn(Body):
    key: str = Field(max_length=60, description="a-z, 0-9, _ and -. It is never changed later.")
    name: str = Field(max_length=60)
    colour: str = Field(max_length=7, description="As in #E0702F.")
    hotkey: str | None = Field(default=None, max_length=3, description="1 to 9, or F and a letter: “F A”.")
    applies_to: AppliesTo = AppliesTo.BOTH
    exclusive_group: str | None = Field(
        default=None, max_length=60, description="Those of different groups cannot stand for one whole media."
    )
    parent: str | None = Field(default=None, max_length=60, description="The key of another label class.")
    guide: str | None = Field(default=None, max_length=4000, description="What it means, for curators.")


class LabelClassChange(Body):
    """What is absent stays as it is; null takes a hotkey, group, parent or guide away."""

    name: str = Field(default="", max_length=60)
    colour: str = Field(default="", max_length=7)
    hotkey: str | None = Field(default=None, max_length=3)
    applies_to: AppliesTo = AppliesTo.BOTH
    exclusive_group: str | None = Field(default=None, max_length=60)
    parent: str | None = Field(default=None, max_length=60)
    position: Annotated[int, Field(ge=0, le=1_000_000), A_NUMBER] = 0
    pinned: StrictBool = False
    guide: str | None = Field(default=None, max_length=4000)


@router.post("/label-classes", status_code=201, responses={404: {}})
def create_label_class(given: LabelClassIn, session: SessionDep, access: AccessDep) -> LabelClassOut:
    """A new label class, at the end of the list."""
    require_scope(access, Scope.ADMIN)
    values = _with_parent_id(session, given.model_dump())
    return _told(session, label_classes.create_label_class(session, access, **values))


@router.patch("/label-classes/{key}")
def change_label_class(
    key: Key, change: LabelClassChange, session: SessionDep, access: AccessDep
) -> LabelClassOut:
    """Change everything but the key, which old answers and exports carry."""
    require_scope(access, Scope.ADMIN)
    found = get_label_class_by_key(session, key)
    values: dict[str, Any] = {
        "name": found.name,
        "colour": found.colour,
        "hotkey": found.hotkey,
        "applies_to": found.applies_to,
        "exclusive_group": found.exclusive_group,
        "parent_id": found.parent_id,
        "position": found.position,
        "pinned": found.pinned,
        "guide": found.guide,
    }
    values |= _with_parent_id(session, change.model_dump(exclude_unset=True))
    return _told(session, label_classes.change_label_class(session, access, found.id, **values))


@router.post("/label-classes/{key}/retire")
def retire_label_class(key: Key, session: SessionDep, access: AccessDep) -> LabelClassOut:
    """Stop offering it; shapes that have it keep it, and its hotkey is free."""
    require_scope(access, Scope.ADMIN)
    found = get_label_class_by_key(session, key)
    return _told(session, label_classes.retire_label_class(session, access, found.id))


@router.post("/label-classes/{key}/restore")
def restore_label_class(key: Key, session: SessionDep, access: AccessDep) -> LabelClassOut:
    """Offer a retired one again, without a hotkey."""
    require_scope(access, Scope.ADMIN)
    found = get_label_class_by_key(session, key)
    return _told(session, label_classes.offer_label_class_again(session, access, found.id))


@router.get("/label-classes/{key}/examples")
def read_examples(key: Key, session: ReadSessionDep, access: AccessDep) -> list[Example]:
    """Up to six media that show what the label class means: chosen ones first, then the newest accepted."""
    return list_examples(session, access, key)


def _with_parent_id(session: Session, given: dict[str, Any]) -> dict[str, Any]:
    """What was given, with the parent's id in place of its key. Raises UnknownLabelClass."""
    if "parent" in given:
        parent = given.pop("parent")
        given["parent_id"] = None if parent is None else resolve(session, [parent])[parent].id
    return given


def _told(session: Session, label_class: LabelClass) -> LabelClassOut:
    session.flush()
    return _out(label_class, {found.id: found.key for found in list_label_classes(session, retired=True)})


def _out(label_class: LabelClass, keys: Mapping[int, str]) -> LabelClassOut:
    return LabelClassOut(
        id=label_class.id,
        key=label_class.key,
        name=label_class.name,
        colour=label_class.colour,
        hotkey=label_class.hotkey,
        applies_to=label_class.applies_to.value,
        exclusive_group=label_class.exclusive_group,
        parent=keys.get(label_class.parent_id or 0),
        position=label_class.position,
        pinned=label_class.pinned,
        retired=label_class.retired_at is not None,
        guide=label_class.guide,
    )
