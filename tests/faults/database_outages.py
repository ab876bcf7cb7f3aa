"""F3, F4, F5, F18: the database is killed, stopped, frozen, cut off in the middle of a commit, locked."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
import uuid
from contextlib import closing

from sqlalchemy import make_url, text

from tests.factories import a_jpeg
from tests.faults.registry import REPLICATED, SINGLE_HOST, fault
from tests.faults.relay import Relay
from tests.faults.traffic import Traffic, all_at_once
from tests.faults.trial import Caller, Trial

REFUSED_WITHIN = 5.0  # seconds until a request is told that the database is away
OPEN_FOR = 10.0  # seconds until a transaction that nobody ends is one too many
COMMITS = 6  # about as many as an upload makes


@fault("F3", "database killed", sample=1, full=20, places=(REPLICATED,))
def killed(trial: Trial) -> None:
    """SIGKILL to all of it while clients send, then it starts and recovers what was committed."""
    server = trial.ground.postgresql
    for _ in range(trial.rounds):
        with Traffic(trial):
            time.sleep(trial.rng.uniform(0.3, 1.2))
            server.kill()
            time.sleep(trial.rng.uniform(0.0, 0.5))
            server.start()
            trial.await_recovery()
        all_at_once(trial)
    _require_no_open_transaction(trial)


@fault("F4", "database stopped", sample=0, full=3, places=(REPLICATED,))
def stopped(trial: Trial) -> None:
    """Every connection is refused for a while."""
    server = trial.ground.postgresql
    for _ in range(trial.rounds):
        with Traffic(trial):
            time.sleep(0.5)
            server.stop()
            _outlast(trial)
            server.start()
            trial.await_recovery()
        all_at_once(trial)
    _require_no_open_transaction(trial)


@fault("F4", "database frozen", sample=1, full=3, places=(REPLICATED,))
def frozen(trial: Trial) -> None:
    """Connections stay and are taken, and nobody answers for a while."""
    server = trial.ground.postgresql
    for _ in range(trial.rounds):
        with Traffic(trial):
            time.sleep(0.5)
            server.halt()
            try:
                _outlast(trial)
            finally:
                server.go_on()
            trial.await_recovery()
        all_at_once(trial)
    _require_no_open_transaction(trial)


def _outlast(trial: Trial) -> None:
    """The outage: alive, not ready, and everything else refused soon, from the first request on."""
    ends = time.monotonic() + (30 if trial.is_full else 2)
    slowest = 0.0
    with trial.caller() as caller:
        while time.monotonic() < ends:
            slowest = max(slowest, _refused_after(trial, caller, "/media?limit=1"))
            slowest = max(slowest, _refused_after(trial, caller, "/ready"))
            trial.require(caller.get("/health").status_code == 200, "/health does not say that it is alive")
            time.sleep(0.3)
    trial.note(f"slowest refusal {slowest:.1f} s")
    trial.require(
        slowest <= REFUSED_WITHIN * trial.slack, f"a request was refused only after {slowest:.1f} s"
    )


def _refused_after(trial: Trial, caller: Caller, path: str) -> float:
    began = time.monotonic()
    answer = caller.get(path)
    trial.require(answer.status_code == 503, f"{path} was answered {answer.status_code} without a database")
    return time.monotonic() - began


def _require_no_open_transaction(trial: Trial) -> None:
    """A moment after the last request the server sees no transaction of ours that is still open."""
    with trial.site.engine.connect() as connection:
        deadline = time.monotonic() + OPEN_FOR * trial.slack
        while True:
            left = connection.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
                )
            )
            if not left or time.monotonic() > deadline:
                break
            time.sleep(0.2)
    trial.require(not left, f"{left} transactions were left open")


@fault("F5", "connection cut at a commit", sample=3, full=100, places=(REPLICATED,))
def cut_at_a_commit(trial: Trial) -> None:
    """Some commit never reaches the server, or its outcome never reaches us; the client asks again."""
    relay = Relay(trial.ground.postgresql.port)
    try:
        url = make_url(trial.site.environment["DATABASE_URL"]).set(port=relay.port)
        trial.site.environment["DATABASE_URL"] = url.render_as_string(hide_password=False)
        trial.site.api.kill()
        trial.site.start()
        with trial.caller() as caller:
            for _ in range(trial.rounds):
                _lose_one(trial, relay, caller)
    finally:
        relay.lose_request = relay.lose_answer_to = None
        trial.site.api.kill()
        url = url.set(port=trial.ground.postgresql.port)
        trial.site.environment["DATABASE_URL"] = url.render_as_string(hide_password=False)
        relay.close()
    trial.site.start()
    trial.note(f"{relay.lost} commits lost on the way")
    trial.require(relay.lost >= trial.rounds, f"only {relay.lost} commits were lost in {trial.rounds} rounds")


def _lose_one(trial: Trial, relay: Relay, caller: Caller) -> None:
    content, key, client_id = a_jpeg(), uuid.uuid4().hex, str(uuid.uuid4())
    _arm(trial, relay, COMMITS)
    while (uploaded := caller.upload(content, key=key)).status_code == 503:
        time.sleep(0.05)
    trial.require(uploaded.status_code in (200, 201), f"the retry was answered {uploaded.status_code}")
    media_id = uploaded.json()["media"]["id"]
    _arm(trial, relay, 3)
    while (submitted := caller.submit(media_id, client_id)).status_code == 503:
        time.sleep(0.05)
    trial.require(submitted.status_code in (200, 201), f"the retry was answered {submitted.status_code}")


def _arm(trial: Trial, relay: Relay, commits: int) -> None:
    relay.let_pass = trial.rng.randrange(commits)
    if trial.rng.random() < 0.5:
        relay.lose_request, relay.lose_answer_to = b"COMMIT", None
    else:
        relay.lose_request, relay.lose_answer_to = None, b"COMMIT"


@fault("F18", "SQLite locked by another program", sample=0, full=5, places=(SINGLE_HOST,))
def locked(trial: Trial) -> None:
    """Held for three seconds, a write waits and is done; held for ten, it is refused in words, and reads go on."""
    database = make_url(trial.site.environment["DATABASE_URL"]).database
    assert database
    for _ in range(trial.rounds):
        with trial.caller() as caller:
            with _held(database, seconds=3):
                waited = caller.upload(a_jpeg())
            trial.require(waited.status_code == 201, f"a short wait ended in {waited.status_code}")
            with _held(database, seconds=10):
                refused = caller.upload(a_jpeg())
                read = caller.get("/media?limit=1")
            trial.require(refused.status_code == 503, f"a long wait ended in {refused.status_code}")
            trial.require("locked" not in refused.text, f"the answer speaks of locks: {refused.text}")
            trial.require(read.status_code == 200, f"reading was answered {read.status_code}")
            trial.await_recovery(lambda: caller.upload(a_jpeg()).status_code == 201)


class _held:
    """Another program writes to the file and takes its time; its `with` block ends when it has."""

    def __init__(self, database: str, seconds: float) -> None:
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._hold, args=(database, seconds), daemon=True)

    def __enter__(self) -> None:
        self._thread.start()
        assert self._begun.wait(30)

    def __exit__(self, *_problem: object) -> None:
        self._thread.join(60)

    def _hold(self, database: str, seconds: float) -> None:
        with closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            self._begun.set()
            time.sleep(seconds)
            other.execute("ROLLBACK")


@fault("F18", "SQLite killed and copied while open", sample=1, full=10, places=(SINGLE_HOST,))
def copied_while_open(trial: Trial) -> None:
    """Its files are copied while it writes, the process dies and leaves its WAL: nothing is missing afterwards."""
    database = make_url(trial.site.environment["DATABASE_URL"]).database
    assert database
    for number in range(trial.rounds):
        with Traffic(trial):
            time.sleep(0.5)
            for ending in ("", "-wal", "-shm"):
                shutil.copy(database + ending, trial.site.folder / f"copy{number}.db{ending}")
            trial.site.api.kill()
            trial.site.start()
            trial.await_recovery()
        with closing(sqlite3.connect(database)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        trial.require(found == "ok", f"SQLite says of its file: {found}")
