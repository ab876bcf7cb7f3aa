"""The order of writes: the object first, the row that shows it last, and no transaction while the bucket is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from sqlalchemy import select, update

from curation.clean_up import clean_up
from curation.derived import derived_key, thumbnail
from curation.reviews import decide
from curation.spool import Spool
from curation.uploads import Registered, register_media
from db.models import Access, Blob, BlobState, Decision, Media, Rate, utc_now
from db.session import open_session
from storage.errors import BucketFull, BucketUnreachable, ObjectDamaged
from storage.local import LocalBucket
from tests.factories import a_jpeg, an_admin

NO_GRACE = timedelta(0)


class Troubled(LocalBucket):
    """A folder that asks `before` at each call, which may raise."""

    before: Callable[[str, str], None] = staticmethod(lambda what, key: None)

    def put(self, key: str, content: BinaryIO, **about: Any) -> None:
        self.before("put", key)
        super().put(key, content, **about)

    def head(self, key: str) -> Any:
        self.before("head", key)
        return super().head(key)

    def open(self, key: str, **part: Any) -> Any:
        self.before("open", key)
        return super().open(key, **part)

    def delete(self, key: str) -> None:
        self.before("delete", key)
        super().delete(key)


@pytest.fixture
def bucket(tmp_path: Path) -> Troubled:
    bucket = Troubled(tmp_path / "troubled")
    bucket.prepare()
    return bucket


@pytest.fixture
def send(installation, tmp_path, bucket) -> Callable[[bytes], Registered]:
    with open_session() as session:
        admin = an_admin(session)

    def do(content: bytes, access: Access = admin) -> Registered:
        with Spool(tmp_path, limit=2**25) as spool:
            spool.write(content)
            return register_media(open_session, bucket, access, spool.finish(), file_name="a.jpg")

    return do


def rows() -> tuple[list[BlobState], int]:
    with open_session(read_only=True) as session:
        return list(session.scalars(select(Blob.state))), len(session.scalars(select(Media.id)).all())


def keys(bucket: Troubled) -> list[str]:
    return [found.key for found in bucket.list()]


def test_nobody_is_made_to_wait_while_the_bucket_is_asked(send, bucket):
    asked = set()

    def write(what: str, key: str) -> None:
        # A transaction left open would hold the whole of SQLite, and this row on PostgreSQL.
        with open_session() as session:
            session.add(Rate(subject=f"{what} {len(asked)} {key[-60:]}", minute=2**30, count=1))
            session.execute(update(Blob).values(created_at=utc_now()))
        asked.add((what, key.partition("/")[0]))

    bucket.before = write
    content = a_jpeg()
    first = send(content)
    send(content)
    with open_session() as session:
        decide(session, an_admin(session), first.media_id, Decision.WITHDRAWN)
    send(a_jpeg())
    now = utc_now()
    assert clean_up(open_session, bucket, now, grace=NO_GRACE)
    with open_session() as session:
        session.execute(update(Blob).where(Blob.state == BlobState.STORED).values(state=BlobState.PENDING))
        session.execute(update(Blob).values(lease_until=now - timedelta(1)))
    done = clean_up(open_session, bucket, now + timedelta(days=1), grace=NO_GRACE)
    assert done is not None and (done.contents_deleted, done.uploads_finished) == (1, 1)
    assert asked >= {("put", "media"), ("put", "derived"), ("head", "media"), ("open", "media")}
    assert asked >= {("delete", "media"), ("delete", "derived")}


@pytest.mark.parametrize("problem", [BucketUnreachable("away"), BucketFull("full")])
def test_a_thumbnail_that_cannot_be_kept_fails_no_upload(send, bucket, problem):
    def refuse(what: str, key: str) -> None:
        if what == "put" and key.startswith("derived/"):
            raise problem

    bucket.before = refuse
    sent = send(a_jpeg())
    assert rows() == ([BlobState.STORED], 1)
    assert [key.partition("/")[0] for key in keys(bucket)] == ["media"]
    assert thumbnail(bucket, sent.sha256, keys(bucket)[0]), "drawn anew for whoever looks"
    del bucket.before
    assert thumbnail(bucket, sent.sha256, keys(bucket)[-1])
    assert derived_key(sent.sha256, "thumb") in keys(bucket)


def test_an_upload_whose_object_was_not_stored_shows_nothing_and_can_be_repeated(send, bucket):
    def away(what: str, key: str) -> None:
        if what == "put":
            raise BucketUnreachable("away")

    bucket.before = away
    content = a_jpeg()
    with pytest.raises(BucketUnreachable):
        send(content)
    assert rows() == ([BlobState.PENDING], 0)
    assert keys(bucket) == []
    del bucket.before
    assert not send(content).twin
    assert rows() == ([BlobState.STORED], 1)


@pytest.fixture
def doubted(send, bucket) -> bytes:
    """A content that was acknowledged while an equal upload was told that it is stored damaged."""
    content = a_jpeg()

    def be_overtaken(what: str, key: str) -> None:
        if what == "put" and key.startswith("media/"):
            del bucket.before
            assert not send(content).twin
            raise ObjectDamaged(key)

    bucket.before = be_overtaken
    with pytest.raises(ObjectDamaged):
        send(content)
    return content


def test_a_content_that_an_equal_upload_finds_damaged_stays_and_is_looked_at(doubted, bucket):
    (key,) = [key for key in keys(bucket) if key.startswith("media/")]
    assert bucket.read(key) == doubted
    assert rows() == ([BlobState.PENDING], 1)
    done = clean_up(open_session, bucket, utc_now(), grace=NO_GRACE)
    assert done is not None and done.uploads_finished == 1
    assert rows() == ([BlobState.STORED], 1)


def test_a_content_that_an_equal_upload_has_damaged_is_mended_by_sending_it_again(
    doubted, send, bucket, tmp_path
):
    (key,) = [key for key in keys(bucket) if key.startswith("media/")]
    (tmp_path / "troubled" / key).write_bytes(bytes(len(doubted)))
    assert send(doubted).twin
    assert bucket.read(key) == doubted
    assert rows() == ([BlobState.STORED], 1)


def test_an_upload_that_is_never_repeated_leaves_nothing_behind(send, bucket):
    def break_off(what: str, key: str) -> None:
        if key.startswith("derived/"):
            raise KeyboardInterrupt  # as when the process ends there: nothing of ours catches it

    bucket.before = break_off
    with pytest.raises(KeyboardInterrupt):
        send(a_jpeg())
    del bucket.before
    assert rows() == ([BlobState.PENDING], 0)
    assert len(keys(bucket)) == 1, "the object, which no row shows"
    after_the_lease = utc_now() + timedelta(hours=1)
    for later in (timedelta(0), timedelta(days=1)):
        assert clean_up(open_session, bucket, after_the_lease + later, grace=NO_GRACE)
    assert (rows(), keys(bucket)) == (([], 0), [])
