"""clean-up and storage checks, rates

Revision: 30716243e65b, after d3e22c64d8f9, 2026-11-23 01:50:54.234904
"""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "30716243e65b"
down_revision = "d3e22c64d8f9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "rates",
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("minute", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "minute", name=op.f("pk_rates")),
    )
    op.create_index(op.f("ix_rates_minute"), "rates", ["minute"], unique=False)
    op.create_table(
        "turns",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("expires_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_turns")),
    )
    op.create_table(
        "storage_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("access_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("deep", sa.Boolean(), nullable=False),
        sa.Column("repair", sa.Boolean(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "running",
                "clean",
                "drift",
                "stopped",
                "failed",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("started_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["access_id"], ["accesses.id"], name=op.f("fk_storage_checks_access_id_accesses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_checks")),
    )
    op.create_index(op.f("ix_storage_checks_outcome"), "storage_checks", ["outcome"], unique=False)
    op.add_column("blobs", sa.Column("delete_after", db.types.UtcDateTime(timezone=True), nullable=True))
    op.add_column("blobs", sa.Column("verified_at", db.types.UtcDateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_blobs_unsettled",
        "blobs",
        ["state", "id"],
        unique=False,
        postgresql_where=sa.text("state <> 'stored'"),
        sqlite_where=sa.text("state <> 'stored'"),
    )
    op.add_column("media", sa.Column("purged_at", db.types.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("media", "purged_at")
    op.drop_index(
        "ix_blobs_unsettled",
        table_name="blobs",
        postgresql_where=sa.text("state <> 'stored'"),
        sqlite_where=sa.text("state <> 'stored'"),
    )
    op.drop_column("blobs", "verified_at")
    op.drop_column("blobs", "delete_after")
    op.drop_index(op.f("ix_storage_checks_outcome"), table_name="storage_checks")
    op.drop_table("storage_checks")
    op.drop_table("turns")
    op.drop_index(op.f("ix_rates_minute"), table_name="rates")
    op.drop_table("rates")
    op.drop_table("installation")
