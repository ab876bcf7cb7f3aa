"""The columns of the metadata export: what each cell holds, as SQL, so that the database writes it.

Text that comes from people is made harmless to spreadsheets unless `raw` is asked for: a cell that begins
like a formula gets a leading apostrophe (OWASP, CSV injection). Numbers stay numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column as DatabaseColumn
from sqlalchemy import ColumnElement, Text, case, cast, exists, func, literal_column, null, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.visitors import replacement_traverse

from curation.errors import UnknownFilter
from db.expressions import first_code, in_byte_order, iso_utc, json_list, shortest_number
from db.models import (
    Access,
    Annotation,
    AnnotationContent,
    AnnotationLabel,
    AnnotationReply,
    Blob,
    LabelClass,
    Media,
    MediaTag,
    Prediction,
    Question,
    Review,
    Shape,
    Source,
    State,
    Tag,
)

Cell = ColumnElement[Any]

# Names of our own for what the filter's conditions also ask about: no subquery of theirs may take ours for its own.
Content = aliased(Blob, name="content")
Place = aliased(Source, name="place")
Uploader = aliased(Access, name="uploader")
LastReview = aliased(Review, name="last_review")
Reviewer = aliased(Access, name="reviewer")
Current = aliased(Annotation, name="current")
Annotator = aliased(Access, name="annotator")
Drawn = aliased(Shape, name="drawn")
ShapeClass = aliased(LabelClass, name="shape_class")
TakenFrom = aliased(Prediction, name="taken_from")

# Tab, line feed, carriage return, + - = @, and these four as wide as a Chinese sign, which some spreadsheets take too.
FORMULA_STARTS = (9, 10, 13, 43, 45, 61, 64, 0xFF0B, 0xFF0D, 0xFF1D, 0xFF20)
# A text that begins like a cell made harmless gets one more: whoever takes one away always has the text again.
APOSTROPHE = 39


@dataclass(frozen=True)
class Join:
    """A row beside a media's (or a shape's), at most one; `after` must be joined before."""

    target: Any
    on: Cell
    after: Join | None = None


CONTENT = Join(Content, Content.id == Media.blob_id)
PLACE = Join(Place, Place.id == Media.source_id)
UPLOADER = Join(Uploader, Uploader.id == Media.uploaded_by_id)
LAST_REVIEW = Join(LastReview, LastReview.id == Media.last_review_id)
REVIEWER = Join(Reviewer, Reviewer.id == LastReview.access_id, LAST_REVIEW)
CURRENT = Join(Current, Current.id == Media.current_annotation_id)
ANNOTATOR = Join(Annotator, Annotator.id == Current.author_id, CURRENT)
SHAPE_CLASS = Join(ShapeClass, ShapeClass.id == Drawn.label_class_id)
TAKEN_FROM = Join(TakenFrom, TakenFrom.id == Drawn.prediction_id)


@dataclass(frozen=True)
class Column:
    """One column: its name, its cell (given whether text stays raw), and the rows it needs."""

    name: str
    cell: Callable[[bool], Cell]
    join: Join | None = None
    of_shape: bool = field(default=False, kw_only=True)


def _as_is(value: Any) -> Callable[[bool], Cell]:
    return lambda raw: value


def _number(value: Any) -> Callable[[bool], Cell]:
    return lambda raw: shortest_number(value)


def _moment(value: Any) -> Callable[[bool], Cell]:
    return lambda raw: iso_utc(value)


def _text(value: Any) -> Callable[[bool], Cell]:
    return lambda raw: text_cell(value, raw)


def text_cell(value: Cell, raw: bool) -> Cell:
    """Text from people, harmless unless `raw`. An empty text is an empty cell, as an absent one is."""
    if raw:
        return func.nullif(value, literal_column("''"))
    code = first_code(value)
    escaped: list[Cell] = [literal_column(str(start)) for start in (*FORMULA_STARTS, APOSTROPHE)]
    starts = case(
        (code.in_(escaped), literal_column("''''") + value),
        (value == literal_column("''"), null()),
        else_=value,
    )
    # Most texts begin with a letter and need no more than the first comparison.
    return case((code.between(literal_column("65"), literal_column(str(0xFF0A))), value), else_=starts)


def _tags(raw: bool) -> Cell:
    of_media = MediaTag.media_id == Media.id
    names = (
        select(Tag.name)
        .join(MediaTag, MediaTag.tag_id == Tag.id)
        .where(of_media)
        .order_by(in_byte_order(Tag.name))
        .correlate(Media)
        .subquery()
    )
    return _joined(names.c.name, exists().where(of_media).correlate(Media), raw)


def _label_classes(raw: bool) -> Cell:
    of_annotation = AnnotationLabel.annotation_id == Media.current_annotation_id
    keys = (
        select(LabelClass.key)
        .join(AnnotationLabel, AnnotationLabel.label_class_id == LabelClass.id)
        .where(of_annotation)
        .order_by(LabelClass.position, LabelClass.id)
        .correlate(Media)
        .subquery()
    )
    return _joined(keys.c.key, exists().where(of_annotation).correlate(Media), raw)


def _replies(raw: bool) -> Cell:
    """Such as `missed_smoke:no`, a question each."""
    of_annotation = AnnotationReply.annotation_id == Media.current_annotation_id
    said = case((AnnotationReply.yes, literal_column("':yes'")), else_=literal_column("':no'"))
    replies = (
        select((Question.key + said).label("reply"))
        .join(AnnotationReply, AnnotationReply.question_id == Question.id)
        .where(of_annotation)
        .order_by(Question.position, Question.id)
        .correlate(Media)
        .subquery()
    )
    return _joined(replies.c.reply, exists().where(of_annotation).correlate(Media), raw)


def _joined(value: Cell, any_there: Cell, raw: bool) -> Cell:
    """Texts of an ordered subquery joined by semicolons. Both databases aggregate in the order they are given."""
    joined = select(text_cell(func.aggregate_strings(value, ";"), raw)).scalar_subquery()
    # Most media have none, and looking costs a fraction of sorting nothing.
    return case((any_there, joined))


def _shape_count(raw: bool) -> Cell:
    """Empty where nobody has answered, or by a file that nobody here can read; 0 is the answer “nothing here”."""
    counted = aliased(Shape)
    number = (
        select(func.count())
        .where(counted.annotation_id == Media.current_annotation_id)
        .correlate(Media)
        .scalar_subquery()
    )
    return case((Current.content == AnnotationContent.SHAPES, number))


COLUMNS: tuple[Column, ...] = (
    Column("media_id", _as_is(Media.id)),
    Column("file_name", _text(Media.file_name)),
    Column("type", _as_is(Media.type)),
    Column("content_type", _as_is(Content.content_type), CONTENT),
    Column("size", _as_is(Content.size), CONTENT),
    Column("width", _as_is(Content.width), CONTENT),
    Column("height", _as_is(Content.height), CONTENT),
    Column("duration", _number(Content.duration), CONTENT),
    Column("frame_rate", _number(Content.frame_rate), CONTENT),
    Column("codec", _as_is(Content.codec), CONTENT),
    Column("sha256", _as_is(Content.sha256), CONTENT),
    Column("bucket_key", _text(Media.bucket_key)),
    Column("source", _text(Place.name), PLACE),
    Column("azimuth", _number(Media.azimuth)),
    Column("sequence", _text(Media.sequence)),
    Column("captured_at", _moment(Media.captured_at)),
    Column("uploaded_at", _moment(Media.created_at)),
    Column("uploader", _text(Uploader.login), UPLOADER),
    Column("lat", _number(Media.lat)),
    Column("lon", _number(Media.lon)),
    Column("score", _number(Media.score)),
    Column("tags", _tags),
    Column("extracted_from", _as_is(Media.extracted_from_id)),
    Column("extracted_at", _number(Media.extracted_at)),
    Column("state", _as_is(Media.state)),
    Column("last_decision", _as_is(LastReview.decision), LAST_REVIEW),
    Column("decided_by", _text(Reviewer.login), REVIEWER),
    Column("decided_at", _moment(LastReview.created_at), LAST_REVIEW),
    Column("decision_comment", _text(LastReview.comment), LAST_REVIEW),
    Column("annotation_id", _as_is(Media.current_annotation_id)),
    Column("annotation_number", _as_is(Current.number), CURRENT),
    Column("annotator", _text(Annotator.login), ANNOTATOR),
    Column("shape_count", _shape_count, CURRENT),
    Column("label_classes", _label_classes),
    Column("replies", _replies),
    Column("shape_id", _as_is(Drawn.id), of_shape=True),
    Column("label_class", _text(ShapeClass.key), SHAPE_CLASS, of_shape=True),
    Column("x_min", _number(Drawn.x_min), of_shape=True),
    Column("y_min", _number(Drawn.y_min), of_shape=True),
    Column("x_max", _number(Drawn.x_max), of_shape=True),
    Column("y_max", _number(Drawn.y_max), of_shape=True),
    Column("polygon", _as_is(cast(Drawn.points, Text)), of_shape=True),
    Column("origin", _as_is(Drawn.origin), of_shape=True),
    Column("confidence", _number(Drawn.confidence), of_shape=True),
    # With the origin `model` its shape as it was, with `human` its shape corrected.
    Column("model", _text(TakenFrom.model), TAKEN_FROM, of_shape=True),
)


# What may be changed in a table and dropped back.
EDITABLE = (
    "state",
    "source",
    "azimuth",
    "lat",
    "lon",
    "sequence",
    "captured_at",
    "tags",
    "label_classes",
)
# What `base` keeps of a row, in this order: a reason that somebody types is told from the one that was there.
KEPT = (*EDITABLE, "decision_comment")


def _base(raw: bool) -> Cell:
    """How the row was when it was written: what an edited one is compared with, cell by cell, when it comes back."""
    name = select(Source.name).where(Source.id == Media.source_id).correlate(Media).scalar_subquery()
    values: dict[str, Any] = {
        "state": Media.state,
        "source": name,
        "azimuth": shortest_number(Media.azimuth),
        "lat": shortest_number(Media.lat),
        "lon": shortest_number(Media.lon),
        "sequence": Media.sequence,
        "captured_at": iso_utc(Media.captured_at),
        "tags": _tags(raw=True),
        "label_classes": _label_classes(raw=True),
        "decision_comment": LastReview.comment,
    }
    written: tuple[Any, ...] = (
        literal_column("1" if raw else "0"),
        Media.id,
        Media.current_annotation_id,
    )
    return json_list(*written, *(values[column] for column in KEPT))


def _shape_base(raw: bool) -> Cell:
    return case((Drawn.id.is_not(None), json_list(Drawn.id, ShapeClass.key)))


# Added to a table that is to be edited; spreadsheets leave a cell alone that begins with a bracket.
BASES = (
    Column("base", _base, LAST_REVIEW),
    Column("shape_base", _shape_base, SHAPE_CLASS, of_shape=True),
)


def as_if_new(media_ids: Collection[int]) -> Callable[[Any], Any]:
    """Turns an expression into what it would be had nobody answered these media, whatever it makes of an answer.

    All that a line tells of answers and decisions comes from three columns of the media.
    """
    if not media_ids:
        return lambda expression: expression
    known = Media.__table__.c
    answered = known.id.not_in(list(media_ids))
    instead: dict[Any, Any] = {
        known.state: case((answered, known.state), else_=literal_column(f"'{State.NEW.value}'")),
        known.current_annotation_id: case((answered, known.current_annotation_id)),
        known.last_review_id: case((answered, known.last_review_id)),
    }

    def replaced(element: Any, **_: Any) -> Any:
        return instead.get(element) if isinstance(element, DatabaseColumn) else None

    return lambda expression: replacement_traverse(expression, {}, replaced)


def column_names(*, per_shape: bool) -> tuple[str, ...]:
    """The names of all columns, in their order."""
    return tuple(column.name for column in COLUMNS if per_shape or not column.of_shape)


def choose_columns(names: Sequence[str] | None, *, per_shape: bool) -> list[Column]:
    """The columns of these names in this order, all of them for None. Raises UnknownFilter."""
    known = {column.name: column for column in COLUMNS}
    if names is None:
        return [known[name] for name in column_names(per_shape=per_shape)]
    chosen = []
    for name in dict.fromkeys(names):
        if name not in known:
            shown = "".join(character for character in name[:60] if character.isprintable())
            raise UnknownFilter(f"“{shown}” is not a column. Known are: {', '.join(known)}.")
        if known[name].of_shape and not per_shape:
            raise UnknownFilter(f"The column {name} belongs to shapes: ask for one row per shape.")
        chosen.append(known[name])
    if not chosen:
        raise UnknownFilter("An export needs at least one column.")
    return chosen
