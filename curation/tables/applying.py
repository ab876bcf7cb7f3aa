"""Doing what an edited table wants of a media: what is known of it, its answer, its state; all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from curation import looks
from curation.acts import ReviewPolicy, lock_media
from curation.annotations import submit_annotation
from curation.errors import CurationError
from curation.imports.worked_on import plain
from curation.media_view import ShapeView
from curation.reviews import decide
from curation.sources import make_missing_source
from curation.states import STATE_NAMES
from curation.tables.cells import Value, same_value
from curation.tables.merging import OF_ANSWER, POSITION, Change
from curation.tables.paths import next_step, wanted_after
from curation.tables.standing import Now, media_now
from curation.two_step import change_media
from db.models import Access, Decision, ImportItem, ImportOutcome, Media, State

BY_A_TABLE = "Changed in a table."
# Columns of a media that a cell is written to, with what goes along.
COLUMNS_OF = {
    "source": ("source_id",),
    "azimuth": ("azimuth",),
    "lat": POSITION,
    "lon": POSITION,
    "sequence": ("sequence",),
    "captured_at": ("captured_at", "captured_at_assumed"),
}


@dataclass(frozen=True)
class Choices:
    """Which side of a conflict is taken: theirs, unless `mine` is said of all or of a cell (`12:state`)."""

    all_mine: bool = False
    mine: frozenset[str] = frozenset()

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Choices:
        return cls(options.get("conflicts") == "mine", frozenset(options.get("mine", ())))

    def takes(self, change: Change) -> bool:
        return not change.conflict or self.all_mine or not self.mine.isdisjoint(change.places)


@dataclass
class _Wanted:
    """What is left of an entry's changes once it is known how its media stands at this moment, and what came of it."""

    cells: dict[str, Value] = field(default_factory=dict)
    shapes: dict[int, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)  # columns that stay as somebody else has made them
    untold: bool = False  # its state and its answer stay, without a word about how they are
    waits: str | None = None  # why its state is not the wanted one

    @property
    def why(self) -> str | None:
        """Why not all was done, a sentence a line; None when all was."""
        said = []
        if self.untold:
            said.append(looks.TO_ANSWER)
        if self.left:
            columns = ", ".join(dict.fromkeys(self.left))
            sentence = f"Somebody else has changed {columns} meanwhile; that stayed."
            said.append(sentence)
        if self.waits:
            said.append(self.waits)
        return "\n".join(said) or None

    @property
    def submits(self) -> bool:
        return bool(self.shapes) or "label_classes" in self.cells


def apply_entry(
    session: Session, access: Access, item: ImportItem, choices: Choices, policy: ReviewPolicy
) -> None:
    """Do what an entry wants and write its outcome beside it; what cannot be done leaves its media as it is."""
    try:
        with session.begin_nested():
            wanted, before = _apply(session, access, item, choices, policy)
    except CurationError as problem:
        item.outcome, item.why = ImportOutcome.FAILED, problem.sentence
        return
    item.why = wanted.why
    if before:
        item.outcome, item.before = ImportOutcome.CHANGED, before
        if wanted.submits and item.media_id is not None:
            item.annotation_id = session.get_one(Media, item.media_id).current_annotation_id
    else:
        stays = wanted.left or wanted.untold
        item.outcome = ImportOutcome.LEFT_OUT if stays else ImportOutcome.ALREADY_THERE


def _apply(
    session: Session, access: Access, item: ImportItem, choices: Choices, policy: ReviewPolicy
) -> tuple[_Wanted, dict[str, Any]]:
    """What was done, and what has to be put back by an undo; that is empty when nothing was done."""
    assert item.media_id is not None
    media = lock_media(session, access, item.media_id)
    now = media_now(session, access, [media.id])[media.id]
    changes = [Change(**change) for change in item.wanted["changes"]]
    tellable = _tellable(session, access, media.id, changes)
    wanted = _still_wanted(tellable, now, item.wanted, choices)
    wanted.untold = len(tellable) < len(changes)
    before: dict[str, Any] = {}
    details = {name: value for name, value in wanted.cells.items() if name in (*COLUMNS_OF, "tags")}
    if details:
        before.update(_write_details(session, access, media, now, details))
    if wanted.submits or "state" in wanted.cells:
        acts = media.act_count
        target = _act(session, access, media, now, wanted, item.wanted["comment"], policy)
        if target is not None and media.state != target:
            came, wished = STATE_NAMES[media.state], STATE_NAMES[target]
            wanted.waits = f"It is {came} now and not {wished}: another review is needed."
        before["acts"] = list(range(acts + 1, media.act_count + 1))
    return wanted, before


def _tellable(session: Session, access: Access, media_id: int, changes: Sequence[Change]) -> Sequence[Change]:
    """The changes but for those of an answer that this access was given to answer blind since the preview."""
    rest = [change for change in changes if change.column not in OF_ANSWER]
    if len(rest) < len(changes) and media_id in looks.given_looks(session, access):
        return rest
    return changes


def _still_wanted(changes: Sequence[Change], now: Now, seen: Mapping[str, Any], choices: Choices) -> _Wanted:
    """`seen` is how the media stood when the changes were looked at."""
    wanted = _Wanted()
    same_answer = seen["annotation_id"] == now.annotation_id
    stood = dict(zip(POSITION, seen["position"], strict=True))
    goes = stood | {change.column: change.new for change in changes if change.column in POSITION}
    moved = not _stands_at(now, stood) and not _stands_at(now, goes)
    for change in changes:
        if not choices.takes(change):
            wanted.left.append(change.column)
        elif change.column == "label_class":
            if not same_answer:
                wanted.left.append(change.column)
            else:
                assert change.shape is not None
                wanted.shapes[change.shape] = change.new
        elif change.column == "tags":
            added, removed = set(change.new) - set(change.old), set(change.old) - set(change.new)
            tags = sorted((set(now.cells["tags"]) | added) - removed)
            if not same_value("tags", tags, now.cells["tags"]):
                wanted.cells["tags"] = tags
        elif same_value(change.column, now.cells[change.column], change.new):
            continue
        elif (
            not same_value(change.column, now.cells[change.column], change.old)
            or (not same_answer and change.column in OF_ANSWER)
            or (moved and change.column in POSITION)
        ):
            wanted.left.append(change.column)
        else:
            wanted.cells[change.column] = change.new
    return wanted


def _stands_at(now: Now, position: Mapping[str, Value]) -> bool:
    return all(same_value(column, now.cells[column], value) for column, value in position.items())


def _write_details(
    session: Session, access: Access, media: Media, now: Now, details: Mapping[str, Value]
) -> dict[str, Any]:
    columns = [column for name in details for column in COLUMNS_OF.get(name, ())]
    was = {column: plain(getattr(media, column)) for column in columns}
    given = dict(details)
    if given.get("captured_at") is not None:
        given["captured_at"] = datetime.fromisoformat(given["captured_at"])
    made_source = make_missing_source(session, given["source"]) if given.get("source") else None
    change_media(session, access, media.id, given)
    before: dict[str, Any] = {"made_source": made_source} if made_source is not None else {}
    if columns:
        before["media"] = was
        before["written"] = {column: plain(getattr(media, column)) for column in columns}
    if "tags" in details:
        tags, had = set(details["tags"]), set(now.cells["tags"])
        before["tags"], before["untagged"] = sorted(tags - had), sorted(had - tags)
    return before


def _act(
    session: Session,
    access: Access,
    media: Media,
    now: Now,
    wanted: _Wanted,
    comment: str | None,
    policy: ReviewPolicy,
) -> State | None:
    """Take the acts that lead to what is wanted, one after the other, as a person would; the state that was wanted."""
    said = State(wanted.cells["state"]) if "state" in wanted.cells else None
    submits, opened = wanted.submits, False
    target = wanted_after(media.state, said, submits=submits)
    while True:
        step = next_step(
            media.state,
            target,
            has_answer=media.current_annotation_id is not None,
            submits=submits,
            opened=opened,
        )
        if step is None:
            return target
        if step.decision is None:
            shapes, label_classes = _answer(now, wanted)
            submit_annotation(
                session,
                access,
                media.id,
                shapes=shapes,
                label_classes=label_classes,
                replies=now.annotation.replies if now.annotation is not None else None,
                based_on=media.current_annotation_id,
                accept=step.accept,
                comment=comment if step.accept else None,
                answer_comment=now.annotation.comment if now.annotation is not None else None,
                policy=policy,
            )
            submits = False
        else:
            reason = comment or BY_A_TABLE if step.decision == Decision.REOPENED else comment
            decide(
                session,
                access,
                media.id,
                step.decision,
                annotation_id=media.current_annotation_id,
                comment=reason,
                policy=policy,
            )
            opened = opened or not step.ends
        if step.ends:
            return target


def _answer(now: Now, wanted: _Wanted) -> tuple[list[dict[str, Any]], list[str]]:
    """The answer that counts, with the label classes that the table says."""
    drawn = now.annotation.shapes if now.annotation is not None else []
    shapes = [
        _payload(shape, wanted.shapes.get(place, shape.label_class)) for place, shape in enumerate(drawn)
    ]
    cells = {**now.cells, **wanted.cells}
    return shapes, list(cells["label_classes"])


def _payload(shape: ShapeView, label_class: str) -> dict[str, Any]:
    return {
        "label_class": label_class,
        "box": list(shape.box),
        "points": shape.points,
        "origin": shape.origin,
        "confidence": shape.confidence,
        "prediction": shape.prediction,
    }
