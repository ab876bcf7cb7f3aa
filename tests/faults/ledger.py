"""What an installation has promised while faults were made: every acknowledged upload, submission and review."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass
class Ledger:
    """Filled by threads while the product is asked, read when it is checked."""

    uploads: dict[int, str] = field(default_factory=dict)  # media id -> SHA-256
    submissions: dict[str, int] = field(default_factory=dict)  # client id -> annotation id
    reviews: dict[str, int] = field(default_factory=dict)  # client id -> review id
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def acknowledged(self) -> int:
        return len(self.uploads) + len(self.submissions) + len(self.reviews)

    def uploaded(self, media_id: int, sha256: str) -> None:
        """The API has said that these bytes are stored as this media."""
        with self._lock:
            if self.uploads.setdefault(media_id, sha256) != sha256:
                self.lost.append(f"media {media_id} was acknowledged with two contents")
            others = [known for known, content in self.uploads.items() if content == sha256]
            if len(others) > 1:
                self.doubled.append(f"one content was acknowledged as the media {others}")

    def submitted(self, client_id: str, annotation_id: int) -> None:
        """The API has said that this submission is stored as this annotation."""
        self._noted(self.submissions, client_id, annotation_id)

    def reviewed(self, client_id: str, review_id: int) -> None:
        """The API has said that this decision is stored as this review."""
        self._noted(self.reviews, client_id, review_id)

    def _noted(self, acts: dict[str, int], client_id: str, stored_as: int) -> None:
        with self._lock:
            before = acts.setdefault(client_id, stored_as)
            if before != stored_as:
                self.doubled.append(f"{client_id} was stored twice: as {before} and as {stored_as}")
