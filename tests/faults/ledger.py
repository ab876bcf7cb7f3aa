"""What an installation has promised while faults were made: every acknowledged upload and submission."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass
class Ledger:
    """Filled by threads while the product is asked, read when it is checked."""

    uploads: dict[int, str] = field(default_factory=dict)  # media id -> SHA-256
    submissions: dict[str, int] = field(default_factory=dict)  # client id -> annotation id
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def acknowledged(self) -> int:
        return len(self.uploads) + len(self.submissions)

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
        with self._lock:
            before = self.submissions.setdefault(client_id, annotation_id)
            if before != annotation_id:
                self.doubled.append(f"{client_id} was stored as the annotations {before} and {annotation_id}")
