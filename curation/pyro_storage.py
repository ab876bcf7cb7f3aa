"""Moving over from pyro-storage: its accesses, media and annotation files, one by one, each safe on its own.

Whatever is carried over leaves its old id behind in the same transaction that makes it visible: an idempotency
key for a media, a client id for an annotation. So a run that was cut off anywhere is simply run again, and a
second run carries what came to pyro-storage in the meantime.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Literal

from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from curation.accesses import add_access, clean_login
from curation.acts import ReviewPolicy
from curation.annotation_content import LARGEST_FILE, attach_file
from curation.annotation_entries import create_annotation
from curation.capture import CaptureDetails
from curation.content import largest_of
from curation.errors import Conflict, ContentBusy, CurationError, InvalidText, Unavailable
from curation.events import record
from curation.pyro_storage_tables import (
    TheirAccess,
    TheirAnnotation,
    TheirMedia,
    read_accesses,
    read_annotations,
    read_media,
)
from curation.spool import Spool, Spooled, spool_chunks
from curation.uploads import Registered, UploadPlace, register_media
from db.models import Access, Annotation, AnnotationContent, IdempotencyKey, Media, Scope, State, utc_now
from db.types import Sessions
from storage import Bucket
from storage.errors import InvalidKey, ObjectCutShort, ObjectDamaged, ObjectMissing

DEFAULT_NAME = "pyro-storage"
Kind = Literal["access", "media", "annotation"]
BCRYPT_HASH = re.compile(r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}")
# Their keys end in the first half of the content's SHA-256 and an ending.
_HALF_A_SHA256 = re.compile(r"[0-9a-f]{32}")
# What is wrong with one object; everything else a bucket raises is wrong with the bucket, and ends the run.
_OF_ONE_OBJECT = (InvalidKey, ObjectCutShort, ObjectDamaged, ObjectMissing)


class Outcome(StrEnum):
    CREATED = "created"
    THERE = "already there"
    LEFT_OUT = "left out"
    FAILED = "failed"


@dataclass(frozen=True)
class Moved:
    """What became of one row of theirs; `new_id` is ours, `note` a sentence where there is something to say."""

    kind: Kind
    old_id: int
    outcome: Outcome
    new_id: int | None = None
    note: str = ""


@dataclass(frozen=True)
class PyroStorage:
    """A pyro-storage installation: its database, its bucket, and the name that its ids are kept under here."""

    engine: Engine
    bucket: Bucket
    name: str = DEFAULT_NAME

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", self.name):
            raise InvalidText("The name of an installation has 1 to 40 small letters, digits and hyphens.")


@dataclass(frozen=True)
class Home:
    """Where things go: our taps, and what the settings say about them."""

    sessions: Sessions
    bucket: Bucket
    spool_folder: Path
    place: UploadPlace = UploadPlace()
    annotation_folder: str = "annotations"
    policy: ReviewPolicy = ReviewPolicy()


def move_over(theirs: PyroStorage, home: Home, *, dry_run: bool = False) -> Iterator[Moved]:
    """Carry everything over, row by row, and tell what became of each; with `dry_run` nothing is written.

    Raises what the databases and buckets raise when they, and not one row, are the trouble.
    """
    yield from _move_accesses(theirs, home, dry_run)
    mover = _find_mover(home, theirs.name) if dry_run else _get_mover(home, theirs.name)
    yield from _move_all_media(theirs, home, mover, dry_run)
    yield from _move_annotations(theirs, home, mover, dry_run)


# --- accesses -------------------------------------------------------------------------------------


def _move_accesses(theirs: PyroStorage, home: Home, dry_run: bool) -> Iterator[Moved]:
    for part in read_accesses(theirs.engine):
        for row in part:
            with home.sessions(read_only=dry_run) as session:
                try:
                    moved = _move_access(session, row, theirs.name, dry_run)
                except CurationError as problem:
                    moved = Moved("access", row.id, Outcome.FAILED, note=problem.sentence)
            yield moved


def _move_access(session: Session, row: TheirAccess, name: str, dry_run: bool) -> Moved:
    login = clean_login(row.login or "")
    found = session.scalar(select(Access).where(Access.login == login))
    if found is not None:
        same = found.hashed_password == row.hashed_password
        note = "" if same else f"The login “{login}” exists here already; it was left as it is."
        return Moved("access", row.id, Outcome.THERE, found.id, note)
    if not BCRYPT_HASH.fullmatch(row.hashed_password or ""):
        raise InvalidText(f"The password of “{login}” is not kept as a bcrypt hash: create that access anew.")
    if row.scope not in (Scope.USER, Scope.ADMIN):
        raise InvalidText(f"“{login}” has the scope “{row.scope}”, which is not known.")
    if dry_run:
        return Moved("access", row.id, Outcome.CREATED)
    created = Access(login=login, hashed_password=row.hashed_password, scope=Scope(row.scope))
    session.add(created)
    session.flush()
    detail = {"login": login, "scope": row.scope, "from": name, "old_id": row.id}
    record(session, None, "access_imported", detail)
    return Moved("access", row.id, Outcome.CREATED, created.id)


def _mover_login(name: str) -> str:
    return f"import-{name}"


def _find_mover(home: Home, name: str) -> Access | None:
    with home.sessions(read_only=True) as session:
        return session.scalar(select(Access).where(Access.login == _mover_login(name)))


def _get_mover(home: Home, name: str) -> Access:
    """The access in whose name things are carried over: nobody can sign in with it, and nobody else is credited."""
    found = _find_mover(home, name)
    if found is not None:
        return found
    try:
        with home.sessions() as session:
            mover, _ = add_access(session, _mover_login(name), Scope.USER)
            mover.disabled_at, mover.must_change_password = utc_now(), False
            record(session, None, "access_created", {"login": mover.login, "scope": mover.scope.value})
    except IntegrityError:  # another run was faster
        found = _find_mover(home, name)
        assert found is not None
        return found
    return mover


# --- media ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Known:
    """A media that was carried over before."""

    media_id: int
    sha256: str
    twin: bool
    created_at: datetime
    state: State


def _move_all_media(theirs: PyroStorage, home: Home, mover: Access | None, dry_run: bool) -> Iterator[Moved]:
    for part in read_media(theirs.engine):
        known = _known_media(home, mover, theirs.name, [row.id for row in part])
        for row in part:
            if row.id in known:
                yield _look_again(home, row, known[row.id], dry_run)
            elif row.bucket_key is None:
                note = "Its content was never uploaded to pyro-storage."
                yield Moved("media", row.id, Outcome.LEFT_OUT, note=note)
            elif mover is None or dry_run:
                yield _look_only(theirs, "media", row.id, row.bucket_key)
            else:
                yield _move_media(theirs, home, mover, row, row.bucket_key)


def _known_media(home: Home, mover: Access | None, name: str, ids: list[int]) -> dict[int, _Known]:
    if mover is None:
        return {}
    keys = {_key(name, "media", id): id for id in ids}
    with home.sessions(read_only=True) as session:
        rows = session.execute(
            select(IdempotencyKey, Media.created_at, Media.state)
            .join(Media, Media.id == IdempotencyKey.media_id)
            .where(IdempotencyKey.access_id == mover.id, IdempotencyKey.key.in_(keys))
        )
        return {
            keys[key.key]: _Known(key.media_id, key.sha256, key.twin, created_at, state)
            for key, created_at, state in rows
        }


def _look_again(home: Home, row: TheirMedia, known: _Known, dry_run: bool) -> Moved:
    """A media that is here: finished if a run was cut off behind its registration, checked for another file since."""
    stem = PurePosixPath(row.bucket_key or "").stem
    if _HALF_A_SHA256.fullmatch(stem) and not known.sha256.startswith(stem):
        note = "Its file was replaced in pyro-storage after it had been carried over."
        return Moved("media", row.id, Outcome.FAILED, known.media_id, note)
    if not known.twin and not dry_run:
        _keep_created_at(home, known.media_id, row.created_at, known.created_at)
    return Moved("media", row.id, Outcome.THERE, known.media_id)


def _look_only(theirs: PyroStorage, kind: Kind, old_id: int, key: str) -> Moved:
    try:
        found = theirs.bucket.head(key)
    except InvalidKey as problem:
        return Moved(kind, old_id, Outcome.FAILED, note=str(problem))
    if found is None:
        return Moved(kind, old_id, Outcome.FAILED, note=str(ObjectMissing(key)))
    return Moved(kind, old_id, Outcome.CREATED)


def _move_media(theirs: PyroStorage, home: Home, mover: Access, row: TheirMedia, key: str) -> Moved:
    file_name = PurePosixPath(key).name or key
    try:
        with Spool(home.spool_folder, limit=largest_of, name=file_name) as spool:
            registered = _register(theirs, home, mover, row.id, _fetch(theirs.bucket, key, spool), file_name)
    except _OF_ONE_OBJECT as problem:
        return Moved("media", row.id, Outcome.FAILED, note=str(problem))
    except CurationError as problem:
        _raise_if_away(problem)
        return Moved("media", row.id, Outcome.FAILED, note=problem.sentence)
    if registered.twin:
        note = f"The same content is here as media {registered.media_id}."
        return Moved("media", row.id, Outcome.THERE, registered.media_id, note)
    _keep_created_at(home, registered.media_id, row.created_at, registered.created_at)
    return Moved("media", row.id, Outcome.CREATED, registered.media_id)


def _register(
    theirs: PyroStorage, home: Home, mover: Access, old_id: int, spooled: Spooled, file_name: str
) -> Registered:
    return register_media(
        home.sessions,
        home.bucket,
        mover,
        spooled,
        file_name=file_name,
        details=CaptureDetails(tags=(theirs.name,)),
        idempotency_key=_key(theirs.name, "media", old_id),
        place=home.place,
    )


def _keep_created_at(home: Home, media_id: int, theirs: datetime | None, ours: datetime | None) -> None:
    if theirs is None or theirs == ours:
        return
    with home.sessions() as session:
        session.execute(update(Media).where(Media.id == media_id).values(created_at=theirs))


# --- annotations ----------------------------------------------------------------------------------


def _move_annotations(
    theirs: PyroStorage, home: Home, mover: Access | None, dry_run: bool
) -> Iterator[Moved]:
    for part in read_annotations(theirs.engine):
        media = _known_media(home, mover, theirs.name, [row.media_id for row in part if row.media_id])
        begun = _known_annotations(home, theirs.name, [row.id for row in part])
        for row in part:
            annotation_id, filled = begun.get(row.id, (None, False))
            if filled:
                yield Moved("annotation", row.id, Outcome.THERE, annotation_id)
            elif row.bucket_key is None:
                note = "Its file was never uploaded to pyro-storage."
                yield Moved("annotation", row.id, Outcome.LEFT_OUT, note=note)
            elif mover is None or dry_run:
                yield _look_only(theirs, "annotation", row.id, row.bucket_key)
            elif row.media_id not in media:
                note = f"Its media {row.media_id} did not come over."
                yield Moved("annotation", row.id, Outcome.FAILED, note=note)
            elif media[row.media_id].state == State.WITHDRAWN:
                note = f"Its media {media[row.media_id].media_id} was withdrawn here."
                yield Moved("annotation", row.id, Outcome.LEFT_OUT, note=note)
            else:
                media_id = media[row.media_id].media_id
                yield _move_annotation(theirs, home, mover, row, row.bucket_key, media_id, annotation_id)


def _known_annotations(home: Home, name: str, ids: list[int]) -> dict[int, tuple[int, bool]]:
    """Ours by the ids of theirs, and whether the file is there: a run may have been cut off before it was."""
    client_ids = {_key(name, "annotation", id): id for id in ids}
    with home.sessions(read_only=True) as session:
        rows = session.execute(
            select(Annotation.client_id, Annotation.id, Annotation.content).where(
                Annotation.client_id.in_(client_ids)
            )
        )
        return {
            client_ids[client_id]: (id, content != AnnotationContent.NONE)
            for client_id, id, content in rows
            if client_id is not None
        }


def _move_annotation(
    theirs: PyroStorage,
    home: Home,
    mover: Access,
    row: TheirAnnotation,
    key: str,
    media_id: int,
    begun: int | None,
) -> Moved:
    file_name = PurePosixPath(key).name or key
    try:
        with Spool(home.spool_folder, limit=LARGEST_FILE, name=file_name) as spool:
            spooled = _fetch(theirs.bucket, key, spool)
            annotation_id = begun or _begin_annotation(home, mover, row, theirs.name, media_id)
            attach_file(
                home.sessions,
                home.bucket,
                mover,
                annotation_id,
                spooled,
                file_name=file_name,
                folder=home.annotation_folder,
                policy=home.policy,
                keep_unread=True,
            )
    except _OF_ONE_OBJECT as problem:
        return Moved("annotation", row.id, Outcome.FAILED, note=str(problem))
    except CurationError as problem:
        _raise_if_away(problem)
        return Moved("annotation", row.id, Outcome.FAILED, note=problem.sentence)
    return Moved("annotation", row.id, Outcome.CREATED, annotation_id)


def _begin_annotation(home: Home, mover: Access, row: TheirAnnotation, name: str, media_id: int) -> int:
    """An annotation without content, which counts nowhere; found again by its client id when the run ends here."""
    with home.sessions() as session:
        counting = session.scalar(
            select(Annotation.author_id)
            .join(Media, Media.current_annotation_id == Annotation.id)
            .where(Media.id == media_id)
        )
        if counting not in (None, mover.id):
            raise Conflict(f"Media {media_id} was answered here meanwhile; that answer counts.")
        annotation_id = create_annotation(session, mover, media_id).id
        kept = {"client_id": _key(name, "annotation", row.id)}
        times = {"created_at": row.created_at} if row.created_at else {}
        session.execute(update(Annotation).where(Annotation.id == annotation_id).values(**kept, **times))
    return annotation_id


# --- all of them -----------------------------------------------------------------------------------


def _key(name: str, kind: Kind, old_id: int) -> str:
    return f"{name}:{kind}:{old_id}"


def _fetch(bucket: Bucket, key: str, spool: Spool) -> Spooled:
    with bucket.open(key) as stream:
        return spool_chunks(spool, stream)


def _raise_if_away(problem: CurationError) -> None:
    """A full disk or decoders that do not answer are no fault of the one media that met them."""
    if isinstance(problem, Unavailable) and not isinstance(problem, ContentBusy):
        raise problem
