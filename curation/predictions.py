"""Predictions: what models see on media, kept apart from answers until a curator takes it into one.

They are append-only and change no state; of several by one model the newest counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from curation.accesses import CURATORS, PEOPLE, require_scope
from curation.answers import MAX_SHAPES, ON_A_VIDEO, AnnotationDraft, ShapeDraft, clean_client_id
from curation.errors import (
    Conflict,
    CurationError,
    InvalidShape,
    InvalidText,
    MediaNotFound,
    TooLarge,
    WrongState,
)
from curation.label_classes import find_label_classes, require_known
from curation.media_view import get_visible_media
from curation.paging import Section, decode_cursor, read_page
from curation.prediction_view import PredictedShapeView, PredictionView, prediction_views
from db.models import (
    Access,
    AppliesTo,
    Blob,
    LabelClass,
    Media,
    MediaType,
    PredictedShape,
    Prediction,
    Scope,
    State,
    utc_now,
)
from db.types import AnyRow

MAX_AT_ONCE = 100
PAGE_SIZE = 50
MAX_MODEL = 100
# Names that the filter `predicted` understands otherwise.
KEPT_NAMES = ("yes", "no")


@dataclass(frozen=True)
class PredictionDraft:
    """What a model sees on one media, as it was handed in."""

    media_id: int
    model: str
    shapes: Sequence[Mapping[str, Any]] = ()
    score: float | None = None
    client_id: str | None = None


@dataclass(frozen=True)
class Added:
    """What is stored of a draft; `repeated` when its client id had been stored before."""

    prediction: PredictionView
    repeated: bool = False


@dataclass(frozen=True)
class PredictionPage:
    items: list[PredictionView]
    next_cursor: str | None


@dataclass(frozen=True)
class _Read:
    """A draft that may be stored."""

    media_id: int
    model: str
    score: float
    client_id: str | None
    shapes: tuple[ShapeDraft, ...]


def add_prediction(session: Session, access: Access, draft: PredictionDraft) -> Added:
    """Store what a model sees on a media. The media's score is that of the last prediction.

    That is the one given, else the highest confidence, else 0. A device predicts about its own media. A repeated
    `client_id` gives back what was stored. Raises MediaNotFound, also where the media is withdrawn, WrongState before
    it has content, and Refused of several kinds.
    """
    (outcome,) = add_predictions(session, access, [draft])
    if isinstance(outcome, CurationError):
        raise outcome
    return outcome


def add_predictions(
    session: Session, access: Access, drafts: Sequence[PredictionDraft]
) -> list[Added | CurationError]:
    """The same for many media in a handful of statements: for each draft what is stored, or why it is refused.

    Raises TooLarge for more than a hundred at once.
    """
    require_scope(access, *CURATORS, Scope.DEVICE)
    if len(drafts) > MAX_AT_ONCE:
        raise TooLarge(f"At most {MAX_AT_ONCE} predictions at once.")
    media = _lock_media(session, access, {draft.media_id for draft in drafts})
    # Asked under the lock: of two senders of the same one, the second sees what the first has stored.
    known = _known(session, [draft.client_id for draft in drafts if draft.client_id])
    keys = (shape.get("label_class") for draft in drafts for shape in draft.shapes)
    label_classes = find_label_classes(session, (key for key in keys if isinstance(key, str)))

    fresh: list[_Read] = []
    answers: list[tuple[_Read | Prediction, bool] | CurationError] = []
    for draft in drafts:
        try:
            earlier = known.get(draft.client_id or "")
            if earlier is not None:
                _require_same(earlier, draft, access)
                answers.append((earlier, True))
                continue
            read = _read(draft, media, label_classes)
        except CurationError as refused:
            answers.append(refused)
            continue
        fresh.append(read)
        answers.append((read, False))
        if read.client_id is not None:
            known[read.client_id] = read
    views = _insert(session, access, fresh, label_classes)
    stored = [found for found in known.values() if isinstance(found, Prediction)]
    rows = [(found.id, found.model, found.score, found.created_at) for found in stored]
    views |= {id(found): view for found, view in zip(stored, prediction_views(session, rows), strict=True)}
    return [
        answer if isinstance(answer, CurationError) else Added(views[id(answer[0])], answer[1])
        for answer in answers
    ]


def list_predictions(
    session: Session, access: Access, media_id: int, cursor: str | None = None, limit: int = PAGE_SIZE
) -> PredictionPage:
    """Every prediction about a media, newest first. Raises MediaNotFound, UnknownFilter for a strange cursor."""
    require_scope(access, *PEOPLE)
    media = get_visible_media(session, access, media_id)
    sections = [Section((Prediction.id,), True)]
    statement = select(Prediction.id, Prediction.model, Prediction.score, Prediction.created_at).where(
        Prediction.media_id == media.id
    )
    after = decode_cursor(cursor, sections) if cursor else None
    page = read_page(session, [statement], sections, after, limit, lambda row, _section: (row.id,))
    return PredictionPage(prediction_views(session, page.rows), page.next_cursor)


def list_models(session: Session) -> list[str]:
    """The models that have predicted anything, by name."""
    # One step along the index for each name: there are a handful of them, and millions of rows.
    names: list[str] = []
    while True:
        following = select(Prediction.model).order_by(Prediction.model).limit(1)
        name = session.scalar(following.where(Prediction.model > names[-1]) if names else following)
        if name is None:
            return names
        names.append(name)


def _lock_media(session: Session, access: Access, media_ids: Iterable[int]) -> dict[int, AnyRow]:
    """The media that may be predicted about, held until the transaction ends, in the order of their ids."""
    statement = (
        select(Media.id, Media.state, Media.type, Blob.width, Blob.height)
        .outerjoin(Blob, Blob.id == Media.blob_id)
        .where(Media.id.in_(list(media_ids)), Media.state != State.WITHDRAWN)
        .order_by(Media.id)
        .with_for_update(of=Media, key_share=True)
    )
    if access.scope == Scope.DEVICE:
        statement = statement.where(Media.uploaded_by_id == access.id)
    return {row.id: row for row in session.execute(statement)}


def _known(session: Session, client_ids: Sequence[str]) -> dict[str, Prediction | _Read]:
    if not client_ids:
        return {}
    found = session.scalars(select(Prediction).where(Prediction.client_id.in_(client_ids)))
    return {prediction.client_id: prediction for prediction in found if prediction.client_id is not None}


def _require_same(earlier: Prediction | _Read, draft: PredictionDraft, access: Access) -> None:
    foreign = isinstance(earlier, Prediction) and earlier.access_id != access.id
    if foreign or earlier.media_id != draft.media_id:
        raise Conflict("This client id was used for another prediction. Make a new one.")


def _read(
    draft: PredictionDraft, media: Mapping[int, AnyRow], label_classes: Mapping[str, LabelClass]
) -> _Read:
    about = media.get(draft.media_id)
    if about is None:
        raise MediaNotFound(f"There is no media {draft.media_id}.")
    if about.width is None:
        raise WrongState(
            "This media has no content yet, so nothing can be predicted about it.", state=about.state.value
        )
    if len(draft.shapes) > MAX_SHAPES:
        raise InvalidShape(f"A prediction has at most {MAX_SHAPES} shapes, this one has {len(draft.shapes)}.")
    if about.type == MediaType.VIDEO and draft.shapes:
        raise InvalidShape(ON_A_VIDEO)
    shapes = AnnotationDraft.from_payload(draft.shapes, (), about.width, about.height).shapes
    require_known((shape.label_class for shape in shapes), label_classes)
    for number, shape in enumerate(shapes, start=1):
        if shape.confidence is None:
            raise InvalidShape(f"Shape {number}: It has no confidence.")
        # A retired label class is stored all the same: a model goes on with what it was trained on.
        found = label_classes[shape.label_class]
        if found.applies_to == AppliesTo.MEDIA:
            raise InvalidShape(
                f"“{found.name}” says something about a whole picture and cannot label a shape."
            )
    highest = max((shape.confidence or 0.0 for shape in shapes), default=0.0)
    score = _clean_score(draft.score)
    client_id = clean_client_id(draft.client_id)
    return _Read(
        draft.media_id, _clean_model(draft.model), highest if score is None else score, client_id, shapes
    )


def _clean_model(model: str) -> str:
    model = model.strip()
    if not 1 <= len(model) <= MAX_MODEL or not model.isprintable():
        raise InvalidText(f"The name of a model has 1 to {MAX_MODEL} printable characters.")
    if model in KEPT_NAMES:
        raise InvalidText(f"A model cannot be called “{model}”.")
    return model


def _clean_score(score: float | None) -> float | None:
    if score is None:
        return None
    if isinstance(score, bool) or not 0 <= score <= 1:
        raise InvalidText("A score is a number between 0 and 1.")
    return float(score)


def _insert(
    session: Session, access: Access, fresh: Sequence[_Read], label_classes: Mapping[str, LabelClass]
) -> dict[int, PredictionView]:
    """Write all of them at once, and the scores of their media. The views by the identity of what was read."""
    if not fresh:
        return {}
    now = utc_now()
    rows = [
        {
            "media_id": one.media_id,
            "model": one.model,
            "access_id": access.id,
            "score": one.score,
            "client_id": one.client_id,
            "created_at": now,
        }
        for one in fresh
    ]
    statement = insert(Prediction).returning(Prediction.id, sort_by_parameter_order=True)
    # One statement on PostgreSQL, also where some have no client id; SQLite takes one a row, without a way to go.
    ids = session.scalars(statement, rows, execution_options={"render_nulls": True}).all()
    shapes = [
        {
            "prediction_id": number,
            "position": position,
            "label_class_id": label_classes[shape.label_class].id,
            "x_min": shape.box.x_min,
            "y_min": shape.box.y_min,
            "x_max": shape.box.x_max,
            "y_max": shape.box.y_max,
            "points": [list(point) for point in shape.points] if shape.points else None,
            "confidence": shape.confidence,
        }
        for number, one in zip(ids, fresh, strict=True)
        for position, shape in enumerate(one.shapes)
    ]
    if shapes:
        session.execute(insert(PredictedShape), shapes)
    scores = {one.media_id: one.score for one in fresh}
    session.execute(update(Media), [{"id": media_id, "score": score} for media_id, score in scores.items()])
    return {
        id(one): PredictionView(
            number, one.model, one.score, now, [_shape_view(shape) for shape in one.shapes]
        )
        for number, one in zip(ids, fresh, strict=True)
    }


def _shape_view(shape: ShapeDraft) -> PredictedShapeView:
    return PredictedShapeView(
        shape.label_class,
        (shape.box.x_min, shape.box.y_min, shape.box.x_max, shape.box.y_max),
        [list(point) for point in shape.points] if shape.points else None,
        shape.confidence or 0.0,
    )
