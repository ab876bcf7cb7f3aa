"""Alive, and able to serve."""

from __future__ import annotations

import logging
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from api.dependencies import BucketDep
from curation.errors import Unavailable
from db import migrate
from storage.errors import BucketError

open_router = APIRouter(tags=["health"])
log = logging.getLogger(__name__)


class Alive(BaseModel):
    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    status: Literal["ready"] = "ready"


@open_router.get("/health")
async def health() -> Alive:
    """The process answers. Says nothing about what lies beneath."""
    return Alive()


@open_router.get("/ready", responses={503: {}})
def ready(bucket: BucketDep) -> Ready:
    """Database migrated and reachable, bucket reachable: requests can be served."""
    try:
        if not migrate.is_current():
            raise Unavailable("The database waits for its migration.")
    except SQLAlchemyError as error:
        log.error("not ready, database: %s", error)
        raise Unavailable("The database cannot be reached.") from None
    try:
        bucket.check()
    except BucketError as error:
        log.error("not ready, bucket: %s", error)
        raise Unavailable("The bucket cannot be reached.") from None
    return Ready()
