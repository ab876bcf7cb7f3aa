"""devices, videos, predictions, webhooks

Revision: d3e22c64d8f9, after 551433093d82, 2026-11-22 21:11:17.360359
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "d3e22c64d8f9"
down_revision = "551433093d82"
branch_labels = None
depends_on = None


SCOPES = ("viewer", "user", "admin", "device")


def is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def add_reference(table: str, column: str, target: str) -> None:
    """A column that points at another table. SQLite takes the constraint with the column, or not at all."""
    if is_postgresql():
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True))
        op.create_foreign_key(f"fk_{table}_{column}_{target}", table, target, [column], ["id"])
        return
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} INTEGER "
        f"CONSTRAINT fk_{table}_{column}_{target} REFERENCES {target} (id)"
    )


def drop_reference(table: str, column: str, target: str) -> None:
    if is_postgresql():
        op.drop_constraint(f"fk_{table}_{column}_{target}", table, type_="foreignkey")
    op.drop_column(table, column)


def add_token_scope() -> None:
    """As `words` makes it: a text, with a CHECK on every value that comes along with the column."""
    values = ", ".join(f"'{scope}'" for scope in SCOPES)
    op.execute(
        f"ALTER TABLE tokens ADD COLUMN scope VARCHAR(20) CONSTRAINT ck_tokens_scope CHECK (scope IN ({values}))"
    )


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("disabled_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["accesses.id"], name=op.f("fk_webhooks_made_by_id_accesses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("webhook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("delivered_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhooks.id"],
            name=op.f("fk_deliveries_webhook_id_webhooks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_deliveries_message_id")),
    )
    op.create_index(op.f("ix_deliveries_created_at"), "deliveries", ["created_at"], unique=False)
    op.create_index(op.f("ix_deliveries_webhook_id_id"), "deliveries", ["webhook_id", "id"], unique=False)
    op.create_table(
        "extractions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("every_seconds", sa.Double(), nullable=False),
        sa.Column("frames", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("finished_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["access_id"], ["accesses.id"], name=op.f("fk_extractions_access_id_accesses")
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_extractions_media_id_media")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extractions")),
    )
    op.create_index(op.f("ix_extractions_media_id"), "extractions", ["media_id"], unique=False)
    op.create_table(
        "predictions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("model", sa.String(length=100), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["access_id"], ["accesses.id"], name=op.f("fk_predictions_access_id_accesses")
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_predictions_media_id_media")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predictions")),
        sa.UniqueConstraint("client_id", name=op.f("uq_predictions_client_id")),
    )
    op.create_index(op.f("ix_predictions_access_id"), "predictions", ["access_id"], unique=False)
    op.create_index(
        op.f("ix_predictions_media_id_model_id"), "predictions", ["media_id", "model", "id"], unique=False
    )
    op.create_index(op.f("ix_predictions_model_media_id"), "predictions", ["model", "media_id"], unique=False)
    op.create_table(
        "predicted_shapes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("prediction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label_class_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("x_min", sa.Float(precision=53), nullable=False),
        sa.Column("y_min", sa.Float(precision=53), nullable=False),
        sa.Column("x_max", sa.Float(precision=53), nullable=False),
        sa.Column("y_max", sa.Float(precision=53), nullable=False),
        sa.Column("points", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "0 <= confidence AND confidence <= 1", name=op.f("ck_predicted_shapes_confidence_inside")
        ),
        sa.CheckConstraint(
            "0 <= x_min AND x_min < x_max AND x_max <= 1", name=op.f("ck_predicted_shapes_x_inside")
        ),
        sa.CheckConstraint(
            "0 <= y_min AND y_min < y_max AND y_max <= 1", name=op.f("ck_predicted_shapes_y_inside")
        ),
        sa.ForeignKeyConstraint(
            ["label_class_id"],
            ["label_classes.id"],
            name=op.f("fk_predicted_shapes_label_class_id_label_classes"),
        ),
        sa.ForeignKeyConstraint(
            ["prediction_id"],
            ["predictions.id"],
            name=op.f("fk_predicted_shapes_prediction_id_predictions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_predicted_shapes")),
    )
    op.create_index(
        op.f("ix_predicted_shapes_label_class_id_prediction_id"),
        "predicted_shapes",
        ["label_class_id", "prediction_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_predicted_shapes_prediction_id_position"),
        "predicted_shapes",
        ["prediction_id", "position"],
        unique=False,
    )
    add_reference("accesses", "source_id", "sources")
    op.add_column("accesses", sa.Column("deleted_at", db.types.UtcDateTime(timezone=True), nullable=True))
    op.add_column("annotations", sa.Column("file_name", sa.String(length=255), nullable=True))
    op.add_column("annotations", sa.Column("file_type", sa.String(length=50), nullable=True))
    op.add_column("annotations", sa.Column("file_sha256", sa.String(length=64), nullable=True))
    op.add_column(
        "annotations", sa.Column("withdrawn_at", db.types.UtcDateTime(timezone=True), nullable=True)
    )
    op.add_column("blobs", sa.Column("duration", sa.Double(), nullable=True))
    op.add_column("blobs", sa.Column("frame_rate", sa.Double(), nullable=True))
    op.add_column("blobs", sa.Column("codec", sa.String(length=40), nullable=True))
    add_reference("media", "extracted_from_id", "media")
    op.add_column("media", sa.Column("extracted_at", sa.Double(), nullable=True))
    op.create_index(
        "ix_media_extracted_from_id_extracted_at",
        "media",
        ["extracted_from_id", "extracted_at"],
        unique=False,
    )
    op.create_index(
        "ix_media_uploaded_by_id_created_at", "media", ["uploaded_by_id", "created_at"], unique=False
    )
    add_reference("shapes", "prediction_id", "predictions")
    op.create_index(op.f("ix_shapes_prediction_id"), "shapes", ["prediction_id"], unique=False)
    add_token_scope()
    add_reference("tokens", "made_by_id", "accesses")


def downgrade() -> None:
    drop_reference("tokens", "made_by_id", "accesses")
    op.drop_column("tokens", "scope")
    op.drop_index(op.f("ix_shapes_prediction_id"), table_name="shapes")
    drop_reference("shapes", "prediction_id", "predictions")
    op.drop_index("ix_media_uploaded_by_id_created_at", table_name="media")
    op.drop_index("ix_media_extracted_from_id_extracted_at", table_name="media")
    op.drop_column("media", "extracted_at")
    drop_reference("media", "extracted_from_id", "media")
    op.drop_column("blobs", "codec")
    op.drop_column("blobs", "frame_rate")
    op.drop_column("blobs", "duration")
    op.drop_column("annotations", "withdrawn_at")
    op.drop_column("annotations", "file_sha256")
    op.drop_column("annotations", "file_type")
    op.drop_column("annotations", "file_name")
    op.drop_column("accesses", "deleted_at")
    drop_reference("accesses", "source_id", "sources")
    op.drop_index(op.f("ix_predicted_shapes_prediction_id_position"), table_name="predicted_shapes")
    op.drop_index(op.f("ix_predicted_shapes_label_class_id_prediction_id"), table_name="predicted_shapes")
    op.drop_table("predicted_shapes")
    op.drop_index(op.f("ix_predictions_model_media_id"), table_name="predictions")
    op.drop_index(op.f("ix_predictions_media_id_model_id"), table_name="predictions")
    op.drop_index(op.f("ix_predictions_access_id"), table_name="predictions")
    op.drop_table("predictions")
    op.drop_index(op.f("ix_extractions_media_id"), table_name="extractions")
    op.drop_table("extractions")
    op.drop_index(op.f("ix_deliveries_webhook_id_id"), table_name="deliveries")
    op.drop_index(op.f("ix_deliveries_created_at"), table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_table("webhooks")
