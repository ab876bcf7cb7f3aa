"""Exports that something stands in the way of: busy decoders, a withdrawal, a scope that was taken away."""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from curation.datasets.asking import cancel_export, list_exports
from curation.datasets.files import export_of
from curation.datasets.freezing import freeze_release
from curation.datasets.making import make_export
from curation.datasets.room import TOO_LARGE
from curation.decoding import decoders
from curation.jobs import NotYet
from curation.media_filter import MediaFilter
from curation.releases import create_release
from curation.reviews import decide
from db.models import Access, Decision, Export, ExportFormat, Media, Scope, State, utc_now
from db.session import open_session
from settings import get_settings
from storage import open_bucket
from storage.local import LocalBucket
from tests.exported import a_dataset, ask, exported, file_of, make, members_of
from tests.factories import an_access, an_admin


@pytest.fixture
def curator(installation):
    with open_session() as session:
        return an_access(session, login="curator")


@pytest.fixture
def media(curator):
    with open_session() as session:
        return [found.id for found in a_dataset(session, curator)]


@pytest.fixture
def busy_decoders(monkeypatch):
    """Decoders that have no room for another picture, and say so at once."""
    full = threading.BoundedSemaphore(1)
    full.acquire()
    monkeypatch.setattr(decoders(), "_slots", full)
    monkeypatch.setattr(decoders(), "_queue_seconds", 0.01)


def test_busy_decoders_are_waited_for_and_fail_an_export_only_after_an_hour(curator, media, busy_decoders):
    asked = ask(curator, options={"crops": True})
    with pytest.raises(NotYet):
        make(curator, asked.id)
    with open_session(read_only=True) as session:
        assert list_exports(session, curator).items[0].state == "running"

    with open_session() as session:
        long_ago = utc_now() - timedelta(hours=2)
        session.execute(update(Export).where(Export.id == asked.id).values(created_at=long_ago))
    failed = make(curator, asked.id)
    assert failed.state == "failed"
    assert failed.error is not None and "Too many pictures" in failed.error


@pytest.mark.parametrize("format", ExportFormat)
def test_what_was_withdrawn_since_its_release_is_named_by_no_file_of_the_archive(curator, media, format):
    with open_session() as session:
        admin = an_admin(session)
        release = create_release(session, admin, "november", wanted=MediaFilter(state=(State.ACCEPTED,)))
    freeze_release(open_session, release.id)
    withdrawn, kept = media[:2]
    with open_session() as session:
        answer = session.get_one(Media, withdrawn).current_annotation_id
        decide(session, admin, withdrawn, Decision.WITHDRAWN, annotation_id=answer)

    options = {"pictures": True, "crops": True, "contact_sheets": True}
    made = exported(curator, format, release_id=release.id, options=options)

    files = members_of(file_of(curator, made))
    lines = [json.loads(line) for line in files["manifest.jsonl"].splitlines()]
    named = {line["media_id"]: line["file"] for line in lines if "file" in line}
    assert list(named) == [kept]
    assert named[kept] in files
    assert not any(Path(name).stem.partition("-")[0] == str(withdrawn) for name in files)
    assert made.receipt is not None
    left_out = {reason["why"]: reason["first"] for reason in made.receipt["left_out"]}
    without_picture = {reason["why"]: reason["first"] for reason in made.receipt["pictures"]["left_out"]}
    if format in (ExportFormat.COCO, ExportFormat.YOLO, ExportFormat.VOC):
        assert (left_out, without_picture) == ({"withdrawn": [withdrawn]}, {})
    else:
        assert (left_out, without_picture) == ({}, {"withdrawn": [withdrawn]})
    # The release itself, without pictures, stays what it was.
    bare = exported(curator, ExportFormat.COCO, release_id=release.id)
    assert bare.receipt is not None and bare.receipt["media"]["exported"] == 2


def spool():
    return get_settings().data_dir / "spool"


def test_an_export_that_fails_says_why(curator, media):
    asked = ask(curator, wanted={"source": ["CAM-1"]})
    with open_session() as session:
        session.execute(update(Access).where(Access.id == curator.id).values(scope=Scope.DEVICE))
    make_export(open_session, open_bucket(), asked.id, spool_folder=spool(), kept_for=timedelta(days=7))

    with open_session(read_only=True) as session:
        export = session.get_one(Export, asked.id)
    assert export.state == "failed"
    assert "may not do this" in (export.error or "")
    assert list(spool().iterdir()) == []


class SmallBucket(LocalBucket):
    """A bucket that takes no object above a size."""

    largest = 0


@pytest.mark.parametrize("options", [{}, {"pictures": True}])
def test_an_export_that_no_bucket_takes_fails_before_it_is_whole(curator, media, monkeypatch, options):
    folder = SmallBucket(get_settings().data_dir / "bucket")
    whole = exported(curator, options=options).size
    # A picture in it is half of what is too much: it is known before the first of them is read.
    monkeypatch.setattr(SmallBucket, "largest", whole // 2)
    monkeypatch.setattr("curation.datasets.contents.picture_members", None)
    failed = make(curator, ask(curator, options=options).id, folder)

    assert (failed.state, failed.error) == ("failed", TOO_LARGE)
    assert list(spool().iterdir()) == []


class SlowBucket(LocalBucket):
    """A bucket that an export is cancelled in front of, and that would take for ever to store it."""

    curator: Access

    def put(self, key, content, **described):
        export_id = export_of(key)
        with open_session() as session:
            cancel_export(session, self.curator, export_id)
        begin = content.tell()
        self.looks = 0
        while content.read(1) and self.looks < 200:
            content.seek(begin)
            self.looks += 1
            time.sleep(0.05)
        super().put(key, content, **described)


def test_an_export_cancelled_on_its_way_to_the_bucket_ends_soon(curator, media):
    bucket = SlowBucket(get_settings().data_dir / "bucket")
    bucket.curator = curator
    made = make(curator, ask(curator).id, bucket)

    assert made.state == "cancelled"
    assert bucket.looks < 100
    assert not list(open_bucket().list("exports/"))
    assert list(spool().iterdir()) == []
