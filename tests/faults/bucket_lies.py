"""F7: what the bucket says, keeps or gives is not what it was sent; F8: it is empty, or another one."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from tests.factories import a_jpeg
from tests.faults.bucket_outages import ONLY_S3, proxied, relayed
from tests.faults.registry import fault
from tests.faults.s3_proxy import (
    Answer,
    Forward,
    Request,
    Rule,
    changing,
    cut_short,
    pass_on,
    with_other_bytes,
    with_wrong_etag,
    with_wrong_length,
)
from tests.faults.trial import Caller, Trial

SIZES = ("original", "screen", "thumb")


@fault("F7", "PUT cut on the way", sample=0, full=20, places=ONLY_S3)
def cut_on_the_way(trial: Trial) -> None:
    """The connection ends in the middle of the body: nothing is acknowledged, and the next try succeeds."""
    with relayed(trial) as relay, trial.caller() as caller:
        for number in range(trial.rounds):
            content, key = a_jpeg(640, 480), f"F7-cut-{number}"
            somewhere = trial.rng.randrange(len(content) - 16)
            relay.lose_request = content[somewhere : somewhere + 16]
            _require_not_taken(trial, caller.upload(content, key=key), "a PUT cut on the way")
            trial.require(relay.lost == number + 1, "the PUT was not cut")
            trial.await_recovery(lambda: caller.upload(content, key=key).status_code == 201)  # noqa: B023


@fault("F7", "PUT damaged on the way", sample=0, full=20, places=ONLY_S3)
def damaged_on_the_way(trial: Trial) -> None:
    """A byte is another when it arrives: the digest that goes along betrays it."""
    with relayed(trial) as relay, trial.caller() as caller:
        for number in range(trial.rounds):
            content, key = a_jpeg(640, 480), f"F7-damaged-{number}"
            somewhere = trial.rng.randrange(len(content) - 16)
            word = content[somewhere : somewhere + 16]
            other = bytes([word[0] ^ 1]) + word[1:]
            relay.change_request = lambda chunk: chunk.replace(word, other)  # noqa: B023
            _require_not_taken(trial, caller.upload(content, key=key), "a PUT damaged on the way")
            relay.change_request = bytes
            trial.await_recovery(lambda: caller.upload(content, key=key).status_code == 201)  # noqa: B023


@fault("F7", "PUT answered 200, stored short", sample=1, full=20, places=ONLY_S3)
def stored_short(trial: Trial) -> None:
    """The bucket says yes and keeps half: the second look finds it."""
    folder = trial.ground.s3_server.folder
    with proxied(trial) as proxy, trial.caller() as caller:
        for number in range(trial.rounds):
            content, key = a_jpeg(640, 480), f"F7-short-{number}"
            proxy.rule = keeping_half(folder)
            _require_not_taken(trial, caller.upload(content, key=key), "a PUT stored short")
            proxy.rule = pass_on
            trial.await_recovery(lambda: caller.upload(content, key=key).status_code == 201)  # noqa: B023


def keeping_half(folder: Path) -> Rule:
    """A bucket whose server keeps its objects in `folder`, of each one half."""

    def rule(request: Request, forward: Forward) -> Answer:
        answer = forward(request)
        if request.method == "PUT" and request.is_object and answer.status < 300:
            stored = folder / unquote(urlsplit(request.path).path).lstrip("/")
            os.truncate(stored, stored.stat().st_size // 2)
        return answer

    return rule


@fault("F7", "equal upload lied about", sample=1, full=20, places=ONLY_S3)
def equal_upload_lied_about(trial: Trial) -> None:
    """Of two equal uploads one is acknowledged; then the other is told that it is damaged. The first stays."""
    with proxied(trial) as proxy, trial.caller() as caller, ThreadPoolExecutor(2) as threads:
        for _ in range(trial.rounds):
            content, told = a_jpeg(640, 480), threading.Event()
            proxy.rule = _lying_to_the_second(told)
            uploads = [threads.submit(_upload, trial, content) for _ in range(2)]
            first = next(as_completed(uploads)).result()
            told.set()
            answers = [upload.result().status_code for upload in uploads]
            trial.require(sorted(answers) == [201, 503], f"two equal uploads were answered {answers}")
            proxy.rule = pass_on
            if first.status_code == 201:
                media_id = first.json()["media"]["id"]
                shown = caller.get(f"/media/{media_id}/picture", params={"size": "original"})
                trial.require(shown.content == content, f"then the first was answered {shown.status_code}")
            again = caller.upload(content).status_code
            trial.require(again == 200, f"sent again it was answered {again}")


def _upload(trial: Trial, content: bytes) -> httpx.Response:
    with trial.caller() as caller:
        return caller.upload(content)


def _lying_to_the_second(first_is_told: threading.Event) -> Rule:
    """Let two equal uploads write together and one of them look; lie to the other when the first has its answer."""
    together, lock, looks = threading.Barrier(2), threading.Lock(), []
    lie = changing(with_wrong_length, method="HEAD")

    def rule(request: Request, forward: Forward) -> Answer:
        if "/media/" not in request.path:
            return forward(request)
        if request.method == "PUT":
            with suppress(threading.BrokenBarrierError):
                together.wait(10)
        if request.method != "HEAD":
            return forward(request)
        with lock:
            looks.append(request.path)
            is_first = len(looks) == 1
        if is_first:
            return forward(request)
        first_is_told.wait(10)
        return lie(request, forward)

    return rule


@fault("F7", "wrong ETag", sample=0, full=10, places=ONLY_S3)
def wrong_etag(trial: Trial) -> None:
    """Services that encrypt tell other ETags: what is stored is read back, and taken when it is right."""
    with proxied(trial) as proxy, trial.caller() as caller:
        proxy.rule = changing(with_wrong_etag, method="HEAD")
        for _ in range(trial.rounds):
            answer = caller.upload(a_jpeg())
            trial.require(answer.status_code == 201, f"another ETag was answered {answer.status_code}")


@fault("F7", "GET cut short", sample=0, full=10, places=ONLY_S3)
def answer_cut_short(trial: Trial) -> None:
    """No picture cut short is ever shown as a whole one."""
    _never_shown(trial, cut_short)


@fault("F7", "GET of other bytes", sample=1, full=10, places=ONLY_S3)
def other_bytes(trial: Trial) -> None:
    """No picture with other bytes than were uploaded is ever sent as a whole one."""
    _never_shown(trial, with_other_bytes)


def _never_shown(trial: Trial, change: Callable[[Answer], Answer]) -> None:
    with proxied(trial) as proxy, trial.caller() as caller:
        for _ in range(trial.rounds):
            content = a_jpeg(640, 480)
            media_id = caller.upload(content).json()["media"]["id"]
            proxy.rule = changing(change, method="GET")
            _require_nothing_else(trial, caller, media_id, content)
            proxy.rule = pass_on
            for size in SIZES:
                trial.await_recovery(lambda: _is_shown(caller, media_id, size))  # noqa: B023


def _require_nothing_else(trial: Trial, caller: Caller, media_id: int, content: bytes) -> None:
    """An original arrives as it was or visibly not at all."""
    try:
        answer = caller.get(f"/media/{media_id}/picture", params={"size": "original"})
    except httpx.RemoteProtocolError:
        return  # the body ended before its length: every client sees that
    right = hashlib.sha256(answer.content).digest() == hashlib.sha256(content).digest()
    trial.require(
        answer.status_code in (404, 503) or right,
        f"other bytes were sent as a picture ({answer.status_code})",
    )


def _is_shown(caller: Caller, media_id: int, size: str) -> bool:
    return caller.get(f"/media/{media_id}/picture", params={"size": size}).status_code == 200


def _require_not_taken(trial: Trial, answer: httpx.Response, what: str) -> None:
    trial.require(answer.status_code == 503, f"{what} was answered {answer.status_code}")
