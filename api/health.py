"""Alive, and able to serve."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.dependencies import BucketDep
from api.readiness import Readiness

open_router = APIRouter(tags=["health"])


class Alive(BaseModel):
    status: Literal["alive"] = "alive"


class Ready(BaseModel):
    status: Literal["ready"] = "ready"


@open_router.get("/health")
async def health() -> Alive:
    """The process answers. Says nothing about what lies beneath."""
    return Alive()


@open_router.get("/ready", responses={503: {}})
def ready(request: Request, bucket: BucketDep) -> Ready:
    """Database migrated and writable, bucket reachable, our own and tested: requests can be served.

    Answers within five seconds, whatever hangs.
    """
    readiness: Readiness = request.app.state.readiness
    readiness.require(bucket)
    return Ready()
