"""Webhooks over HTTP, for admins: who is told what, what was sent, and sending it again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field, StrictBool

from api.dependencies import AccessDep, CursorQuery, ReadSessionDep, SessionDep
from api.fields import Body
from curation import webhooks
from curation.announcements import Announced
from curation.webhooks import DeliveryView, WebhookView
from settings import get_settings

router = APIRouter(tags=["webhooks"])
WebhookId = Annotated[int, Path(ge=1, le=2**63 - 1)]
DeliveryId = Annotated[int, Path(ge=1, le=2**63 - 1)]


class WebhookIn(Body):
    name: str = Field(max_length=200)
    url: str = Field(
        max_length=2000, description="https or http; what leads into a private network is refused."
    )
    events: list[Announced] = Field(min_length=1, max_length=10)


class WebhookChange(Body):
    """What is absent stays as it is."""

    name: str = Field(default="", max_length=200)
    url: str = Field(default="", max_length=2000)
    events: list[Announced] = Field(default=[], max_length=10)
    disabled: StrictBool = False


@dataclass(frozen=True)
class WebhookMade(WebhookView):
    """A new webhook with the secret that verifies its messages: it is told here and never again."""

    secret: str


@router.get("/webhooks")
def list_webhooks(session: ReadSessionDep, access: AccessDep) -> list[WebhookView]:
    """All webhooks, oldest first, and how their messages fare."""
    return webhooks.list_webhooks(session, access)


@router.post("/webhooks", status_code=201)
def create_webhook(given: WebhookIn, session: SessionDep, access: AccessDep) -> WebhookMade:
    """Have an address told what happens. The answer holds the secret that its messages are signed with, once.

    Messages are signed as Standard Webhooks says (headers `webhook-id`, `webhook-timestamp`, `webhook-signature`),
    sent at least once, and tried again for three days until the answer is 2xx.
    """
    made, secret = webhooks.create_webhook(
        session,
        access,
        name=given.name,
        url=given.url,
        events=given.events,
        to_private=get_settings().webhooks_to_private,
    )
    return WebhookMade(**asdict(made), secret=secret)


@router.get("/webhooks/{webhook_id}")
def read_webhook(webhook_id: WebhookId, session: ReadSessionDep, access: AccessDep) -> WebhookView:
    """One webhook."""
    return webhooks.get_webhook(session, access, webhook_id)


@router.patch("/webhooks/{webhook_id}")
def change_webhook(
    webhook_id: WebhookId, change: WebhookChange, session: SessionDep, access: AccessDep
) -> WebhookView:
    """Change its name, address or events, disable it or enable it again."""
    return webhooks.change_webhook(
        session,
        access,
        webhook_id,
        to_private=get_settings().webhooks_to_private,
        **change.model_dump(exclude_unset=True),
    )


@router.delete("/webhooks/{webhook_id}", status_code=204)
def delete_webhook(webhook_id: WebhookId, session: SessionDep, access: AccessDep) -> None:
    """Take it away, with its messages."""
    webhooks.delete_webhook(session, access, webhook_id)


@router.post("/webhooks/{webhook_id}/test", status_code=202)
def send_webhook_test(webhook_id: WebhookId, session: SessionDep, access: AccessDep) -> DeliveryView:
    """Send a message `webhook.test`, at once. How it went is among the deliveries a moment later."""
    return webhooks.send_test(session, access, webhook_id)


@router.get("/webhooks/{webhook_id}/deliveries")
def list_deliveries(
    webhook_id: WebhookId,
    request: Request,
    response: Response,
    session: ReadSessionDep,
    access: AccessDep,
    cursor: CursorQuery = None,
    limit: Annotated[int, Query(ge=1, le=200)] = webhooks.LATEST,
) -> list[DeliveryView]:
    """Its messages, newest first, those of the last week at least; the `Link` header holds the next page."""
    page = webhooks.list_deliveries(session, access, webhook_id, cursor=cursor, limit=limit)
    if page.next_cursor:
        query = urlencode({"limit": limit, "cursor": page.next_cursor})
        response.headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    return page.items


@router.post("/deliveries/{delivery_id}/retry", status_code=202)
def retry_delivery(delivery_id: DeliveryId, session: SessionDep, access: AccessDep) -> DeliveryView:
    """Send a message once more, now, whether it arrived or not. It keeps its id."""
    return webhooks.retry_delivery(session, access, delivery_id)
