"""The example of a camera's loop, as it is written in the documentation, with a server that comes and goes."""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest
from vigie_client import Client, Outbox

from tests.client.pictures import a_frame
from tests.product import ADMIN, ADMIN_PASSWORD, ROOT, Product

EXAMPLE = ROOT / "client" / "examples" / "camera.py"


def camera():
    spec = importlib.util.spec_from_file_location("camera_example", EXAMPLE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.05)


class Brisk(Outbox):
    """It looks again soon, so that a test does not wait as long as a camera may."""

    def keep_sending(self, client, stop, *, every=0.05, longest_wait=0.5):
        super().keep_sending(client, stop, every=every, longest_wait=longest_wait)


def test_a_server_that_is_killed_amid_the_loop_has_every_frame_once_in_the_end(product: Product, tmp_path):
    example = camera()
    numbers = itertools.count(20_000)
    outbox, stop = Brisk(tmp_path), threading.Event()
    taken: list[bytes] = []

    def take_picture() -> bytes:
        taken.append(a_frame(next(numbers)))
        return taken[-1]

    brisk = example.Retries(attempts=2, first_wait=0.05, total=2)
    with Client(product.api, login=ADMIN, password=ADMIN_PASSWORD, retries=brisk) as client:
        loop = threading.Thread(
            target=example.watch, args=(take_picture, outbox, client, stop), kwargs={"every": 0.1}
        )
        loop.start()
        try:
            wait_until(lambda: len(taken) - len(outbox) >= 5)
            product.kill()
            before = len(outbox)
            wait_until(lambda: len(outbox) >= before + 10)
            product.start_again()
            back = len(taken)
            wait_until(lambda: len(taken) - len(outbox) >= back + 3)
        finally:
            stop.set()
            loop.join(30)
        assert outbox.send(client).problem is None
        found = [str(client.get_media(number).sha256) for number in _ids(client)]
    assert sorted(found) == sorted(hashlib.sha256(content).hexdigest() for content in taken)


def _ids(client: Client) -> list[int]:
    return [media.id for media in client.list_media()]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "usage: python camera.py FOLDER COMMAND"),
        (["spool"], "usage: "),
        (["--help"], "usage: "),
        (["spool", "cp", "a.jpg", "{}"], "Set VIGIE_URL"),
    ],
)
def test_the_example_says_how_it_is_called(tmp_path, words, said):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
    environment["PYTHONPATH"] = str(ROOT / "client")
    run = subprocess.run(
        [sys.executable, str(EXAMPLE), *words],
        check=False,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 2 and said in run.stderr and "Traceback" not in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_example_runs_as_it_is_written(product: Product, client: Client, tmp_path):
    (tmp_path / "lens.jpg").write_bytes(a_frame(21_000))
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "client"),
        "VIGIE_URL": product.api,
        "VIGIE_LOGIN": ADMIN,
        "VIGIE_PASSWORD": ADMIN_PASSWORD,
    }
    environment.pop("VIGIE_TOKEN", None)
    before = len(_ids(client))
    spool = tmp_path / "spool"
    command = [sys.executable, str(EXAMPLE), str(spool), "cp", str(tmp_path / "lens.jpg"), "{}"]
    with open(tmp_path / "log", "wb") as log:
        running = subprocess.Popen(command, env=environment, stderr=log)
        try:
            wait_until(lambda: len(_ids(client)) == before + 1)
        finally:
            running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0, (tmp_path / "log").read_text()
    wait_until(lambda: not list(spool.glob("*.json")), 5)
