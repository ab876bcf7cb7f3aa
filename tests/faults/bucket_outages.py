"""F6: the bucket refuses, hangs, is slow, fails, asks to slow down."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import httpx

from tests.factories import a_jpeg
from tests.faults.registry import REPLICATED, fault
from tests.faults.relay import Relay
from tests.faults.s3_proxy import S3Proxy, pass_on, refusing
from tests.faults.trial import HANG_SECONDS, Caller, Trial

ONLY_S3 = (REPLICATED,)
SLOW = 64 * 1024  # bytes a second


@contextmanager
def relayed(trial: Trial) -> Iterator[Relay]:
    """A relay between the installation and its bucket; in the end the bucket stands alone again."""
    relay = Relay(trial.ground.s3_server.port)
    try:
        with _bucket_at(trial, relay.url):
            yield relay
    finally:
        relay.close()


@contextmanager
def proxied(trial: Trial) -> Iterator[S3Proxy]:
    """The same with a proxy that understands what is asked."""
    proxy = S3Proxy(trial.ground.s3_server.port)
    try:
        with _bucket_at(trial, proxy.url):
            yield proxy
    finally:
        proxy.close()


@contextmanager
def _bucket_at(trial: Trial, url: str) -> Iterator[None]:
    before = trial.site.environment["S3_ENDPOINT_URL"]
    trial.site.environment["S3_ENDPOINT_URL"] = url
    trial.site.api.kill()
    trial.site.start()
    try:
        yield
    finally:
        trial.site.environment["S3_ENDPOINT_URL"] = before
        trial.site.api.kill()
        trial.site.start()


@fault("F6", "bucket refuses", sample=1, full=10, places=ONLY_S3)
def refused(trial: Trial) -> None:
    """Nobody listens where the bucket was."""
    with relayed(trial) as relay, trial.caller() as caller:
        for _ in range(trial.rounds):
            media_id = _a_picture(caller)
            relay.refuse()
            _require_refused(trial, "an upload", lambda: caller.upload(a_jpeg()), HANG_SECONDS)
            _require_away(trial, caller, media_id)
            relay.accept()
            trial.await_recovery(lambda: caller.upload(a_jpeg()).status_code == 201)


@fault("F6", "bucket hangs", sample=0, full=3, places=ONLY_S3)
def hangs(trial: Trial) -> None:
    """It takes connections and never answers. A PUT may rightly last a minute."""
    with relayed(trial) as relay, trial.caller() as caller:
        for _ in range(trial.rounds):
            media_id = _a_picture(caller)
            relay.hang = True
            _require_away(trial, caller, media_id)
            _require_refused(trial, "an upload", lambda: caller.upload(a_jpeg()), 60)
            relay.hang = False
            trial.await_recovery(lambda: caller.upload(a_jpeg()).status_code == 201)


@fault("F6", "bucket slow (64 kB/s)", sample=0, full=3, places=ONLY_S3)
def slow(trial: Trial) -> None:
    """What arrives slowly arrives: a picture of 3 MiB takes most of a minute, and the API answers others meanwhile."""
    content = a_jpeg() + bytes(5 * 2**19)
    with relayed(trial) as relay, trial.caller() as caller:
        for number in range(trial.rounds):
            relay.bytes_per_second = SLOW
            began = time.monotonic()
            uploaded = caller.upload(content + bytes([number]))
            relay.bytes_per_second = None
            took = time.monotonic() - began
            trial.note(f"{len(content) / 2**20:.1f} MiB at 64 kB/s: {uploaded.status_code} in {took:.0f} s")
            trial.require(uploaded.status_code == 201, f"a slow upload ended in {uploaded.status_code}")


@fault("F6", "bucket fails (500)", sample=0, full=10, places=ONLY_S3)
def fails(trial: Trial) -> None:
    """A read that fails twice is tried a third time; a write is refused, and taken when it comes again."""
    with proxied(trial) as proxy, trial.caller() as caller:
        for number in range(trial.rounds):
            media_id, content, key = _a_picture(caller), a_jpeg(), f"F6-{number}"
            proxy.rule = refusing(500, "InternalError", times=2, method="GET")
            read = caller.get(f"/media/{media_id}/picture", params={"size": "original"})
            trial.require(read.status_code == 200, f"a read that failed twice ended in {read.status_code}")
            proxy.rule = refusing(500, "InternalError", times=1, method="PUT")
            first = caller.upload(content, key=key)
            trial.require(first.status_code == 503, f"a failed write was answered {first.status_code}")
            trial.await_recovery(lambda: caller.upload(content, key=key).status_code == 201)  # noqa: B023
            proxy.rule = pass_on


@fault("F6", "bucket asks to slow down (503)", sample=1, full=10, places=ONLY_S3)
def asks_to_slow_down(trial: Trial) -> None:
    """It is asked a few times for each request of ours, not without end, and ours say when to come again."""
    with proxied(trial) as proxy, trial.caller() as caller:
        for _ in range(trial.rounds):
            media_id = _a_picture(caller)
            proxy.rule = refusing(503, "SlowDown")
            before = proxy.requests
            _require_refused(trial, "an upload", lambda: caller.upload(a_jpeg()), HANG_SECONDS)
            _require_away(trial, caller, media_id)
            asked = proxy.requests - before
            trial.require(asked <= 15, f"the bucket was asked {asked} times for four requests")
            proxy.rule = pass_on
            trial.await_recovery(lambda: caller.upload(a_jpeg()).status_code == 201)


def _a_picture(caller: Caller) -> int:
    answer = caller.upload(a_jpeg())
    answer.raise_for_status()
    media_id: int = answer.json()["media"]["id"]
    return media_id


def _require_away(trial: Trial, caller: Caller, media_id: int) -> None:
    """Whatever needs the bucket is refused in time; what does not is there."""
    for size in trial.some(("original", "screen")):
        show = partial(caller.get, f"/media/{media_id}/picture", params={"size": size})
        _require_refused(trial, f"the {size} of a picture", show, HANG_SECONDS)
    _require_refused(trial, "/ready", lambda: caller.get("/ready"), HANG_SECONDS)
    for path in ("/health", "/media?limit=1", f"/media/{media_id}"):
        answer = caller.get(path)
        trial.require(answer.status_code == 200, f"{path} was answered {answer.status_code} without a bucket")


def _require_refused(trial: Trial, what: str, ask: Callable[[], httpx.Response], within: float) -> None:
    began = time.monotonic()
    answer = ask()
    took = time.monotonic() - began
    trial.require(answer.status_code == 503, f"{what} was answered {answer.status_code} without a bucket")
    trial.require(took <= within * trial.slack, f"{what} was refused only after {took:.1f} s")
