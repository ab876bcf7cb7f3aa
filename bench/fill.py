"""Databases as they are after years of work: cameras, frames, answers, reviews and tags, by the million.

Everything is a function of the row's number, so that two fills hold the same rows. They are made inside
PostgreSQL, without the secondary indexes and the foreign-key checks, which come back at the end: a hundred
thousand media take a second or two.
"""

from __future__ import annotations

from typing import LiteralString

import psycopg
from sqlalchemy import make_url

CAMERAS = 40
CURATORS = 12
# What a hundred media stand at: mostly accepted, some waiting, few put aside.
STATES = """CASE WHEN i * 7919 % 100 < 30 THEN 'new' WHEN i * 7919 % 100 < 50 THEN 'annotated'
    WHEN i * 7919 % 100 < 90 THEN 'accepted' WHEN i * 7919 % 100 < 94 THEN 'rejected'
    WHEN i * 7919 % 100 < 96 THEN 'unsure' WHEN i * 7919 % 100 < 98 THEN 'sent_back'
    WHEN i * 7919 % 100 < 99 THEN 'parked' ELSE 'withdrawn' END"""
ANSWERED = "i * 7919 % 100 >= 30 AND i * 7919 % 100 < 98"
REVIEWED = "i * 7919 % 100 >= 50"

# %(first)s and %(last)s are media numbers. Ids are numbers too: answer and review of media 17 are 17.
STEPS: tuple[LiteralString, ...] = (
    """INSERT INTO blobs (id, sha256, size, content_type, width, height, orientation, bucket_key, state, created_at)
    SELECT i, sha, 380000 + i * 7919 % 180000, 'image/jpeg', 1920, 1080, 1,
        'media/' || substr(sha, 1, 2) || '/' || substr(sha, 3, 2) || '/' || sha || '.jpg', 'stored',
        TIMESTAMPTZ '2026-01-01 00:00:00.25Z' + i * INTERVAL '6 seconds'
    FROM (SELECT i, encode(sha256(i::text::bytea), 'hex') AS sha
        FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i) AS contents""",
    f"""INSERT INTO media (id, type, state, blob_id, bucket_key, upload_sha256, file_name, captured_at,
        captured_at_assumed, source_id, azimuth, lat, lon, sequence, score, shuffle, uploaded_by_id,
        current_annotation_id, last_review_id, act_count, created_at)
    SELECT blobs.id, 'image', {STATES.replace("i *", "blobs.id *")}, blobs.id, bucket_key, sha256,
        sources.name || '_' || to_char(captured, 'YYYY-MM-DD"T"HH24-MI-SS') || '.jpg',
        CASE WHEN blobs.id % 50 > 0 THEN captured END, false, sources.id, sources.azimuth,
        42 + sources.id / 7.0, 1 + sources.id / 11.0, sources.name || '-' || blobs.id / 2000,
        CASE WHEN blobs.id % 4 > 0 THEN blobs.id * 7919 % 1000 / 1000.0::float8 END, blobs.id * 7919 % 2147483647,
        1 + blobs.id % {CURATORS},
        CASE WHEN {ANSWERED.replace("i *", "blobs.id *")} THEN blobs.id END,
        CASE WHEN {REVIEWED.replace("i *", "blobs.id *")} THEN blobs.id END, 2, blobs.created_at
    FROM blobs
    JOIN sources ON sources.id = 1 + blobs.id % {CAMERAS}
    CROSS JOIN LATERAL (SELECT date_trunc('second', blobs.created_at) - INTERVAL '2 hours') AS moments (captured)
    WHERE blobs.id BETWEEN %(first)s AND %(last)s""",
    f"""INSERT INTO annotations (id, media_id, number, author_id, content, origin, blind, act,
        state_before, state_after, created_at)
    SELECT i, i, 1, 1 + i % {CURATORS}, 'shapes', 'human', false, 1, 'new', 'annotated',
        TIMESTAMPTZ '2026-01-02 00:00:00.5Z' + i * INTERVAL '6 seconds'
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i WHERE {ANSWERED}""",
    f"""INSERT INTO shapes (annotation_id, position, label_class_id, x_min, y_min, x_max, y_max, points,
        origin, confidence)
    SELECT i, place, 1 + (i + place) % 3, x, y, x + 0.0228125::float8, y + 0.03125::float8,
        CASE WHEN (i + place) % 20 = 0
            THEN json_build_array(json_build_array(x, y), json_build_array(x + 0.0228125::float8, y),
                json_build_array(x, y + 0.03125::float8)) END,
        CASE WHEN i % 3 = 0 THEN 'model' ELSE 'human' END, CASE WHEN i % 3 = 0 THEN i % 1000 / 1000.0::float8 END
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
    CROSS JOIN LATERAL generate_series(0, i % 7 - 1) AS place
    CROSS JOIN LATERAL (SELECT (i * 31 + place * 7) % 900 / 1000.0::float8, (i * 17 + place) % 900 / 1000.0::float8)
        AS corners (x, y)
    WHERE {ANSWERED}""",
    f"""INSERT INTO annotation_labels (annotation_id, label_class_id)
    SELECT i, 4 + i % 18 FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
    WHERE {ANSWERED} AND i % 7 = 0""",
    f"""INSERT INTO reviews (id, media_id, access_id, annotation_id, decision, comment, blind, act, state_before,
        state_after, created_at)
    SELECT i, i, 1 + (i + 3) % {CURATORS}, CASE WHEN {ANSWERED} THEN i END, {STATES},
        CASE WHEN i % 10 = 0 THEN 'haze over the ridge, look at frame ' || i END, false, 2, 'annotated', {STATES},
        TIMESTAMPTZ '2026-01-03 00:00:00.75Z' + i * INTERVAL '6 seconds'
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i WHERE {REVIEWED}""",
    """INSERT INTO media_tags (media_id, tag_id)
    SELECT i, 1 + (i + other) %% 12 FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
    CROSS JOIN LATERAL generate_series(0, i %% 2) AS other WHERE i %% 5 = 0""",
)


def fill(database_url: str, media: int, *, answers: bool = True) -> None:
    """Put media numbers 1 to `media` into an empty, migrated database, with all that belongs to them.

    Without `answers` there are the media alone: enough for lists, and five million of them in a minute or two.
    """
    with psycopg.connect(libpq_url(database_url)) as connection:
        connection.execute("SET session_replication_role = replica")  # no foreign-key checks
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET maintenance_work_mem = '256MB'")
        indexes = _drop_indexes(connection)
        _people_and_places(connection)
        for step in STEPS if answers else STEPS[:2]:
            # In the steps `%` is the remainder; psycopg wants it doubled.
            sql = step.replace("%%", "%").replace("%", "%%").replace("%%(", "%(")
            connection.execute(sql.encode(), {"first": 1, "last": media})
        for definition in indexes:
            connection.execute(definition.encode())
        for table in ("blobs", "media", "annotations", "reviews"):
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {media})".encode())
    with psycopg.connect(libpq_url(database_url), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # what autovacuum has done by the time anyone looks
        connection.execute("CHECKPOINT")


def libpq_url(database_url: str) -> str:
    return make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)


def _people_and_places(connection: psycopg.Connection) -> None:
    connection.execute(
        """INSERT INTO accesses (id, login, hashed_password, scope, must_change_password,
            password_changed_at, preferences, created_at)
        SELECT i, 'curator-' || i, '', 'user', false, now(), '{}', now()
        FROM generate_series(1, %(curators)s::bigint) AS i""",
        {"curators": CURATORS},
    )
    connection.execute(
        """INSERT INTO sources (id, name, azimuth, created_at)
        SELECT i, (ARRAY['brison', 'croix-augas', 'marguerite', 'moret', 'serre'])[1 + i %% 5] || '-' || i * 9,
            i * 9 %% 360, now() FROM generate_series(1, %(cameras)s::bigint) AS i""",
        {"cameras": CAMERAS},
    )
    connection.execute(
        """INSERT INTO tags (id, name) SELECT i, (ARRAY['dawn', 'dusk', 'night', 'fog', 'backlight', 'dust',
            'sea of clouds', 'harvest', 'drill', 'lens dirty', 'to show', 'ask Mateo'])[i]
        FROM generate_series(1, 12) AS i"""
    )
    connection.execute(
        """INSERT INTO label_classes (id, key, name, colour, applies_to, position, pinned, created_at)
        SELECT i, 'class_' || i, 'class ' || i, '#E0702F', 'both', i, false, now()
        FROM generate_series(1, 22) AS i ON CONFLICT DO NOTHING"""
    )
    for table in ("accesses", "sources", "tags", "label_classes"):
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))".encode()
        )


def _drop_indexes(connection: psycopg.Connection) -> list[str]:
    """Drop what no constraint needs; returns the statements that make them again."""
    found = connection.execute(
        """SELECT indexname, indexdef FROM pg_indexes
        WHERE schemaname = 'public' AND tablename IN ('blobs', 'media', 'annotations', 'shapes', 'reviews',
            'annotation_labels', 'media_tags')
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexname::regclass)"""
    ).fetchall()
    for name, _ in found:
        connection.execute(f'DROP INDEX "{name}"'.encode())
    return [definition for _, definition in found]
