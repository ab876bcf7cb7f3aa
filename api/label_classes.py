"""Label classes over HTTP: what a client needs to draw and to read answers, and examples to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.dependencies import AccessDep, ReadSessionDep
from curation.accesses import PEOPLE, require_scope
from curation.label_class_examples import Example, list_examples
from curation.label_classes import list_label_classes

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
    return [
        LabelClassOut(
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
        for label_class in found
        if retired or label_class.retired_at is None
    ]


@router.get("/label-classes/{key}/examples")
def read_examples(
    key: Annotated[str, Path(max_length=60)], session: ReadSessionDep, access: AccessDep
) -> list[Example]:
    """Up to six media that show what the label class means: chosen ones first, then the newest accepted."""
    return list_examples(session, access, key)
