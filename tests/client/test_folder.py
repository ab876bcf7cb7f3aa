"""A folder goes up whole: in parallel, through a server that falls over, and over interruptions."""

from __future__ import annotations

import io
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from vigie_client import NEVER, AsyncClient, Client, NotSignedIn, Retries, UnexpectedAnswer
from vigie_client.folder import upload_key
from vigie_client.journal import FILE_NAME
from vigie_client.progress import Progress, Teller

from tests.apart import run_async
from tests.client.conftest import PATIENT
from tests.client.damaging import cut_short, damaging, flipped
from tests.client.pictures import a_folder, a_frame
from tests.client.scripted import Line, scripted
from tests.product import ADMIN, ADMIN_PASSWORD, ROOT, Product

_fresh_frames = itertools.count(3_000, 100)


def sources_files(client: Client, source: str) -> list[str]:
    return sorted(str(media.file_name) for media in client.list_media(source=source))


def test_a_folder_goes_up_once_and_says_what_became_of_each_file(client, tmp_path):
    folder = a_folder(tmp_path / "frames", range(1_000, 1_012))
    (folder / "again.jpg").write_bytes(a_frame(1_003))
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("clouds all day")
    (folder / ".hidden.jpg").write_bytes(a_frame(1_099))

    result = client.upload_folder(folder, source="CAM-A", tags=["august"], progress=False)

    assert (result.registered, result.already_here, result.resumed) == (12, 1, 0)
    assert [(file.name, "not a JPEG" in file.reason) for file in result.refused] == [("broken.jpg", True)]
    assert (result.failed, result.left_out, result.is_complete) == ([], ["notes.txt"], True)
    found = list(client.list_media(source="CAM-A"))
    assert len(found) == 12 and {tag for media in found for tag in media.tags} == {"august"}


def test_a_second_run_sends_nothing_and_tells_the_same(client, tmp_path):
    folder = a_folder(tmp_path / "frames", range(1_100, 1_106))
    (folder / "broken.jpg").write_bytes(b"no picture")
    first = client.upload_folder(folder, source="CAM-B", progress=False)
    seen: list[Progress] = []
    with Client("http://127.0.0.1:1", token="t", retries=NEVER) as nowhere:
        # The journal is of an installation: another one is sent everything.
        assert not nowhere.upload_folder(folder, source="CAM-B", progress=False, workers=1).is_complete
    second = client.upload_folder(folder, source="CAM-B", progress=seen.append)
    assert (second.registered, len(second.refused), second.resumed) == (6, 1, 7)
    assert first.registered == second.registered
    assert seen[-1].sent_bytes == 0 and seen[-1].done == 7
    assert str(second) == (
        "0 registered, 0 already here, 0 refused, 0 failed; "
        "7 settled by an earlier run, not sent again (6 registered, 1 refused)"
    )


def test_a_file_that_has_changed_since_is_sent_again(client, tmp_path):
    folder = a_folder(tmp_path / "frames", range(1_201, 1_203))
    client.upload_folder(folder, source="CAM-C", progress=False)
    (folder / "frame-01201.jpg").write_bytes(a_frame(1_299))
    result = client.upload_folder(folder, source="CAM-C", progress=False)
    assert (result.registered, result.resumed) == (2, 1)
    assert len(sources_files(client, "CAM-C")) == 3


def test_files_refused_for_what_was_said_of_them_are_sent_again_once_that_is_right(client, tmp_path):
    folder = a_folder(tmp_path / "frames", range(1_251, 1_254))
    first = client.upload_folder(folder, source="CAM-J", timezone="Mars/Phobos", progress=False)
    assert (first.registered, len(first.refused)) == (0, 3) and "timezone" in first.refused[0].reason
    second = client.upload_folder(folder, source="CAM-J", timezone="Europe/Paris", progress=False)
    assert (second.registered, second.refused, second.resumed) == (3, [], 0)


def test_a_file_that_is_damaged_on_its_way_is_never_written_off(product: Product, client, tmp_path):
    folder = a_folder(tmp_path / "frames", range(1_271, 1_273))
    quick = Retries(attempts=5, first_wait=0.01, longest_wait=0.02, total=5)
    with (
        damaging(product.api, flipped, cut_short, *[flipped] * 3) as way,
        Client(way, login=ADMIN, password=ADMIN_PASSWORD, retries=quick) as afar,
    ):
        first = afar.upload_folder(folder, source="CAM-K", progress=False, workers=1)
        assert (first.registered, first.refused, len(first.failed)) == (1, [], 1)
        second = afar.upload_folder(folder, source="CAM-K", progress=False)
        assert (second.registered, second.refused, second.resumed) == (2, [], 1)
    assert len(sources_files(client, "CAM-K")) == 2


@pytest.mark.parametrize("status", [400, 405, 407, 408, 411, 413, 421, 425, 451])
def test_what_somebody_on_the_way_answers_writes_off_no_file(tmp_path, status):
    folder = a_folder(tmp_path / "frames", range(1_281, 1_283))
    stored = {"media": {"id": 1, "sha256": "ab"}, "twin": False, "notes": []}
    with (
        scripted(Line(status, b"<html>no</html>"), Line(201, stored)) as server,
        Client(server.url, token="t", retries=NEVER) as client,
    ):
        first = client.upload_folder(folder, progress=False, workers=1)
        second = client.upload_folder(folder, progress=False, workers=1)
    assert (first.refused, len(first.failed)) == ([], 1)
    assert second.refused == [] and second.is_complete


def test_a_twin_whose_answer_is_here_first_leaves_the_other_one_registered(tmp_path):
    folder = tmp_path / "frames"
    folder.mkdir()
    for name in ("a.jpg", "b.jpg"):
        (folder / name).write_bytes(a_frame(1_288))
    media = {"id": 1, "sha256": "ab"}
    twin, other = ({"media": media, "twin": is_twin, "notes": []} for is_twin in (True, False))
    with (
        scripted(Line(200, twin), Line(201, other)) as server,
        Client(server.url, token="t", retries=NEVER) as client,
    ):
        result = client.upload_folder(folder, progress=False, workers=1)
    assert (result.registered, result.already_here) == (1, 1)


def test_somebody_who_answers_so_to_every_file_ends_the_run(tmp_path):
    folder = a_folder(tmp_path / "frames", range(1_291, 1_299))
    with (
        scripted(Line(403, b"<html>no</html>")) as server,
        Client(server.url, token="t", retries=NEVER) as client,
    ):
        with pytest.raises(UnexpectedAnswer, match="sign-in page"):
            client.upload_folder(folder, progress=False, workers=1)
        assert len(server.asked) == 5


def test_an_answer_that_was_lost_counts_as_registered_and_makes_no_second_media(client, tmp_path):
    folder = a_folder(tmp_path / "frames", range(1_301, 1_305))
    client.upload_folder(folder, source="CAM-D", progress=False)
    journal = folder / FILE_NAME
    lines = journal.read_bytes().splitlines(keepends=True)
    # A power cut: one line was never written, the last one is torn.
    journal.write_bytes(b"".join(lines[:2]) + lines[3][:25])
    result = client.upload_folder(folder, source="CAM-D", progress=False)
    assert (result.registered, result.already_here, result.resumed) == (4, 0, 2)
    assert len(sources_files(client, "CAM-D")) == 4
    assert [json.loads(line)["result"] for line in journal.read_bytes().splitlines()[3:]] == [
        "registered"
    ] * 2


def test_the_asynchronous_client_does_the_same(product, tmp_path):
    folder = a_folder(tmp_path / "frames", range(1_400, 1_408))

    async def send() -> tuple[str, int]:
        async with AsyncClient(product.api, login=ADMIN, password=ADMIN_PASSWORD) as client:
            result = await client.upload_folder(folder, source="CAM-E", progress=False)
            return str(result), len([media async for media in client.list_media(source="CAM-E")])

    assert run_async(send()) == ("8 registered, 0 already here, 0 refused, 0 failed", 8)


def test_a_server_that_is_killed_amid_a_folder_loses_and_doubles_nothing(product: Product, tmp_path):
    folder = a_folder(tmp_path / "frames", range(1_500, 1_560))
    half_way = threading.Event()

    def watch(progress: Progress) -> None:
        if progress.done >= 15:
            half_way.set()

    with Client(product.api, login=ADMIN, password=ADMIN_PASSWORD, retries=PATIENT) as client:
        found = []
        sending = threading.Thread(
            target=lambda: found.append(
                client.upload_folder(folder, source="CAM-F", progress=watch, workers=3)
            )
        )
        sending.start()
        assert half_way.wait(60)
        product.kill()
        time.sleep(1)
        product.start_again()
        sending.join(90)
        assert str(found[0]) == "60 registered, 0 already here, 0 refused, 0 failed"
        assert len(sources_files(client, "CAM-F")) == 60


def test_a_server_that_stays_away_ends_the_run_and_the_next_one_goes_on(product: Product, tmp_path):
    folder = a_folder(tmp_path / "frames", range(1_600, 1_630))
    brief = Retries(attempts=2, first_wait=0.05, total=1)
    with Client(product.api, login=ADMIN, password=ADMIN_PASSWORD, retries=brief) as client:
        client.me()

        def cut(progress: Progress) -> None:
            if progress.done == 10:
                product.kill()

        first = client.upload_folder(folder, source="CAM-G", progress=cut, workers=2)
        assert not first.is_complete and first.failed and first.not_begun
        assert "Check the network" in first.failed[0].reason
        product.start_again()
        second = client.upload_folder(folder, source="CAM-G", progress=False)
        assert second.is_complete and second.resumed >= 10
        assert second.registered == 30 == len(sources_files(client, "CAM-G"))


def test_a_server_that_asks_for_more_time_than_there_is_patience_for_ends_the_run(tmp_path):
    folder = a_folder(tmp_path / "frames", range(1_650, 1_656))
    wait = Line(429, {"detail": "Wait 60 seconds.", "code": "too_fast"}, {"Retry-After": "60"})
    with scripted(wait) as server:
        with Client(server.url, token="t", retries=Retries(total=1)) as client:
            result = client.upload_folder(folder, progress=False, workers=1)
        assert (len(server.asked), len(result.failed), result.not_begun) == (1, 1, 5)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.flaky(reruns=2)  # the command may be through before a busy machine lets us end it
def test_a_command_that_is_ended_goes_on_where_it_was(product: Product, client, tmp_path, number):
    first = next(_fresh_frames)
    source = f"CAM-{number.name}-{first}"
    folder = a_folder(tmp_path / "frames", range(first, first + 80))
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "client"),
        "VIGIE_URL": product.api,
        "VIGIE_LOGIN": ADMIN,
        "VIGIE_PASSWORD": ADMIN_PASSWORD,
    }
    environment.pop("VIGIE_TOKEN", None)
    command = [sys.executable, "-m", "vigie_client", "upload", str(folder), "--source", source]
    running = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Whoever runs the tests in the background has Ctrl+C ignored, and what they start inherits that.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    deadline = time.monotonic() + 60
    while len(_lines(folder / FILE_NAME)) < 20 and time.monotonic() < deadline:
        time.sleep(0.01)
    running.send_signal(number)
    _, said = running.communicate(timeout=30)
    sent = len(_lines(folder / FILE_NAME))
    assert 20 <= sent < 80
    if number == signal.SIGINT:
        assert running.returncode == 130 and b"goes on where this one was" in said

    again = subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=120)
    assert again.returncode == 0, again.stderr
    assert f"{80 - sent} registered, 0 already here, 0 refused, 0 failed" in again.stdout
    assert f"; {sent} settled by an earlier run, not sent again" in again.stdout
    assert "80/80 100%" in again.stderr
    assert len(sources_files(client, source)) == 80


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


def test_a_token_that_is_not_valid_ends_the_run_at_once(product, tmp_path):
    folder = a_folder(tmp_path / "frames", range(1_900, 1_910))
    with Client(product.api, token="none") as client, pytest.raises(NotSignedIn, match="vigie login"):
        client.upload_folder(folder, progress=False)


def test_the_key_of_an_upload_is_its_content_and_source():
    assert upload_key("ab", "CAM-1") == upload_key("ab", "CAM-1") != upload_key("ab", "CAM-2")
    assert upload_key("ab", None) != upload_key("cd", None)


def test_a_folder_that_cannot_be_written_to_has_its_journal_elsewhere(client, tmp_path, monkeypatch):
    folder = a_folder(tmp_path / "card", range(2_001, 2_003))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) != folder)
    assert client.upload_folder(folder, source="CAM-I", progress=False).registered == 2
    assert client.upload_folder(folder, source="CAM-I", progress=False).resumed == 2
    assert not (folder / FILE_NAME).exists()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(stream: io.StringIO) -> str:
    """What is written while 40 files of half a megabyte go up, one a second."""
    seconds = itertools.count()
    teller = Teller(40, True, stream=stream, clock=lambda: float(next(seconds)))
    for _ in range(40):
        teller.one_more(500_000)
    teller.end()
    return stream.getvalue()


def test_a_terminal_shows_a_bar():
    shown = told(Terminal())
    assert shown.count("\r") == 40 and shown.endswith("0.5 MB/s\n")
    assert "████████████░░░░░░░░░░░░  20/40  50%  10.0 MB  0.5 MB/s  20 s left" in shown


def test_a_log_gets_a_line_now_and_then():
    lines = told(io.StringIO()).splitlines()
    assert lines[-1] == "40/40 100%  20.0 MB  0.5 MB/s"
    assert len(lines) == 5
