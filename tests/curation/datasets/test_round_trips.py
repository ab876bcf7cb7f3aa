"""An export that is imported into an empty installation: the same media, shapes, label classes and states there."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from curation.annotations import submit_annotation
from curation.imports.readers.unread import CHANGED_SINCE
from curation.media_view import annotation_views
from curation.reviews import decide
from db.models import (
    Access,
    Blob,
    Decision,
    ExportFormat,
    ImportKind,
    Media,
    MediaTag,
    Origin,
    Shape,
    Source,
    State,
    Tag,
)
from db.session import open_session
from settings import get_settings
from storage import open_bucket
from tests.conftest import Configure, Installation
from tests.curation.importing import Importer, a_zip
from tests.exported import POLYGON, exported, file_of, members_of
from tests.factories import a_box, a_jpeg, an_access, an_admin

KNOWN = ("captured_at", "azimuth", "lat", "lon", "sequence", "score", "file_name")
# Which formats carry what, read as what they are instead of by the manifest that lies in every archive.
CARRIED = {
    "coco": {"states", "labels", "known"},
    "yolo": set(),
    "voc": set(),
}


@dataclass(frozen=True)
class Seen:
    """What is to be the same there."""

    state: str
    shapes: list[tuple[str, tuple[float, ...], tuple[float, ...]]] | None
    labels: list[str]
    replies: dict[str, bool]
    comment: str | None
    known: dict[str, Any]


def seen() -> dict[str, Seen]:
    """All media in lists, by the hash of their pictures."""
    found: dict[str, Seen] = {}
    with open_session(read_only=True) as session:
        rows = session.execute(
            select(Media, Blob.sha256, Source.name)
            .join(Blob, Blob.id == Media.blob_id)
            .outerjoin(Source, Source.id == Media.source_id)
            .where(Media.state != State.WITHDRAWN)
        ).all()
        for media, sha256, source in rows:
            tags = session.scalars(
                select(Tag.name).join(MediaTag).where(MediaTag.media_id == media.id).order_by(Tag.name)
            ).all()
            answer = None
            if media.current_annotation_id is not None:
                answer = annotation_views(session, [media.current_annotation_id])[0]
            found[sha256] = Seen(
                media.state.value,
                sorted((one.label_class, one.box, _flat(one.points)) for one in answer.shapes)
                if answer
                else None,
                sorted(answer.label_classes) if answer else [],
                answer.replies if answer else {},
                answer.comment if answer else None,
                {"source": source, "tags": list(tags), **{name: getattr(media, name) for name in KNOWN}},
            )
    return found


def _flat(points: Any) -> tuple[float, ...]:
    return tuple(number for point in points or () for number in point)


def same_shapes(here: Seen, there: Seen, *, polygons: bool = True) -> None:
    assert (here.shapes is None) == (there.shapes is None)
    for one, other in zip(here.shapes or [], there.shapes or [], strict=True):
        assert one[0] == other[0]
        assert other[1] == pytest.approx(one[1], abs=1e-6)
        if polygons:
            assert other[2] == pytest.approx(one[2], abs=1e-6)


@pytest.fixture
def first(installation: Installation) -> Access:
    """An installation with media in every state that an answer or a decision leads to."""
    with open_session() as session:
        curator = an_admin(session)
    importer = Importer(curator, installation.data_dir / "spool")
    importer.bring({f"CAM {number}.jpg": a_jpeg(640, 480) for number in range(9)})
    with open_session() as session:
        media = list(session.scalars(select(Media).order_by(Media.file_name)))
        media[0].azimuth, media[0].lat, media[0].lon, media[0].score = 12.5, 44.1, 4.25, 0.75
        media[1].sequence = "smoke at noon"
        answers: list[dict[str, Any]] = [
            {"shapes": [a_box(), a_box("dust", (0.123456789, 0.2, 0.3, 0.4))]},
            {"shapes": [POLYGON], "comment": "over the ridge"},
            {"shapes": []},
            {"label_classes": ["low_cloud"], "replies": {"missed_smoke": False}},
            {"shapes": [a_box("tree")]},
            {"shapes": [a_box()]},
            {"shapes": [a_box()]},
        ]
        for one, answer in zip(media, answers, strict=False):
            submit_annotation(session, curator, one.id, **answer)
        decisions = {
            0: Decision.ACCEPTED,
            1: Decision.ACCEPTED,
            4: Decision.SENT_BACK,
            5: Decision.UNSURE,
            6: Decision.PARKED,
            7: Decision.REJECTED,
        }
        for place, decision in decisions.items():
            about = media[place].current_annotation_id
            decide(session, curator, media[place].id, decision, annotation_id=about, comment="look again")
    return curator


@pytest.fixture
def second(first: Access, configure: Configure, tmp_path: Path, sqlite_template: Path) -> Any:
    """Moves on to an empty installation, and gives whoever imports there."""

    def move() -> Importer:
        path = tmp_path / "second.db"
        shutil.copy(sqlite_template, path)
        configure(DATABASE_URL=f"sqlite:///{path}", DATA_DIR=str(tmp_path / "second"))
        open_bucket().prepare()
        with open_session() as session:
            return Importer(an_access(session), get_settings().data_dir / "spool")

    return move


def an_archive(access: Access, format: ExportFormat) -> bytes:
    return file_of(access, exported(access, format, options={"pictures": True}))


def carried_by(format: ExportFormat, found: dict[str, Seen]) -> dict[str, Seen]:
    """Formats for detection leave out, and say so, what nobody has answered: it would read as “nothing here”."""
    if format in (ExportFormat.COCO, ExportFormat.YOLO, ExportFormat.VOC):
        return {sha256: one for sha256, one in found.items() if one.shapes is not None}
    return found


@pytest.mark.parametrize("format", ExportFormat)
def test_an_archive_of_any_format_comes_back_exactly(
    first: Access, second: Any, format: ExportFormat
) -> None:
    before, archive = carried_by(format, seen()), an_archive(first, format)
    importer = second()
    view = importer.read({"dataset.zip": archive}, kind=ImportKind.ARCHIVE)
    found = (view.format, view.preview["media"]["new"], view.preview["remarks"])
    assert found == ("jsonl", len(before), [])
    done = importer.commit(view.id)
    assert {name: number for name, number in done.counts.items() if number} == {
        "created": len(before),
        "answers": 7,
        "shapes": 6,
    }
    after = seen()
    assert after.keys() == before.keys()
    for sha256, here in before.items():
        there = after[sha256]
        same_shapes(here, there)
        assert (there.state, there.labels, there.replies, there.comment) == (
            here.state,
            here.labels,
            here.replies,
            here.comment,
        )
        assert there.known == here.known
    with open_session(read_only=True) as session:
        origins = set(session.scalars(select(Shape.origin)))
    assert origins == {Origin.IMPORT}


@pytest.mark.parametrize(
    "edited", ["media.csv", "annotations/instances_all.json", "labels/1.txt", "Annotations/1.xml"]
)
def test_what_was_edited_in_an_archive_is_said(first: Access, second: Any, edited: str) -> None:
    formats = {"csv": ExportFormat.CSV, "json": ExportFormat.COCO, "txt": ExportFormat.YOLO}
    files = members_of(an_archive(first, formats.get(edited.rpartition(".")[2], ExportFormat.VOC)))
    importer = second()
    view = importer.read({"a.zip": a_zip({**files, edited: files[edited] + b"\n"})}, kind=ImportKind.ARCHIVE)
    assert [(remark["sentence"], remark["where"]) for remark in view.preview["remarks"]] == [
        (CHANGED_SINCE, [edited])
    ]


@pytest.mark.parametrize("format", ["coco", "yolo", "voc"])
def test_what_a_format_carries_comes_back_by_itself(first: Access, second: Any, format: str) -> None:
    before, archive = carried_by(ExportFormat(format), seen()), an_archive(first, ExportFormat(format))
    importer = second()
    import_id = importer.begin(ImportKind.ARCHIVE)
    importer.send(import_id, {"dataset.zip": archive})
    view = importer.look(import_id, format)
    done = importer.commit(view.id)
    assert (done.counts["created"], done.counts.get("failed", 0)) == (len(before), 0)
    after = seen()
    assert after.keys() == before.keys()
    for sha256, here in before.items():
        there = after[sha256]
        if here.shapes:
            same_shapes(here, there, polygons=format == "coco")
        if "states" in CARRIED[format]:
            assert there.state == here.state
            assert there.known == here.known
        if "labels" in CARRIED[format]:
            assert (there.labels, there.replies) == (here.labels, here.replies)


def test_a_dataset_that_came_back_changes_nothing_where_it_came_from(
    first: Access, installation: Installation
) -> None:
    before, archive = seen(), an_archive(first, ExportFormat.JSONL)
    importer = Importer(first, installation.data_dir / "spool")
    view = importer.read({"dataset.zip": archive}, kind=ImportKind.ARCHIVE)
    assert importer.commit(view.id).counts == {"already_there": 9, "answers": 0, "shapes": 0}
    assert seen() == before
