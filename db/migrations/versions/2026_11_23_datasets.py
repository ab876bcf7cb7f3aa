"""exports, releases, imports, near twins

Revision: 2b50799824c8, after 30716243e65b, 2026-11-23 06:57:44.703320
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "2b50799824c8"
down_revision = "30716243e65b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "picture_hashes",
        sa.Column("blob_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=16), nullable=False),
        sa.Column("fine_hash", sa.String(length=64), nullable=False),
        sa.Column("band_0", sa.Integer(), nullable=False),
        sa.Column("band_1", sa.Integer(), nullable=False),
        sa.Column("band_2", sa.Integer(), nullable=False),
        sa.Column("band_3", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["blob_id"], ["blobs.id"], name=op.f("fk_picture_hashes_blob_id_blobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("blob_id", name=op.f("pk_picture_hashes")),
    )
    op.create_index(
        op.f("ix_picture_hashes_band_0_blob_id"), "picture_hashes", ["band_0", "blob_id"], unique=False
    )
    op.create_index(
        op.f("ix_picture_hashes_band_1_blob_id"), "picture_hashes", ["band_1", "blob_id"], unique=False
    )
    op.create_index(
        op.f("ix_picture_hashes_band_2_blob_id"), "picture_hashes", ["band_2", "blob_id"], unique=False
    )
    op.create_index(
        op.f("ix_picture_hashes_band_3_blob_id"), "picture_hashes", ["band_3", "blob_id"], unique=False
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "archive",
                "files",
                "prefix",
                "table",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("format", sa.String(length=20), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("bucket_prefix", sa.String(length=1024), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "receiving",
                "reading",
                "ready",
                "committing",
                "done",
                "undoing",
                "undone",
                "cancelled",
                "failed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("preview", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("done", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("total", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("committed_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("undone_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["access_id"], ["accesses.id"], name=op.f("fk_imports_access_id_accesses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.UniqueConstraint("client_id", name=op.f("uq_imports_client_id")),
    )
    op.create_index(op.f("ix_imports_access_id_id"), "imports", ["access_id", "id"], unique=False)
    op.create_index(op.f("ix_imports_state_created_at"), "imports", ["state", "created_at"], unique=False)
    op.create_table(
        "releases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("split", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("vocabulary", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("frozen_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["access_id"], ["accesses.id"], name=op.f("fk_releases_access_id_accesses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("name", name=op.f("uq_releases_name")),
    )
    op.create_table(
        "twin_decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "kept",
                "rejected",
                "grouped",
                name="answer",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("undone_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["access_id"], ["accesses.id"], name=op.f("fk_twin_decisions_access_id_accesses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_twin_decisions")),
        sa.UniqueConstraint("client_id", name=op.f("uq_twin_decisions_client_id")),
    )
    op.create_index(op.f("ix_twin_decisions_access_id"), "twin_decisions", ["access_id"], unique=False)
    op.create_table(
        "exports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "format",
            sa.Enum(
                "csv",
                "jsonl",
                "coco",
                "yolo",
                "voc",
                "parquet",
                name="format",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("since_release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("since_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "ready",
                "cancelled",
                "failed",
                "expired",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("cancelled_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("frozen_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawals_known", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("done", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("total", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=50), nullable=False),
        sa.Column("bucket_key", sa.String(length=255), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("receipt", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("expires_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["access_id"], ["accesses.id"], name=op.f("fk_exports_access_id_accesses")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_exports_release_id_releases")),
        sa.ForeignKeyConstraint(
            ["since_release_id"], ["releases.id"], name=op.f("fk_exports_since_release_id_releases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
        sa.UniqueConstraint("client_id", name=op.f("uq_exports_client_id")),
    )
    op.create_index(op.f("ix_exports_access_id_id"), "exports", ["access_id", "id"], unique=False)
    op.create_index(op.f("ix_exports_release_id"), "exports", ["release_id"], unique=False)
    op.create_index(op.f("ix_exports_since_release_id"), "exports", ["since_release_id"], unique=False)
    op.create_index(op.f("ix_exports_state_expires_at"), "exports", ["state", "expires_at"], unique=False)
    op.create_table(
        "near_twins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("distance", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["twin_decisions.id"], name=op.f("fk_near_twins_decision_id_twin_decisions")
        ),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_near_twins_media_id_media"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["media.id"], name=op.f("fk_near_twins_other_id_media"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_near_twins")),
        sa.UniqueConstraint("media_id", "other_id", name=op.f("uq_near_twins_media_id_other_id")),
    )
    op.create_index(op.f("ix_near_twins_decision_id"), "near_twins", ["decision_id"], unique=False)
    op.create_index(
        "ix_near_twins_open",
        "near_twins",
        ["media_id"],
        unique=False,
        postgresql_where=sa.text("decision_id IS NULL"),
        sqlite_where=sa.text("decision_id IS NULL"),
    )
    op.create_index(op.f("ix_near_twins_other_id"), "near_twins", ["other_id"], unique=False)
    op.create_table(
        "import_items",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=1024), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "waiting",
                "created",
                "already_there",
                "changed",
                "left_out",
                "failed",
                "undone",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("annotation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["annotation_id"], ["annotations.id"], name=op.f("fk_import_items_annotation_id_annotations")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_items_import_id_imports"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_import_items_media_id_media")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_items")),
        sa.UniqueConstraint("import_id", "position", name=op.f("uq_import_items_import_id_position")),
    )
    op.create_index(
        op.f("ix_import_items_import_id_outcome_position"),
        "import_items",
        ["import_id", "outcome", "position"],
        unique=False,
    )
    op.create_index(op.f("ix_import_items_media_id"), "import_items", ["media_id"], unique=False)
    op.create_table(
        "release_items",
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("annotation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
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
        sa.Column("split", sa.String(length=10), nullable=True),
        sa.Column("changed_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["annotation_id"], ["annotations.id"], name=op.f("fk_release_items_annotation_id_annotations")
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_release_items_media_id_media")),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["releases.id"],
            name=op.f("fk_release_items_release_id_releases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("release_id", "media_id", name=op.f("pk_release_items")),
        sa.UniqueConstraint("release_id", "position", name=op.f("uq_release_items_release_id_position")),
    )
    op.create_index(op.f("ix_release_items_media_id"), "release_items", ["media_id"], unique=False)
    op.add_column(
        "idempotency_keys",
        sa.Column("restored_act", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )
    op.add_column(
        "idempotency_keys",
        sa.Column("made_source", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )
    op.add_column("media", sa.Column("changed_at", db.types.UtcDateTime(timezone=True), nullable=True))
    op.add_column("media", sa.Column("sent_again_at", db.types.UtcDateTime(timezone=True), nullable=True))
    op.add_column(
        "blobs", sa.Column("in_place", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_index(
        "ix_blobs_in_place",
        "blobs",
        ["bucket_key"],
        unique=False,
        postgresql_where=sa.text("in_place"),
        sqlite_where=sa.text("in_place"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_blobs_in_place",
        table_name="blobs",
        postgresql_where=sa.text("in_place"),
        sqlite_where=sa.text("in_place"),
    )
    op.drop_column("blobs", "in_place")
    op.drop_column("media", "sent_again_at")
    op.drop_column("media", "changed_at")
    op.drop_column("idempotency_keys", "made_source")
    op.drop_column("idempotency_keys", "restored_act")
    op.drop_index(op.f("ix_release_items_media_id"), table_name="release_items")
    op.drop_table("release_items")
    op.drop_index(op.f("ix_import_items_media_id"), table_name="import_items")
    op.drop_index(op.f("ix_import_items_import_id_outcome_position"), table_name="import_items")
    op.drop_table("import_items")
    op.drop_index(op.f("ix_near_twins_other_id"), table_name="near_twins")
    op.drop_index(
        "ix_near_twins_open",
        table_name="near_twins",
        postgresql_where=sa.text("decision_id IS NULL"),
        sqlite_where=sa.text("decision_id IS NULL"),
    )
    op.drop_index(op.f("ix_near_twins_decision_id"), table_name="near_twins")
    op.drop_table("near_twins")
    op.drop_index(op.f("ix_exports_state_expires_at"), table_name="exports")
    op.drop_index(op.f("ix_exports_since_release_id"), table_name="exports")
    op.drop_index(op.f("ix_exports_release_id"), table_name="exports")
    op.drop_index(op.f("ix_exports_access_id_id"), table_name="exports")
    op.drop_table("exports")
    op.drop_index(op.f("ix_twin_decisions_access_id"), table_name="twin_decisions")
    op.drop_table("twin_decisions")
    op.drop_table("releases")
    op.drop_index(op.f("ix_imports_state_created_at"), table_name="imports")
    op.drop_index(op.f("ix_imports_access_id_id"), table_name="imports")
    op.drop_table("imports")
    op.drop_index(op.f("ix_picture_hashes_band_3_blob_id"), table_name="picture_hashes")
    op.drop_index(op.f("ix_picture_hashes_band_2_blob_id"), table_name="picture_hashes")
    op.drop_index(op.f("ix_picture_hashes_band_1_blob_id"), table_name="picture_hashes")
    op.drop_index(op.f("ix_picture_hashes_band_0_blob_id"), table_name="picture_hashes")
    op.drop_table("picture_hashes")
