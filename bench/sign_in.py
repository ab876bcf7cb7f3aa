"""Row 13: signing in costs one bcrypt, the same for a name that does not exist, and holds nobody up."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

import bcrypt
import httpx

from bench.figures import Figure, at_most, below
from bench.ground import Ground
from bench.timing import percentile, race
from curation.accesses import BCRYPT_COST, ensure_first_admin
from curation.errors import NotSignedIn
from curation.sign_in import authenticate
from db.session import open_session
from tests.product import ADMIN, ADMIN_PASSWORD, start_product

PASSWORD = "a password of the bench"


def measure(ground: Ground) -> Iterator[Figure]:
    engine = ground.engine(ground.copy_of(ground.database(100_000), "signed_in"))
    with open_session(engine=engine) as session:
        ensure_first_admin(session, ADMIN, PASSWORD)
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(BCRYPT_COST))

    def sign_in(login: str, password: str) -> None:
        with open_session(read_only=True, engine=engine) as session, contextlib.suppress(NotSignedIn):
            authenticate(session, login, password)

    times = race(
        4 if ground.quick else 10,
        known=lambda: sign_in(ADMIN, PASSWORD),
        wrong=lambda: sign_in(ADMIN, "not the password"),
        unknown=lambda: sign_in("nobody", PASSWORD),
        bcrypt=lambda: bcrypt.checkpw(PASSWORD.encode(), hashed),
    )
    one = times["bcrypt"].least_cpu
    for name, operation in (
        ("known", "sign in"),
        ("wrong", "sign in with a wrong password"),
        ("unknown", "sign in as nobody"),
    ):
        yield at_most(
            "13", f"{operation} (CPU), beside one bcrypt", times[name].least_cpu, one, 1.15, shown="ms"
        )
    waiting = _health_while_signing_in(ground)
    operation = "answer of /health while somebody signs in without a pause, p95"
    yield below("13", operation, waiting, 0.2, shown="ms", limit=f"{one * 1000:.0f} ms on the event loop")


def _health_while_signing_in(ground: Ground) -> float:
    """The p95 of a request that has nothing to do with signing in, in seconds."""
    product = start_product(ground.folder / "sign-in")
    stop = threading.Event()

    def sign_in() -> None:
        with httpx.Client(base_url=product.api, timeout=30) as client:
            while not stop.is_set():
                form = {"username": ADMIN, "password": ADMIN_PASSWORD}
                client.post("/login/access-token", data=form).raise_for_status()

    thread = threading.Thread(target=sign_in)
    try:
        thread.start()
        answers: list[float] = []
        with httpx.Client(base_url=product.api) as client:
            for _ in range(60):
                started = time.perf_counter()
                client.get("/health").raise_for_status()
                answers.append(time.perf_counter() - started)
                time.sleep(0.05)  # the pace of whoever watches, not a wait for something
    finally:
        stop.set()
        thread.join()
        product.stop()
    return percentile(answers, 95)
