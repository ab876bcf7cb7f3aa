"""Figures for machines that watch over an installation, in Prometheus' text format.

Requests and what was counted are of this process: each replica, and each of the two doors, is asked by itself. Media,
jobs, messages and devices are of the whole installation, the same from whoever is asked. No label holds what a
stranger could make up: routes stand as their templates, and everything else is a word of ours.
"""

from __future__ import annotations

import hmac
import logging
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

from fastapi import APIRouter, Depends, Request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.dependencies import give_signed_in
from curation.accesses import require_scope
from curation.gauges import Gauges, read_gauges
from curation.tallies import Tally, read_tallies
from db.models import Scope as AccessScope
from db.outages import told
from db.session import open_session
from reporting import note_route
from settings import get_settings

open_router = APIRouter(tags=["health"])
log = logging.getLogger(__name__)

GAUGES_LAST = 30.0  # seconds
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
UNKNOWN = "unknown"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
TALLIES = {
    Tally.UPLOADS: ("vigie_uploads", "Uploads that were answered for, by what became of them.", "result"),
    Tally.ACTS: ("vigie_acts", "Answers and decisions on media.", "act"),
    Tally.SIGN_IN_FAILURES: ("vigie_sign_in_failures", "Sign-ins that failed.", "reason"),
}


class Metrics:
    """The figures of one application: its requests, and what is looked up when somebody asks."""

    def __init__(self) -> None:
        # Of our own: the library's default one is shared by everything in the process, Streamlit included.
        self.registry = CollectorRegistry()
        # Else each sample has a twin that says when it began to be counted.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        labels = ("method", "route", "status")
        self._requests = Counter("vigie_requests", "Requests answered.", labels, registry=self.registry)
        self._seconds = Histogram(
            "vigie_request_seconds",
            "Seconds until an answer began.",
            ("method", "route"),
            buckets=SECONDS,
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.registry.register(_Installation())

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        method = method if method in METHODS else UNKNOWN
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)


class Measured:
    """ASGI middleware: counts each request by the template of its route, and how long its answer took to begin."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status, seconds = 500, None

        async def send_and_look(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status, seconds = message["status"], time.perf_counter() - started
            await send(message)

        try:
            await self._app(scope, receive, send_and_look)
        finally:
            elapsed = time.perf_counter() - started if seconds is None else seconds
            template = _template(scope)
            self._metrics.note(scope["method"], template, status, elapsed)
            if template != UNKNOWN:
                note_route(scope.get("root_path", "") + template)


class _Installation(Collector):
    """What is known without being noted: counts of this process, and how the installation stands."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: tuple[float, Gauges] | None = None

    def collect(self) -> Iterator[Metric]:
        tallies = read_tallies()
        for tally, (name, about, label) in TALLIES.items():
            family = CounterMetricFamily(name, about, labels=[label])
            for (counted, how), number in tallies.items():
                if counted == tally:
                    family.add_metric([how], number)
            yield family
        gauges = self._gauges()
        reachable = GaugeMetricFamily("vigie_database_reachable", "1 while the database answers.")
        reachable.add_metric([], 0 if gauges is None else 1)
        yield reachable
        if gauges is not None:
            yield from _families(gauges)

    def describe(self) -> list[Metric]:
        """Nothing: else the library would collect once when it is set up, before there is a database."""
        return []

    def _gauges(self) -> Gauges | None:
        # One counts, and whoever asks at the same time takes what it has found.
        with self._lock:
            if self._read is not None and time.monotonic() - self._read[0] < GAUGES_LAST:
                return self._read[1]
            silent_after = timedelta(hours=get_settings().device_silent_hours)
            try:
                with open_session(read_only=True) as session:
                    gauges = read_gauges(session, silent_after)
            except SQLAlchemyError as error:
                log.error("no figures, database: %s", told(error))
                return None
            self._read = time.monotonic(), gauges
            return gauges


def _families(gauges: Gauges) -> Iterator[Metric]:
    media = GaugeMetricFamily("vigie_media", "Media by their state.", labels=["state"])
    for state, number in gauges.media.items():
        media.add_metric([state.value], number)
    yield media
    jobs = GaugeMetricFamily("vigie_jobs", "Jobs that are not done, by state.", labels=["job", "state"])
    for (name, job_state), number in gauges.jobs.items():
        jobs.add_metric([name, job_state.value], number)
    yield jobs
    deliveries = GaugeMetricFamily(
        "vigie_webhook_deliveries", "Messages of webhooks that are kept, by how they fare.", labels=["fares"]
    )
    for how, number in gauges.deliveries.items():
        deliveries.add_metric([how], number)
    yield deliveries
    yield GaugeMetricFamily(
        "vigie_webhooks_disabled", "Webhooks that are disabled.", gauges.webhooks_disabled
    )
    yield GaugeMetricFamily(
        "vigie_devices_silent", "Devices without a sign of life for too long.", gauges.devices_silent
    )
    if gauges.storage_clean_at is not None:
        yield GaugeMetricFamily(
            "vigie_storage_clean_timestamp_seconds",
            "When a storage check last found all in order.",
            gauges.storage_clean_at,
        )
    found = GaugeMetricFamily(
        "vigie_storage_found", "What the newest storage check found to differ, by kind.", labels=["kind"]
    )
    for kind, number in gauges.storage_found.items():
        found.add_metric([kind], number)
    yield found


def _template(scope: Scope) -> str:
    """The route that answered, as it is written: `/media/{media_id}`; one word for everything that is not there."""
    route = scope.get("route")
    # Beside the dashboard the mount is what was found, until one of ours is.
    path: str | None = None if isinstance(route, Mount) else getattr(route, "path", None)
    return UNKNOWN if path is None or path == "/{path:path}" else path


def admit_watcher(request: Request) -> None:
    """Let admins in, and whoever carries METRICS_TOKEN. Raises NotSignedIn, NotAllowed."""
    if not _has_metrics_token(request):
        require_scope(give_signed_in(request).access, AccessScope.ADMIN)


@open_router.get(
    "/metrics",
    dependencies=[Depends(admit_watcher)],
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def read_metrics(request: Request) -> Response:
    """Figures in Prometheus' text format, for admins or with `METRICS_TOKEN` as bearer token."""
    metrics: Metrics = request.app.state.metrics
    return Response(generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


def _has_metrics_token(request: Request) -> bool:
    token = get_settings().metrics_token
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    return (
        token is not None
        and kind.lower() == "bearer"
        and hmac.compare_digest(given.strip().encode(), token.encode())
    )
