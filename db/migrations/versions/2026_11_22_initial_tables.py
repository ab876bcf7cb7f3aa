"""initial tables

Revision: 551433093d82, after , 2026-11-22 19:45:46.746690
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "551433093d82"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accesses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("login", sa.String(length=100), nullable=False),
        sa.Column("hashed_password", sa.String(length=100), nullable=False),
        sa.Column(
            "scope",
            sa.Enum(
                "viewer",
                "user",
                "admin",
                "device",
                name="scope",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("disabled_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("password_changed_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("preferences", sa.JSON(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accesses")),
        sa.UniqueConstraint("login", name=op.f("uq_accesses_login")),
    )
    op.create_table(
        "blobs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.String(length=50), nullable=False),
        sa.Column("width", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("height", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("orientation", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bucket_key", sa.String(length=255), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "stored",
                "trash",
                "deleting",
                "lost",
                "damaged",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("lease_until", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blobs")),
        sa.UniqueConstraint("sha256", name=op.f("uq_blobs_sha256")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "failed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_after", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("lease_until", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("name", "subject_id", name=op.f("uq_jobs_name_subject_id")),
    )
    op.create_index(op.f("ix_jobs_state_run_after"), "jobs", ["state", "run_after"], unique=False)
    op.create_table(
        "label_classes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("colour", sa.String(length=7), nullable=False),
        sa.Column("hotkey", sa.String(length=10), nullable=True),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "applies_to",
            sa.Enum(
                "shape",
                "media",
                "both",
                name="applies_to",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("exclusive_group", sa.String(length=60), nullable=True),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("guide", sa.Text(), nullable=True),
        sa.Column("retired_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["label_classes.id"], name=op.f("fk_label_classes_parent_id_label_classes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_classes")),
        sa.UniqueConstraint("key", name=op.f("uq_label_classes_key")),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("sentence", sa.String(length=200), nullable=False),
        sa.Column(
            "asked",
            sa.Enum(
                "off",
                "optional",
                "required",
                name="asked",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("key", name=op.f("uq_questions_key")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("login", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index(
        op.f("ix_sign_in_attempts_address_created_at"),
        "sign_in_attempts",
        ["address", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_sign_in_attempts_login_created_at"),
        "sign_in_attempts",
        ["login", "created_at"],
        unique=False,
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("azimuth", sa.Double(), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("name", name=op.f("uq_sources_name")),
    )
    op.create_table(
        "tags",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("name", name=op.f("uq_tags_name")),
    )
    op.create_table(
        "batches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("spread", "undo_run", name="kind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("undone_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["access_id"], ["accesses.id"], name=op.f("fk_batches_access_id_accesses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("client_id", name=op.f("uq_batches_client_id")),
    )
    op.create_index(op.f("ix_batches_access_id"), "batches", ["access_id"], unique=False)
    op.create_table(
        "login_sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hashed_ticket", sa.String(length=64), nullable=True),
        sa.Column("hashed_secret", sa.String(length=64), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["access_id"],
            ["accesses.id"],
            name=op.f("fk_login_sessions_access_id_accesses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_sessions")),
        sa.UniqueConstraint("hashed_secret", name=op.f("uq_login_sessions_hashed_secret")),
        sa.UniqueConstraint("hashed_ticket", name=op.f("uq_login_sessions_hashed_ticket")),
    )
    op.create_index(op.f("ix_login_sessions_access_id"), "login_sessions", ["access_id"], unique=False)
    op.create_table(
        "media",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "type",
            sa.Enum("image", "video", name="type", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "awaiting_content",
                "new",
                "annotated",
                "sent_back",
                "unsure",
                "disputed",
                "parked",
                "accepted",
                "rejected",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("blob_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("bucket_key", sa.String(length=255), nullable=True),
        sa.Column("upload_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=255), nullable=True),
        sa.Column("captured_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("captured_at_assumed", sa.Boolean(), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("azimuth", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("camera", sa.String(length=100), nullable=True),
        sa.Column("sequence", sa.String(length=100), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("shuffle", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("uploaded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "current_annotation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("last_review_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("act_count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blobs.id"], name=op.f("fk_media_blob_id_blobs")),
        sa.ForeignKeyConstraint(
            ["current_annotation_id"],
            ["annotations.id"],
            name="fk_media_current_annotation_id_annotations",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["last_review_id"], ["reviews.id"], name="fk_media_last_review_id_reviews", use_alter=True
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_media_source_id_sources")),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["accesses.id"], name=op.f("fk_media_uploaded_by_id_accesses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("upload_sha256", name=op.f("uq_media_upload_sha256")),
    )
    op.create_index(op.f("ix_media_blob_id"), "media", ["blob_id"], unique=False)
    op.create_index("ix_media_captured_at_id", "media", ["captured_at", "id"], unique=False)
    op.create_index("ix_media_created_at_id", "media", ["created_at", "id"], unique=False)
    op.create_index("ix_media_current_annotation_id", "media", ["current_annotation_id"], unique=False)
    op.create_index("ix_media_file_name_id", "media", ["file_name", "id"], unique=False)
    op.create_index(op.f("ix_media_sequence"), "media", ["sequence"], unique=False)
    op.create_index(
        "ix_media_source_id_captured_at_id", "media", ["source_id", "captured_at", "id"], unique=False
    )
    op.create_index("ix_media_state_captured_at_id", "media", ["state", "captured_at", "id"], unique=False)
    op.create_index("ix_media_state_id", "media", ["state", "id"], unique=False)
    op.create_index("ix_media_state_score_id", "media", ["state", "score", "id"], unique=False)
    op.create_index("ix_media_state_shuffle_id", "media", ["state", "shuffle", "id"], unique=False)
    op.create_index("ix_media_uploaded_by_id_id", "media", ["uploaded_by_id", "id"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("hashed_secret", sa.String(length=64), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("expires_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["access_id"], ["accesses.id"], name=op.f("fk_tokens_access_id_accesses"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("hashed_secret", name=op.f("uq_tokens_hashed_secret")),
    )
    op.create_index(op.f("ix_tokens_access_id"), "tokens", ["access_id"], unique=False)
    op.create_table(
        "annotations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("based_on_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "content",
            sa.Enum(
                "shapes", "file", "none", name="content", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "human",
                "model",
                "import",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("bucket_key", sa.String(length=255), nullable=True),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("act", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state_before",
            sa.Enum(
                "awaiting_content",
                "new",
                "annotated",
                "sent_back",
                "unsure",
                "disputed",
                "parked",
                "accepted",
                "rejected",
                "withdrawn",
                name="state_before",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "state_after",
            sa.Enum(
                "awaiting_content",
                "new",
                "annotated",
                "sent_back",
                "unsure",
                "disputed",
                "parked",
                "accepted",
                "rejected",
                "withdrawn",
                name="state_after",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["accesses.id"], name=op.f("fk_annotations_author_id_accesses")
        ),
        sa.ForeignKeyConstraint(
            ["based_on_id"], ["annotations.id"], name=op.f("fk_annotations_based_on_id_annotations")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_annotations_batch_id_batches")),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_annotations_media_id_media")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotations")),
        sa.UniqueConstraint("client_id", name=op.f("uq_annotations_client_id")),
        sa.UniqueConstraint("media_id", "number", name=op.f("uq_annotations_media_id_number")),
    )
    op.create_index(
        op.f("ix_annotations_author_id_created_at"), "annotations", ["author_id", "created_at"], unique=False
    )
    op.create_index(op.f("ix_annotations_batch_id"), "annotations", ["batch_id"], unique=False)
    op.create_index(
        "ix_annotations_without_file",
        "annotations",
        ["id"],
        unique=False,
        postgresql_where=sa.text("bucket_key IS NULL"),
        sqlite_where=sa.text("bucket_key IS NULL"),
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["accesses.id"], name=op.f("fk_comments_author_id_accesses")),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_comments_media_id_media")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint("client_id", name=op.f("uq_comments_client_id")),
    )
    op.create_index(op.f("ix_comments_author_id"), "comments", ["author_id"], unique=False)
    op.create_index(op.f("ix_comments_media_id_id"), "comments", ["media_id", "id"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["access_id"], ["accesses.id"], name=op.f("fk_events_access_id_accesses")),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_events_media_id_media")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_access_id"), "events", ["access_id"], unique=False)
    op.create_index(op.f("ix_events_media_id_id"), "events", ["media_id", "id"], unique=False)
    op.create_index(op.f("ix_events_name_id"), "events", ["name", "id"], unique=False)
    op.create_table(
        "idempotency_keys",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("twin", sa.Boolean(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["access_id"],
            ["accesses.id"],
            name=op.f("fk_idempotency_keys_access_id_accesses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_idempotency_keys_media_id_media")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_keys")),
        sa.UniqueConstraint("access_id", "key", name=op.f("uq_idempotency_keys_access_id_key")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "label_class_examples",
        sa.Column("label_class_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["label_class_id"],
            ["label_classes.id"],
            name=op.f("fk_label_class_examples_label_class_id_label_classes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["media.id"],
            name=op.f("fk_label_class_examples_media_id_media"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("label_class_id", "media_id", name=op.f("pk_label_class_examples")),
    )
    op.create_index(
        op.f("ix_label_class_examples_media_id"), "label_class_examples", ["media_id"], unique=False
    )
    op.create_table(
        "leases",
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expires_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["access_id"], ["accesses.id"], name=op.f("fk_leases_access_id_accesses"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_leases_media_id_media"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_leases")),
    )
    op.create_index(op.f("ix_leases_access_id"), "leases", ["access_id"], unique=False)
    op.create_index(op.f("ix_leases_expires_at"), "leases", ["expires_at"], unique=False)
    op.create_table(
        "media_tags",
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tag_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_media_tags_media_id_media"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_media_tags_tag_id_tags"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("media_id", "tag_id", name=op.f("pk_media_tags")),
    )
    op.create_index(op.f("ix_media_tags_tag_id_media_id"), "media_tags", ["tag_id", "media_id"], unique=False)
    op.create_table(
        "annotation_labels",
        sa.Column("annotation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label_class_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["annotation_id"],
            ["annotations.id"],
            name=op.f("fk_annotation_labels_annotation_id_annotations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["label_class_id"],
            ["label_classes.id"],
            name=op.f("fk_annotation_labels_label_class_id_label_classes"),
        ),
        sa.PrimaryKeyConstraint("annotation_id", "label_class_id", name=op.f("pk_annotation_labels")),
    )
    op.create_index(
        op.f("ix_annotation_labels_label_class_id_annotation_id"),
        "annotation_labels",
        ["label_class_id", "annotation_id"],
        unique=False,
    )
    op.create_table(
        "annotation_replies",
        sa.Column("annotation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("yes", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["annotation_id"],
            ["annotations.id"],
            name=op.f("fk_annotation_replies_annotation_id_annotations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_annotation_replies_question_id_questions")
        ),
        sa.PrimaryKeyConstraint("annotation_id", "question_id", name=op.f("pk_annotation_replies")),
    )
    op.create_index(
        op.f("ix_annotation_replies_question_id_yes_annotation_id"),
        "annotation_replies",
        ["question_id", "yes", "annotation_id"],
        unique=False,
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("based_on_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("drawing", sa.JSON(), nullable=False),
        sa.Column("made_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("saved_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["access_id"], ["accesses.id"], name=op.f("fk_drafts_access_id_accesses"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["based_on_id"], ["annotations.id"], name=op.f("fk_drafts_based_on_id_annotations")
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_drafts_media_id_media"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("access_id", "media_id", name=op.f("uq_drafts_access_id_media_id")),
    )
    op.create_index(op.f("ix_drafts_media_id"), "drafts", ["media_id"], unique=False)
    op.create_table(
        "looks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "second_opinion",
                "self_check",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("annotation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("taken_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answered_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["access_id"], ["accesses.id"], name=op.f("fk_looks_access_id_accesses")),
        sa.ForeignKeyConstraint(
            ["annotation_id"], ["annotations.id"], name=op.f("fk_looks_annotation_id_annotations")
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_looks_media_id_media")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
        sa.UniqueConstraint("annotation_id", "kind", name=op.f("uq_looks_annotation_id_kind")),
    )
    op.create_index(
        op.f("ix_looks_access_id_answered_at"), "looks", ["access_id", "answered_at"], unique=False
    )
    op.create_index(op.f("ix_looks_media_id"), "looks", ["media_id"], unique=False)
    op.create_table(
        "mentions",
        sa.Column("comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seen_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["access_id"], ["accesses.id"], name=op.f("fk_mentions_access_id_accesses"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_mentions_comment_id_comments"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", "access_id", name=op.f("pk_mentions")),
    )
    op.create_index(op.f("ix_mentions_access_id_seen_at"), "mentions", ["access_id", "seen_at"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("annotation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "decision",
            sa.Enum(
                "accepted",
                "rejected",
                "sent_back",
                "unsure",
                "parked",
                "unparked",
                "reopened",
                "settled",
                "undone",
                "withdrawn",
                "restored",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("undoes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("undoes_act", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("sent_to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("act", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state_before",
            sa.Enum(
                "awaiting_content",
                "new",
                "annotated",
                "sent_back",
                "unsure",
                "disputed",
                "parked",
                "accepted",
                "rejected",
                "withdrawn",
                name="state_before",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "state_after",
            sa.Enum(
                "awaiting_content",
                "new",
                "annotated",
                "sent_back",
                "unsure",
                "disputed",
                "parked",
                "accepted",
                "rejected",
                "withdrawn",
                name="state_after",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["access_id"], ["accesses.id"], name=op.f("fk_reviews_access_id_accesses")),
        sa.ForeignKeyConstraint(
            ["annotation_id"], ["annotations.id"], name=op.f("fk_reviews_annotation_id_annotations")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_reviews_batch_id_batches")),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_reviews_media_id_media")),
        sa.ForeignKeyConstraint(["sent_to_id"], ["accesses.id"], name=op.f("fk_reviews_sent_to_id_accesses")),
        sa.ForeignKeyConstraint(["undoes_id"], ["reviews.id"], name=op.f("fk_reviews_undoes_id_reviews")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("client_id", name=op.f("uq_reviews_client_id")),
    )
    op.create_index(
        op.f("ix_reviews_access_id_created_at"), "reviews", ["access_id", "created_at"], unique=False
    )
    op.create_index(
        op.f("ix_reviews_annotation_id_decision"), "reviews", ["annotation_id", "decision"], unique=False
    )
    op.create_index(op.f("ix_reviews_batch_id"), "reviews", ["batch_id"], unique=False)
    op.create_index(op.f("ix_reviews_media_id_act"), "reviews", ["media_id", "act"], unique=False)
    op.create_index(op.f("ix_reviews_undoes_id"), "reviews", ["undoes_id"], unique=False)
    op.create_table(
        "shapes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("annotation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label_class_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("x_min", sa.Float(precision=53), nullable=False),
        sa.Column("y_min", sa.Float(precision=53), nullable=False),
        sa.Column("x_max", sa.Float(precision=53), nullable=False),
        sa.Column("y_max", sa.Float(precision=53), nullable=False),
        sa.Column("points", sa.JSON(none_as_null=True), nullable=True),
        sa.Column(
            "origin",
            sa.Enum(
                "human",
                "model",
                "import",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.CheckConstraint("0 <= x_min AND x_min < x_max AND x_max <= 1", name=op.f("ck_shapes_x_inside")),
        sa.CheckConstraint("0 <= y_min AND y_min < y_max AND y_max <= 1", name=op.f("ck_shapes_y_inside")),
        sa.ForeignKeyConstraint(
            ["annotation_id"],
            ["annotations.id"],
            name=op.f("fk_shapes_annotation_id_annotations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["label_class_id"], ["label_classes.id"], name=op.f("fk_shapes_label_class_id_label_classes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shapes")),
    )
    op.create_index(
        op.f("ix_shapes_annotation_id_position"), "shapes", ["annotation_id", "position"], unique=False
    )
    op.create_index(
        op.f("ix_shapes_label_class_id_annotation_id"),
        "shapes",
        ["label_class_id", "annotation_id"],
        unique=False,
    )
    op.create_table(
        "comparisons",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "second_opinion",
                "self_check",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("look_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "first_annotation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("first_access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "second_annotation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("second_review_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("second_access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("act", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_access_id"], ["accesses.id"], name=op.f("fk_comparisons_first_access_id_accesses")
        ),
        sa.ForeignKeyConstraint(
            ["first_annotation_id"],
            ["annotations.id"],
            name=op.f("fk_comparisons_first_annotation_id_annotations"),
        ),
        sa.ForeignKeyConstraint(["look_id"], ["looks.id"], name=op.f("fk_comparisons_look_id_looks")),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_comparisons_media_id_media")),
        sa.ForeignKeyConstraint(
            ["second_access_id"], ["accesses.id"], name=op.f("fk_comparisons_second_access_id_accesses")
        ),
        sa.ForeignKeyConstraint(
            ["second_annotation_id"],
            ["annotations.id"],
            name=op.f("fk_comparisons_second_annotation_id_annotations"),
        ),
        sa.ForeignKeyConstraint(
            ["second_review_id"], ["reviews.id"], name=op.f("fk_comparisons_second_review_id_reviews")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comparisons")),
    )
    op.create_index(op.f("ix_comparisons_first_access_id"), "comparisons", ["first_access_id"], unique=False)
    op.create_index(
        op.f("ix_comparisons_kind_created_at"), "comparisons", ["kind", "created_at"], unique=False
    )
    op.create_index(op.f("ix_comparisons_media_id"), "comparisons", ["media_id"], unique=False)
    op.create_index(
        op.f("ix_comparisons_second_access_id"), "comparisons", ["second_access_id"], unique=False
    )
    op.create_table(
        "comparison_labels",
        sa.Column("comparison_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label_class_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("both", sa.Integer(), nullable=False),
        sa.Column("only_first", sa.Integer(), nullable=False),
        sa.Column("only_second", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comparison_id"],
            ["comparisons.id"],
            name=op.f("fk_comparison_labels_comparison_id_comparisons"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["label_class_id"],
            ["label_classes.id"],
            name=op.f("fk_comparison_labels_label_class_id_label_classes"),
        ),
        sa.PrimaryKeyConstraint("comparison_id", "label_class_id", name=op.f("pk_comparison_labels")),
    )

    # These two close a circle of tables. SQLite cannot add a foreign key to a table that stands.
    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key(
            "fk_media_current_annotation_id_annotations",
            "media",
            "annotations",
            ["current_annotation_id"],
            ["id"],
        )
        op.create_foreign_key(
            "fk_media_last_review_id_reviews", "media", "reviews", ["last_review_id"], ["id"]
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("fk_media_last_review_id_reviews", "media")
        op.drop_constraint("fk_media_current_annotation_id_annotations", "media")
    op.drop_table("comparison_labels")
    op.drop_index(op.f("ix_comparisons_second_access_id"), table_name="comparisons")
    op.drop_index(op.f("ix_comparisons_media_id"), table_name="comparisons")
    op.drop_index(op.f("ix_comparisons_kind_created_at"), table_name="comparisons")
    op.drop_index(op.f("ix_comparisons_first_access_id"), table_name="comparisons")
    op.drop_table("comparisons")
    op.drop_index(op.f("ix_shapes_label_class_id_annotation_id"), table_name="shapes")
    op.drop_index(op.f("ix_shapes_annotation_id_position"), table_name="shapes")
    op.drop_table("shapes")
    op.drop_index(op.f("ix_reviews_undoes_id"), table_name="reviews")
    op.drop_index(op.f("ix_reviews_media_id_act"), table_name="reviews")
    op.drop_index(op.f("ix_reviews_batch_id"), table_name="reviews")
    op.drop_index(op.f("ix_reviews_annotation_id_decision"), table_name="reviews")
    op.drop_index(op.f("ix_reviews_access_id_created_at"), table_name="reviews")
    op.drop_table("reviews")
    op.drop_index(op.f("ix_mentions_access_id_seen_at"), table_name="mentions")
    op.drop_table("mentions")
    op.drop_index(op.f("ix_looks_media_id"), table_name="looks")
    op.drop_index(op.f("ix_looks_access_id_answered_at"), table_name="looks")
    op.drop_table("looks")
    op.drop_index(op.f("ix_drafts_media_id"), table_name="drafts")
    op.drop_table("drafts")
    op.drop_index(
        op.f("ix_annotation_replies_question_id_yes_annotation_id"), table_name="annotation_replies"
    )
    op.drop_table("annotation_replies")
    op.drop_index(op.f("ix_annotation_labels_label_class_id_annotation_id"), table_name="annotation_labels")
    op.drop_table("annotation_labels")
    op.drop_index(op.f("ix_media_tags_tag_id_media_id"), table_name="media_tags")
    op.drop_table("media_tags")
    op.drop_index(op.f("ix_leases_expires_at"), table_name="leases")
    op.drop_index(op.f("ix_leases_access_id"), table_name="leases")
    op.drop_table("leases")
    op.drop_index(op.f("ix_label_class_examples_media_id"), table_name="label_class_examples")
    op.drop_table("label_class_examples")
    op.drop_index(op.f("ix_idempotency_keys_created_at"), table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_index(op.f("ix_events_name_id"), table_name="events")
    op.drop_index(op.f("ix_events_media_id_id"), table_name="events")
    op.drop_index(op.f("ix_events_access_id"), table_name="events")
    op.drop_table("events")
    op.drop_index(op.f("ix_comments_media_id_id"), table_name="comments")
    op.drop_index(op.f("ix_comments_author_id"), table_name="comments")
    op.drop_table("comments")
    op.drop_index(
        "ix_annotations_without_file",
        table_name="annotations",
        postgresql_where=sa.text("bucket_key IS NULL"),
        sqlite_where=sa.text("bucket_key IS NULL"),
    )
    op.drop_index(op.f("ix_annotations_batch_id"), table_name="annotations")
    op.drop_index(op.f("ix_annotations_author_id_created_at"), table_name="annotations")
    op.drop_table("annotations")
    op.drop_index(op.f("ix_tokens_access_id"), table_name="tokens")
    op.drop_table("tokens")
    op.drop_index("ix_media_uploaded_by_id_id", table_name="media")
    op.drop_index("ix_media_state_shuffle_id", table_name="media")
    op.drop_index("ix_media_state_score_id", table_name="media")
    op.drop_index("ix_media_state_id", table_name="media")
    op.drop_index("ix_media_state_captured_at_id", table_name="media")
    op.drop_index("ix_media_source_id_captured_at_id", table_name="media")
    op.drop_index(op.f("ix_media_sequence"), table_name="media")
    op.drop_index("ix_media_file_name_id", table_name="media")
    op.drop_index("ix_media_current_annotation_id", table_name="media")
    op.drop_index("ix_media_created_at_id", table_name="media")
    op.drop_index("ix_media_captured_at_id", table_name="media")
    op.drop_index(op.f("ix_media_blob_id"), table_name="media")
    op.drop_table("media")
    op.drop_index(op.f("ix_login_sessions_access_id"), table_name="login_sessions")
    op.drop_table("login_sessions")
    op.drop_index(op.f("ix_batches_access_id"), table_name="batches")
    op.drop_table("batches")
    op.drop_table("tags")
    op.drop_table("sources")
    op.drop_index(op.f("ix_sign_in_attempts_login_created_at"), table_name="sign_in_attempts")
    op.drop_index(op.f("ix_sign_in_attempts_address_created_at"), table_name="sign_in_attempts")
    op.drop_table("sign_in_attempts")
    op.drop_table("questions")
    op.drop_table("label_classes")
    op.drop_index(op.f("ix_jobs_state_run_after"), table_name="jobs")
    op.drop_table("jobs")
    op.drop_table("blobs")
    op.drop_table("accesses")
