"""What the steps of an import are, whatever its kind, and what they work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from curation.acts import ReviewPolicy
from curation.errors import Unavailable
from curation.uploads import IMPORTED, UploadPlace
from db.models import Access, Import, ImportKind
from db.types import Sessions
from storage import Bucket
from storage.errors import BucketError

NOT_DONE = "It could not be done: look into the server's log."
# What database and bucket raise while they are away, whatever they were asked: the job begins again where it is.
AWAY = (Unavailable, BucketError, OperationalError, InterfaceError)


def repeat_key(import_id: int, position: int) -> str:
    """By what an entry that brings its picture in once more is answered as it was the first time."""
    return f"{IMPORTED}{import_id}-{position}"


@dataclass(frozen=True)
class ImportWork:
    """What a step works with: no transaction is open, and `access` is whoever began the import."""

    sessions: Sessions
    bucket: Bucket
    access: Access
    import_id: int
    kind: ImportKind
    format: str | None
    prefix: str
    options: Mapping[str, Any]
    policy: ReviewPolicy
    place: UploadPlace
    spool_folder: Path
    still_wanted: Callable[[], None]  # raises Interrupted once somebody has cancelled it, or taken it over
    note: Callable[[int, int | None], None]  # how many are done, of how many; written about once a second
    fail: Callable[[str], None]  # ends it with a sentence


class Interrupted(Exception):
    """Somebody has cancelled the import, or another process is at it."""


class ImportSteps(Protocol):
    """The steps of a kind of import.

    They are called by the import's job, which says what is to be done next, holds the import's turn, keeps its lease
    alive and may be killed at any moment: every step is harmless to repeat.
    """

    def read(self, work: ImportWork) -> Mapping[str, Any]:
        """Write the import's entries (ImportItem, `waiting` with what is wanted, else with their outcome) after
        removing those of a reading before, and give its preview; `format` in it becomes the import's. Raises
        CurationError with what makes it unreadable.
        """
        ...

    def settle(
        self, session: Session, access: Access, found: Import, options: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """What is stored of the choices that a commit comes with. Raises Refused, NotAllowed."""
        ...

    def applying(self, work: ImportWork) -> AbstractContextManager[Callable[[Sequence[int]], None]]:
        """What does what entries want, given the ids of at most 200 of them at a time.

        Each entry gets its outcome in the transaction that does it, with `before` in the form that `taking_back`
        reads; those that have one already are left alone.
        """
        ...
