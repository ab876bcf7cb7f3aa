"""Alembic's entry: migrates with the engine that `db.migrate` hands over."""

from typing import Any

from alembic import context

from db.migrate import lift_time_limits
from db.models import Base
from db.session import get_engine

# The two pointers from media to its current annotation and last review close a circle of tables,
# which SQLite can only declare while a table is made; there the use cases and fsck guard them.
CLOSING_THE_CIRCLE = {
    "fk_media_current_annotation_id_annotations",
    "fk_media_last_review_id_reviews",
}

# `db.migrate` hands its engine over; the alembic command line has none and takes the configured database.
engine = context.config.attributes.get("engine") or get_engine()


def include_object(_object: Any, name: str | None, _kind: str, _reflected: bool, _other: Any) -> bool:
    return not (engine.dialect.name == "sqlite" and name in CLOSING_THE_CIRCLE)


with engine.connect() as connection:
    lift_time_limits(connection)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=include_object,
        render_as_batch=False,
        compare_type=True,
        # SQLite too: our transactions there begin before the first statement, whatever it is.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if engine.dialect.name == "sqlite":
            # Else a table whose rows point at each other could not be dropped: its rows go one by one.
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        context.run_migrations()
    connection.commit()
