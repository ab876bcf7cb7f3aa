"""Webhooks: who is told what happens (admins)."""

from __future__ import annotations

from collections.abc import Sequence

from vigie_client.calls import Call, Page, pages, reads, reads_list, reads_nothing, reads_page, route
from vigie_client.methods.media import PAGE
from vigie_client.models.installation import Delivery, NewWebhook, Webhook
from vigie_client.values import as_query, given


class WebhookMethods:
    @route
    def list_webhooks(self) -> Call[list[Webhook]]:
        """Who is told."""
        return Call("GET", "/webhooks", reads_list(Webhook))

    @route
    def get_webhook(self, webhook_id: int) -> Call[Webhook]:
        """One webhook, and how its deliveries go."""
        return Call("GET", f"/webhooks/{webhook_id}", reads(Webhook))

    @route
    def create_webhook(self, name: str, url: str, events: Sequence[str]) -> Call[NewWebhook]:
        """Have an address told of `media.registered`, `media.accepted`, `export.finished`.

        Its `secret` checks signatures (Standard Webhooks), and is shown this once.
        """
        body = {"name": name, "url": url, "events": list(events)}
        return Call("POST", "/webhooks", reads(NewWebhook), json=body)

    @route
    def change_webhook(
        self,
        webhook_id: int,
        *,
        name: str | None = None,
        url: str | None = None,
        events: Sequence[str] | None = None,
        disabled: bool | None = None,
    ) -> Call[Webhook]:
        """Change a webhook; what is not given stays."""
        body = given(name=name, url=url, events=events, disabled=disabled)
        return Call("PATCH", f"/webhooks/{webhook_id}", reads(Webhook), json=body)

    @route
    def delete_webhook(self, webhook_id: int) -> Call[None]:
        """Tell this address nothing more."""
        return Call("DELETE", f"/webhooks/{webhook_id}", reads_nothing)

    @route
    def test_webhook(self, webhook_id: int) -> Call[Delivery]:
        """Have a test event sent."""
        return Call("POST", f"/webhooks/{webhook_id}/test", reads(Delivery))

    @pages
    def list_deliveries(self, webhook_id: int) -> Call[Page[Delivery]]:
        """What was sent to a webhook, newest first, and how it went."""
        return Call(
            "GET", f"/webhooks/{webhook_id}/deliveries", reads_page(Delivery), query=as_query({"limit": PAGE})
        )

    @route
    def retry_delivery(self, delivery_id: int) -> Call[Delivery]:
        """Send once more what was given up."""
        return Call("POST", f"/deliveries/{delivery_id}/retry", reads(Delivery))
