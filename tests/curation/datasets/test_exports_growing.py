"""The file that an export grows in: ours alone to write, whatever other processes of this host do meanwhile."""

from __future__ import annotations

import fcntl
import shutil
from types import SimpleNamespace

import pytest

from curation.datasets.growing import LOOKS_EACH, growing
from curation.jobs import NotYet


@pytest.fixture
def path(tmp_path):
    return tmp_path / "export-7.spool"


def test_a_file_that_is_written_is_left_to_its_writer(path):
    with growing(path) as file:
        file.write(b"ours")
        with pytest.raises(NotYet), growing(path):
            pass
        assert path.read_bytes() == b"ours"
    assert not path.exists()


def test_what_a_killed_process_left_is_begun_anew(path):
    path.write_bytes(b"half of it")

    with growing(path) as file:
        file.write(b"anew")
        assert path.read_bytes() == b"anew"


def test_a_file_taken_away_before_it_was_locked_is_not_ours(path, monkeypatch):
    lock = fcntl.flock

    def too_late(file, how):
        if how == fcntl.LOCK_EX:
            path.unlink()
            path.write_bytes(b"of another process")
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", too_late)
    with pytest.raises(NotYet), growing(path):
        pass

    assert path.read_bytes() == b"of another process"


def test_a_new_file_is_not_taken_for_the_dead_one_that_had_its_name(path, monkeypatch):
    path.write_bytes(b"dead")
    lock = fcntl.flock

    def too_late(file, how):
        path.unlink()
        path.write_bytes(b"of another process")
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", too_late)
    with pytest.raises(NotYet), growing(path):
        pass

    assert path.read_bytes() == b"of another process"


def test_what_was_written_is_read_from_the_file_itself(path):
    with growing(path) as file:
        file.write(b"ours")
        path.unlink()
        path.write_bytes(b"of another process")
        assert file.from_its_start().read() == b"ours"

    assert path.read_bytes() == b"of another process"


def test_a_file_stops_growing_before_the_disk_is_full(path, monkeypatch):
    disk = SimpleNamespace(total=100 * 2**20, free=60 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk)
    chunk = bytes(LOOKS_EACH)
    with growing(path) as file:
        file.write(chunk)
        disk.free = 10 * 2**20 - 1
        with pytest.raises(OSError, match="leave the rest"):
            file.write(chunk)
        assert file.size == LOOKS_EACH
