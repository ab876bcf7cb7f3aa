"""Exports that an attempt makes no more: another host took them over, or they were cancelled."""

from __future__ import annotations

import io
import logging
import time
from datetime import timedelta

import pytest
from sqlalchemy import update

from curation.datasets import making
from curation.datasets.asking import cancel_export
from curation.datasets.making import make_export
from db.models import Export, ExportState, utc_now
from db.session import open_session
from settings import get_settings
from storage import open_bucket
from storage.errors import BucketUnreachable
from storage.local import LocalBucket
from tests.exported import a_dataset, ask, file_of, make
from tests.factories import an_access
from tests.storage.conftest import s3_account, s3_bucket, s3_bucket_name, s3_server  # noqa: F401  (fixtures)


@pytest.fixture(autouse=True)
def often(monkeypatch):
    monkeypatch.setattr("curation.datasets.watching.SECONDS", 0.02)


@pytest.fixture
def curator(installation):
    with open_session() as session:
        return an_access(session, login="curator")


@pytest.fixture
def asked(curator):
    with open_session() as session:
        a_dataset(session, curator)
    return ask(curator)


def taken_over(asked):
    """What another host does first, once the lease has ended."""
    with open_session() as session:
        begun = {"attempts": Export.attempts + 1, "frozen_at": None}
        session.execute(update(Export).where(Export.id == asked.id).values(begun))


def standing(asked):
    with open_session(read_only=True) as session:
        export = session.get_one(Export, asked.id)
        return export.state, export.error, export.attempts


class MetBucket(LocalBucket):
    """A bucket in front of which something happens once an object has arrived."""

    met = None

    def put(self, key, content, **described):
        super().put(key, content, **described)
        met, self.met = self.met, None
        if met is not None:
            met()


@pytest.fixture
def folder(installation):
    return MetBucket(get_settings().data_dir / "bucket")


def test_an_attempt_that_was_taken_over_leaves_the_file_of_the_one_that_finished(
    installation, curator, asked, folder
):
    elsewhere = installation.data_dir / "spool of another host"
    elsewhere.mkdir()

    def other_host():
        week = timedelta(days=7)
        make_export(open_session, open_bucket(), asked.id, spool_folder=elsewhere, kept_for=week)

    folder.met = other_host
    made = make(curator, asked.id, folder)

    assert (made.state, standing(asked)[2]) == ("ready", 2)
    assert file_of(curator, made)
    left = {found.key.rpartition("/")[2] for found in open_bucket().list("exports/")}
    assert left == {made.file_name, "receipt.json", "media.bin"}
    assert len({found.key.rpartition("/")[0] for found in open_bucket().list("exports/")}) == 1


def test_an_attempt_that_was_taken_over_does_not_take_it_back(curator, asked, monkeypatch):
    begin = making._begin

    def late(session, export_id):
        order = begin(session, export_id)
        begin(session, export_id)
        return order

    monkeypatch.setattr(making, "_begin", late)
    assert make(curator, asked.id).frozen_at is None
    assert standing(asked) == (ExportState.RUNNING, None, 2)


class ReadToItsEnd(io.RawIOBase):
    """A file that meets something when it is sent: it was read to be measured and to be signed before that."""

    def __init__(self, file, met):
        self._file, self._met, self._seeks = file, met, 0

    def read(self, size=-1):
        if self._seeks > 2 and self._met is not None:
            self._met()
            self._met = None
            until = time.monotonic() + 20
            while time.monotonic() < until:
                begin = self._file.tell()
                self._file.read(1)
                self._file.seek(begin)
                time.sleep(0.02)
        return self._file.read(size)

    def seek(self, offset, whence=io.SEEK_SET):
        self._seeks += 1
        return self._file.seek(offset, whence)

    def tell(self):
        return self._file.tell()

    def readable(self):
        return True

    def seekable(self):
        return True


@pytest.fixture
def met_while_sent(s3_bucket, monkeypatch):  # noqa: F811
    """An S3 bucket, and what happens while the file of an export is on its way there."""
    put = s3_bucket.put
    errors = []

    def with_met(met):
        def slowly(key, content, **described):
            try:
                put(key, ReadToItsEnd(content, met), **described)
            except Exception as error:
                errors.append(type(error))
                raise

        monkeypatch.setattr(s3_bucket, "put", slowly)
        return s3_bucket

    yield with_met
    # What the client of S3 makes of a file that ends in the middle: without it these tests would show nothing.
    assert errors == [BucketUnreachable]


@pytest.mark.parametrize("asked_before", [timedelta(0), timedelta(hours=2)], ids=["in time", "too late"])
def test_what_stops_an_attempt_on_its_way_to_s3_is_no_outage(curator, asked, met_while_sent, asked_before):
    with open_session() as session:
        session.get_one(Export, asked.id).created_at = utc_now() - asked_before

    made = make(curator, asked.id, met_while_sent(lambda: taken_over(asked)))

    assert (made.state, made.error) == ("running", None)
    assert standing(asked) == (ExportState.RUNNING, None, 2)


def test_an_export_cancelled_on_its_way_to_s3_is_not_tried_again(curator, asked, met_while_sent, caplog):
    def cancel():
        with open_session() as session:
            cancel_export(session, curator, asked.id)

    with caplog.at_level(logging.WARNING):
        made = make(curator, asked.id, met_while_sent(cancel))

    assert (made.state, made.error) == ("cancelled", None)
    assert not [said for said in caplog.records if "was not made" in said.message]


def test_an_outage_of_an_attempt_that_was_taken_over_is_not_told_of_the_next_one(curator, asked, folder):
    with open_session() as session:
        session.get_one(Export, asked.id).created_at = utc_now() - timedelta(hours=2)

    def away():
        taken_over(asked)
        raise BucketUnreachable("away")

    folder.met = away
    assert make(curator, asked.id, folder).state == "running"
    assert standing(asked) == (ExportState.RUNNING, None, 2)
