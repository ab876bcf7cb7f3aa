"""The API alone, as it stands on its own port: root paths, bearer tokens, and the jobs loop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp

from api import create_api
from api.safe_headers import SafeHeaders
from api.slow_bodies import SlowBodies
from api.startup import prepare, start_jobs, stop_jobs
from reporting import RequestLog
from settings import get_settings


def create_public_app() -> ASGIApp:
    """What `uvicorn --factory api.main:create_public_app` serves."""
    settings = get_settings()
    prepare(settings)
    app = create_api(settings, takes_cookies=False)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        jobs = start_jobs(settings)
        yield
        stop_jobs(jobs)

    app.router.lifespan_context = lifespan
    # Around everything, so that even what nobody foresaw is answered and logged with its id.
    return RequestLog(SafeHeaders(SlowBodies(app)))
