"""What the image-by-image screen uses, for screens of one's own: queues, leases, drafts, comments, same camera."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Unpack

from vigie_client.calls import Call, reads, reads_list, reads_nothing, route
from vigie_client.filters import MediaFilter
from vigie_client.models.answers import Comment, Draft, Mention, NewShape, Person
from vigie_client.models.media import BatchUndone, Spot, Spread, SpreadPreview
from vigie_client.models.queues import Leased, QueueCount, QueuePage
from vigie_client.values import as_query, given, read_value, written

Queue = Literal["to_annotate", "to_review", "sent_back", "unsure", "disagreements", "parked", "filter"]


class DeskMethods:
    @route
    def next_media(
        self,
        queue: Queue = "to_review",
        *,
        limit: int = 10,
        cursor: str | None = None,
        start: int | None = None,
        **wanted: Unpack[MediaFilter],
    ) -> Call[QueuePage]:
        """Take what comes next in a queue: while the caller holds it, nobody else is given it."""
        query = as_query({**wanted, "queue": queue, "limit": limit, "cursor": cursor, "start": start})
        return Call("POST", "/queue", reads(QueuePage), query=query, repeatable=True)

    @route
    def look_at_queue(
        self,
        queue: Queue = "to_review",
        *,
        limit: int = 10,
        cursor: str | None = None,
        start: int | None = None,
        **wanted: Unpack[MediaFilter],
    ) -> Call[QueuePage]:
        """What is in a queue, without taking anything."""
        query = as_query({**wanted, "queue": queue, "limit": limit, "cursor": cursor, "start": start})
        return Call("GET", "/queue", reads(QueuePage), query=query)

    @route
    def count_queues(self) -> Call[list[QueueCount]]:
        """How much waits in each queue for the caller."""
        return Call("GET", "/queues", reads_list(QueueCount))

    @route
    def renew_leases(self, media_ids: Sequence[int]) -> Call[Leased]:
        """Hold media for a while longer; `lost` ones are somebody else's."""
        return Call("POST", "/leases", reads(Leased), json={"media_ids": list(media_ids)}, repeatable=True)

    @route
    def release_leases(self, media_ids: Sequence[int]) -> Call[None]:
        """Give media back before their time."""
        body = {"media_ids": list(media_ids)}
        return Call("POST", "/leases/release", reads_nothing, json=body, repeatable=True)

    @route
    def list_drafts(self) -> Call[list[Draft]]:
        """One's own drawings of the last seven days that are not submitted."""
        return Call("GET", "/drafts", reads_list(Draft))

    @route
    def keep_draft(
        self, media_id: int, drawing: Mapping[str, Any], *, made_at: datetime, based_on: int | None = None
    ) -> Call[None]:
        """Keep a drawing (`shapes`, `labels`, `replies`) that is not submitted yet; of two the later one stays."""
        body = given(drawing=drawing, made_at=made_at, based_on=based_on)
        return Call("PUT", f"/drafts/{media_id}", reads_nothing, json=body, repeatable=True)

    @route
    def drop_draft(self, media_id: int) -> Call[None]:
        """Forget one's own drawing for a media."""
        return Call("DELETE", f"/drafts/{media_id}", reads_nothing)

    @route
    def list_comments(self, media_id: int) -> Call[list[Comment]]:
        """What was said about a media, first to last."""
        return Call("GET", f"/media/{media_id}/comments", reads_list(Comment))

    @route
    def comment(self, media_id: int, text: str, *, client_id: str | None = None) -> Call[Comment]:
        """Say something about a media; `@login` mentions a person."""
        body = {"text": text, "client_id": client_id or uuid.uuid4().hex}
        return Call("POST", f"/media/{media_id}/comments", reads(Comment), json=body, repeatable=True)

    @route
    def list_people(self) -> Call[list[Person]]:
        """Who can be mentioned."""
        return Call("GET", "/people", reads_list(Person))

    @route
    def list_mentions(self) -> Call[list[Mention]]:
        """Where the caller was mentioned, newest first."""
        return Call("GET", "/mentions", reads_list(Mention))

    @route
    def mark_mentions_seen(self, comment_ids: Sequence[int]) -> Call[None]:
        """The caller has seen these comments."""
        body = {"comment_ids": list(comment_ids)}
        return Call("POST", "/mentions/seen", reads_nothing, json=body, repeatable=True)

    @route
    def list_spots(self, media_id: int, boxes: Sequence[Sequence[float]]) -> Call[list[list[Spot]]]:
        """For each box what other media of the same camera show there, most frequent first."""
        return Call(
            "POST",
            f"/media/{media_id}/spots",
            lambda answer: [[read_value(Spot, spot) for spot in spots] for spots in answer.json()],
            json={"boxes": written(boxes)},
            repeatable=True,
        )

    @route
    def preview_spread(
        self, media_id: int, shape: NewShape, *, before: int | None = None, after: int | None = None
    ) -> Call[SpreadPreview]:
        """The new media of the same camera around this one to which a shape could be spread."""
        return Call(
            "POST",
            f"/media/{media_id}/spread/preview",
            reads(SpreadPreview),
            json=given(shape=shape, before=before, after=after),
            repeatable=True,
        )

    @route
    def spread_shape(
        self,
        media_id: int,
        shape: NewShape,
        media_ids: Sequence[int],
        *,
        replies: Mapping[str, bool] | None = None,
        client_id: str | None = None,
    ) -> Call[Spread]:
        """Submit one shape for many media as one act; `undo_batch` takes it back."""
        return Call(
            "POST",
            f"/media/{media_id}/spread",
            reads(Spread),
            json=given(
                shape=shape,
                media_ids=list(media_ids),
                replies=replies,
                client_id=client_id or uuid.uuid4().hex,
            ),
            repeatable=True,
        )

    @route
    def undo_batch(self, batch_id: int) -> Call[BatchUndone]:
        """Take back everything of a batch that still is the last act of its media."""
        return Call("POST", f"/batches/{batch_id}/undo", reads(BatchUndone))
