"""The API alone, as it stands on its own port: root paths, bearer tokens, and the jobs loop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import create_api
from api.startup import prepare, start_jobs
from reporting import RequestLog
from settings import get_settings


def create_public_app() -> FastAPI:
    """What `uvicorn --factory api.main:create_public_app` serves."""
    settings = get_settings()
    prepare(settings)
    app = create_api(settings, takes_cookies=False)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        jobs = start_jobs(settings)
        yield
        jobs.stop()

    app.router.lifespan_context = lifespan
    app.add_middleware(RequestLog)
    return app
