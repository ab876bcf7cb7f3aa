"""Files of annotations in the bucket: each answer has one, and each file belongs to an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import and_, exists, func, select

from curation.annotations import ANNOTATION_FILE
from curation.storage_checks.findings import Finding, Kind
from curation.storage_checks.looking import AT_A_TIME, Looking, in_batches
from db.models import Annotation, AnnotationContent, Job, JobState
from db.types import AnyRow
from storage import StoredObject

# A key says in its folder which thousand of media it is about (`media_keys.annotation_key`).
MEDIA_IN_A_FOLDER = 1000
# The job that writes a file has had its time by then.
WRITTEN_WITHIN = timedelta(minutes=10)
_FILE = re.compile(r"/([0-9]{6,})/[0-9]+-[0-9]+(-[0-9a-f]{16})?\.[a-z0-9]+$")


def check_answer_files(looking: Looking, objects: Iterator[StoredObject]) -> None:
    """Compare the folder of annotation files with the annotations, a thousand media at a time."""
    groups = groupby(_ours(looking, objects), key=lambda found: int(found.key.rsplit("/", 2)[1]))
    listed = next(groups, None)
    with looking.sessions(read_only=True) as session:
        last = session.scalar(select(func.max(Annotation.media_id))) or 0
    for number in range(last // MEDIA_IN_A_FOLDER + 1):
        while listed is not None and listed[0] < number:
            _compare(looking, listed[0], listed[1])
            listed = next(groups, None)
        if listed is not None and listed[0] == number:
            _compare(looking, number, listed[1])
            listed = next(groups, None)
        else:
            _compare(looking, number, iter(()))
    while listed is not None:
        _compare(looking, listed[0], listed[1])
        listed = next(groups, None)
    _check_unwritten(looking)


def _ours(looking: Looking, objects: Iterator[StoredObject]) -> Iterator[StoredObject]:
    for found in objects:
        if _FILE.fullmatch(found.key.removeprefix(looking.place.annotation_folder)):
            yield found
        else:
            looking.report.add_foreign(found.key)


def _compare(looking: Looking, number: int, objects: Iterator[StoredObject]) -> None:
    listed = {found.key: found for found in objects}
    looking.still_here()
    first = number * MEDIA_IN_A_FOLDER
    with looking.sessions(read_only=True) as session:
        rows = session.execute(
            select(Annotation.id, Annotation.media_id, Annotation.bucket_key, Annotation.file_sha256).where(
                Annotation.media_id.between(first, first + MEDIA_IN_A_FOLDER - 1),
                Annotation.bucket_key.is_not(None),
            )
        ).all()
    looking.report.looked_at["answer_files"] += len(rows)
    for row in rows:
        if row.bucket_key not in listed and looking.bucket.head(row.bucket_key) is None:
            finding = Finding(Kind.ANSWER_FILE_MISSING, _about(row))
            # What came as a file was the only one of its kind; all others are written from the rows.
            looking.report.add(finding, changes=row.file_sha256 is None)
    unknown = listed.keys() - {row.bucket_key for row in rows}
    for batch in in_batches(sorted(key for key in unknown if looking.is_old(listed[key].last_modified))):
        with looking.sessions(read_only=True) as session:
            of_media = {int(key.rpartition("/")[2].partition("-")[0]) for key in batch}
            again = select(Annotation.bucket_key).where(Annotation.media_id.in_(of_media))
            known = set(session.scalars(again))
        for key in batch:
            if key not in known:
                about = {"key": key, "size": listed[key].size, "answer_file": True}
                looking.report.add(Finding(Kind.OBJECT_WITHOUT_ROW, about))


def _check_unwritten(looking: Looking) -> None:
    """Answers whose file was never written, and nobody is about to write it."""
    coming = exists().where(
        Job.name == ANNOTATION_FILE, Job.subject_id == Annotation.id, Job.state != JobState.FAILED
    )
    after = 0
    while True:
        page = (
            select(Annotation.id, Annotation.media_id, Annotation.bucket_key)
            .where(
                Annotation.id > after,
                Annotation.bucket_key.is_(None),
                and_(Annotation.content != AnnotationContent.NONE, Annotation.withdrawn_at.is_(None)),
                Annotation.created_at < looking.now - WRITTEN_WITHIN,
                ~coming,
            )
            .order_by(Annotation.id)
            .limit(AT_A_TIME)
        )
        with looking.sessions(read_only=True) as session:
            rows = session.execute(page).all()
        if not rows:
            return
        for row in rows:
            looking.report.add(Finding(Kind.ANSWER_FILE_MISSING, _about(row)))
        after = rows[-1].id


def _about(row: AnyRow) -> dict[str, Any]:
    return {"annotation": row.id, "media": [row.media_id], "key": row.bucket_key}
