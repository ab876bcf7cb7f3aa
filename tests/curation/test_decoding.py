"""Decoding happens elsewhere: limited, replaced when it dies, and gone with its parent."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from curation.decoding import DecoderPool, Undecodable
from curation.errors import RefusedPicture, Unavailable
from curation.pictures import draw_picture, inspect_picture
from tests.curation.hostile import encoded, jpeg, picture, scan_bomb

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 20


@pytest.fixture
def make_pool() -> Iterator:
    pools = []

    def make(size: int = 1, **limits) -> DecoderPool:
        pools.append(DecoderPool(size, **limits))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


def is_gone(process_id: int) -> bool:
    """True once a process is gone or is only waited for by its parent."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def wait_until(condition) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.01)


def test_one_child_serves_one_picture_after_the_other(make_pool) -> None:
    pool = make_pool()
    draw_picture(jpeg(), "thumb", pool=pool)
    first = pool.process_ids()
    for _ in range(20):
        draw_picture(jpeg(), "thumb", pool=pool)
    assert pool.process_ids() == first
    assert len(first) == 1


def test_a_refusal_costs_no_child(make_pool) -> None:
    pool = make_pool()
    draw_picture(jpeg(), "thumb", pool=pool)
    first = pool.process_ids()
    with pytest.raises(Undecodable):
        draw_picture(jpeg()[:400], "thumb", pool=pool)
    assert pool.process_ids() == first


def test_many_threads_share_two_children_and_each_gets_its_own_answer(make_pool) -> None:
    pool = make_pool(2)

    def draw(number: int) -> bool:
        width = 20 + number
        drawn = draw_picture(encoded(picture((width, 20))), "thumb", pool=pool)
        return Image.open(io.BytesIO(drawn)).size == (width, 20)

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(draw, range(100)))
    assert 1 <= len(pool.process_ids()) <= 2


def test_a_child_killed_in_the_middle_of_its_work_is_replaced_and_the_picture_read(
    make_pool, tmp_path: Path
) -> None:
    pool = make_pool()
    path = tmp_path / "spooled"
    path.write_bytes(jpeg())
    inspect_picture(path, file_name="a.jpg", pool=pool)
    (child,) = pool.process_ids()
    os.kill(
        child, signal.SIGSTOP
    )  # so that it holds the question, and is certainly not done, when it is killed
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(inspect_picture, path, file_name="a.jpg", pool=pool)
        wait_until(lambda: pool.process_ids() == [])
        os.kill(child, signal.SIGKILL)
        assert answer.result().width == 640
    assert pool.process_ids() != [child]


def test_a_child_killed_while_it_waits_is_replaced(make_pool) -> None:
    pool = make_pool()
    draw_picture(jpeg(), "thumb", pool=pool)
    (child,) = pool.process_ids()
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: is_gone(child))
    assert draw_picture(jpeg(), "thumb", pool=pool)


def test_a_child_that_does_not_answer_is_killed_and_the_next_picture_read(make_pool, tmp_path: Path) -> None:
    pool = make_pool(wall_seconds=0.5)
    path = tmp_path / "spooled"
    path.write_bytes(jpeg())
    # The first picture pays for the start of the child.
    wait_until(lambda: _drawn(pool))
    (child,) = pool.process_ids()
    os.kill(child, signal.SIGSTOP)
    # It was given no processor, for which the picture is not to blame: it may come again.
    with pytest.raises(Unavailable):
        inspect_picture(path, file_name="a.jpg", pool=pool)
    wait_until(lambda: is_gone(child))
    wait_until(lambda: _drawn(pool))


def test_a_picture_that_is_still_at_work_when_nobody_can_wait_any_longer_is_refused(
    make_pool, tmp_path: Path
) -> None:
    pool = make_pool(wall_seconds=0.9, cpu_seconds=0.2)
    wait_until(lambda: _drawn(pool))
    path = tmp_path / "spooled"
    path.write_bytes(scan_bomb(20_000))
    with pytest.raises(RefusedPicture, match=r"^a\.jpg takes too long to decode\. Nothing was stored\.$"):
        inspect_picture(path, file_name="a.jpg", pool=pool)


def _drawn(pool: DecoderPool) -> bool:
    with contextlib.suppress(Undecodable, Unavailable):
        return bool(draw_picture(jpeg(), "thumb", pool=pool))
    return False


def test_a_picture_that_takes_too_much_time_is_refused(make_pool, tmp_path: Path) -> None:
    pool = make_pool(cpu_seconds=0.2)
    path = tmp_path / "spooled"
    path.write_bytes(scan_bomb(4000))
    with pytest.raises(RefusedPicture, match="takes too long to decode"):
        inspect_picture(path, file_name="bomb.jpg", pool=pool)
    assert draw_picture(jpeg(), "thumb", pool=pool), "the next picture gets a new child"


def test_time_is_counted_for_each_picture_anew(make_pool) -> None:
    pool = make_pool(cpu_seconds=0.5)
    large = encoded(picture((6000, 6000)), "PNG", compress_level=1)
    for _ in range(8):
        assert draw_picture(large, "thumb", pool=pool)


def test_a_picture_that_takes_too_much_memory_is_refused_and_the_child_lives_on(make_pool) -> None:
    pool = make_pool(memory_bytes=150 * 2**20)
    with pytest.raises(Undecodable, match="needs too much memory"):
        draw_picture(encoded(picture((6000, 6000)), "PNG"), "screen", pool=pool)
    assert draw_picture(jpeg(), "thumb", pool=pool)
    assert len(pool.process_ids()) == 1


def test_waiting_for_a_decoder_has_an_end(make_pool) -> None:
    pool = make_pool(queue_seconds=0.1)
    draw_picture(jpeg(), "thumb", pool=pool)
    (child,) = pool.process_ids()
    os.kill(child, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as thread:
        busy = thread.submit(draw_picture, jpeg(), "thumb", pool=pool)
        wait_until(lambda: pool.process_ids() == [])
        with pytest.raises(Unavailable):
            draw_picture(jpeg(), "thumb", pool=pool)
        os.kill(child, signal.SIGCONT)
        assert busy.result()


def test_children_end_when_their_parent_is_killed() -> None:
    script = (
        "import os, signal\n"
        "from curation.decoding import DecoderPool\n"
        "from tests.curation.hostile import jpeg\n"
        "from curation.pictures import draw_picture\n"
        "pool = DecoderPool(1)\n"
        "draw_picture(jpeg(), 'thumb', pool=pool)\n"
        "print(*pool.process_ids(), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert said.returncode == -signal.SIGKILL
    child = int(said.stdout)
    wait_until(lambda: is_gone(child))


def test_children_outlive_the_thread_that_started_them(make_pool) -> None:
    pool = make_pool()
    thread = threading.Thread(target=lambda: draw_picture(jpeg(), "thumb", pool=pool))
    thread.start()
    thread.join()
    first = pool.process_ids()
    assert draw_picture(jpeg(), "thumb", pool=pool)
    assert pool.process_ids() == first


def test_a_child_knows_no_secret_of_ours(make_pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "the-secret-of-this-installation")
    pool = make_pool()
    draw_picture(jpeg(), "thumb", pool=pool)
    (child,) = pool.process_ids()
    assert b"SECRET_KEY" not in Path(f"/proc/{child}/environ").read_bytes()


def test_a_child_cannot_write_files(make_pool) -> None:
    pool = make_pool()
    draw_picture(jpeg(), "thumb", pool=pool)
    (child,) = pool.process_ids()
    limits = Path(f"/proc/{child}/limits").read_text()
    assert [line.split()[3] for line in limits.splitlines() if line.startswith("Max file size")] == ["0"]


def test_a_child_imports_nothing_but_what_decoding_needs() -> None:
    script = "import sys, curation.decoding_worker; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    imported = set(said.stdout.split())
    assert "PIL.Image" in imported
    assert not imported & {
        "streamlit",
        "fastapi",
        "sqlalchemy",
        "boto3",
        "pandas",
        "settings",
        "db",
        "storage",
    }


def test_asking_for_pictures_does_not_bring_pillow_into_the_parent() -> None:
    script = "import sys, curation.pictures, curation.derived; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"PIL", "boto3"} & set(said.stdout.split())


def test_closing_a_pool_ends_its_children_and_gives_all_pipes_back(make_pool) -> None:
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    pool = make_pool()
    draw_picture(jpeg(), "thumb", pool=pool)
    (child,) = pool.process_ids()
    pool.close()
    assert is_gone(child)
    assert len(os.listdir("/proc/self/fd")) == before
