"""Near twins: what looks alike, keeping, rejecting or grouping it, and cameras that stand still."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Literal

from vigie_client.calls import Call, Page, pages, reads, reads_list, reads_page, route
from vigie_client.models.media import BatchUndone
from vigie_client.models.twins import FrozenCamera, Twin, TwinGroup, TwinsDecided
from vigie_client.values import given

TwinAnswer = Literal["kept", "rejected", "grouped"]


class TwinMethods:
    @pages
    def list_twin_groups(self) -> Call[Page[TwinGroup]]:
        """All media that look alike and nobody has decided about, in groups; read a page at a time."""
        return Call("GET", "/twins", reads_page(TwinGroup))

    @route
    def list_twins(self, media_id: int) -> Call[list[Twin]]:
        """What a media looks like, decided about or not, the nearest first."""
        return Call("GET", f"/media/{media_id}/twins", reads_list(Twin))

    @route
    def decide_twins(
        self,
        answer: TwinAnswer,
        media_ids: Sequence[int],
        *,
        seen_acts: Mapping[int, int] | None = None,
        comment: str | None = None,
        client_id: str | None = None,
    ) -> Call[TwinsDecided]:
        """Keep, group or reject media that look alike; `undo_twin_decision` takes all of it back.

        `seen_acts` has the `acts` of each media as it was seen: of those that have any, only what nobody has acted on
        since is rejected. The others are in `left_out`, with the reason.
        """
        body = given(
            answer=answer,
            media_ids=list(media_ids),
            seen_acts={str(media_id): acts for media_id, acts in seen_acts.items()} if seen_acts else None,
            comment=comment,
            client_id=client_id or uuid.uuid4().hex,
        )
        return Call("POST", "/twins/decisions", reads(TwinsDecided), json=body, repeatable=True)

    @route
    def undo_twin_decision(self, decision_id: int) -> Call[BatchUndone]:
        """Take a decision about near twins back, as far as nobody has acted on its media since."""
        return Call("POST", f"/twins/decisions/{decision_id}/undo", reads(BatchUndone))

    @route
    def list_frozen_cameras(self) -> Call[list[FrozenCamera]]:
        """Sources whose last frames all show the same."""
        return Call("GET", "/twins/frozen", reads_list(FrozenCamera))
