"""Deletion with grace: what goes when, what stays, and what a crash or another upload in between cannot break."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curation import uploads
from curation.annotations import submit_annotation
from curation.clean_up import ONE_TAKES, TURN, CleanedUp, clean_up, sweep_recipes
from curation.content import inspect_content
from curation.derived import screen
from curation.errors import ContentBusy, NotAllowed, WrongBucket, WrongState
from curation.history import get_history, list_annotations
from curation.media_keys import media_key
from curation.purging import list_waiting, purge_due_at, purge_now
from curation.reviews import decide
from curation.spool import Spool, Spooled
from curation.storage_checks.marker import settle
from curation.trash import TRASH, delete_content
from curation.uploads import register_media, store_content
from db.models import (
    Access,
    Blob,
    BlobState,
    CheckOutcome,
    Decision,
    Event,
    IdempotencyKey,
    Media,
    Rate,
    State,
    Turn,
    utc_now,
)
from db.session import open_session
from db.turns import held_turn
from storage import Bucket, open_bucket
from storage.errors import BucketUnreachable
from storage.local import LocalBucket
from tests.curation.checked import Checked
from tests.factories import a_box, a_jpeg, a_media, an_access, an_admin
from tests.histories import told_by_history
from tests.storage.conftest import bucket, s3_account, s3_bucket, s3_bucket_name, s3_server  # noqa: F401  (fixtures)

GRACE = timedelta(days=30)
ROOT = Path(__file__).parents[2]
on_a_folder = pytest.mark.parametrize("bucket", ["folder"], indirect=True)
ROUNDS = 6  # of each race, on each database with each bucket


@pytest.fixture
def admin(installation) -> Access:
    with open_session() as session:
        return an_admin(session)


@pytest.fixture
def send(installation, tmp_path, bucket, admin) -> Callable[..., int]:  # noqa: F811
    """Upload a picture as an admin; gives the media's id."""

    def do(content: bytes, *, access: Access = admin, **options: Any) -> int:
        with Spool(tmp_path, limit=2**25) as spool:
            spool.write(content)
            found = register_media(open_session, bucket, access, spool.finish(), file_name="a.jpg", **options)
        return found.media_id

    return do


def withdraw(admin: Access, media_id: int, when: datetime | None = None) -> None:
    with open_session() as session:
        review = decide(session, admin, media_id, Decision.WITHDRAWN).review.id
        if when is not None:
            from db.models import Review

            session.execute(update(Review).where(Review.id == review).values(created_at=when))


def round_at(bucket: Bucket, now: datetime) -> CleanedUp:  # noqa: F811
    done = clean_up(open_session, bucket, now, grace=GRACE)
    assert done is not None, "somebody else has the turn"
    return done


def keys(bucket: Bucket) -> list[str]:  # noqa: F811
    return [found.key for found in bucket.list()]


def read(model: type[Any], **having: Any) -> Any:
    with open_session(read_only=True) as session:
        return session.scalar(select(model).filter_by(**having))


def annotate(media_id: int) -> None:
    with open_session() as session:
        submit_annotation(session, an_access(session), media_id, shapes=[a_box()])


def is_whole(bucket: Bucket, content: bytes) -> bool:  # noqa: F811
    sha256 = hashlib.sha256(content).hexdigest()
    blob = read(Blob, sha256=sha256)
    return blob.state == BlobState.STORED and bucket.read(blob.bucket_key) == content


# --- withdrawn, purged, in the trash, gone ---------------------------------------------------------


def test_withdrawn_content_goes_after_its_grace_and_a_day_in_the_trash(send, bucket, admin):  # noqa: F811
    begun = utc_now()
    media_id = send(a_jpeg())
    annotate(media_id)
    withdraw(admin, media_id, begun)
    key = read(Blob).bucket_key

    assert not round_at(bucket, begun + GRACE - timedelta(seconds=1)).anything
    assert round_at(bucket, begun + GRACE).media_purged == 1
    media, blob = read(Media), read(Blob)
    assert (media.blob_id, media.bucket_key, media.purged_at) == (None, None, begun + GRACE)
    assert (blob.state, blob.delete_after) == (BlobState.TRASH, begun + GRACE + TRASH)
    assert not round_at(bucket, begun + GRACE + TRASH - timedelta(seconds=1)).anything
    assert key in keys(bucket)

    done = round_at(bucket, begun + GRACE + TRASH)
    assert (done.contents_deleted, done.bytes_deleted) == (1, blob.size)
    assert (read(Blob), keys(bucket)) == (None, [])
    with open_session(read_only=True) as session:
        entries = get_history(session, admin, media_id)
        names = session.scalars(select(Event.name).order_by(Event.id)).all()
        assert [entry.what for entry in entries] == ["purged", "withdrawn", "submitted", "registered"]
        assert list_annotations(session, admin, media_id)[0].shapes, "answers stay"
        assert told_by_history(session, media_id).state == State.WITHDRAWN
    assert names[-2:] == ["media_purged", "content_deleted"]


@on_a_folder
def test_a_restored_media_keeps_its_content(send, bucket, admin):  # noqa: F811
    content, begun = a_jpeg(), utc_now()
    media_id = send(content)
    withdraw(admin, media_id, begun - GRACE)
    with open_session() as session:
        decide(session, admin, media_id, Decision.RESTORED)
    assert not round_at(bucket, begun + 10 * GRACE).anything
    assert is_whole(bucket, content)


@on_a_folder
def test_what_was_purged_cannot_be_restored(send, bucket, admin):  # noqa: F811
    media_id = send(a_jpeg())
    withdraw(admin, media_id, utc_now() - GRACE)
    assert round_at(bucket, utc_now()).media_purged == 1
    with pytest.raises(WrongState, match="was deleted on 2"), open_session() as session:
        decide(session, admin, media_id, Decision.RESTORED)


@on_a_folder
def test_content_that_another_media_has_stays_until_both_have_let_go(send, bucket, admin):  # noqa: F811
    content, begun = a_jpeg(), utc_now()
    first = send(content)
    with open_session() as session:
        blob = session.scalars(select(Blob)).one()
        second = a_media(session).id
        session.execute(
            update(Media)
            .where(Media.id == second)
            .values(blob_id=blob.id, bucket_key=blob.bucket_key, upload_sha256=None)
        )
    withdraw(admin, first, begun)
    assert round_at(bucket, begun + GRACE).media_purged == 1
    assert is_whole(bucket, content), "a live media has it"
    withdraw(admin, second, begun + GRACE)
    assert not round_at(bucket, begun + 2 * GRACE - timedelta(seconds=1)).anything
    assert is_whole(bucket, content), "one in its grace has it"
    assert round_at(bucket, begun + 2 * GRACE).media_purged == 1
    assert round_at(bucket, begun + 2 * GRACE + TRASH).contents_deleted == 1
    assert keys(bucket) == []


@on_a_folder
def test_an_admin_need_not_wait_for_the_grace_but_the_trash_keeps_its_day(send, bucket, admin):  # noqa: F811
    media_id, now = send(a_jpeg()), utc_now()
    with pytest.raises(WrongState), open_session() as session:
        purge_now(session, admin, media_id, now)
    withdraw(admin, media_id, now)
    with open_session() as session:
        curator = an_access(session)
    with pytest.raises(NotAllowed), open_session() as session:
        purge_now(session, curator, media_id, now)
    with open_session() as session:
        waiting = list_waiting(session, admin, GRACE)
        assert [(one.id, one.due_at, one.withdrawn_by) for one in waiting.first] == [
            (media_id, now + GRACE, admin.login)
        ]
        assert purge_due_at(session, media_id, GRACE) == now + GRACE
        purge_now(session, admin, media_id, now)
    with open_session(read_only=True) as session:
        waiting = list_waiting(session, admin, GRACE)
        assert (waiting.media, waiting.trash, waiting.trash_until) == (0, 1, now + TRASH)
        assert get_history(session, admin, media_id)[0].who == admin.login
    with pytest.raises(WrongState), open_session() as session:
        purge_now(session, admin, media_id, now)
    assert not round_at(bucket, now + TRASH - timedelta(seconds=1)).anything
    assert round_at(bucket, now + TRASH).contents_deleted == 1


@on_a_folder
def test_nothing_drawn_of_a_deleted_content_stays(send, bucket, admin):  # noqa: F811
    content = a_jpeg(1920, 1080)
    media_id = send(content)
    sha256 = hashlib.sha256(content).hexdigest()
    screen(bucket, sha256, read(Media).bucket_key)
    assert len(keys(bucket)) == 3
    withdraw(admin, media_id, utc_now() - GRACE)
    round_at(bucket, utc_now())
    round_at(bucket, utc_now() + TRASH)
    assert keys(bucket) == []


# --- uploads of the same content -------------------------------------------------------------------


@on_a_folder
def test_an_upload_takes_its_content_out_of_the_trash(send, bucket, admin):  # noqa: F811
    content, now = a_jpeg(), utc_now()
    first = send(content)
    withdraw(admin, first, now - GRACE)
    round_at(bucket, now)
    second = send(content)
    assert second != first
    assert read(Blob).delete_after is None
    assert not round_at(bucket, now + 2 * TRASH).anything
    assert is_whole(bucket, content)


@on_a_folder
def test_an_upload_fills_in_what_is_not_known_of_an_object_without_a_row(send, bucket):  # noqa: F811
    content = a_jpeg(640, 480)
    sha256 = hashlib.sha256(content).hexdigest()
    with open_session() as session:
        session.add(
            Blob(
                sha256=sha256,
                size=1,
                content_type="",
                width=0,
                height=0,
                bucket_key=f"elsewhere/{sha256}.jpg",
                state=BlobState.TRASH,
                delete_after=utc_now() + TRASH,
            )
        )
    send(content)
    blob = read(Blob)
    assert (blob.width, blob.height, blob.size, blob.content_type) == (640, 480, len(content), "image/jpeg")
    assert blob.bucket_key == read(Media).bucket_key == media_key("media", sha256, "jpg")
    assert is_whole(bucket, content)


@on_a_folder
def test_an_upload_waits_for_a_deletion_to_end(send, bucket):  # noqa: F811
    content = a_jpeg()
    send(content)
    trash_now(content, BlobState.DELETING)
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(send, content)
        assert not second.done()
        assert round_at(bucket, utc_now()).contents_deleted == 1
        assert second.result(30)
    assert is_whole(bucket, content)


@on_a_folder
def test_an_upload_gives_up_on_a_deletion_that_does_not_end(send, bucket, monkeypatch):  # noqa: F811
    monkeypatch.setattr(uploads, "DELETION_TAKES", 0.2)
    content = a_jpeg()
    send(content)
    trash_now(content, BlobState.DELETING)
    with pytest.raises(ContentBusy):
        send(content)
    assert round_at(bucket, utc_now()).contents_deleted == 1
    assert send(content)


def trash_now(content: bytes, state: BlobState = BlobState.TRASH) -> None:
    """The content, as when all of its media had let it go a day ago."""
    with open_session() as session:
        session.execute(update(Media).values(blob_id=None, bucket_key=None, upload_sha256=None))
        session.execute(
            update(Blob)
            .where(Blob.sha256 == hashlib.sha256(content).hexdigest())
            .values(state=state, delete_after=utc_now() - timedelta(seconds=1))
        )


def a_content(folder: Path) -> Spooled:
    """Bytes that nobody looks into."""
    with open(folder / secrets.token_hex(8), "wb") as file:
        file.write(secrets.token_bytes(2000))
    content = Path(file.name).read_bytes()
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return Spooled(Path(file.name), len(content), hashlib.sha256(content).hexdigest(), md5)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Do all at once, each in a thread; what they gave or raised."""
    start = threading.Barrier(len(acts))

    def do(act: Callable[[], Any]) -> Any:
        start.wait(30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        done = [pool.submit(do, act) for act in acts]
        return [one.exception(60) or one.result() for one in done]


def test_uploads_and_the_clean_up_never_break_each_others_content(bucket, admin, tmp_path):  # noqa: F811
    (tmp_path / "picture.jpg").write_bytes(a_jpeg())
    facts = inspect_content(tmp_path / "picture.jpg", file_name="picture.jpg")

    def store(spooled: Spooled) -> int:
        def show(session: Session, blob: Blob) -> int:
            media = Media(blob_id=blob.id, bucket_key=blob.bucket_key, uploaded_by_id=admin.id)
            session.add(media)
            session.flush()
            return media.id

        return store_content(open_session, bucket, spooled, facts, "media", "a.jpg", show)

    for number in range(ROUNDS):
        spooled = a_content(tmp_path)
        content = spooled.path.read_bytes()
        store(spooled)
        trash_now(content, (BlobState.TRASH, BlobState.DELETING)[number % 2])
        given = together(
            partial(clean_up, open_session, bucket, utc_now(), grace=GRACE),
            partial(store, spooled),
            partial(store, spooled),
        )
        assert all(isinstance(media_id, int) for media_id in given[1:]), given
        assert is_whole(bucket, content)
        assert not round_at(bucket, utc_now()).anything, "nothing is left that is due"
        assert is_whole(bucket, content)


@on_a_folder
def test_a_media_is_restored_or_purged_and_never_both(bucket, admin):  # noqa: F811
    for _ in range(ROUNDS):
        with open_session() as session:
            media_id = a_media(session).id
        withdraw(admin, media_id, utc_now() - GRACE)

        def restore(media_id: int = media_id) -> None:
            with open_session() as session:
                decide(session, admin, media_id, Decision.RESTORED)

        restored, _ = together(restore, partial(clean_up, open_session, bucket, utc_now(), grace=GRACE))
        media = read(Media, id=media_id)
        if restored is None:
            assert (media.state, media.purged_at) == (State.NEW, None)
            assert read(Blob, id=media.blob_id).state == BlobState.STORED
        else:
            assert isinstance(restored, WrongState)
            assert (media.state, media.blob_id) == (State.WITHDRAWN, None)


@on_a_folder
def test_a_media_may_be_restored_and_sent_again_at_the_same_moment(send, bucket, admin):  # noqa: F811
    for _ in range(ROUNDS):
        content = a_jpeg()
        media_id = send(content)
        withdraw(admin, media_id)

        def restore(media_id: int = media_id) -> None:
            with open_session() as session:
                decide(session, admin, media_id, Decision.RESTORED)

        restored, sent = together(restore, partial(send, content))
        assert sent == media_id
        assert restored is None or isinstance(restored, WrongState)
        assert is_whole(bucket, content)


# --- uploads that were broken off ------------------------------------------------------------------


def break_off(bucket: Bucket, *, holds: bytes | None, waits: bool) -> bytes:  # noqa: F811
    """A content whose upload was broken off, what its object holds, and whether a media waits for it."""
    content = a_jpeg()
    with open_session() as session:
        media = a_media(session)
        blob = session.get_one(Blob, media.blob_id)
        blob.sha256, blob.size = hashlib.sha256(content).hexdigest(), len(content)
        blob.state, blob.lease_until = BlobState.PENDING, utc_now() - timedelta(seconds=1)
        if not waits:
            media.blob_id = media.bucket_key = None
    if holds is not None:
        stored = content if holds == b"whole" else holds.ljust(len(content))
        bucket.put(
            blob.bucket_key,
            io.BytesIO(stored),
            size=len(stored),
            content_type="image/jpeg",
            sha256=hashlib.sha256(stored).hexdigest(),
        )
    return content


def test_an_upload_that_was_broken_off_is_settled(bucket, admin):  # noqa: F811
    settled = {
        (b"whole", True): BlobState.STORED,
        (b"other", True): BlobState.DAMAGED,
        (None, True): BlobState.LOST,
        (b"whole", False): BlobState.TRASH,
        (None, False): BlobState.TRASH,
    }
    # Whether the bucket is the right one is told by what is in it.
    kept = break_off(bucket, holds=b"whole", waits=True)
    contents = {
        break_off(bucket, holds=holds, waits=waits): state for (holds, waits), state in settled.items()
    }
    begun = utc_now()
    with open_session() as session:
        session.execute(update(Blob).values(lease_until=begun + timedelta(minutes=1)))
    assert not round_at(bucket, begun).anything, "somebody may still be at it"
    now = begun + timedelta(minutes=2)
    done = round_at(bucket, now)
    assert (done.uploads_finished, done.contents_missing, done.contents_trashed) == (2, 2, 2)
    for content, state in contents.items():
        blob = read(Blob, sha256=hashlib.sha256(content).hexdigest())
        assert (blob.state, blob.lease_until) == (state, None)
        assert blob.delete_after == (now + TRASH if state == BlobState.TRASH else None)
    assert not round_at(bucket, now).anything
    assert round_at(bucket, now + TRASH).contents_deleted == 2
    assert len(keys(bucket)) == 3, "what is damaged stays, for somebody to look at"
    assert is_whole(bucket, kept)


@on_a_folder
def test_content_that_is_lost_is_whole_again_after_a_new_upload(send, bucket):  # noqa: F811
    content = a_jpeg()
    media_id = send(content)
    for state in (BlobState.LOST, BlobState.DAMAGED):
        key = read(Blob).bucket_key
        bucket.delete(key)
        with open_session() as session:
            session.execute(update(Blob).values(state=state, bucket_key=f"earlier/{key}"))
            session.execute(update(Media).values(bucket_key=f"earlier/{key}"))
        assert send(content) == media_id
        assert is_whole(bucket, content)
        assert read(Media).bucket_key == read(Blob).bucket_key, "it lies where its media say"


# --- what interrupts it ----------------------------------------------------------------------------


class _AwayAfter(LocalBucket):
    """A bucket that is away once it has deleted so many objects."""

    def __init__(self, folder: Path, deletions: int) -> None:
        super().__init__(folder)
        self.left = deletions

    def delete(self, key: str) -> None:
        if self.left == 0:
            raise BucketUnreachable("The bucket is away.")
        self.left -= 1
        super().delete(key)


@pytest.mark.parametrize("deletions", [0, 1, 2])
def test_a_bucket_that_goes_away_leaves_a_deletion_to_be_ended(admin, tmp_path, deletions):
    bucket = _AwayAfter(tmp_path / "bucket", deletions)  # noqa: F811
    bucket.prepare()
    content = break_off(bucket, holds=b"whole", waits=False)
    trash_now(content)
    with pytest.raises(BucketUnreachable):
        round_at(bucket, utc_now())
    assert read(Blob).state == BlobState.DELETING
    bucket.left = -1
    assert round_at(bucket, utc_now()).contents_deleted == 1
    assert (read(Blob), keys(bucket)) == (None, [])


@on_a_folder
def test_nothing_is_deleted_once_the_turn_may_be_somebody_elses(bucket, admin):  # noqa: F811
    content = break_off(bucket, holds=b"whole", waits=False)
    trash_now(content)
    with open_session(read_only=True) as session:
        blob = session.scalars(select(Blob)).one()
    assert delete_content(open_session, bucket, blob.id, utc_now(), may_go_on=lambda: False) is None
    assert keys(bucket) == [blob.bucket_key]
    with held_turn(open_session, TURN, seconds=60) as turn:
        assert turn is not None and turn.lasts(ONE_TAKES)
        assert clean_up(open_session, bucket, utc_now(), grace=GRACE) is None
        turn.kept_until -= 45
        assert not turn.lasts(ONE_TAKES), "stopped for so long, it may have lost it"
    assert keys(bucket) == [blob.bucket_key]


CHILD = """
from datetime import timedelta
from curation.clean_up import clean_up
from db.models import utc_now
from db.session import open_session
from storage import open_bucket
clean_up(open_session, open_bucket(), utc_now(), grace=timedelta(0))
"""


@pytest.mark.parametrize(
    "step", ["purge.trashed", "purge.deleting", "purge.object_deleted", "purge.row_deleted"]
)
def test_a_crash_at_any_step_is_healed_by_the_next_round(installation, admin, tmp_path, step):
    bucket = open_bucket()  # noqa: F811
    now = utc_now()
    break_off(bucket, holds=b"whole", waits=False)
    with open_session() as session:
        session.execute(update(Blob).values(state=BlobState.TRASH, delete_after=now))
        media_id = a_media(session).id
    withdraw(admin, media_id, now)
    ended = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=ROOT,
        env={**os.environ, "VIGIE_KILL_AT": step},
        check=False,
        timeout=60,
    )
    assert ended.returncode == -signal.SIGKILL
    with open_session() as session:
        assert session.scalars(select(Turn)).all(), "the dead process has the turn"
        session.execute(update(Turn).values(expires_at=now))
    later = utc_now() + 2 * TRASH
    round_at(bucket, later)
    round_at(bucket, later + TRASH)
    assert (read(Blob), keys(bucket), read(Media, id=media_id).blob_id) == (None, [], None)


def test_a_storage_check_finds_nothing_wrong_with_what_is_deleted(installation):
    with open_session() as session:
        admin = an_admin(session)
    settle(open_session, open_bucket())
    checked = Checked(installation.data_dir, admin)
    now = utc_now()
    media_id = checked.register().media_id
    checked.answer(media_id)
    checked.register()
    withdraw(admin, media_id, now - GRACE)
    for when, outcome in ((now, "media_purged"), (now + TRASH, "contents_deleted")):
        assert getattr(round_at(open_bucket(), when), outcome) == 1
        assert checked.check(deep=True).outcome == CheckOutcome.CLEAN


@on_a_folder
def test_nothing_is_touched_in_a_bucket_that_is_anothers(send, bucket, admin, tmp_path):  # noqa: F811
    media_id = send(a_jpeg())
    settle(open_session, bucket)
    withdraw(admin, media_id, utc_now() - GRACE)
    empty = LocalBucket(tmp_path / "empty")
    empty.prepare()
    with pytest.raises(WrongBucket):
        round_at(empty, utc_now())
    assert read(Media).purged_at is None
    assert round_at(bucket, utc_now()).media_purged == 1


# --- what else goes --------------------------------------------------------------------------------


@on_a_folder
def test_old_keys_and_rates_are_forgotten(bucket, admin):  # noqa: F811
    now = utc_now()
    minute = int(now.timestamp()) // 60
    with open_session() as session:
        media_id = a_media(session).id
        for age in (13, 15):
            session.add(
                IdempotencyKey(
                    access_id=admin.id,
                    key=f"{age} days",
                    sha256="0" * 64,
                    media_id=media_id,
                    created_at=now - timedelta(days=age),
                )
            )
        session.add_all(Rate(subject="device 1", minute=minute - ago, count=1) for ago in (0, 5, 62))
    assert round_at(bucket, now).keys_forgotten == 1
    with open_session(read_only=True) as session:
        assert session.scalars(select(IdempotencyKey.key)).all() == ["13 days"]
        assert len(session.scalars(select(Rate)).all()) == 2


@on_a_folder
def test_what_an_earlier_recipe_drew_is_deleted_and_nothing_else(send, bucket):  # noqa: F811
    send(a_jpeg())
    kept = keys(bucket)
    for key in (f"derived/v0/{'ab' * 32}-thumb.jpg", f"derived/v0/{'cd' * 32}-screen.jpg"):
        bucket.put(
            key, io.BytesIO(b"x"), size=1, content_type="image/jpeg", sha256=hashlib.sha256(b"x").hexdigest()
        )
    assert sweep_recipes(bucket, ("v0",), may_go_on=lambda: False) == 0
    assert sweep_recipes(bucket, ("v0",), may_go_on=lambda: True) == 2
    assert keys(bucket) == kept
