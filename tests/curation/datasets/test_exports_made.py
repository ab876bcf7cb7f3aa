"""Exports made by a job: what is in them, what their receipts say, and what becomes of them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from curation import jobs
from curation.annotations import submit_annotation
from curation.datasets.asking import MAKE_EXPORT, MAKE_PICTURE_EXPORT, cancel_export, list_exports
from curation.datasets.files import growing_file
from curation.datasets.following import Over, follow
from curation.datasets.freezing import freeze_release
from curation.datasets.keeping import expire_exports, get_receipt, sweep_exports
from curation.datasets.making import NO_ROOM
from curation.datasets.splits import Split
from curation.decoding import DecoderPool
from curation.errors import (
    BrokenOff,
    Conflict,
    ContentMissing,
    ExportNotFound,
    NotAllowed,
    Refused,
    ReleaseNotFound,
    TooManyAttempts,
    Unavailable,
    UnknownFilter,
    WrongState,
)
from curation.jobs import NotYet
from curation.label_classes import KEY, create_label_class
from curation.releases import create_release
from db.models import Blob, Event, Export, ExportFormat, ExportState, Scope, utc_now
from db.session import open_session
from settings import get_settings
from storage import open_bucket
from storage.self_test import put_bytes
from tests.exported import a_dataset, a_stored_media, ask, exported, file_of, make, members_of
from tests.factories import a_box, a_viewer, an_access, an_admin

SPLIT = {"train": 0.5, "val": 0.25, "test": 0.25, "seed": 7}
SUMS = ("in_scope", "exported", "left_out")


@pytest.fixture
def curator(installation):
    with open_session() as session:
        return an_access(session, login="curator")


@pytest.fixture
def media(curator):
    with open_session() as session:
        return [found.id for found in a_dataset(session, curator)]


@pytest.mark.parametrize("options", [{}, {"pictures": True, "split": SPLIT}], ids=["bare", "pictures"])
@pytest.mark.parametrize("format", ExportFormat)
def test_the_numbers_of_a_receipt_add_up(curator, media, format, options):
    made = exported(curator, format, options=options)

    receipt = made.receipt
    assert receipt is not None
    rows = [receipt["media"], receipt["shapes"], receipt["tombstones"]]
    for by in ("by_state", "by_split", "by_label_class"):
        rows += receipt[by].values()
    both = receipt["by_label_class_and_state"]
    rows += [row for states in both.values() for row in states.values()]
    rows += [row["shapes"] for row in rows if "shapes" in row]
    assert all(row["in_scope"] == row["exported"] + row["left_out"] for row in rows)
    assert receipt["media"]["in_scope"] == len(media) == made.total == made.done
    for by in ("by_state", "by_split"):
        assert all(sum(row[name] for row in receipt[by].values()) == receipt["media"][name] for name in SUMS)
    for by in ("by_state", "by_split", "by_label_class"):
        found = receipt[by].values()
        assert all(sum(row["shapes"][name] for row in found) == receipt["shapes"][name] for name in SUMS)
    for key, row in receipt["by_label_class"].items():
        assert all(sum(part[name] for part in both[key].values()) == row[name] for name in SUMS)
    assert both["dust"]["accepted"]["shapes"]["in_scope"] == 1
    assert sum(reason["media"] for reason in receipt["left_out"]) == receipt["media"]["left_out"]
    assert receipt["shapes"]["in_scope"] == 3


@pytest.mark.parametrize("format", [ExportFormat.JSONL, ExportFormat.YOLO])
def test_a_receipt_knows_every_file_by_its_hash(curator, media, format):
    made = exported(curator, format, options={"pictures": True, "crops": True, "contact_sheets": True})
    content = file_of(curator, made)
    whole = receipt_of(curator, made)

    files = members_of(content)
    described = {item["name"]: (item["size"], item["sha256"]) for item in whole["files_in_it"]}
    assert described == {name: (len(file), hashlib.sha256(file).hexdigest()) for name, file in files.items()}
    *others, last = files
    assert last == "SHA256SUMS"
    assert files[last].decode() == "".join(f"{described[name][1]}  {name}\n" for name in others)
    assert whole["file"] == {
        "name": made.file_name,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    assert (made.size, made.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert whole["pictures"]["written"] == sum(name.startswith(("images/", "videos/")) for name in files)
    assert (whole["asked_by"], whole["frozen_at"]) == ("curator", made.frozen_at.isoformat())


def receipt_of(access, made):
    with open_session(read_only=True) as session:
        kept = get_receipt(session, access, made.id)
    return json.loads(open_bucket().read(kept.bucket_key))


def test_a_picture_that_is_not_in_the_bucket_is_said_and_left_out(curator, media):
    with open_session() as session:
        lost = a_stored_media(session, curator)
        key = lost.bucket_key
    open_bucket().delete(key)

    made = exported(curator, options={"pictures": True})

    whole = receipt_of(curator, made)
    said = {"media_id": lost.id, "what": "picture", "why": "picture_missing"}
    assert said in whole["not_as_they_are"]
    assert [reason["media"] for reason in whole["pictures"]["left_out"]] == [1]
    assert not any(str(lost.id) in Path(item["name"]).stem for item in whole["files_in_it"])


@pytest.mark.parametrize("format", ExportFormat)
def test_the_same_export_twice_is_the_same_byte_for_byte(curator, media, format):
    options = {"pictures": True, "split": SPLIT}
    first = exported(curator, format, options=options)
    with open_session() as session:
        somebody = an_admin(session)
    second = exported(somebody, format, options=options)

    assert first.sha256 == second.sha256


def test_an_export_shows_its_filter_at_the_moment_at_which_it_begins(curator, media):
    asked = ask(curator, wanted={"source": ["CAM-1"]})
    with open_session() as session:
        late = a_stored_media(session, curator, source="CAM-1")
    made = make(curator, asked.id)
    with open_session() as session:
        a_stored_media(session, curator, source="CAM-1")

    lines = [json.loads(line) for line in file_of(curator, made).splitlines()]
    assert {line["source"] for line in lines} == {"CAM-1"}
    assert lines[-1]["media_id"] == late.id
    assert made.filter == {"source": ["CAM-1"]}
    assert made.frozen_at is not None and made.frozen_at > asked.created_at


def test_a_release_with_a_split_has_a_coco_file_for_each_part_without_pictures_too(curator, media):
    with open_session() as session:
        release = create_release(session, curator, "v1", split=Split(0.5, 0.25, 0.25, seed=7))
    freeze_release(open_session, release.id)
    made = exported(curator, ExportFormat.COCO, release_id=release.id)
    assert made.file_name.endswith(".zip")
    files = members_of(file_of(curator, made))
    lines = [json.loads(line) for line in files["manifest.jsonl"].splitlines()]
    for split in ("train", "val", "test"):
        images = json.loads(files[f"annotations/instances_{split}.json"])["images"]
        assert {image["id"] for image in images} <= {
            line["media_id"] for line in lines if line["split"] == split
        }


def test_asked_for_twice_with_one_client_id_it_is_one_export(curator, media):
    first = ask(curator, client_id="my-export")

    assert ask(curator, client_id="my-export") == first
    with pytest.raises(Conflict, match="another export"):
        ask(curator, ExportFormat.COCO, client_id="my-export")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"format": ExportFormat.COCO, "options": {"per": "shape"}}, Refused),
        ({"format": ExportFormat.COCO, "options": {"outlines": "boxes"}}, Refused),
        ({"format": ExportFormat.CSV, "options": {"columns": ["mood"]}}, UnknownFilter),
        ({"options": {"split": {"train": 0.5, "val": 0.2, "test": 0.2}}}, Refused),
        ({"options": {"zip": True}}, Refused),
        ({"options": {"pictures": "yes"}}, Refused),
        ({"wanted": {"state": ["withdrawn"]}}, NotAllowed),
        ({"release_id": 7}, ReleaseNotFound),
        ({"release_id": 7, "wanted": {"state": ["accepted"]}}, Refused),
        ({"release_id": 7, "options": {"split": SPLIT}}, Refused),
        ({"since_release_id": 7}, ReleaseNotFound),
        ({"since_release_id": 7, "since_at": utc_now()}, Refused),
    ],
)
def test_what_cannot_be_exported_is_refused_when_it_is_asked_for(curator, given, problem):
    with pytest.raises(problem):
        ask(curator, **given)


def test_a_device_exports_nothing(installation):
    with open_session() as session:
        camera = an_access(session, Scope.DEVICE)
    with pytest.raises(NotAllowed):
        ask(camera)


def test_ten_exports_of_one_access_are_under_way_at_once(curator):
    for _ in range(10):
        ask(curator)

    with pytest.raises(TooManyAttempts, match="under way"):
        ask(curator)


def test_everybody_sees_their_own_exports_and_admins_see_all(curator, media):
    mine = ask(curator)
    with open_session() as session:
        viewer, admin = a_viewer(session), an_admin(session)
    theirs = ask(viewer)

    with open_session(read_only=True) as session:
        assert [item.id for item in list_exports(session, curator).items] == [mine.id]
        assert [item.id for item in list_exports(session, admin).items] == [theirs.id, mine.id]
        first = list_exports(session, admin, limit=1)
        assert [item.id for item in list_exports(session, admin, first.next_cursor, 1).items] == [mine.id]
        with pytest.raises(ExportNotFound):
            get_receipt(session, viewer, mine.id)


def test_a_cancelled_export_leaves_nothing(curator, media):
    asked = ask(curator)
    cancelled = cancel(curator, asked.id)

    assert (cancelled.state, make(curator, asked.id).state) == ("cancelled", "cancelled")
    assert cancel(curator, asked.id).state == "cancelled"
    assert list(open_bucket().list("exports/")) == []
    with open_session(read_only=True) as session, pytest.raises(WrongState):
        get_receipt(session, curator, asked.id)


def test_a_finished_export_cannot_be_cancelled(curator, media):
    made = exported(curator)

    with pytest.raises(WrongState, match="over"):
        cancel(curator, made.id)


def cancel(access, export_id):
    with open_session() as session:
        return cancel_export(session, access, export_id)


class WaitingBucket:
    """The bucket, which gives a picture only when it is told to."""

    def __init__(self):
        self._bucket = open_bucket()
        self.asked, self.goes_on = threading.Event(), threading.Event()

    def __getattr__(self, name):
        return getattr(self._bucket, name)

    def open(self, key, **part):
        self.asked.set()
        assert self.goes_on.wait(30)
        return self._bucket.open(key, **part)


@pytest.fixture
def waiting_bucket():
    bucket = WaitingBucket()
    yield bucket
    bucket.goes_on.set()


@pytest.fixture
def in_the_middle(curator, media, waiting_bucket):
    """An export whose annotations are written, and whose first picture is being read."""
    asked = ask(curator, ExportFormat.COCO, options={"pictures": True})
    job = threading.Thread(target=make, args=(curator, asked.id, waiting_bucket))
    job.start()
    assert waiting_bucket.asked.wait(30)
    yield asked, job
    waiting_bucket.goes_on.set()
    job.join(30)
    assert not job.is_alive()


def spool():
    return get_settings().data_dir / "spool"


def test_an_export_is_read_while_it_is_made(curator, in_the_middle, waiting_bucket):
    asked, _ = in_the_middle
    followed = follow(open_session, spool(), asked.id)
    begun = next(followed)
    assert not waiting_bucket.goes_on.is_set()

    waiting_bucket.goes_on.set()
    whole = begun + b"".join(followed)

    with open_session(read_only=True) as session:
        made = list_exports(session, curator).items[0]
    assert whole == file_of(curator, made)
    assert members_of(whole)


def test_an_export_cancelled_in_the_middle_breaks_off_and_leaves_nothing(
    curator, in_the_middle, waiting_bucket
):
    asked, job = in_the_middle
    followed = follow(open_session, spool(), asked.id)
    next(followed)

    assert cancel(curator, asked.id).state == "cancelled"
    with pytest.raises(BrokenOff):
        list(followed)
    waiting_bucket.goes_on.set()
    job.join(30)

    assert list(spool().iterdir()) == []
    assert list(open_bucket().list("exports/")) == []
    with open_session(read_only=True) as session:
        assert list_exports(session, curator).items[0].state == "cancelled"


def test_what_an_earlier_attempt_left_is_not_followed(curator, media, monkeypatch):
    monkeypatch.setattr("curation.datasets.following.BEGINS_WITHIN", 0.1)
    asked = ask(curator)
    with open_session() as session:
        export = session.get_one(Export, asked.id)
        export.state, export.attempts = ExportState.RUNNING, 2
    spool().mkdir(parents=True, exist_ok=True)
    growing_file(spool(), asked.id, 1).write_bytes(b"half of it")

    with pytest.raises(Unavailable):
        next(follow(open_session, spool(), asked.id))
    attempts = []
    growing_file(spool(), asked.id, 2).write_bytes(b"begun")
    followed = follow(open_session, spool(), asked.id, attempts.append)
    assert (next(followed), attempts) == (b"begun", [2])
    with open_session() as session:
        session.get_one(Export, asked.id).attempts = 3
    with pytest.raises(BrokenOff):
        next(followed)


def test_what_is_not_being_made_is_not_followed(curator, media):
    made = exported(curator)

    with pytest.raises(Over):
        next(follow(open_session, spool(), made.id))


@pytest.mark.parametrize("format", ExportFormat)
def test_an_export_of_nothing_is_whole(curator, format):
    made = exported(curator, format, wanted={"source": ["nowhere"]})

    assert (made.total, made.progress, receipt_of(curator, made)["media"]["in_scope"]) == (0, 1.0, 0)
    assert len(file_of(curator, made)) == made.size


KILLED = """
import sys
from datetime import timedelta
from curation.datasets.making import make_export
from curation.datasets.splits import Split
from curation.datasets.options import ExportOptions
from db.session import get_engine, make_engine, open_session
from settings import get_settings
from storage import open_bucket

spool = get_settings().data_dir / "spool"
make_export(open_session, open_bucket(), int(sys.argv[1]), spool_folder=spool, kept_for=timedelta(days=7))
"""


@pytest.mark.parametrize("step", ["export.written", "export.put"])
def test_an_export_whose_maker_is_killed_is_made_again(curator, media, step):
    asked = ask(curator, ExportFormat.COCO, options={"pictures": True})
    root = Path(__file__).parents[3]
    environment = {**os.environ, "VIGIE_KILL_AT": step, "PYTHONPATH": str(root)}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(asked.id)], check=False, cwd=root, env=environment, timeout=60
    )
    assert killed.returncode == -9
    with open_session(read_only=True) as session:
        assert list_exports(session, curator).items[0].state == "running"

    made = make(curator, asked.id)

    assert made.state == "ready"
    with open_session(read_only=True) as session:
        assert session.get_one(Export, asked.id).attempts == 2
    assert made.sha256 == exported(curator, ExportFormat.COCO, options={"pictures": True}).sha256
    assert list(spool().iterdir()) == []


def test_an_export_is_kept_for_its_days_and_its_receipt_stays(curator, media):
    made, other = exported(curator), exported(curator)
    now = utc_now() + timedelta(days=8)
    with open_session() as session:
        session.execute(
            update(Export).where(Export.id == other.id).values(expires_at=now + timedelta(days=1))
        )

    whole = receipt_of(curator, made)
    assert expire_exports(open_session, now) == 1
    assert sweep_exports(open_session, open_bucket(), now) == 1

    left = sorted(found.key.rpartition("/")[2] for found in open_bucket().list(f"exports/{made.id}-"))
    assert left == ["media.bin", "receipt.json"]
    assert file_of(curator, other)
    with pytest.raises(ContentMissing, match="days were over"):
        file_of(curator, made)
    assert receipt_of(curator, made) == whole
    assert len(whole["files_in_it"]) == 1
    assert sweep_exports(open_session, open_bucket(), now + timedelta(days=30)) == 0
    with open_session() as session:
        session.delete(session.get_one(Export, made.id))
    assert sweep_exports(open_session, open_bucket(), now + timedelta(days=30)) == 2


def test_a_label_class_called_none_is_not_no_label_class(curator, media):
    with open_session() as session:
        create_label_class(session, an_admin(session), key="none", name="None", colour="#123456")
        drawn = a_stored_media(session, curator)
        submit_annotation(session, curator, drawn.id, shapes=[a_box("none")])
    receipt = exported(curator).receipt
    assert receipt is not None
    found = receipt["by_label_class"]
    assert (found["none"]["in_scope"], found["none"]["shapes"]["in_scope"]) == (1, 1)
    # Nothing here, not answered, rejected, without content, a video.
    assert found["(none)"]["in_scope"] == 5
    assert not KEY.fullmatch("(none)")


def test_what_a_killed_maker_left_in_the_bucket_goes_once_it_is_old(curator, media):
    made = exported(curator)
    put_bytes(open_bucket(), f"exports/{made.id}-1-0123456789ab/half.zip", b"half of it")
    put_bytes(open_bucket(), "exports/notes.txt", b"somebody else's")

    assert sweep_exports(open_session, open_bucket(), utc_now()) == 0
    assert sweep_exports(open_session, open_bucket(), utc_now() + timedelta(hours=2)) == 1
    assert "exports/notes.txt" in {found.key for found in open_bucket().list("exports/")}
    assert file_of(curator, made)


def test_the_audit_trail_says_who_asked_and_when_it_was_finished(curator, media):
    made = exported(curator, ExportFormat.YOLO, wanted={"state": ["accepted"]})

    with open_session(read_only=True) as session:
        told = session.scalars(select(Event).where(Event.name.like("export_%")).order_by(Event.id)).all()
    assert [event.name for event in told] == ["export_asked", "export_finished"]
    assert all(event.access_id == curator.id for event in told)
    assert told[0].detail["filter"] == {"state": ["accepted"]}
    assert (told[1].detail["sha256"], told[1].detail["in_scope"]) == (made.sha256, 2)


def test_an_export_waits_for_decoders_that_are_busy(curator, media, monkeypatch):
    asked = ask(curator, options={"crops": True})
    busy = DecoderPool(1, queue_seconds=0.05)
    with monkeypatch.context() as patched, busy._slots:
        patched.setattr("curation.pictures.decoders", lambda: busy)
        with pytest.raises(NotYet):
            make(curator, asked.id)
    assert state_of(asked.id) == "running"

    assert make(curator, asked.id).state == "ready"


def state_of(export_id):
    with open_session(read_only=True) as session:
        return session.get_one(Export, export_id).state


def test_an_export_for_which_there_is_no_room_is_refused_before_a_picture_is_read(
    curator, media, waiting_bucket, monkeypatch
):
    # A byte less than its pictures take, beside the tenth that is left free.
    with open_session(read_only=True) as session:
        size = sum(session.scalars(select(Blob.size).where(Blob.size < 10_000)))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=10_000, free=1000 + size - 1))
    waiting_bucket.goes_on.set()
    made = make(curator, ask(curator, options={"pictures": True}).id, waiting_bucket)

    assert (made.state, made.error) == ("failed", NO_ROOM)
    assert not waiting_bucket.asked.is_set()
    assert exported(curator).state == "ready"
    assert list(spool().iterdir()) == []


def test_a_first_export_goes_before_a_second_one_of_somebody_else(curator, media):
    mine = [ask(curator).id for _ in range(3)]
    with open_session() as session:
        viewer = a_viewer(session)
        session.get_one(Export, mine[0]).state = ExportState.RUNNING
    theirs = ask(viewer).id

    with pytest.raises(NotYet, match="somebody else"):
        make(curator, mine[1])
    assert state_of(mine[1]) == "waiting"
    # It is made already, and taken again it goes on.
    assert make(curator, mine[0]).state == "ready"
    with open_session() as session:
        session.get_one(Export, mine[0]).state = ExportState.RUNNING
        session.get_one(Export, theirs).state = ExportState.RUNNING
    # Whoever waits has one under way by now.
    assert make(curator, mine[1]).state == "ready"


def test_an_export_without_pictures_does_not_wait_for_those_with_them(curator, media):
    with_pictures, bare = ask(curator, options={"crops": True}).id, ask(curator).id

    def work(export_id):
        make(curator, export_id)

    assert jobs.run_one(open_session, {MAKE_EXPORT: work})
    assert (state_of(with_pictures), state_of(bare)) == ("waiting", "ready")
    assert jobs.run_one(open_session, {MAKE_PICTURE_EXPORT: work})
    assert state_of(with_pictures) == "ready"
