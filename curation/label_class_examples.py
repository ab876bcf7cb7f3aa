"""Media that show what a label class means: those an admin has chosen, then the newest accepted ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation import looks
from curation.accesses import PEOPLE, require_scope
from curation.errors import LabelClassNotFound, MediaNotFound, Refused, WrongState
from curation.events import record
from curation.label_classes import get_label_class
from curation.media_view import get_visible_media
from curation.states import LISTED_STATES, STATE_NAMES
from db.models import Access, LabelClass, LabelClassExample, Media, Scope, State, utc_now
from db.queries import newest_labelled, newest_shapes_of_class, shapes_of_class_on
from db.types import AnyRow

MOST_EXAMPLES = 6
# How many of the newest answers are looked through: enough to find accepted ones, and never the whole table.
LOOKED_THROUGH = 500


@dataclass(frozen=True)
class Example:
    """A media, and where on it the label class is: None where it stands for the whole picture."""

    media_id: int
    box: tuple[float, float, float, float] | None
    chosen: bool = False


def list_examples(session: Session, access: Access, key: str) -> list[Example]:
    """Up to six examples of a label class: chosen ones first, then the newest accepted. Raises LabelClassNotFound.

    None of them is a media that this access is about to answer without having seen its first answer.
    """
    require_scope(access, *PEOPLE)
    label_class_id = session.scalar(select(LabelClass.id).where(LabelClass.key == key))
    if label_class_id is None:
        raise LabelClassNotFound("There is no such label class.")
    found = {media_id: Example(media_id, box, True) for media_id, box in _chosen(session, label_class_id)}
    for box_of in (_newest_drawn, _newest_whole):
        if len(found) < MOST_EXAMPLES:
            for media_id, box in box_of(session, label_class_id).items():
                found.setdefault(media_id, Example(media_id, box))
    for media_id in looks.open_looks(session, access):
        found.pop(media_id, None)
    return list(found.values())[:MOST_EXAMPLES]


def choose_example(session: Session, access: Access, label_class_id: int, media_id: int) -> LabelClass:
    """Make a media an example of a label class; harmless when it is one already.

    Raises LabelClassNotFound, MediaNotFound, WrongState for a media that is in no list, Refused beyond six.
    """
    require_scope(access, Scope.ADMIN)
    label_class = get_label_class(session, label_class_id)
    media = get_visible_media(session, access, media_id)
    if media.state not in LISTED_STATES:
        raise WrongState(
            f"Media {media_id} is {STATE_NAMES[media.state]}, so it cannot be an example.",
            state=media.state.value,
        )
    chosen = _chosen_ids(session, label_class_id)
    if media_id in chosen:
        return label_class
    if len(chosen) >= MOST_EXAMPLES:
        raise Refused(
            f"“{label_class.name}” has {MOST_EXAMPLES} examples already. Take one of them away first."
        )
    session.add(LabelClassExample(label_class_id=label_class_id, media_id=media_id, created_at=utc_now()))
    session.flush()
    record(session, access, "example_chosen", {"key": label_class.key}, media_id=media_id)
    return label_class


def drop_example(session: Session, access: Access, label_class_id: int, media_id: int) -> None:
    """Take a chosen example away. Raises LabelClassNotFound, MediaNotFound when it is none."""
    require_scope(access, Scope.ADMIN)
    label_class = get_label_class(session, label_class_id)
    dropped = session.get(LabelClassExample, (label_class_id, media_id))
    if dropped is None:
        raise MediaNotFound(f"Media {media_id} is no example of “{label_class.name}”.")
    session.delete(dropped)
    record(session, access, "example_dropped", {"key": label_class.key}, media_id=media_id)


Corners = tuple[float, float, float, float]


def _chosen_ids(session: Session, label_class_id: int) -> Sequence[int]:
    return session.scalars(
        select(LabelClassExample.media_id)
        .join(Media, Media.id == LabelClassExample.media_id)
        .where(LabelClassExample.label_class_id == label_class_id, Media.state.in_(LISTED_STATES))
        .order_by(LabelClassExample.created_at, LabelClassExample.media_id)
    ).all()


def _chosen(session: Session, label_class_id: int) -> list[tuple[int, Corners | None]]:
    ids = _chosen_ids(session, label_class_id)
    drawn = _largest_by_media(session.execute(shapes_of_class_on(label_class_id, ids)) if ids else ())
    return [(media_id, drawn.get(media_id)) for media_id in ids]


def _newest_drawn(session: Session, label_class_id: int) -> dict[int, Corners | None]:
    newest = newest_shapes_of_class(label_class_id, LOOKED_THROUGH, State.ACCEPTED)
    return {**_largest_by_media(session.execute(newest))}


def _newest_whole(session: Session, label_class_id: int) -> dict[int, Corners | None]:
    newest = newest_labelled(label_class_id, LOOKED_THROUGH, State.ACCEPTED)
    return dict.fromkeys(session.scalars(newest))


def _largest_by_media(rows: Iterable[AnyRow]) -> dict[int, Corners]:
    """The largest box of each media, media in the order of the rows."""
    largest: dict[int, Corners] = {}
    for media_id, *corners in rows:
        box: Corners = (corners[0], corners[1], corners[2], corners[3])
        if media_id not in largest or _area(box) > _area(largest[media_id]):
            largest[media_id] = box
    return largest


def _area(box: Corners) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
