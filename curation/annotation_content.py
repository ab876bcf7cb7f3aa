"""Annotations that come as files: kept as they came, and read as shapes where their format is known.

As with media the object comes first, and the rows that make it count last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from curation.accesses import CURATORS, require_scope
from curation.acts import ReviewPolicy, lock_media, move, next_act, require_current
from curation.annotation_entries import get_visible_annotation
from curation.annotations import fill_answer, require_submittable, require_usable
from curation.answers import AnnotationDraft, clean_comment
from curation.drafts import drop_draft
from curation.errors import AnnotationNotFound, Conflict, NotAllowed, Refused, UnknownLabelClass, WrongState
from curation.file_names import clean_file_name
from curation.formats import AnnotationFile, read_annotation_file
from curation.formats.reading import FileAnswer, Picture
from curation.kill_points import reached
from curation.label_classes import list_label_classes, resolve
from curation.media_keys import annotation_file_key
from curation.media_view import AnnotationView, annotation_views
from curation.questions import resolve_replies
from curation.spool import Spooled
from curation.tallies import Tally, count_once_stored
from curation.two_step import NAMELESS
from curation.uploads import is_stored
from db.models import Access, Annotation, AnnotationContent, Blob, Media, Origin, Scope, State
from db.types import Sessions
from storage import Bucket

LARGEST_FILE = 25 * 2**20


@dataclass(frozen=True)
class _Waiting:
    """What has to be known of an annotation that waits for its file."""

    media_id: int
    number: int
    picture: Picture
    known: Mapping[str, str]  # label classes: key by key and by name


@dataclass(frozen=True)
class _Kept:
    """Where a file lies in the bucket, and as what."""

    key: str
    content_type: str


def require_own(session: Session, access: Access, annotation_id: int) -> None:
    """Raise AnnotationNotFound, or NotAllowed unless it is one's own annotation or one is an admin."""
    require_scope(access, *CURATORS)
    _require_own(access, get_visible_annotation(session, access, annotation_id))


def attach_file(
    sessions: Sessions,
    bucket: Bucket,
    access: Access,
    annotation_id: int,
    spooled: Spooled,
    *,
    file_name: str,
    folder: str,
    policy: ReviewPolicy = ReviewPolicy(),
    keep_unread: bool = False,
) -> AnnotationView:
    """Give an annotation that has no content its file; it becomes the answer that counts. A repeat changes nothing,
    but for a file that the bucket has lost: that one is stored again.

    The file is stored under `folder` as it came. Our JSON, COCO and VOC become shapes; what is none of these stays
    a file. With `keep_unread` so does what is one of these and breaks a rule, which is refused otherwise.

    Raises AnnotationNotFound, NotAllowed, Conflict when it has other content, StaleAnnotation when another answer
    counts since it was created, WrongState, Refused of several kinds, and what the bucket raises.
    """
    require_scope(access, *CURATORS)
    name = clean_file_name(file_name)
    if not spooled.size and not keep_unread:
        raise Refused("The file is empty. Nothing was stored.")
    with sessions(read_only=True) as session:
        waiting = _look(session, access, annotation_id, spooled.sha256)
        if waiting is None:
            filled, kept = annotation_views(session, [annotation_id])[0], _kept_as(session, annotation_id)
    if waiting is None:
        if not is_stored(bucket, kept.key, spooled.size):
            _store(bucket, kept, spooled)
        return filled
    content = spooled.path.read_bytes()
    read, draft, comment = _read(content, waiting, keep_unread)
    key = annotation_file_key(folder, waiting.media_id, waiting.number, spooled.sha256, read.extension)
    _store(bucket, _Kept(key, read.content_type), spooled)
    reached("attach.put")
    with sessions() as session:
        media = lock_media(session, access, waiting.media_id)
        annotation = _locked(session, annotation_id)
        if annotation.media_id != media.id:
            raise Conflict("This annotation was moved to another media at this moment. Try again.")
        if annotation.withdrawn_at is not None:
            raise AnnotationNotFound(f"There is no annotation {annotation_id}.")
        if _is_filled(annotation, spooled.sha256):
            return annotation_views(session, [annotation_id])[0]
        require_submittable(media, accept=False)
        require_current(media, annotation.based_on_id)
        annotation.origin, annotation.comment = Origin.IMPORT, comment
        annotation.bucket_key, annotation.file_sha256 = key, spooled.sha256
        annotation.file_name, annotation.file_type = (None if name == NAMELESS else name), read.content_type
        annotation.content = AnnotationContent.FILE
        if draft is not None:
            annotation.content = AnnotationContent.SHAPES
            _fill(session, media, annotation, draft)
        annotation.act = next_act(media)
        annotation.state_before = media.state
        annotation.state_after = State.ACCEPTED if policy.reviews_required == 0 else State.ANNOTATED
        move(session, media, annotation.act, annotation.state_after, annotation.id, None)
        count_once_stored(session, Tally.ACTS, "submitted")
        drop_draft(session, access, media.id)
        session.flush()
        filled = annotation_views(session, [annotation_id])[0]
    reached("attach.committed")
    return filled


def _look(session: Session, access: Access, annotation_id: int, sha256: str) -> _Waiting | None:
    """What the file has to fit; None when it is there already."""
    annotation = get_visible_annotation(session, access, annotation_id)
    _require_own(access, annotation)
    if _is_filled(annotation, sha256):
        return None
    row = session.execute(
        select(Media.state, Media.file_name, Blob.width, Blob.height, Blob.sha256)
        .outerjoin(Blob, Blob.id == Media.blob_id)
        .where(Media.id == annotation.media_id)
    ).one()
    if row.sha256 is None:
        raise WrongState("This media has no content yet, so it cannot be annotated.", state=row.state.value)
    classes = list_label_classes(session, retired=True)
    known = {_word(found.name): found.key for found in classes} | {found.key: found.key for found in classes}
    picture = Picture(row.width, row.height, row.file_name, row.sha256)
    return _Waiting(annotation.media_id, annotation.number, picture, known)


def _kept_as(session: Session, annotation_id: int) -> _Kept:
    """Where the file of an annotation lies that has one."""
    columns = select(Annotation.bucket_key, Annotation.file_type).where(Annotation.id == annotation_id)
    found = session.execute(columns).one()
    return _Kept(found.bucket_key, found.file_type)


def _store(bucket: Bucket, kept: _Kept, spooled: Spooled) -> None:
    with open(spooled.path, "rb") as body:
        bucket.put(
            kept.key,
            body,
            size=spooled.size,
            content_type=kept.content_type,
            sha256=spooled.sha256,
            md5=spooled.md5,
        )


def _read(
    content: bytes, waiting: _Waiting, keep_unread: bool
) -> tuple[AnnotationFile, AnnotationDraft | None, str | None]:
    """The file, the answer in it, and the comment that came along; raises Refused of several kinds."""
    try:
        file = read_annotation_file(content, waiting.picture)
        if file.answer is None:
            return file, None, None
        return file, _draft(file.answer, waiting), clean_comment(file.answer.comment)
    except Refused:
        if not keep_unread:
            raise
    return read_annotation_file(content, None), None, None


def _draft(answer: FileAnswer, waiting: _Waiting) -> AnnotationDraft:
    def key_of(word: object) -> object:
        if not isinstance(word, str):
            return word
        found = waiting.known.get(word) or waiting.known.get(_word(word))
        if found is None:
            raise UnknownLabelClass(f"There is no label class “{word[:60]}”.")
        return found

    shapes = [
        {**shape, "label_class": key_of(shape.get("label_class")), "origin": Origin.IMPORT.value}
        for shape in answer.shapes
    ]
    labels = [str(key_of(word)) for word in answer.label_classes]
    picture = waiting.picture
    return AnnotationDraft.from_payload(shapes, labels, picture.width, picture.height, answer.replies)


def _fill(session: Session, media: Media, annotation: Annotation, draft: AnnotationDraft) -> None:
    keys = [shape.label_class for shape in draft.shapes] + list(draft.label_classes)
    resolved = resolve(session, keys)
    require_usable(session, media, draft, resolved)
    fill_answer(annotation, draft, resolved, resolve_replies(session, draft.replies, complete=False))


def _locked(session: Session, annotation_id: int) -> Annotation:
    """The annotation as it stands now, with what belongs to it; its media is locked."""
    found = (
        select(Annotation)
        .where(Annotation.id == annotation_id)
        .options(*(selectinload(rows) for rows in (Annotation.shapes, Annotation.labels, Annotation.replies)))
        .execution_options(populate_existing=True)
    )
    return session.scalars(found).one()


def _is_filled(annotation: Annotation, sha256: str) -> bool:
    """Whether it has this very file already; raises Conflict when it has other content."""
    if annotation.content == AnnotationContent.NONE:
        return False
    if annotation.file_sha256 != sha256:
        raise Conflict("This annotation has its content already. Create another one for another file.")
    return True


def _require_own(access: Access, annotation: Annotation) -> None:
    if annotation.author_id != access.id and access.scope != Scope.ADMIN:
        raise NotAllowed("This annotation is someone else's. Create one of your own.")


def _word(name: str) -> str:
    """A label class as other tools write it: whatever the case, with spaces or with lines."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")
