"""Every page of the dashboard, opened as an admin on what a fault has left behind."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from curation.accesses import find_access
from curation.sign_in import COOKIE, open_login_session, redeem_ticket
from db.session import open_session
from tests.access.dashboard import ADMIN_SECTIONS, PAGES, what_is_shown
from tests.access.routes import COLUMNS
from tests.access.socket import Tab, shown
from tests.faults.launcher import Order
from tests.faults.site import Replica, Site
from tests.faults.trial import Trial
from tests.product import ADMIN, free_port

START_SECONDS = 90.0
WRONG = "Something went wrong"


def open_pages(trial: Trial) -> None:
    """A page that does not load, or that shows an admin less than it should, falls short."""
    admin = COLUMNS.index("admin")
    with _served(trial.site) as dashboard:
        headers = _signed_in(trial.site)
        for page, query in _addresses(trial):
            with Tab(dashboard.address, headers) as tab:
                text = shown(tab.open("" if page == "overview" else page, query))
            where = f"{page}?{query}".rstrip("?")
            trial.require(WRONG not in text, f"the page {where} says: {WRONG}")
            seen = what_is_shown(text, page)
            trial.require(seen == PAGES[page][admin], f"the page {where} shows an admin: {seen}")


def _addresses(trial: Trial) -> Iterator[tuple[str, str]]:
    yield from ((page, "") for page in PAGES)
    yield from (("admin", f"section={section}") for section in sorted(ADMIN_SECTIONS))
    yield from (("browse", f"media={media_id}") for media_id in list(trial.ledger.uploads)[-1:])


@contextmanager
def _served(site: Site) -> Iterator[Replica]:
    """The dashboard of this installation, as its operator starts it."""
    port, log = free_port(), site.folder / "dashboard.log"
    variables = {**site.process_environment(), "DASHBOARD_PORT": f"{port}"}
    order = Order(variables, str(log), arguments=("serve", "--only", "dashboard"))
    dashboard = Replica(f"http://127.0.0.1:{port}", port, log, site.launcher.start(order))
    try:
        _await_health(dashboard)
        yield dashboard
    finally:
        dashboard.stop()


def _await_health(dashboard: Replica) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(f"{dashboard.address}/_stcore/health", timeout=5).raise_for_status()
            return
        except httpx.HTTPError:
            if not dashboard.is_alive or time.monotonic() > deadline:
                log = dashboard.log.read_text("utf-8", "replace")
                raise RuntimeError(f"The dashboard did not start:\n{log}") from None
            time.sleep(0.1)


def _signed_in(site: Site) -> Mapping[str, str]:
    """The header of a new login session of the admin."""
    with open_session(engine=site.engine) as session:
        admin = find_access(session, ADMIN)
        assert admin is not None
        ticket = open_login_session(session, admin, "127.0.0.1", 12)
        session.flush()
        return {"Cookie": f"{COOKIE}={redeem_ticket(session, ticket)}"}
