"""A camera's frames: kept through power cuts and days without network, sent once, bounded."""

from __future__ import annotations

import errno
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from vigie_client import (
    NEVER,
    Client,
    ContentDiffers,
    NotSignedIn,
    Outbox,
    OutboxFull,
    Retries,
    TooManyRequests,
    Unavailable,
    Unreachable,
)

from tests.client.damaging import cut_short, damaging, flipped
from tests.client.pictures import a_frame
from tests.client.scripted import Line, scripted
from tests.product import ADMIN, ADMIN_PASSWORD

STORED = {"media": {"id": 1, "sha256": "ab"}, "twin": False, "notes": []}
QUICK = Retries(attempts=5, first_wait=0.01, longest_wait=0.02, total=5)

AUGUST = datetime(2026, 8, 12, 17, 0, tzinfo=UTC)


class Clock:
    """A clock that a test turns."""

    def __init__(self, at: datetime = AUGUST) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def offline():
    with Client("http://127.0.0.1:1", token="t", retries=NEVER) as nowhere:
        yield nowhere


def file_names(client: Client, source: str, sort: str = "captured") -> list[str | None]:
    return [media.file_name for media in client.list_media(source=source, sort=sort)]


def test_a_day_without_network_costs_no_frame_and_no_time_of_capture(client, offline, tmp_path):
    clock = Clock()
    outbox = Outbox(tmp_path, clock=clock)
    taken = []
    for half_hour in range(48):
        outbox.put(a_frame(10_000 + half_hour), source="CAM-DAY", azimuth=120.0)
        taken.append(clock.at)
        clock.turn(minutes=30)
        if half_hour % 12 == 0:
            assert isinstance(outbox.send(offline).problem, Unreachable)
    assert len(outbox) == 48

    # In between the camera lost its power; the outbox is what lies in the folder.
    sent = Outbox(tmp_path, clock=clock).send(client)

    assert (sent.registered, sent.already_here, sent.refused, sent.problem) == (48, 0, 0, None)
    assert len(outbox) == 0 and outbox.size == 0
    found = list(client.list_media(source="CAM-DAY", sort="captured"))
    assert [media.captured_at for media in found] == taken
    assert {(media.azimuth, media.captured_at_assumed) for media in found} == {(120.0, False)}


class PowerCut(BaseException):
    """Nothing catches it, as nothing catches the real one."""


class CutAfterTheAnswer:
    """A client whose power goes in the moment after the server has answered."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def register_media(self, file: Path, **told: Any) -> Any:
        self._client.register_media(file, **told)
        raise PowerCut


def test_power_that_goes_between_answer_and_deletion_makes_no_second_media(client, tmp_path):
    outbox = Outbox(tmp_path)
    outbox.put(a_frame(11_000), source="CAM-CUT")
    with pytest.raises(PowerCut):
        outbox.send(CutAfterTheAnswer(client))
    assert len(Outbox(tmp_path)) == 1
    sent = Outbox(tmp_path).send(client)
    assert (sent.registered + sent.already_here, sent.problem) == (1, None)
    assert len(file_names(client, "CAM-CUT")) == 1 and len(outbox) == 0


def test_power_that_goes_while_a_frame_is_written_leaves_nothing_that_counts(tmp_path, monkeypatch):
    outbox = Outbox(tmp_path)
    renamed = os.replace

    def cut(origin: Path, to: Path) -> None:
        if str(to).endswith(".json"):
            raise PowerCut
        renamed(origin, to)

    monkeypatch.setattr(os, "replace", cut)
    with pytest.raises(PowerCut):
        outbox.put(a_frame(11_100))
    monkeypatch.undo()
    left = [path for path in tmp_path.iterdir() if path.is_file()]
    assert left and len(Outbox(tmp_path)) == 0
    # Another process might still be writing them; an hour later nobody is.
    for path in left:
        os.utime(path, (time.time() - 4_000,) * 2)
    Outbox(tmp_path)
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_disk_without_room_keeps_nothing_half_done(tmp_path, monkeypatch):
    outbox = Outbox(tmp_path)
    outbox.put(a_frame(11_150))

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        outbox.put(a_frame(11_151))
    assert len(outbox) == 1 and len([path for path in tmp_path.iterdir() if path.is_file()]) == 2


def test_a_frame_that_cannot_be_read_holds_up_no_other(client, tmp_path):
    clock = Clock()
    outbox = Outbox(tmp_path, clock=clock)
    name = outbox.put(a_frame(11_160), source="CAM-EIO")
    clock.turn(seconds=30)
    outbox.put(a_frame(11_161), source="CAM-EIO")
    (tmp_path / f"{name}.frame").unlink()
    (tmp_path / f"{name}.frame").mkdir()  # reading it fails, as from a worn card
    sent = outbox.send(client)
    assert (sent.registered, len(outbox)) == (1, 1)


def test_a_frozen_camera_sends_the_same_picture_once(client, tmp_path):
    outbox = Outbox(tmp_path)
    for _ in range(3):
        outbox.put(a_frame(11_200), source="CAM-ICE")
    sent = outbox.send(client)
    assert (sent.registered, sent.already_here, len(outbox)) == (1, 2, 0)
    assert len(file_names(client, "CAM-ICE")) == 1


@pytest.mark.parametrize(("order", "first"), [("oldest", "0.jpg"), ("newest", "4.jpg")])
def test_the_backlog_goes_in_the_order_that_one_chose(client, tmp_path, order, first):
    clock = Clock()
    outbox = Outbox(tmp_path, order=order, clock=clock)
    for number in range(5):
        content = a_frame(11_300 + number + (50 if order == "newest" else 0))
        outbox.put(content, source=f"CAM-{order}", file_name=f"{number}.jpg")
        clock.turn(seconds=30)
    outbox.send(client)
    assert file_names(client, f"CAM-{order}", sort="uploaded")[0] == first


def test_a_full_outbox_lets_the_oldest_go(tmp_path):
    clock = Clock()
    outbox = Outbox(tmp_path, max_bytes=5_000, clock=clock)
    names = []
    for number in range(4):
        names.append(outbox.put(bytes([number]) * 2_000))
        clock.turn(seconds=30)
    assert (len(outbox), outbox.size, outbox.dropped) == (2, 4_000, 2)
    assert {path.stem for path in tmp_path.glob("*.json")} == set(names[2:])


def test_a_full_outbox_may_keep_what_it_has_instead(tmp_path):
    outbox = Outbox(tmp_path, max_bytes=5_000, when_full="refuse_newest")
    first = [outbox.put(b"a" * 2_000), outbox.put(b"b" * 2_000)]
    with pytest.raises(OutboxFull):
        outbox.put(b"c" * 2_000)
    assert {path.stem for path in tmp_path.glob("*.json")} == set(first)


def test_a_frame_larger_than_the_outbox_is_not_taken(tmp_path):
    outbox = Outbox(tmp_path, max_bytes=1_000)
    kept = outbox.put(b"a" * 900)
    with pytest.raises(OutboxFull):
        outbox.put(b"b" * 1_001)
    assert [path.stem for path in tmp_path.glob("*.json")] == [kept]


def test_frames_that_have_waited_too_long_are_let_go(offline, tmp_path):
    clock = Clock()
    outbox = Outbox(tmp_path, max_age=timedelta(days=2), clock=clock)
    outbox.put(a_frame(11_400))
    clock.turn(days=1)
    outbox.put(a_frame(11_401))
    clock.turn(days=1, seconds=1)
    outbox.send(offline)
    assert (len(outbox), outbox.dropped) == (1, 1)


def test_what_the_server_refuses_is_set_aside_with_the_reason(client, tmp_path):
    outbox = Outbox(tmp_path, max_bytes=4_000)
    outbox.put(b"no picture " * 90, source="CAM-ODD")
    outbox.put(a_frame(11_500), source="CAM-ODD")
    sent = outbox.send(client)
    assert (sent.registered, sent.refused, len(outbox)) == (1, 1, 0)
    (reason,) = (tmp_path / "refused").glob("*.reason.txt")
    assert "is not a JPEG" in reason.read_text("utf-8")
    # It is the first to go when room is needed.
    outbox.put(b"x" * 3_500)
    assert (len(outbox), outbox.dropped, list((tmp_path / "refused").iterdir())) == (1, 0, [])


def test_a_frame_that_the_card_has_damaged_is_set_aside(client, tmp_path):
    outbox = Outbox(tmp_path, max_age=None)
    name = outbox.put(a_frame(11_600), source="CAM-ROT")
    frame = tmp_path / f"{name}.frame"
    frame.write_bytes(frame.read_bytes()[:-40] + bytes(40))
    (tmp_path / "20260101T000000.000000Z-00000000.json").write_bytes(b"{torn")
    sent = outbox.send(client)
    assert (sent.registered, sent.refused, len(outbox)) == (0, 2, 0)
    assert file_names(client, "CAM-ROT") == []

    (reason, _) = sorted((tmp_path / "refused").glob("*.reason.txt"), reverse=True)
    assert "the card has damaged it" in reason.read_text("utf-8")


@pytest.mark.parametrize("damage", [flipped, cut_short])
def test_a_frame_that_is_damaged_on_its_way_is_sent_again(product, client, tmp_path, damage):
    outbox = Outbox(tmp_path)
    outbox.put(a_frame(11_620 + (damage is cut_short)), source=f"CAM-{damage.__name__}")
    with (
        damaging(product.api, damage, damage) as way,
        Client(way, login=ADMIN, password=ADMIN_PASSWORD, retries=QUICK) as afar,
    ):
        sent = outbox.send(afar)
    assert (sent.registered, sent.refused, sent.problem, len(outbox)) == (1, 0, None, 0)
    assert len(file_names(client, f"CAM-{damage.__name__}")) == 1


def test_a_way_that_damages_every_time_costs_no_frame(product, client, tmp_path):
    outbox = Outbox(tmp_path)
    outbox.put(a_frame(11_630), source="CAM-WIRE")
    with (
        damaging(product.api, *[flipped] * 3) as way,
        Client(way, login=ADMIN, password=ADMIN_PASSWORD, retries=QUICK) as afar,
    ):
        first = outbox.send(afar)
        assert (first.registered, first.refused, len(outbox)) == (0, 0, 1)
        assert isinstance(first.problem, ContentDiffers)
        assert outbox.send(afar).registered == 1


def test_what_is_refused_for_what_was_said_beside_a_frame_costs_no_frame(tmp_path):
    outbox = Outbox(tmp_path)
    outbox.put(a_frame(11_640))
    wrong = Line(422, {"detail": "azimuth is a number from 0 to 360.", "code": "invalid_text"})
    with scripted(wrong) as server, Client(server.url, token="t", retries=NEVER) as client:
        sent = outbox.send(client)
    assert (sent.refused, len(outbox)) == (0, 1) and sent.problem is not None


def test_a_token_that_was_revoked_keeps_the_frames(product, tmp_path):
    outbox = Outbox(tmp_path)
    outbox.put(a_frame(11_700))
    with Client(product.api, token="revoked") as client:
        sent = outbox.send(client)
    assert isinstance(sent.problem, NotSignedIn) and len(outbox) == 1


def test_one_frame_that_the_server_stumbles_over_does_not_hold_up_the_others(tmp_path):
    outbox = Outbox(tmp_path)
    for number in range(3):
        outbox.put(a_frame(11_800 + number))
    bug = Line(500, {"detail": "Something went wrong.", "code": "bug"})
    with scripted(bug, Line(201, STORED)) as server, Client(server.url, token="t") as client:
        sent = outbox.send(client)
    assert (sent.registered, len(outbox)) == (2, 1)


@pytest.mark.parametrize("status", [200, 302, 400, 403, 404, 405, 407, 408, 411, 413, 421, 425, 451])
def test_what_somebody_on_the_way_answers_costs_no_frame(tmp_path, status):
    outbox = Outbox(tmp_path)
    outbox.put(a_frame(11_850))
    with (
        scripted(Line(status, b"<html>Please sign in to the hotel's network</html>")) as server,
        Client(server.url, token="t", retries=NEVER) as client,
    ):
        sent = outbox.send(client)
    assert (sent.refused, len(outbox)) == (0, 1) and sent.problem is not None


def test_a_frame_that_somebody_on_the_way_finds_too_large_holds_up_no_other(tmp_path):
    clock = Clock()
    outbox = Outbox(tmp_path, clock=clock)
    for number in range(3):
        outbox.put(a_frame(11_860 + number))
        clock.turn(seconds=30)
    too_large = Line(413, b"<html>413 Request Entity Too Large</html>")
    with (
        scripted(too_large, Line(201, STORED)) as server,
        Client(server.url, token="t", retries=NEVER) as client,
    ):
        sent = outbox.send(client)
    assert (sent.registered, sent.refused, len(outbox)) == (2, 0, 1)


def test_a_round_ends_when_every_frame_is_answered_badly_and_the_next_begins_elsewhere(tmp_path):
    clock = Clock()
    outbox = Outbox(tmp_path, clock=clock)
    for number in range(8):
        outbox.put(a_frame(11_870 + number), file_name=f"{number}.jpg")
        clock.turn(seconds=30)
    with (
        scripted(Line(403, b"<html>no</html>")) as server,
        Client(server.url, token="t", retries=NEVER) as client,
    ):
        outbox.send(client)
        assert (len(outbox), len(server.asked)) == (8, 5)
        outbox.send(client)
    assert len(outbox) == 8
    assert b"5.jpg" in server.asked[5].body and b"7.jpg" in server.asked[7].body


def test_one_frame_that_is_answered_badly_delays_no_fresh_one(tmp_path):
    outbox = Outbox(tmp_path)
    outbox.put(a_frame(11_880))
    stop = threading.Event()
    with (
        scripted(Line(400, b"no"), Line(201, STORED)) as server,
        Client(server.url, token="t", retries=NEVER) as client,
    ):
        waits = {"every": 0.05, "longest_wait": 60.0}
        thread = threading.Thread(target=outbox.keep_sending, args=(client, stop), kwargs=waits)
        thread.start()
        try:
            for number in range(1, 4):
                deadline = time.monotonic() + 10
                while (len(server.asked) < number or len(outbox) > 1) and time.monotonic() < deadline:
                    time.sleep(0.02)
                if number < 3:
                    outbox.put(a_frame(11_880 + number))
        finally:
            stop.set()
            thread.join(10)
    # It waits by itself, while the others went as they came.
    assert (len(server.asked), len(outbox)) == (3, 1)


@pytest.mark.parametrize(
    ("status", "code", "problem"), [(503, "unavailable", Unavailable), (429, "too_fast", TooManyRequests)]
)
def test_a_server_that_asks_for_time_ends_the_round(tmp_path, status, code, problem):
    outbox = Outbox(tmp_path)
    for number in range(2):
        outbox.put(a_frame(11_900 + number))
    away = Line(status, {"detail": "Wait.", "code": code}, {"Retry-After": "5"})
    with scripted(away) as server, Client(server.url, token="t", retries=NEVER) as client:
        sent = outbox.send(client)
    assert isinstance(sent.problem, problem) and sent.problem.retry_after == 5
    assert (len(server.asked), len(outbox)) == (1, 2)
