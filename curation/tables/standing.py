"""How the media of a table stand now: what its changes are merged with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.browse import conditions
from curation.media_filter import MediaFilter
from curation.media_view import AnnotationView, annotation_views
from curation.tables.cells import Value, written_moment
from curation.tags import tags_by_media
from db.models import Access, AnnotationContent, Media, Review, Shape, Source, State

AT_ONCE = 500


@dataclass(frozen=True)
class Now:
    """A media as it stands: the cells that can be changed, and the answer that counts."""

    media_id: int
    file_name: str | None
    state: State
    acts: int
    cells: dict[str, Value]
    annotation: AnnotationView | None
    comment: str | None

    @property
    def annotation_id(self) -> int | None:
        return self.annotation.id if self.annotation is not None else None

    @property
    def is_readable(self) -> bool:
        """Whether its answer is one whose label classes can be changed, or can be given by them."""
        return self.annotation is None or self.annotation.content == AnnotationContent.SHAPES

    def cell(self, column: str, shape: int | None) -> Value:
        """A cell as it is now; `shape` is the place of a shape in the answer that counts."""
        if column != "label_class":
            return self.cells[column]
        assert self.annotation is not None
        assert shape is not None
        return self.annotation.shapes[shape].label_class


def media_now(session: Session, access: Access, media_ids: Iterable[int]) -> dict[int, Now]:
    """The media that this access can see, of these; a few questions for each 500 of them."""
    wanted = sorted(set(media_ids))
    found: dict[int, Now] = {}
    for start in range(0, len(wanted), AT_ONCE):
        found.update(_media_now(session, access, wanted[start : start + AT_ONCE]))
    return found


def _media_now(session: Session, access: Access, media_ids: Sequence[int]) -> dict[int, Now]:
    rows = session.execute(
        select(Media, Source.name, Review.comment)
        .outerjoin(Source, Source.id == Media.source_id)
        .outerjoin(Review, Review.id == Media.last_review_id)
        .where(Media.id.in_(media_ids), *conditions(access, MediaFilter()))
        .execution_options(populate_existing=True)
    ).all()
    tags = tags_by_media(session, media_ids)
    current = [media.current_annotation_id for media, _, _ in rows if media.current_annotation_id]
    answers = {view.id: view for view in annotation_views(session, current)}
    return {
        media.id: _now(media, source, comment, tags[media.id], answers.get(media.current_annotation_id or 0))
        for media, source, comment in rows
    }


def _now(
    media: Media, source: str | None, comment: str | None, tags: list[str], answer: AnnotationView | None
) -> Now:
    cells: dict[str, Value] = {
        "state": media.state.value,
        "source": source,
        "azimuth": media.azimuth,
        "lat": media.lat,
        "lon": media.lon,
        "sequence": media.sequence,
        "captured_at": written_moment(media.captured_at) if media.captured_at is not None else None,
        "tags": tags,
        "label_classes": list(answer.label_classes) if answer is not None else [],
    }
    return Now(media.id, media.file_name, media.state, media.act_count, cells, answer, comment)


class Shapes:
    """Where shapes of a table stand in the answers that count now: the same ones, whoever answered since."""

    def __init__(self, session: Session, shape_ids: Iterable[int]) -> None:
        wanted = sorted(set(shape_ids))
        self._annotations: dict[int, int] = {}
        self._places: dict[int, int] = {}
        self._answers: dict[int, AnnotationView] = {}
        for start in range(0, len(wanted), AT_ONCE):
            self._load(session, wanted[start : start + AT_ONCE])

    def _load(self, session: Session, shape_ids: Sequence[int]) -> None:
        of_shapes = select(Shape.annotation_id).where(Shape.id.in_(shape_ids))
        places: dict[int, int] = {}
        rows = session.execute(
            select(Shape.id, Shape.annotation_id)
            .where(Shape.annotation_id.in_(of_shapes))
            .order_by(Shape.annotation_id, Shape.position, Shape.id)
        )
        for shape_id, annotation_id in rows:
            places[annotation_id] = places.get(annotation_id, -1) + 1
            self._annotations[shape_id], self._places[shape_id] = annotation_id, places[annotation_id]
        self._answers.update((view.id, view) for view in annotation_views(session, list(places)))

    def place_of(self, shape_id: int, now: Now) -> int | None:
        """Which shape of the answer that counts it is; None when it is in that no more, or of another media."""
        written_in = self._annotations.get(shape_id)
        if written_in is None or now.annotation is None:
            return None
        before = self._answers[written_in]
        if before.media_id != now.media_id:
            return None
        place = self._places[shape_id]
        if written_in == now.annotation.id:
            return place
        drawn = before.shapes[place]
        same = [
            number
            for number, shape in enumerate(now.annotation.shapes)
            if shape.box == drawn.box and shape.points == drawn.points
        ]
        return same[0] if len(same) == 1 else None
