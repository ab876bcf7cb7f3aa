"""F14: two replicas: they start on an empty database at once, share everything, and one of them dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
from sqlalchemy import select

from bench.processes import children_of
from db.models import Access, LabelClass, Scope
from db.session import open_session
from tests.factories import a_jpeg
from tests.faults.launcher import ROOT
from tests.faults.registry import REPLICATED, fault
from tests.faults.site import Replica, Site
from tests.faults.trial import Trial
from tests.product import ADMIN, ADMIN_PASSWORD, free_port

START_SECONDS = 90.0
REVOKED_SECONDS = 5.0


@fault(
    "F14",
    "two replicas on one database and one bucket",
    sample=1,
    full=10,
    places=(REPLICATED,),
    furnished=False,
)
def two_replicas(trial: Trial) -> None:
    """They start at once on an empty database; then, in each round, either is used, and one of them dies."""
    site = trial.site
    site.replicas = [site.opened.enter_context(_served(site, name)) for name in ("one", "two")]
    for replica in site.replicas:
        _await(f"{replica.address}/ready", START_SECONDS)
    _require_one_beginning(trial, site)
    site.token = _sign_in(site.replicas[0])
    slowest = 0.0
    for number in range(trial.rounds):
        first, second = site.replicas[:: 1 if number % 2 else -1]
        slowest = max(slowest, _end_at_one(trial, first, second, f"leaver-{number}"))
        _share(trial, number)
        _clean_up_together(trial)
        _lose_one(trial, first, second)
    trial.note(f"what ended at one replica was refused by the other after {slowest:.2f} s at most")


@fault("F14", "first start killed anywhere, then started", sample=1, full=25, promises=False)
def first_start_killed(trial: Trial) -> None:
    for _ in range(trial.rounds):
        site = trial.ground.site(trial.place, furnished=False)
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "migrate"],
            env=site.process_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(trial.rng.uniform(0.5, 3))
        process.kill()
        process.wait()
        done = site.manage("migrate")
        trial.require(
            done.returncode == 0, f"the next start ended with {done.returncode}: {done.stdout[-300:]}"
        )
        _require_one_beginning(trial, site, admins=0)
        site.close()


@contextmanager
def _served(site: Site, name: str) -> Iterator[Replica]:
    """`manage.py serve` with its supervisor, in a data folder of its own as on a host of its own."""
    data_dir = site.folder / name
    port = free_port()
    environment = {
        **site.process_environment(),
        "DATA_DIR": str(data_dir),
        "API_PORT": f"{port}",
        "DASHBOARD_PORT": f"{free_port()}",
    }
    log = site.folder / f"{name}.log"
    with open(log, "ab") as written:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "serve", "--only", "api"],
            cwd=ROOT,
            env=environment,
            stdout=written,
            stderr=written,
        )
    replica = Replica(f"http://127.0.0.1:{port}", port, log, process.pid)
    try:
        yield replica
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            replica.kill()
            process.wait()


def _await(address: str, seconds: float) -> float:
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            if httpx.get(address, timeout=5).status_code == 200:
                return time.monotonic() - began
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    raise TimeoutError(f"{address} did not answer 200")


def _sign_in(replica: Replica) -> str:
    form = {"username": ADMIN, "password": ADMIN_PASSWORD}
    answer = httpx.post(f"{replica.address}/login/access-token", data=form, timeout=60)
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def _require_one_beginning(trial: Trial, site: Site, admins: int = 1) -> None:
    """One migration, one first admin, every label class once."""
    with open_session(read_only=True, engine=site.engine) as session:
        logins = session.scalars(select(Access.login)).all()
        keys = Counter(session.scalars(select(LabelClass.key)))
    trial.require(len(logins) == admins, f"the first start made the accesses {logins}")
    trial.require(keys and set(keys.values()) == {1}, f"the first start made the label classes {keys}")


def _end_at_one(trial: Trial, first: Replica, second: Replica, login: str) -> float:
    """Seconds until the other replica refuses what was ended at the first: a token, and a disabled access."""
    token = _sign_in(first)
    with trial.caller(first, token) as caller:
        caller.post("/login/sign-out").raise_for_status()
    slowest = _refused_after(trial, second, token)
    token = trial.site.token_of(Scope.USER, login)
    with trial.caller(second, token) as caller:
        trial.require(caller.get("/me").status_code == 200, "a token of one replica is nothing to the other")
    with trial.caller(first) as admin:
        leaver = next(one["id"] for one in admin.get("/accesses").json() if one["login"] == login)
        admin.patch(f"/accesses/{leaver}", json={"disabled": True}).raise_for_status()
    return max(slowest, _refused_after(trial, second, token))


def _refused_after(trial: Trial, replica: Replica, token: str) -> float:
    began = time.monotonic()
    with trial.caller(replica, token) as caller:
        while caller.get("/me").status_code != 401:
            if time.monotonic() - began > REVOKED_SECONDS:
                trial.fail(f"what had ended was still taken after {REVOKED_SECONDS:.0f} s")
                break
            time.sleep(0.05)
    return time.monotonic() - began


def _share(trial: Trial, turn: int) -> None:
    """Uploads go to the replicas in turn, and each is repeated at the other one."""
    for number in range(10):
        content, key = a_jpeg(64, 48), f"shared-{turn}-{number}"
        told = []
        for replica in trial.site.replicas[:: 1 if number % 2 else -1]:
            with trial.caller(replica) as caller:
                told.append(caller.upload(content, key=key).json()["media"]["id"])
        trial.require(told[0] == told[1], f"one upload and its repeat became the media {told}")


def _clean_up_together(trial: Trial) -> None:
    """Two clean-ups at once: one waits for the other, and neither fails."""
    with ThreadPoolExecutor(2) as operators:
        for done in operators.map(lambda _: trial.site.manage("purge"), range(2)):
            trial.require(
                done.returncode == 0, f"a clean-up ended with {done.returncode}: {done.stdout[-300:]}"
            )


def _lose_one(trial: Trial, first: Replica, second: Replica) -> None:
    """The API process of one replica dies: the other one serves on, and its supervisor starts it again."""
    for process, line in children_of(first.process).items():
        if "uvicorn" in line:
            os.kill(process, signal.SIGKILL)
    with trial.caller(second) as caller:
        caller.upload(a_jpeg(64, 48)).raise_for_status()
    if not trial.is_full:
        return  # to import it all once more takes a sample's time
    seconds = _await(f"{first.address}/ready", START_SECONDS)
    trial.note(f"a supervisor had its killed API back after {seconds:.1f} s")
    log = first.log.read_text("utf-8", "replace")
    trial.require("it is started again" in log, "the supervisor does not say that it started the API again")
