"""A pyro-storage installation to move over from: its three tables in PostgreSQL, its bucket on a real S3 server."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from datetime import datetime

import bcrypt
from sqlalchemy import Engine, create_engine, text

from storage.s3 import S3Account, S3Bucket
from tests.s3_server import BUCKET_NAME, S3Server

# As its own models lay them out: no zones, keys that may be empty, enums by their names.
TABLES = """
CREATE TYPE accesstype AS ENUM ('user', 'admin');
CREATE TYPE mediatype AS ENUM ('image', 'video');
CREATE TABLE accesses (
    id SERIAL PRIMARY KEY, login VARCHAR(50), hashed_password VARCHAR(70) NOT NULL, scope accesstype NOT NULL
);
CREATE UNIQUE INDEX ix_accesses_login ON accesses (login);
CREATE TABLE media (
    id SERIAL PRIMARY KEY, bucket_key VARCHAR(100), type mediatype, created_at TIMESTAMP WITHOUT TIME ZONE
);
CREATE TABLE annotations (
    id SERIAL PRIMARY KEY, media_id INTEGER REFERENCES media (id), bucket_key VARCHAR(100),
    created_at TIMESTAMP WITHOUT TIME ZONE
);
"""
CREATED_AT = datetime(2023, 7, 14, 16, 5, 9, 250000)


@dataclass
class OtherInstallation:
    """One that is still in use: more can be put into it at any time."""

    database_url: str
    s3: S3Server
    engine: Engine = field(init=False)
    bucket: S3Bucket = field(init=False)

    def __post_init__(self) -> None:
        account = S3Account(self.s3.endpoint_url, self.s3.access_key, self.s3.secret_key, "us-east-1")
        self.bucket = S3Bucket(BUCKET_NAME, lambda: account, at="the tests")
        self.engine = create_engine(self.database_url, isolation_level="AUTOCOMMIT")
        with self.engine.connect() as connection:
            connection.execute(text(TABLES))

    @property
    def environment(self) -> dict[str, str]:
        """What the command is told in its environment."""
        return {
            # The driver that pyro-storage itself uses.
            "PYRO_STORAGE_DATABASE_URL": self.database_url.replace("+psycopg", "+asyncpg"),
            "PYRO_STORAGE_BUCKET_NAME": BUCKET_NAME,
            "PYRO_STORAGE_S3_ENDPOINT_URL": self.s3.endpoint_url,
            "PYRO_STORAGE_S3_ACCESS_KEY": self.s3.access_key,
            "PYRO_STORAGE_S3_SECRET_KEY": self.s3.secret_key,
        }

    def add_access(self, login: str, password: str, scope: str = "user") -> int:
        hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()
        return self._insert("accesses", login=login, hashed_password=hashed, scope=scope)

    def add_media(
        self,
        content: bytes | None,
        *,
        ending: str = "jpg",
        created_at: datetime = CREATED_AT,
        type: str = "image",
    ) -> int:
        key = None if content is None else self._put("media", content, ending)
        return self._insert("media", bucket_key=key, type=type, created_at=created_at)

    def add_annotation(self, media_id: int, content: bytes | None, *, ending: str = "json") -> int:
        key = None if content is None else self._put("annotations", content, ending)
        return self._insert("annotations", media_id=media_id, bucket_key=key, created_at=CREATED_AT)

    def replace_content(self, media_id: int, content: bytes) -> None:
        key = self._put("media", content, "jpg")
        with self.engine.connect() as connection:
            connection.execute(
                text("UPDATE media SET bucket_key = :key WHERE id = :id"), {"key": key, "id": media_id}
            )

    def lose_object(self, content: bytes, *, ending: str = "jpg") -> None:
        self.bucket.delete(_key("media", content, ending))

    def rows(self) -> list[tuple[object, ...]]:
        """Everything in it, to see that nothing was changed."""
        with self.engine.connect() as connection:
            return [
                tuple(row)
                for table in ("accesses", "media", "annotations")
                for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY id"))
            ]

    def close(self) -> None:
        for stored in list(self.bucket.list()):
            self.bucket.delete(stored.key)
        self.engine.dispose()

    def _insert(self, table: str, **values: object) -> int:
        names = ", ".join(values)
        slots = ", ".join(f":{name}" for name in values)
        statement = text(f"INSERT INTO {table} ({names}) VALUES ({slots}) RETURNING id")
        with self.engine.connect() as connection:
            return int(connection.execute(statement, values).scalar_one())

    def _put(self, folder: str, content: bytes, ending: str) -> str:
        key = _key(folder, content, ending)
        sha256 = hashlib.sha256(content).hexdigest()
        self.bucket.put(
            key, io.BytesIO(content), size=len(content), content_type="binary/octet-stream", sha256=sha256
        )
        return key


def _key(folder: str, content: bytes, ending: str) -> str:
    return f"{folder}/{hashlib.sha256(content).hexdigest()[:32]}.{ending}"
