"""The ZIP of an export: whole, streamed, the same bytes for the same files."""

from __future__ import annotations

import itertools
import subprocess
import sys
import zipfile
import zlib

import pytest

from curation.datasets import archive
from curation.datasets.archive import zip_chunks
from curation.datasets.writers import Member
from tests.dataset_items import zipped


def member(name, *chunks, **known):
    return Member(name, iter(chunks), **known)


def some_members():
    picture = bytes(range(256)) * 40
    yield member("vigie.json", b'{"format":1}\n')
    yield member("labels/empty.txt")
    yield member("labels/one.txt", b"")
    yield member("manifest.jsonl", b"a" * 70_000, b"b" * 70_000, b"c")
    yield member("images/été ☁/1.jpg", picture, size=len(picture), crc32=zlib.crc32(picture))
    yield member("media.parquet", b"PAR1", b"x" * 100, b"PAR1")


def test_every_file_is_in_the_archive_as_it_was():
    with zipped(some_members()) as found:
        assert found.testzip() is None
        for wanted in some_members():
            assert found.read(wanted.name) == b"".join(wanted.chunks), wanted.name


def test_what_is_packed_already_is_stored_and_text_is_deflated():
    with zipped(some_members()) as found:
        stored = {one.filename for one in found.infolist() if one.compress_type == zipfile.ZIP_STORED}
        assert stored == {"images/été ☁/1.jpg", "media.parquet"}
        assert found.getinfo("manifest.jsonl").compress_size < 2_000


def test_the_same_files_are_the_same_bytes_and_nothing_says_when():
    assert b"".join(zip_chunks(some_members())) == b"".join(zip_chunks(some_members()))
    with zipped(some_members()) as found:
        assert {one.date_time for one in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_an_archive_begins_before_its_second_file_is_asked_for():
    def members():
        yield member("vigie.json", b"{}")
        raise AssertionError("nobody has read the first file yet")

    assert next(zip_chunks(members())).startswith(b"PK\x03\x04")


def test_an_archive_of_nothing_is_one():
    with zipped([]) as found:
        assert found.namelist() == []


def test_more_files_than_the_old_form_can_count():
    number = 70_000
    with zipped(member(f"labels/{name}.txt", b"%d" % name) for name in range(number)) as found:
        assert len(found.namelist()) == number
        assert found.read("labels/69999.txt") == b"69999"


def test_numbers_beyond_32_bits_stand_behind_the_entry(monkeypatch, tmp_path):
    # Four gigabytes of a test are too many: what counts as large is made small.
    monkeypatch.setattr(archive, "_MOST_32", 100)
    path = tmp_path / "large.zip"
    picture = b"\x07" * 500
    members = [
        member("a.jpg", picture, size=500, crc32=zlib.crc32(picture)),
        member("b.jsonl", b"line\n", b"line\n" * 50),
        member("c.jpg", b"tiny", size=4, crc32=zlib.crc32(b"tiny")),
    ]
    content = b"".join(zip_chunks(members))
    # Readers take the large number only where the small one is full.
    path.write_bytes(content.replace(b"\x64\0\0\0", b"\xff\xff\xff\xff"))
    with zipfile.ZipFile(path) as found:
        assert found.read("a.jpg") == picture
        assert found.read("b.jsonl") == b"line\n" * 51
        assert found.read("c.jpg") == b"tiny"


@pytest.mark.skipif(sys.platform != "linux", reason="unzip is asked where it is")
def test_unzip_reads_it_too(tmp_path):
    path = tmp_path / "export.zip"
    path.write_bytes(b"".join(zip_chunks(some_members())))
    try:
        checked = subprocess.run(["unzip", "-tq", path], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no unzip here")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_what_is_not_read_to_its_end_is_not_asked_for_any_more():
    asked = []

    def endless():
        for number in itertools.count():
            asked.append(number)
            yield member(f"{number}.txt", b"x")

    chunks = zip_chunks(endless())
    for _ in range(10):
        next(chunks)
    chunks.close()
    assert len(asked) <= 6
