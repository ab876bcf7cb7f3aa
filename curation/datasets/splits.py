"""Train, validation and test: shares and a seed, and which media goes where.

Frames of a fixed camera hardly differ from one to the next: a model that was trained on one of them knows the others
by heart. Whole groups (`groups`) are therefore put into a split, never media.
"""

from __future__ import annotations

import hashlib
import math
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from curation.datasets.groups import AT_A_TIME, Groups, Numbers, read_groups
from curation.datasets.items import SPLITS
from curation.errors import Refused
from db.models import ReleaseItem
from db.streaming import stream_rows

LARGEST_SEED = 2**31 - 1
PARTS = 1_000_000  # shares are told apart to a millionth


@dataclass(frozen=True)
class Split:
    """Shares from 0 to 1 that add up to 1, and the seed that shuffles. Raises Refused for any other."""

    train: float
    val: float
    test: float
    seed: int = 0

    def __post_init__(self) -> None:
        shares = (self.train, self.val, self.test)
        if not all(math.isfinite(share) and 0 <= share <= 1 for share in shares):
            raise Refused("The shares of a split are numbers from 0 to 1.")
        if abs(sum(shares) - 1) > 1e-6:
            raise Refused(f"The shares of a split add up to 1, not to {sum(shares):g}.")
        if not 0 <= self.seed <= LARGEST_SEED:
            raise Refused(f"The seed of a split is a whole number from 0 to {LARGEST_SEED}.")

    @classmethod
    def from_payload(cls, payload: Any) -> Split:
        """Read what `to_payload` writes, or somebody has sent. Raises Refused."""
        if not isinstance(payload, Mapping) or set(payload) - {"train", "val", "test", "seed"}:
            raise Refused("A split is train, val and test, and a seed.")
        train, val, test = (payload.get(name, 0) for name in SPLITS)
        seed = payload.get("seed", 0)
        if not all(
            isinstance(share, int | float) and not isinstance(share, bool) for share in (train, val, test)
        ):
            raise Refused("The shares of a split are numbers from 0 to 1.")
        if not isinstance(seed, int) or isinstance(seed, bool):
            raise Refused(f"The seed of a split is a whole number from 0 to {LARGEST_SEED}.")
        return cls(float(train), float(val), float(test), seed)

    def to_payload(self) -> dict[str, Any]:
        return {"train": self.train, "val": self.val, "test": self.test, "seed": self.seed}

    def of(self, name: str) -> str:
        """Where what has this name goes: by a hash of the seed and the name, and by nothing else."""
        digest = hashlib.sha256(f"{self.seed} {name}".encode()).digest()
        place = int.from_bytes(digest[:8]) * PARTS >> 64
        if place < round(self.train * PARTS):
            return "train"
        return "val" if place < round((self.train + self.val) * PARTS) else "test"


def assign(session: Session, split: Split) -> Callable[[int], str]:
    """What tells the split of a media, by its id: all media that belong together share one.

    A group goes by a hash of the seed and of its oldest media, the one with the smallest id: media that are added,
    withdrawn or decided about move nothing. Where a newcomer joins groups that were apart, they go where the one with
    the oldest media was: the others move, unless they were there, and nothing else does.
    Everything is read at the first question.
    """
    return Assignment(session, split).of


class Assignment:
    """Which split each media is in, as `assign` says it; `beside` a release, whatever was asked for, what belongs to
    anything that it has goes where that is: whoever adds the one to the other finds no group on two sides.

    Of a group that was joined since, and that the release has on several sides, all go where its oldest media of the
    release is; `moved` are those that were elsewhere.

    While everything is read at the first question `still_wanted` is called now and then, and may raise.
    """

    def __init__(
        self,
        session: Session,
        split: Split,
        beside: int | None = None,
        *,
        still_wanted: Callable[[], None] = lambda: None,
    ) -> None:
        self._session = session
        self._split = split
        self._beside = beside
        self._still_wanted = still_wanted
        self._groups: Groups | None = None
        # Of the oldest media of a group, in which split the release has the group: 1 for the first of them.
        self._sides = Numbers("B")
        self._moved = array("q")

    def of(self, media_id: int) -> str:
        first = self._read().first(media_id)
        side = self._sides[first]
        return SPLITS[side - 1] if side else self._split.of(f"media {first}")

    @property
    def moved(self) -> Sequence[int]:
        """The ids of the release's media that are on another side here, rising."""
        self._read()
        return self._moved

    def _read(self) -> Groups:
        if self._groups is None:
            self._groups = read_groups(self._session, self._still_wanted)
            self._note_sides(self._groups)
        return self._groups

    def _note_sides(self, groups: Groups) -> None:
        if self._beside is None:
            return
        had = (
            select(ReleaseItem.media_id, ReleaseItem.split)
            .where(ReleaseItem.release_id == self._beside, ReleaseItem.split.is_not(None))
            .order_by(ReleaseItem.media_id)
        )
        for rows in stream_rows(self._session, had, AT_A_TIME):
            self._still_wanted()
            for media_id, split in rows:
                first, side = groups.first(media_id), SPLITS.index(split) + 1
                if not self._sides[first]:
                    self._sides[first] = side
                elif self._sides[first] != side:
                    self._moved.append(media_id)
