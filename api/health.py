"""Alive, and able to serve."""

from __future__ import annotations

import logging

from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from api.dependencies import BucketDep
from api.errors import RETRY_AFTER, problem
from db import migrate
from storage.errors import BucketError

open_router = APIRouter(tags=["health"])
log = logging.getLogger(__name__)


@open_router.get("/health")
async def health() -> dict[str, str]:
    """The process answers. Says nothing about what lies beneath."""
    return {"status": "alive"}


@open_router.get("/ready", responses={503: {"description": "Database or bucket are away."}})
def ready(bucket: BucketDep) -> Response:
    """Database migrated and reachable, bucket reachable: requests can be served."""
    try:
        if not migrate.is_current():
            return problem(503, "The database waits for its migration.", "unavailable", RETRY_AFTER)
    except SQLAlchemyError as error:
        log.error("not ready, database: %s", error)
        return problem(503, "The database cannot be reached.", "unavailable", RETRY_AFTER)
    try:
        bucket.check()
    except BucketError as error:
        log.error("not ready, bucket: %s", error)
        return problem(503, "The bucket cannot be reached.", "unavailable", RETRY_AFTER)
    return JSONResponse({"status": "ready"})
