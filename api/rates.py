"""Asked by the routes that take what somebody sends: may this caller send again already?"""

from __future__ import annotations

from typing import Annotated, Any

from anyio import to_thread
from fastapi import Depends

from api.dependencies import AccessDep
from curation.rates import Rates, count_prediction, count_upload
from db.clock import database_now
from db.models import Access
from db.session import open_session
from settings import get_settings

# What a route that counts says of itself in the OpenAPI description.
MAY_BE_TOO_FAST: dict[int | str, dict[str, Any]] = {429: {}}


async def require_slow_enough(access: Access) -> None:
    """Count an upload before a byte of its body is read. Raises TooFast."""
    await to_thread.run_sync(_count_upload, access)


def _count_upload(access: Access) -> None:
    with open_session() as session:
        count_upload(session, access, _rates(), database_now(session))


def give_counted(access: AccessDep) -> None:
    """Count a delivery of predictions, in a transaction of its own: the route's may last. Raises TooFast."""
    with open_session() as session:
        count_prediction(session, access, _rates(), database_now(session))


CountedPrediction = Annotated[None, Depends(give_counted)]


def _rates() -> Rates:
    settings = get_settings()
    return Rates(people=settings.uploads_per_minute, devices=settings.device_uploads_per_minute)
