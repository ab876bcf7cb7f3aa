"""Contents that lie where somebody else has put them: compared key by key, and never touched."""

from __future__ import annotations

import os.path
from collections.abc import Iterator

from sqlalchemy import ColumnElement, collate, func, select

from curation.storage_checks.contents import COLUMNS, Hashing, MissingContents, compare
from curation.storage_checks.looking import AT_A_TIME, SETTLED, Looking
from db.models import Blob
from db.types import AnyRow


def check_in_place(looking: Looking) -> None:
    """Compare contents that lie in place with their objects, both in the order of their keys."""
    with looking.sessions(read_only=True) as session:
        key = _key_in_bytes(session.get_bind().dialect.name)
        first, last = session.execute(select(func.min(key), func.max(key)).where(Blob.in_place)).one()
    if not first:
        return
    without_object, hashing = MissingContents(looking), Hashing(looking)
    objects = looking.bucket.list(os.path.commonpath([first, last]))
    found = next(objects, None)
    for row in _rows(looking):
        while found is not None and found.key < row.bucket_key:
            found = next(objects, None)
        is_there = found is not None and found.key == row.bucket_key
        if row.state in SETTLED:
            compare(looking, row, found if is_there else None, without_object, hashing)
    without_object.settle()
    hashing.settle()


def _rows(looking: Looking) -> Iterator[AnyRow]:
    """Contents that lie in place, in the order in which buckets list keys; two have one when it was written anew."""
    after: tuple[str, int] = ("", 0)
    while True:
        with looking.sessions(read_only=True) as session:
            key = _key_in_bytes(session.get_bind().dialect.name)
            page = (
                select(*COLUMNS)
                .where(Blob.in_place, (key > after[0]) | ((key == after[0]) & (Blob.id > after[1])))
                .order_by(key, Blob.id)
                .limit(AT_A_TIME)
            )
            rows = session.execute(page).all()
        if not rows:
            return
        looking.still_here()
        looking.report.looked_at["contents"] += len(rows)
        yield from rows
        after = rows[-1].bucket_key, rows[-1].id


def _key_in_bytes(dialect: str) -> ColumnElement[str]:
    """The key as buckets order it: byte by byte, whatever the language of the database."""
    return collate(Blob.bucket_key, "C" if dialect == "postgresql" else "BINARY")
