"""Exports that take their time before the first media: what is known of them is sent at once."""

from __future__ import annotations

import threading
import time

import pytest

from curation.datasets.asking import cancel_export, get_export
from curation.datasets.following import follow
from curation.datasets.groups import read_groups
from curation.datasets.options import ExportOptions
from curation.datasets.receipt import ReceiptBook
from curation.datasets.source import of_filter
from curation.datasets.writers import writer_for
from curation.exports import UTF8_BOM
from curation.media_filter import MediaFilter
from db.models import ExportFormat
from db.session import open_session
from settings import get_settings
from tests.exported import a_dataset, ask, file_of, make
from tests.factories import an_access


@pytest.fixture
def curator(installation):
    with open_session() as session:
        access = an_access(session, login="curator")
        a_dataset(session, access)
        return access


@pytest.fixture
def slow_groups(monkeypatch):
    """Groups that take as long to read as those of a million media, on a slow disk."""
    go_on = threading.Event()

    def read_slowly(session, still_wanted):
        assert go_on.wait(30)
        return read_groups(session, still_wanted)

    monkeypatch.setattr("curation.datasets.splits.read_groups", read_slowly)
    yield go_on
    go_on.set()


# Alone a file of COCO has no parts, and one of JSON Lines nothing that is known before its first media.
BEGINNINGS = {
    ExportFormat.CSV: UTF8_BOM + b"media_id,",
    ExportFormat.JSONL: b"",
    ExportFormat.PARQUET: b"PAR1",
    ExportFormat.COCO: b"PK",
    ExportFormat.YOLO: b"PK",
    ExportFormat.VOC: b"PK",
}


@pytest.mark.parametrize("format", ExportFormat)
def test_with_a_split_what_is_known_is_sent_before_all_media_are_read(
    curator, slow_groups, monkeypatch, format
):
    monkeypatch.setattr("curation.datasets.following.BEGINS_WITHIN", 0.5)
    asked = ask(curator, format, options={"split": {"train": 0.5, "val": 0.25, "test": 0.25}})
    job = threading.Thread(target=make, args=(curator, asked.id))
    job.start()
    try:
        spool = get_settings().data_dir / "spool"
        followed = _as_soon_as_begun(spool, asked.id)
        begun = next(followed)
        until = time.monotonic() + 20
        # Longer than one that does not begin is waited for.
        waited_for = time.monotonic() + 1
        while (not begun and BEGINNINGS[format]) or time.monotonic() < waited_for:
            begun += next(followed)
            assert time.monotonic() < until
        assert begun.startswith(BEGINNINGS[format])
        slow_groups.set()
        whole = begun + b"".join(followed)
    finally:
        slow_groups.set()
        job.join(30)
    with open_session(read_only=True) as session:
        made = get_export(session, curator, asked.id)
    assert made.state == "ready"
    assert whole == file_of(curator, made)


def _as_soon_as_begun(spool, export_id):
    """Its bytes, once the job has begun it."""
    until = time.monotonic() + 20
    while not list(spool.glob(f"export-{export_id}-*")):
        assert time.monotonic() < until
        time.sleep(0.01)
    return follow(open_session, spool, export_id)


@pytest.mark.parametrize("format", [ExportFormat.CSV, ExportFormat.YOLO])
def test_an_export_cancelled_while_all_media_are_read_ends_soon(curator, monkeypatch, format):
    begun, ended = threading.Event(), threading.Event()

    def read_for_ever(session, still_wanted):
        begun.set()
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                still_wanted()
            except Exception:
                ended.set()
                raise
            time.sleep(0.05)
        return read_groups(session, still_wanted)

    monkeypatch.setattr("curation.datasets.splits.read_groups", read_for_ever)
    asked = ask(curator, format, options={"split": {"train": 0.5, "val": 0.25, "test": 0.25}})
    job = threading.Thread(target=make, args=(curator, asked.id))
    job.start()
    assert begun.wait(20)
    with open_session() as session:
        cancel_export(session, curator, asked.id)
    job.join(30)
    assert ended.is_set()
    with open_session(read_only=True) as session:
        assert get_export(session, curator, asked.id).state == "cancelled"


@pytest.mark.parametrize(
    ("format", "beginning"), [(ExportFormat.CSV, UTF8_BOM + b"media_id,"), (ExportFormat.COCO, b'{"info"')]
)
def test_the_beginning_of_a_file_waits_for_no_media(curator, monkeypatch, format, beginning):
    def unread():
        pytest.fail("a media was read")
        yield

    with open_session(read_only=True) as session, ReceiptBook() as receipt:
        dataset = of_filter(session, curator, MediaFilter())
        monkeypatch.setattr(dataset, "items", unread)
        (member,) = writer_for(format, ExportOptions()).members(dataset, receipt)
        assert next(member.chunks).startswith(beginning)
