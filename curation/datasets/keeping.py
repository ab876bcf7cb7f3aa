"""What becomes of finished exports: handed out for some days, then their files go, and their receipts stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curation.accesses import PEOPLE, require_scope
from curation.datasets.asking import UNDER_WAY, get_export
from curation.datasets.files import FOLDER, RECEIPT, export_of, kept_key, media_key, receipt_key, shown_key
from curation.errors import ContentMissing, WrongState
from curation.events import record
from db.models import Access, Export, ExportState
from db.types import Sessions
from storage import Bucket, StoredObject

AT_A_TIME = 500
# Young objects without a row that leads to them may be those of an export that ends at this moment.
YOUNG = timedelta(hours=1)


@dataclass(frozen=True)
class StoredExport:
    """A finished export, and where its file is in the bucket; size in bytes, `attempts` how often it was begun."""

    bucket_key: str
    content_type: str
    size: int
    sha256: str
    attempts: int


@dataclass(frozen=True)
class KeptReceipt:
    """A receipt: where the whole of it is in the bucket, unless that was restored from a back-up, and its sums."""

    file_name: str
    bucket_key: str
    expired: bool
    short: dict[str, Any]


def get_stored(session: Session, access: Access, export_id: int) -> StoredExport | None:
    """Where the file of an export is; None while it is under way. Raises ExportNotFound, WrongState, ContentMissing."""
    require_scope(access, *PEOPLE)
    view = get_export(session, access, export_id)
    if view.state in UNDER_WAY:
        return None
    if view.state == ExportState.EXPIRED:
        if view.error is not None:
            raise ContentMissing(view.error)
        raise ContentMissing("The file of this export was deleted: its days were over. Ask for it again.")
    if view.state != ExportState.READY:
        raise WrongState("This export was not made: it has no file.", state=view.state)
    export = session.get_one(Export, export_id)
    return StoredExport(
        export.bucket_key or "", view.content_type, view.size, view.sha256 or "", export.attempts
    )


def get_receipt(session: Session, access: Access, export_id: int) -> KeptReceipt:
    """The receipt of a finished export. Raises ExportNotFound, WrongState before that."""
    require_scope(access, *PEOPLE)
    view = get_export(session, access, export_id)
    if view.receipt is None:
        raise WrongState("This export has no receipt: it was not finished.", state=view.state)
    key = kept_key(session.get_one(Export, export_id))
    stem = view.file_name.rpartition(".")[0]
    return KeptReceipt(f"{stem}-{RECEIPT}", receipt_key(key), view.state == ExportState.EXPIRED, view.receipt)


def note_download(session: Session, access: Access, export_id: int, *, what: str, address: str) -> None:
    """Write down who was handed an export, or its receipt."""
    record(session, access, "export_downloaded", {"export_id": export_id, "what": what}, address=address)


def expire_exports(sessions: Sessions, now: datetime) -> int:
    """End the exports whose days are over; their files go with `sweep_exports`. Returns how many."""
    with sessions() as session:
        ended = session.scalars(
            update(Export)
            .where(Export.state == ExportState.READY, Export.expires_at <= now)
            .values(state=ExportState.EXPIRED, bucket_key=None)
            .returning(Export.id)
        ).all()
    return len(ended)


def sweep_exports(
    sessions: Sessions, bucket: Bucket, now: datetime, *, may_go_on: Callable[[], bool] = lambda: True
) -> int:
    """Delete what no finished export leads to: files of expired ones, what was cancelled or left behind by a killed
    process. Returns how many objects."""
    deleted = 0
    waiting: list[StoredObject] = []
    for found in bucket.list(f"{FOLDER}/"):
        if _is_old(found, now):
            waiting.append(found)
        if len(waiting) >= AT_A_TIME:
            deleted += _delete_unwanted(sessions, bucket, waiting, may_go_on)
            waiting.clear()
    return deleted + _delete_unwanted(sessions, bucket, waiting, may_go_on)


def _is_old(found: StoredObject, now: datetime) -> bool:
    return found.last_modified is not None and now - found.last_modified > YOUNG


def _delete_unwanted(
    sessions: Sessions, bucket: Bucket, objects: Sequence[StoredObject], may_go_on: Callable[[], bool]
) -> int:
    wanted = wanted_keys(sessions, objects)
    deleted = 0
    for found in objects:
        # What is not called like one of ours may be anybody's.
        if found.key in wanted or export_of(found.key) is None:
            continue
        if not may_go_on():
            break
        bucket.delete(found.key)
        deleted += 1
    return deleted


def wanted_keys(sessions: Sessions, objects: Sequence[StoredObject]) -> AbstractSet[str]:
    """Keys that finished exports lead to, of those that these objects may belong to.

    A receipt stays when the file is gone, and with it the ids by which it is known whom it must not be shown to.
    """
    ids = {number for found in objects if (number := export_of(found.key)) is not None}
    if not ids:
        return frozenset()
    finished = (ExportState.READY, ExportState.EXPIRED)
    with sessions(read_only=True) as session:
        kept = session.scalars(select(Export).where(Export.id.in_(ids), Export.state.in_(finished))).all()
    wanted: set[str] = set()
    for export in kept:
        key = kept_key(export)
        wanted |= {receipt_key(key), media_key(key)}
        if export.bucket_key is not None:
            wanted |= {key, shown_key(key)}
    return wanted
