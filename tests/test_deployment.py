"""The whole product on PostgreSQL and an S3 server, by settings alone."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import TEST_SECRET
from tests.factories import a_box, a_jpeg
from tests.product import Program, start_product
from tests.s3_server import BUCKET_NAME, start_rclone


@pytest.fixture
def postgresql_database(postgresql_url):
    from sqlalchemy import make_url

    name = "vigie_deployment"
    engine = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield make_url(postgresql_url).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()


def test_the_main_loop_on_postgresql_and_s3(postgresql_database, tmp_path):
    bucket = start_rclone(tmp_path / "s3")
    product = start_product(
        tmp_path / "data",
        DATABASE_URL=postgresql_database,
        SECRET_KEY=TEST_SECRET,
        S3_ENDPOINT_URL=bucket.endpoint_url,
        S3_ACCESS_KEY=bucket.access_key,
        S3_SECRET_KEY=bucket.secret_key,
        BUCKET_NAME=BUCKET_NAME,
    )
    try:
        with Program(product) as program:
            content = a_jpeg(800, 600)
            media = program.upload(content, source="north", tags="night")
            answer = program.post(
                f"/media/{media['id']}/annotations", json={"shapes": [a_box()], "decision": "accepted"}
            )
            assert answer.json()["media"]["state"] == "accepted"
            assert program.get(f"/media/{media['id']}/picture?size=original").content == content
            exported = program.get("/exports/media.csv?state=accepted").content.decode("utf-8-sig")
            (row,) = csv.DictReader(io.StringIO(exported))
            assert (row["file_name"], row["state"], row["source"]) == ("IMG_0001.jpg", "accepted", "north")
        stored = {path.suffix for path in (tmp_path / "s3" / BUCKET_NAME).rglob("*") if path.is_file()}
        assert ".jpg" in stored
    finally:
        product.stop()
        bucket.stop()
