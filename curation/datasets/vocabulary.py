"""The words of a dataset: label classes and questions as they stand, or as a release has kept them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from curation.datasets.items import NamedClass, Vocabulary
from db.models import AnnotationLabel, LabelClass, Media, Question, Release, Shape


def read_vocabulary(session: Session, matching: Sequence[ColumnElement[bool]]) -> Vocabulary:
    """Label classes that are not retired, or that answers of the matching media use; and all questions."""
    # Names of our own: what must hold of the media may ask about label classes and shapes itself.
    named, drawn, chosen = aliased(LabelClass), aliased(Shape), aliased(AnnotationLabel)
    used = or_(
        exists().where(
            drawn.label_class_id == named.id, drawn.annotation_id == Media.current_annotation_id, *matching
        ),
        exists().where(
            chosen.label_class_id == named.id, chosen.annotation_id == Media.current_annotation_id, *matching
        ),
    )
    rows = session.execute(
        select(named.key, named.name, named.colour, named.retired_at)
        .where(or_(named.retired_at.is_(None), used))
        .order_by(named.position, named.id)
    )
    questions = session.execute(
        select(Question.key, Question.sentence).order_by(Question.position, Question.id)
    )
    return Vocabulary(
        tuple(NamedClass(row.key, row.name, row.colour, row.retired_at is not None) for row in rows),
        tuple((row.key, row.sentence) for row in questions),
    )


def numbered_as_in(session: Session, release_id: int | None, vocabulary: Vocabulary) -> Vocabulary:
    """The same words, with the label classes of a release first and in its order, what is new behind them: files of
    what has changed since count label classes as files of that release do.
    """
    if release_id is None:
        return vocabulary
    before = kept_vocabulary(session.get_one(Release, release_id).vocabulary)
    now = {item.key: item for item in vocabulary.label_classes}
    # What nobody uses any more once it is retired keeps its place too.
    kept = [now.pop(item.key, replace(item, retired=True)) for item in before.label_classes]
    return replace(vocabulary, label_classes=(*kept, *now.values()))


def vocabulary_record(vocabulary: Vocabulary) -> dict[str, Any]:
    """What a release keeps of it, as JSON."""
    return {
        "label_classes": [
            {"key": item.key, "name": item.name, "colour": item.colour, "retired": item.retired}
            for item in vocabulary.label_classes
        ],
        "questions": [list(question) for question in vocabulary.questions],
    }


def kept_vocabulary(record: Mapping[str, Any]) -> Vocabulary:
    """The vocabulary that `vocabulary_record` was given."""
    return Vocabulary(
        tuple(
            NamedClass(item["key"], item["name"], item["colour"], item["retired"])
            for item in record["label_classes"]
        ),
        tuple((key, sentence) for key, sentence in record["questions"]),
    )
