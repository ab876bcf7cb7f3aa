"""A body on its way into a file: measured, limited, and gone afterwards."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from curation.errors import TooLarge, Unavailable
from curation.spool import Spool, spool_chunks, sweep_spool

ROOT = Path(__file__).resolve().parents[2]


def test_what_arrives_is_measured_on_the_way(tmp_path: Path) -> None:
    chunks = [b"first", b"", b"second" * 1000, b"third"]
    whole = b"".join(chunks)
    with Spool(tmp_path / "spool", limit=10_000) as spool:
        found = spool_chunks(spool, chunks)
        assert found.path.read_bytes() == whole
    assert found.size == len(whole)
    assert found.sha256 == hashlib.sha256(whole).hexdigest()
    assert found.md5 == hashlib.md5(whole).hexdigest()


def test_a_spooled_file_is_readable_by_its_owner_alone_and_gone_afterwards(tmp_path: Path) -> None:
    with Spool(tmp_path, limit=10) as spool:
        found = spool_chunks(spool, [b"x"])
        assert found.path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []


def test_a_body_of_just_the_limit_is_taken(tmp_path: Path) -> None:
    with Spool(tmp_path, limit=10) as spool:
        assert spool_chunks(spool, [b"12345", b"67890"]).size == 10


def test_one_byte_more_is_refused_at_once(tmp_path: Path) -> None:
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield bytes(2**20)

    with pytest.raises(TooLarge, match=r"^a\.jpg has more than 3 MiB, the most that is taken"):  # noqa: SIM117
        with Spool(tmp_path, limit=3 * 2**20, name="a.jpg") as spool:
            spool_chunks(spool, endless())
    assert len(taken) == 4
    assert list(tmp_path.iterdir()) == []


def test_a_body_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def broken():
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError), Spool(tmp_path, limit=100) as spool:
        spool_chunks(spool, broken())
    assert list(tmp_path.iterdir()) == []


def test_removing_twice_is_fine(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit=100)
    spool.remove()
    spool.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    script = (
        "import sys, resource, pathlib\n"
        "from curation.spool import Spool, spool_chunks\n"
        "from curation.errors import Unavailable\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    with Spool(pathlib.Path(sys.argv[1]), limit=10**6) as spool:\n"
        "        spool_chunks(spool, [bytes(5000)])\n"
        "except Unavailable:\n"
        "    print('full')\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout == "full\n"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("I am a file")
    with pytest.raises(Unavailable):
        Spool(tmp_path / "spool", limit=10)


def test_files_of_a_killed_process_are_swept_after_an_hour(tmp_path: Path) -> None:
    old, young = Spool(tmp_path, limit=10), Spool(tmp_path, limit=10)
    other = tmp_path / "not ours.txt"
    other.touch()
    path = old.finish().path
    before = time.time() - 3601
    os.utime(path, (before, before))
    os.utime(other, (before, before))
    assert sweep_spool(tmp_path) == 1
    assert not path.exists()
    assert young.finish().path.exists()
    assert other.exists()
    young.remove()


def test_sweeping_a_folder_that_is_not_there_is_fine(tmp_path: Path) -> None:
    assert sweep_spool(tmp_path / "none") == 0
