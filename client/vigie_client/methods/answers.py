"""Answers: submitting annotations, deciding, and how often people agree."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Literal

from vigie_client.calls import Call, Page, pages, reads, reads_list, reads_page, route
from vigie_client.methods.media import PAGE
from vigie_client.models.agreement import Agreement
from vigie_client.models.answers import Annotation, Decided, NewShape, Review, Submitted
from vigie_client.values import as_query, given

Decision = Literal[
    "accepted",
    "rejected",
    "sent_back",
    "unsure",
    "parked",
    "unparked",
    "reopened",
    "settled",
    "undone",
    "withdrawn",
    "restored",
]


class AnswerMethods:
    @route
    def submit_annotation(
        self,
        media_id: int,
        shapes: Sequence[NewShape] = (),
        *,
        label_classes: Sequence[str] = (),
        replies: Mapping[str, bool] | None = None,
        based_on: int | None = None,
        seen_acts: int | None = None,
        accept: bool = False,
        comment: str | None = None,
        look: int | None = None,
        client_id: str | None = None,
    ) -> Call[Submitted]:
        """Submit a complete answer; no shapes and no label classes means “nothing here”.

        `based_on` is the `annotation_id` of the media as it was seen (None when it had none), `seen_acts` its `acts`.
        Raises Conflict when someone was faster: `error.extra["annotation"]` is their answer. A repeat with the same
        `client_id` stores nothing twice.
        """
        return Call(
            "POST",
            f"/media/{media_id}/annotations",
            reads(Submitted),
            json=given(
                shapes=list(shapes),
                label_classes=list(label_classes),
                replies=replies,
                based_on=based_on,
                seen_acts=seen_acts,
                decision="accepted" if accept else None,
                comment=comment,
                look=look,
                client_id=client_id or uuid.uuid4().hex,
            ),
            repeatable=True,
        )

    @route
    def list_media_annotations(self, media_id: int) -> Call[list[Annotation]]:
        """Every annotation of a media, first to last."""
        return Call("GET", f"/media/{media_id}/annotations", reads_list(Annotation))

    @route
    def decide(
        self,
        media_id: int,
        decision: Decision,
        *,
        annotation_id: int | None = None,
        seen_acts: int | None = None,
        comment: str | None = None,
        to: Literal["annotator", "anyone"] | None = None,
        undoes: int | None = None,
        chooses: int | None = None,
        look: int | None = None,
        client_id: str | None = None,
    ) -> Call[Decided]:
        """Record a decision on a media as it was seen: `annotation_id` and `seen_acts` are the media's.

        Raises Conflict when someone was faster. A repeat with the same `client_id` decides nothing twice.
        """
        return Call(
            "POST",
            "/reviews",
            reads(Decided),
            json=given(
                media_id=media_id,
                decision=decision,
                annotation_id=annotation_id,
                seen_acts=seen_acts,
                comment=comment,
                to=to,
                undoes=undoes,
                chooses=chooses,
                look=look,
                client_id=client_id or uuid.uuid4().hex,
            ),
            repeatable=True,
        )

    @pages
    def list_reviews(
        self, *, media_id: int | None = None, author: str | None = None, decision: Decision | None = None
    ) -> Call[Page[Review]]:
        """Reviews, newest first."""
        query = as_query({"media_id": media_id, "author": author, "decision": decision, "limit": PAGE})
        return Call("GET", "/reviews", reads_page(Review), query=query)

    @route
    def get_agreement(self) -> Call[Agreement]:
        """How often blind second opinions agree: per label class, and per person."""
        return Call("GET", "/agreement", reads(Agreement))
