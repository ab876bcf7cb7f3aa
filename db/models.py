"""Every table and enum.

Relationships load only what a query names (`lazy="raise"`), so that a page can never run SQL by
touching an attribute. Times are UTC, ids 64-bit, enums their lower-case values.
"""

from __future__ import annotations

import enum
import secrets
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from db.types import BigId, UtcDateTime, words


def utc_now() -> datetime:
    return datetime.now(UTC)


def any_place() -> int:
    """Where a media stands in the shuffled order."""
    return secrets.randbelow(2**31)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        int: BigId,
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        str: Text,
    }


# --- people and programs --------------------------------------------------------------------------


class Scope(enum.StrEnum):
    VIEWER = "viewer"
    USER = "user"
    ADMIN = "admin"
    DEVICE = "device"


class Access(Base):
    """An account that can enter. The login is stored lower-case and stripped."""

    __tablename__ = "accesses"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(100), unique=True)
    hashed_password: Mapped[str] = mapped_column(String(100))
    scope: Mapped[Scope] = mapped_column(words(Scope, "scope"))
    disabled_at: Mapped[datetime | None]
    # Gone from every list, and disabled for ever: the row stays behind what it did.
    deleted_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    password_changed_at: Mapped[datetime] = mapped_column(default=utc_now)
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Of a device: where its media come from when an upload does not say.
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    source: Mapped[Source | None] = relationship(lazy="raise")


class LoginSession(Base):
    """What a browser's cookie stands for.

    It begins with a one-time ticket (made where the password was checked, redeemed by the browser for
    the cookie a moment later). Both secrets are random and stored as SHA-256.
    """

    __tablename__ = "login_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id", ondelete="CASCADE"), index=True)
    hashed_ticket: Mapped[str | None] = mapped_column(String(64), unique=True)
    hashed_secret: Mapped[str | None] = mapped_column(String(64), unique=True)
    address: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Token(Base):
    """What a program carries: opaque, random, stored as SHA-256, revocable."""

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    hashed_secret: Mapped[str] = mapped_column(String(64), unique=True)
    # What it may do at most; empty for all that its access may. Read beside the access's own at each request.
    scope: Mapped[Scope | None] = mapped_column(words(Scope, "scope"))
    # Who made it to last; empty for those that a login and password gave for an hour.
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("accesses.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_seen_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """One failed sign-in. Only failures are kept, and only as long as they count."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (
        Index(None, "login", "created_at"),
        Index(None, "address", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


# --- media ----------------------------------------------------------------------------------------


class BlobState(enum.StrEnum):
    PENDING = "pending"
    STORED = "stored"
    TRASH = "trash"
    DELETING = "deleting"
    LOST = "lost"
    DAMAGED = "damaged"


class Blob(Base):
    """One row per content; the row is the lock that an upload and the clean-up both take."""

    __tablename__ = "blobs"
    __table_args__ = (
        # The clean-up looks for the few that are not simply stored.
        Index(
            "ix_blobs_unsettled",
            "state",
            "id",
            postgresql_where=text("state <> 'stored'"),
            sqlite_where=text("state <> 'stored'"),
        ),
        # The few that lie in place are found by their keys.
        Index(
            "ix_blobs_in_place",
            "bucket_key",
            postgresql_where=text("in_place"),
            sqlite_where=text("in_place"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    content_type: Mapped[str] = mapped_column(String(50))
    width: Mapped[int]
    height: Mapped[int]
    # EXIF's 1 to 8. Width and height are those of the upright picture, whatever this says.
    orientation: Mapped[int] = mapped_column(default=1)
    # Of a video: its seconds, frames a second, and its codec as FFmpeg calls it.
    duration: Mapped[float | None]
    frame_rate: Mapped[float | None]
    codec: Mapped[str | None] = mapped_column(String(40))
    bucket_key: Mapped[str] = mapped_column(String(255))
    state: Mapped[BlobState] = mapped_column(words(BlobState, "state"))
    lease_until: Mapped[datetime | None]
    # In the trash: its object stays until then.
    delete_after: Mapped[datetime | None]
    # Its object was in the bucket before we were told of it: it is somebody else's, and never deleted by us.
    in_place: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # When its bytes were last read from the bucket and found to be these.
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Source(Base):
    """The camera or site a media comes from."""

    __tablename__ = "sources"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    place: Mapped[str | None] = mapped_column(String(200))
    azimuth: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class MediaType(enum.StrEnum):
    IMAGE = "image"
    VIDEO = "video"


class State(enum.StrEnum):
    """Where a media stands; a projection of its history (the acts are in `curation.states`)."""

    AWAITING_CONTENT = "awaiting_content"
    NEW = "new"
    ANNOTATED = "annotated"
    SENT_BACK = "sent_back"
    UNSURE = "unsure"
    DISPUTED = "disputed"
    PARKED = "parked"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Media(Base):
    """One picture or video with its metadata."""

    __tablename__ = "media"
    __table_args__ = (
        # Lists are keyset-paged along these; the id closes every one of them, so that no two rows tie.
        Index("ix_media_state_id", "state", "id"),
        Index("ix_media_state_captured_at_id", "state", "captured_at", "id"),
        Index("ix_media_captured_at_id", "captured_at", "id"),
        Index("ix_media_source_id_captured_at_id", "source_id", "captured_at", "id"),
        Index("ix_media_file_name_id", "file_name", "id"),
        Index("ix_media_uploaded_by_id_id", "uploaded_by_id", "id"),
        Index("ix_media_created_at_id", "created_at", "id"),
        Index("ix_media_state_score_id", "state", "score", "id"),
        Index("ix_media_state_shuffle_id", "state", "shuffle", "id"),
        Index("ix_media_current_annotation_id", "current_annotation_id"),
        Index("ix_media_extracted_from_id_extracted_at", "extracted_from_id", "extracted_at"),
        # Frames per day of a device.
        Index("ix_media_uploaded_by_id_created_at", "uploaded_by_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[MediaType] = mapped_column(words(MediaType, "type"), default=MediaType.IMAGE)
    state: Mapped[State] = mapped_column(words(State, "state"), default=State.NEW)
    blob_id: Mapped[int | None] = mapped_column(ForeignKey("blobs.id"), index=True)
    bucket_key: Mapped[str | None] = mapped_column(String(255))
    # Set while this media is the one that came by POST /uploads with that content; unique, so the
    # second upload of the same bytes finds its twin even when both arrive at once.
    upload_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    file_name: Mapped[str | None] = mapped_column(String(255))
    captured_at: Mapped[datetime | None]
    captured_at_assumed: Mapped[bool] = mapped_column(default=False)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id"))
    azimuth: Mapped[float | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    camera: Mapped[str | None] = mapped_column(String(100))
    sequence: Mapped[str | None] = mapped_column(String(100), index=True)
    score: Mapped[float | None]
    # The video that this frame was taken out of, and at which of its seconds.
    extracted_from_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    extracted_at: Mapped[float | None]
    # A place in one shuffled order of everything: random lists start anywhere in it, and walk an index.
    shuffle: Mapped[int] = mapped_column(Integer, default=any_place, server_default=text("0"))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("accesses.id"))
    current_annotation_id: Mapped[int | None] = mapped_column(
        ForeignKey(
            "annotations.id",
            use_alter=True,
            name="fk_media_current_annotation_id_annotations",
        )
    )
    last_review_id: Mapped[int | None] = mapped_column(
        ForeignKey("reviews.id", use_alter=True, name="fk_media_last_review_id_reviews")
    )
    # Acts (submissions and reviews) are numbered per media: their order is this number, never a clock.
    act_count: Mapped[int] = mapped_column(default=0)
    # Withdrawn, and its grace time over: what is known of it stays, its content does not, and it cannot come back.
    purged_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    # When anything that is told of it was last changed, its state and its tags included.
    changed_at: Mapped[datetime | None] = mapped_column(onupdate=utc_now)
    # When somebody last sent its content once more, and was told that it is here already; imports tell by their items.
    sent_again_at: Mapped[datetime | None]

    blob: Mapped[Blob | None] = relationship(lazy="raise")
    source: Mapped[Source | None] = relationship(lazy="raise")
    uploaded_by: Mapped[Access] = relationship(lazy="raise")
    tags: Mapped[list[Tag]] = relationship(secondary="media_tags", lazy="raise", order_by="Tag.name")
    current_annotation: Mapped[Annotation | None] = relationship(
        lazy="raise", foreign_keys=[current_annotation_id]
    )
    last_review: Mapped[Review | None] = relationship(lazy="raise", foreign_keys=[last_review_id])


class Tag(Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)


class MediaTag(Base):
    __tablename__ = "media_tags"
    __table_args__ = (Index(None, "tag_id", "media_id"),)

    media_id: Mapped[int] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)


# --- answers --------------------------------------------------------------------------------------


class AppliesTo(enum.StrEnum):
    SHAPE = "shape"
    MEDIA = "media"
    BOTH = "both"


class LabelClass(Base):
    """A category one may choose, for a shape or for the whole media."""

    __tablename__ = "label_classes"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    colour: Mapped[str] = mapped_column(String(7))
    hotkey: Mapped[str | None] = mapped_column(String(10))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("label_classes.id"))
    applies_to: Mapped[AppliesTo] = mapped_column(words(AppliesTo, "applies_to"), default=AppliesTo.BOTH)
    exclusive_group: Mapped[str | None] = mapped_column(String(60))
    position: Mapped[int] = mapped_column(default=0)
    pinned: Mapped[bool] = mapped_column(default=False)
    guide: Mapped[str | None]
    retired_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class LabelClassExample(Base):
    """A media that shows what a label class means, chosen by an admin."""

    __tablename__ = "label_class_examples"

    label_class_id: Mapped[int] = mapped_column(
        ForeignKey("label_classes.id", ondelete="CASCADE"), primary_key=True
    )
    media_id: Mapped[int] = mapped_column(
        ForeignKey("media.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Asked(enum.StrEnum):
    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Question(Base):
    """A yes-or-no question about the whole picture, such as the one for missed smoke."""

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    sentence: Mapped[str] = mapped_column(String(200))
    asked: Mapped[Asked] = mapped_column(words(Asked, "asked"), default=Asked.OFF)
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class BatchKind(enum.StrEnum):
    SPREAD = "spread"
    UNDO_RUN = "undo_run"


class Batch(Base):
    """Many acts of one person made at once, and undone at once."""

    __tablename__ = "batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id"), index=True)
    kind: Mapped[BatchKind] = mapped_column(words(BatchKind, "kind"))
    client_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    undone_at: Mapped[datetime | None]


class AnnotationContent(enum.StrEnum):
    SHAPES = "shapes"
    FILE = "file"
    NONE = "none"


class Origin(enum.StrEnum):
    HUMAN = "human"
    MODEL = "model"
    IMPORT = "import"


class Annotation(Base):
    """One access's complete answer for one media. Never edited: a change is the next number."""

    __tablename__ = "annotations"
    __table_args__ = (
        UniqueConstraint("media_id", "number"),
        Index(None, "author_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("accesses.id"))
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("annotations.id"))
    content: Mapped[AnnotationContent] = mapped_column(
        words(AnnotationContent, "content"), default=AnnotationContent.SHAPES
    )
    origin: Mapped[Origin] = mapped_column(words(Origin, "origin"), default=Origin.HUMAN)
    blind: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"), index=True)
    bucket_key: Mapped[str | None] = mapped_column(String(255))
    # Of a file that came through the API, as it came: what it was called, what it is, and its content.
    file_name: Mapped[str | None] = mapped_column(String(255))
    file_type: Mapped[str | None] = mapped_column(String(50))
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    client_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    # 0 while it has no content: it is no act until then.
    act: Mapped[int]
    state_before: Mapped[State] = mapped_column(words(State, "state_before"))
    state_after: Mapped[State] = mapped_column(words(State, "state_after"))
    # Taken out of every list by an admin; the row stays, so that numbers have no gap.
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    author: Mapped[Access] = relationship(lazy="raise")
    shapes: Mapped[list[Shape]] = relationship(lazy="raise", order_by="Shape.position")
    labels: Mapped[list[AnnotationLabel]] = relationship(lazy="raise")
    replies: Mapped[list[AnnotationReply]] = relationship(lazy="raise")


class Shape(Base):
    """A box or polygon with a label class: fractions of the upright picture, two corners."""

    __tablename__ = "shapes"
    __table_args__ = (
        CheckConstraint("0 <= x_min AND x_min < x_max AND x_max <= 1", name="x_inside"),
        CheckConstraint("0 <= y_min AND y_min < y_max AND y_max <= 1", name="y_inside"),
        Index(None, "annotation_id", "position"),
        Index(None, "label_class_id", "annotation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id", ondelete="CASCADE"))
    position: Mapped[int]
    label_class_id: Mapped[int] = mapped_column(ForeignKey("label_classes.id"))
    x_min: Mapped[float] = mapped_column(Float(53))
    y_min: Mapped[float] = mapped_column(Float(53))
    x_max: Mapped[float] = mapped_column(Float(53))
    y_max: Mapped[float] = mapped_column(Float(53))
    points: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    origin: Mapped[Origin] = mapped_column(words(Origin, "origin"), default=Origin.HUMAN)
    confidence: Mapped[float | None]
    # The prediction that it was taken from: as it was (origin `model`) or corrected (origin `human`).
    prediction_id: Mapped[int | None] = mapped_column(ForeignKey("predictions.id"), index=True)

    label_class: Mapped[LabelClass] = relationship(lazy="raise")


class AnnotationLabel(Base):
    """An image-level label class of an annotation."""

    __tablename__ = "annotation_labels"
    __table_args__ = (Index(None, "label_class_id", "annotation_id"),)

    annotation_id: Mapped[int] = mapped_column(
        ForeignKey("annotations.id", ondelete="CASCADE"), primary_key=True
    )
    label_class_id: Mapped[int] = mapped_column(ForeignKey("label_classes.id"), primary_key=True)

    label_class: Mapped[LabelClass] = relationship(lazy="raise")


class AnnotationReply(Base):
    """Yes or no to a question, as part of an annotation."""

    __tablename__ = "annotation_replies"
    __table_args__ = (Index(None, "question_id", "yes", "annotation_id"),)

    annotation_id: Mapped[int] = mapped_column(
        ForeignKey("annotations.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    yes: Mapped[bool]

    question: Mapped[Question] = relationship(lazy="raise")


class Decision(enum.StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SENT_BACK = "sent_back"
    UNSURE = "unsure"
    PARKED = "parked"
    UNPARKED = "unparked"
    REOPENED = "reopened"
    SETTLED = "settled"
    UNDONE = "undone"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


class Review(Base):
    """One person's decision on one media as it stood. Append-only; undoing is one more."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index(None, "media_id", "act"),
        Index(None, "access_id", "created_at"),
        Index(None, "annotation_id", "decision"),
        Index(None, "undoes_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id"))
    annotation_id: Mapped[int | None] = mapped_column(ForeignKey("annotations.id"))
    decision: Mapped[Decision] = mapped_column(words(Decision, "decision"))
    comment: Mapped[str | None]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("reviews.id"))
    undoes_act: Mapped[int | None]
    # Given without having seen the answer that counts, and without moving the media.
    blind: Mapped[bool] = mapped_column(default=False)
    # Who alone shall do again what was sent back; empty for anyone.
    sent_to_id: Mapped[int | None] = mapped_column(ForeignKey("accesses.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"), index=True)
    client_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    act: Mapped[int]
    state_before: Mapped[State] = mapped_column(words(State, "state_before"))
    state_after: Mapped[State] = mapped_column(words(State, "state_after"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    access: Mapped[Access] = relationship(lazy="raise", foreign_keys=access_id)


# --- what models propose --------------------------------------------------------------------------


class Prediction(Base):
    """What a model sees on a media. Never an answer: a curator's submission takes its shapes, or does not.

    Append-only; of several by one model the newest counts.
    """

    __tablename__ = "predictions"
    __table_args__ = (
        Index(None, "media_id", "model", "id"),
        Index(None, "model", "media_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    model: Mapped[str] = mapped_column(String(100))
    # Who sent it in.
    access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id"), index=True)
    score: Mapped[float | None]
    client_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    shapes: Mapped[list[PredictedShape]] = relationship(lazy="raise", order_by="PredictedShape.position")


class PredictedShape(Base):
    """A box or polygon that a model proposes: fractions of the upright picture, two corners; confidence 0 to 1."""

    __tablename__ = "predicted_shapes"
    __table_args__ = (
        CheckConstraint("0 <= x_min AND x_min < x_max AND x_max <= 1", name="x_inside"),
        CheckConstraint("0 <= y_min AND y_min < y_max AND y_max <= 1", name="y_inside"),
        CheckConstraint("0 <= confidence AND confidence <= 1", name="confidence_inside"),
        Index(None, "prediction_id", "position"),
        Index(None, "label_class_id", "prediction_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    prediction_id: Mapped[int] = mapped_column(ForeignKey("predictions.id", ondelete="CASCADE"))
    position: Mapped[int]
    label_class_id: Mapped[int] = mapped_column(ForeignKey("label_classes.id"))
    x_min: Mapped[float] = mapped_column(Float(53))
    y_min: Mapped[float] = mapped_column(Float(53))
    x_max: Mapped[float] = mapped_column(Float(53))
    y_max: Mapped[float] = mapped_column(Float(53))
    points: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    confidence: Mapped[float]

    label_class: Mapped[LabelClass] = relationship(lazy="raise")


# --- two people, or one person twice --------------------------------------------------------------


class LookKind(enum.StrEnum):
    SECOND_OPINION = "second_opinion"
    SELF_CHECK = "self_check"


class Look(Base):
    """A media to be answered once more without seeing the first answer: by somebody else, or by the same person.

    It is nobody's until somebody's queue takes it, and is answered by a blind annotation or a blind review.
    """

    __tablename__ = "looks"
    __table_args__ = (
        UniqueConstraint("annotation_id", "kind"),
        Index(None, "access_id", "answered_at"),
        Index(None, "media_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LookKind] = mapped_column(words(LookKind, "kind"))
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    # The answer that it will be compared with.
    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id"))
    access_id: Mapped[int | None] = mapped_column(ForeignKey("accesses.id"))
    taken_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Comparison(Base):
    """Two answers, or two decisions, about one media: whether they agree."""

    __tablename__ = "comparisons"
    __table_args__ = (
        Index(None, "media_id"),
        Index(None, "kind", "created_at"),
        Index(None, "first_access_id"),
        Index(None, "second_access_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LookKind] = mapped_column(words(LookKind, "kind"))
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    look_id: Mapped[int | None] = mapped_column(ForeignKey("looks.id"))
    first_annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id"))
    first_access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id"))
    # The second answer: an annotation, or a decision alone.
    second_annotation_id: Mapped[int | None] = mapped_column(ForeignKey("annotations.id"))
    second_review_id: Mapped[int | None] = mapped_column(ForeignKey("reviews.id"))
    second_access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id"))
    agrees: Mapped[bool]
    # The act of the media that brought it: undoing that act takes the comparison away.
    act: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class ComparisonLabel(Base):
    """How often both, or only one, of two answers named a label class."""

    __tablename__ = "comparison_labels"

    comparison_id: Mapped[int] = mapped_column(
        ForeignKey("comparisons.id", ondelete="CASCADE"), primary_key=True
    )
    label_class_id: Mapped[int] = mapped_column(ForeignKey("label_classes.id"), primary_key=True)
    both: Mapped[int] = mapped_column(Integer)
    only_first: Mapped[int] = mapped_column(Integer)
    only_second: Mapped[int] = mapped_column(Integer)


class Lease(Base):
    """Who has a media before them, for how long. Its end harms nothing: answers are checked by themselves."""

    __tablename__ = "leases"

    media_id: Mapped[int] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
    access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Draft(Base):
    """A drawing not yet submitted, to be offered again on any machine."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("access_id", "media_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id", ondelete="CASCADE"))
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), index=True)
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("annotations.id"))
    drawing: Mapped[dict[str, Any]]
    # When the browser made it, so that an older one that arrives late does not win.
    made_at: Mapped[datetime]
    saved_at: Mapped[datetime] = mapped_column(default=utc_now)


class Comment(Base):
    """What somebody said about a media. Append-only, like the acts."""

    __tablename__ = "comments"
    __table_args__ = (Index(None, "media_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("accesses.id"), index=True)
    text: Mapped[str]
    client_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Mention(Base):
    """Somebody named in a comment, and whether they have seen it."""

    __tablename__ = "mentions"
    __table_args__ = (Index(None, "access_id", "seen_at"),)

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True)
    access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime | None]


# --- around them ----------------------------------------------------------------------------------


class Event(Base):
    """The audit trail: who did what, when, from where."""

    __tablename__ = "events"
    __table_args__ = (Index(None, "media_id", "id"), Index(None, "name", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    access_id: Mapped[int | None] = mapped_column(ForeignKey("accesses.id"), index=True)
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    name: Mapped[str] = mapped_column(String(60))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    address: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class JobState(enum.StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"


class Job(Base):
    """Work that nobody waits for. A finished job leaves the table."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("name", "subject_id"),
        Index(None, "state", "run_after"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    state: Mapped[JobState] = mapped_column(words(JobState, "state"), default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime] = mapped_column(default=utc_now)
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Webhook(Base):
    """An address that is told what happened, and the secret that its messages are signed with.

    The secret is kept as it is: signing needs it. `events` holds the names of what it wants to hear.
    """

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    url: Mapped[str] = mapped_column(String(1000))
    events: Mapped[list[Any]] = mapped_column(JSON)
    secret: Mapped[str] = mapped_column(String(100))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("accesses.id"))
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Delivery(Base):
    """One message to one webhook, written in the transaction that it tells of, sent by a job."""

    __tablename__ = "deliveries"
    __table_args__ = (Index(None, "webhook_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(60))
    # The message's own id: the same at every attempt, so that a receiver can tell a repeat.
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    payload: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]  # of the last answer
    error: Mapped[str | None]
    delivered_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)


class Extraction(Base):
    """Frames taken out of a video at an interval, each a media of its own, by a job."""

    __tablename__ = "extractions"

    id: Mapped[int] = mapped_column(primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)
    access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id"))
    every_seconds: Mapped[float]
    frames: Mapped[int] = mapped_column(default=0)  # registered so far
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class IdempotencyKey(Base):
    """The answer that was given for a key, to be given again to a repeat."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("access_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"))
    twin: Mapped[bool] = mapped_column(default=False)
    # The act that brought the media back, when it had been withdrawn.
    restored_act: Mapped[int | None]
    # The source that was made for it, which its import takes back when it is undone.
    made_source: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)


# The jobs loop finds what still needs its file without reading the whole table.
Index(
    "ix_annotations_without_file",
    Annotation.id,
    postgresql_where=text("bucket_key IS NULL"),
    sqlite_where=text("bucket_key IS NULL"),
)


# --- keeping it all together ----------------------------------------------------------------------


class Installation(Base):
    """What this database is called, in one row: the bucket's marker object carries the same name."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Turn(Base):
    """Work that only one process may do at a time, and until when it is somebody's turn."""

    __tablename__ = "turns"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]


class CheckOutcome(enum.StrEnum):
    RUNNING = "running"
    CLEAN = "clean"
    DRIFT = "drift"
    STOPPED = "stopped"  # by a brake, before anything was changed
    FAILED = "failed"  # it could not look


class StorageCheck(Base):
    """One comparison of the database with the bucket, and what came of it."""

    __tablename__ = "storage_checks"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Empty when it was due by itself.
    access_id: Mapped[int | None] = mapped_column(ForeignKey("accesses.id"))
    deep: Mapped[bool]
    repair: Mapped[bool]
    outcome: Mapped[CheckOutcome] = mapped_column(
        words(CheckOutcome, "outcome"), default=CheckOutcome.RUNNING, index=True
    )
    # How many of what were looked at, found, and repaired; a bounded number of examples; why it stopped.
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    started_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    finished_at: Mapped[datetime | None]


class Rate(Base):
    """How often somebody did something in one minute, counted by all replicas together."""

    __tablename__ = "rates"

    subject: Mapped[str] = mapped_column(String(100), primary_key=True)
    # Minutes since 1970.
    minute: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, index=True)
    count: Mapped[int] = mapped_column(Integer, default=0)


# --- datasets out and in --------------------------------------------------------------------------


class ExportFormat(enum.StrEnum):
    CSV = "csv"
    JSONL = "jsonl"
    COCO = "coco"
    YOLO = "yolo"
    VOC = "voc"
    PARQUET = "parquet"


class ExportState(enum.StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    CANCELLED = "cancelled"
    FAILED = "failed"
    EXPIRED = "expired"  # its file is gone, its receipt stays


class Release(Base):
    """A dataset that is frozen and named: what later work does to its media does not change it."""

    __tablename__ = "releases"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    note: Mapped[str | None]
    access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id"))
    # The filter as it stands in addresses, and the shares and seed of the split.
    filter: Mapped[dict[str, Any]] = mapped_column(default=dict)
    split: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # Label classes and questions as they were: keys, names, colours, order.
    vocabulary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # In scope, taken, left out and why, by label class, state and split; until all its items are there, how many
    # of how many are.
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Of its items, in their order: the same media with the same answers have the same.
    sha256: Mapped[str | None] = mapped_column(String(64))
    # The moment that it shows; empty until all its items are there.
    frozen_at: Mapped[datetime | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    access: Mapped[Access] = relationship(lazy="raise")


class ReleaseItem(Base):
    """One media of a release, with all that is exported of it but its pixels and shapes, which never change."""

    __tablename__ = "release_items"
    __table_args__ = (
        UniqueConstraint("release_id", "position"),
        Index(None, "media_id"),
    )

    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), primary_key=True)
    position: Mapped[int]
    annotation_id: Mapped[int | None] = mapped_column(ForeignKey("annotations.id"))
    state: Mapped[State] = mapped_column(words(State, "state"))
    split: Mapped[str | None] = mapped_column(String(10))
    # When its media had last been changed: a later one tells that it was changed since.
    changed_at: Mapped[datetime | None]
    record: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Export(Base):
    """A file of chosen media with their annotations: asked for, made by a job, kept for some days."""

    __tablename__ = "exports"
    __table_args__ = (Index(None, "access_id", "id"), Index(None, "state", "expires_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id"))
    format: Mapped[ExportFormat] = mapped_column(words(ExportFormat, "format"))
    # What it is made of: a release, else what the filter shows at `frozen_at`.
    release_id: Mapped[int | None] = mapped_column(ForeignKey("releases.id"), index=True)
    filter: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Only what has changed since: a release, or a moment.
    since_release_id: Mapped[int | None] = mapped_column(ForeignKey("releases.id"), index=True)
    since_at: Mapped[datetime | None]
    # With pictures, crops, contact sheets, the split, columns: as `curation.datasets.options` reads them.
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[ExportState] = mapped_column(words(ExportState, "state"), default=ExportState.WAITING)
    cancelled_at: Mapped[datetime | None]
    # How often it was begun: of each attempt the bytes may differ.
    attempts: Mapped[int] = mapped_column(default=0)
    # The moment of the database that it shows, once it is being made; and how many of the withdrawals shortly before
    # it that moment has (`curation.datasets.shown`).
    frozen_at: Mapped[datetime | None]
    withdrawals_known: Mapped[int | None]
    # Media written so far, of how many; bytes so far.
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    file_name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(50))
    bucket_key: Mapped[str | None] = mapped_column(String(255))
    sha256: Mapped[str | None] = mapped_column(String(64))
    receipt: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[str | None]
    client_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]

    access: Mapped[Access] = relationship(lazy="raise")


class ImportKind(enum.StrEnum):
    ARCHIVE = "archive"  # a ZIP
    FILES = "files"  # pictures and annotation files, one by one
    PREFIX = "prefix"  # a part of the bucket that is filled already
    TABLE = "table"  # a CSV of ours that was edited


class ImportState(enum.StrEnum):
    RECEIVING = "receiving"
    READING = "reading"
    READY = "ready"  # its preview can be looked at
    COMMITTING = "committing"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Import(Base):
    """Pictures and annotations from elsewhere, or edits of a table: read, looked at, committed and undone at once."""

    __tablename__ = "imports"
    __table_args__ = (Index(None, "access_id", "id"), Index(None, "state", "created_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id"))
    kind: Mapped[ImportKind] = mapped_column(words(ImportKind, "kind"))
    # As guessed, or as said.
    format: Mapped[str | None] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(255))  # of the file, the folder or the prefix
    # Where what was sent lies in the bucket until the import is over; the prefix itself for a prefix.
    bucket_prefix: Mapped[str | None] = mapped_column(String(1024))
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[ImportState] = mapped_column(words(ImportState, "state"), default=ImportState.RECEIVING)
    # What would become of it: matched and unmatched files, label classes and what they map to, notes, errors by place.
    preview: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # Created, already there, changed, failed, left out.
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    error: Mapped[str | None]
    client_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    committed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    access: Mapped[Access] = relationship(lazy="raise")


class ImportOutcome(enum.StrEnum):
    WAITING = "waiting"
    CREATED = "created"
    ALREADY_THERE = "already_there"
    CHANGED = "changed"
    LEFT_OUT = "left_out"
    FAILED = "failed"
    UNDONE = "undone"


class ImportItem(Base):
    """One picture, one known media, or one row of an import, and what became of it."""

    __tablename__ = "import_items"
    __table_args__ = (
        UniqueConstraint("import_id", "position"),
        Index(None, "import_id", "outcome", "position"),
        Index(None, "media_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(1024))
    # What is to be done: the answer, the state, the metadata, where the bytes are.
    wanted: Mapped[dict[str, Any]] = mapped_column(default=dict)
    outcome: Mapped[ImportOutcome] = mapped_column(
        words(ImportOutcome, "outcome"), default=ImportOutcome.WAITING
    )
    why: Mapped[str | None]
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    annotation_id: Mapped[int | None] = mapped_column(ForeignKey("annotations.id"))
    # What has to be put back by an undo: acts before and after, metadata before.
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


# --- twins that are not bit-identical -------------------------------------------------------------


class PictureHash(Base):
    """What a picture looks like in 64 bits, and the same in four bands: near ones share at least one band."""

    __tablename__ = "picture_hashes"
    __table_args__ = (
        Index(None, "band_0", "blob_id"),
        Index(None, "band_1", "blob_id"),
        Index(None, "band_2", "blob_id"),
        Index(None, "band_3", "blob_id"),
    )

    blob_id: Mapped[int] = mapped_column(ForeignKey("blobs.id", ondelete="CASCADE"), primary_key=True)
    # Hexadecimal digits: 64 bits, and 256 bits. Empty, with bands of -1, where a picture shows next to nothing.
    hash: Mapped[str] = mapped_column(String(16))
    fine_hash: Mapped[str] = mapped_column(String(64))
    band_0: Mapped[int] = mapped_column(Integer)
    band_1: Mapped[int] = mapped_column(Integer)
    band_2: Mapped[int] = mapped_column(Integer)
    band_3: Mapped[int] = mapped_column(Integer)


class TwinAnswer(enum.StrEnum):
    KEPT = "kept"
    REJECTED = "rejected"
    GROUPED = "grouped"


class TwinDecision(Base):
    """What one person did about near twins at once, undone at once."""

    __tablename__ = "twin_decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    access_id: Mapped[int] = mapped_column(ForeignKey("accesses.id"), index=True)
    answer: Mapped[TwinAnswer] = mapped_column(words(TwinAnswer, "answer"))
    # What has to be put back by an undo.
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    client_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    undone_at: Mapped[datetime | None]


class NearTwin(Base):
    """Two media that look alike: `media_id` came later. Open until somebody has decided."""

    __tablename__ = "near_twins"
    __table_args__ = (
        UniqueConstraint("media_id", "other_id"),
        Index(None, "other_id"),
        Index(
            "ix_near_twins_open",
            "media_id",
            postgresql_where=text("decision_id IS NULL"),
            sqlite_where=text("decision_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"))
    # Bits that differ.
    distance: Mapped[int] = mapped_column(Integer)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("twin_decisions.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
