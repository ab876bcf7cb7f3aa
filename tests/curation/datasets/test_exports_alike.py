"""The same media give the same bytes, whatever keeps them."""

from __future__ import annotations

import hashlib
import io
import os
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import create_engine, make_url, text

from curation.datasets.asking import ask_for_export, get_export
from curation.datasets.keeping import get_stored
from curation.datasets.making import make_export
from curation.datasets.options import ExportOptions
from db import migrate
from db.models import Base, ExportFormat
from db.session import get_engine, make_engine, open_session
from settings import get_settings
from storage import open_bucket
from tests.exported import a_dataset, exported
from tests.factories import an_access
from tests.storage.conftest import s3_account, s3_bucket, s3_bucket_name, s3_server  # noqa: F401  (fixtures)

SPLIT = {"train": 0.5, "val": 0.25, "test": 0.25, "seed": 7}
# Rows are added to these: their numbers begin anew.
COUNTED_ON = ("events", "exports", "jobs")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_on_postgresql_and_s3_an_export_is_the_same_byte_for_byte(
    installation,
    postgresql_url,
    s3_bucket,  # noqa: F811
):
    with open_session() as session:
        curator = an_access(session, login="curator")
        a_dataset(session, curator)
    spool = get_settings().data_dir / "spool"
    elsewhere, name = copied_to_postgresql(postgresql_url, get_engine())
    for found in open_bucket().list("media/"):
        content = open_bucket().read(found.key)
        sha256 = hashlib.sha256(content).hexdigest()
        s3_bucket.put(
            found.key, io.BytesIO(content), size=len(content), content_type="image/jpeg", sha256=sha256
        )
    sessions = partial(open_session, engine=elsewhere)
    try:
        for format in ExportFormat:
            options = {"pictures": True, "crops": True, "contact_sheets": True, "split": SPLIT}
            here = exported(curator, format, options=options)
            with sessions() as session:
                parsed = ExportOptions.from_payload(options)
                asked = ask_for_export(session, curator, format, options=parsed)
            make_export(
                sessions,
                s3_bucket,
                asked.id,
                spool_folder=spool,
                kept_for=timedelta(days=7),
            )
            with sessions(read_only=True) as session:
                there = get_export(session, curator, asked.id)
                key = get_stored(session, curator, asked.id).bucket_key
            assert there.state == "ready", there.error
            assert hashlib.sha256(s3_bucket.read(key)).hexdigest() == here.sha256, format
            assert here.receipt is not None and there.receipt is not None
            sums = ("media", "shapes", "by_state", "by_label_class", "by_label_class_and_state")
            sums += ("left_out", "reduced", "files")
            assert all(there.receipt[sum] == here.receipt[sum] for sum in sums)
    finally:
        elsewhere.dispose()
        drop_database(postgresql_url, name)


def copied_to_postgresql(server_url, here):
    """A database with the same rows, ids and times."""
    name = f"vigie_same_bytes_{os.getpid()}"
    drop_database(server_url, name)
    on_server(server_url, f'CREATE DATABASE "{name}"')
    url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
    elsewhere = make_engine(url)
    migrate.upgrade(elsewhere)
    with here.connect() as reading, elsewhere.begin() as writing:
        # Rows lead to each other in a circle.
        writing.execute(text("SET session_replication_role = replica"))
        for table in Base.metadata.tables.values():
            rows = [dict(row._mapping) for row in reading.execute(table.select())]
            if rows and table.name not in COUNTED_ON:
                writing.execute(table.delete())
                writing.execute(table.insert(), rows)
    return elsewhere, name


def on_server(server_url, *statements):
    server = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    server.dispose()


def drop_database(server_url, name):
    on_server(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
