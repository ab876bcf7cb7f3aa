"""Row 5: an annotation of three shapes, stored with its history."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, MetaData
from sqlalchemy.ext.automap import automap_base
from sqlalchemy.orm import Session

from bench.figures import Figure, at_most
from bench.ground import Ground
from bench.timing import race
from curation.accesses import find_access
from curation.annotations import submit_annotation
from db.session import open_session

BOXES = [(0.1, 0.2, 0.15, 0.25), (0.4, 0.5, 0.42, 0.53), (0.7, 0.6, 0.75, 0.64)]
LABEL_CLASS = "class_1"


def measure(ground: Ground) -> Iterator[Figure]:
    url = ground.copy_of(ground.database(100_000), "answered")
    answers = Answers(ground, url)
    times = race(
        200 if ground.quick else 500, ours=answers.by_use_case, orm=answers.by_orm, raw=answers.by_hand
    )
    ours, orm, raw = (times[name].least for name in ("ours", "orm", "raw"))
    note = (
        "ours checks the scope, the state, the label classes and what the answer was based on, queues the "
        "annotation's file, and reads back what it stored; the others write five rows and commit."
    )
    yield at_most("5", "submit 3 shapes, beside the raw transaction", ours, raw, 6, shown="ms", note=note)
    yield at_most("5", "submit 3 shapes, beside a bare ORM save", ours, orm, 1.75, shown="ms", note=note)


class Answers:
    """The same answer stored by our use case, by a bare ORM and by the bare driver; each time for another media."""

    def __init__(self, ground: Ground, url: str) -> None:
        self._engine: Engine = ground.engine(url)
        self._connection = ground.connect(url)
        rows = self._connection.execute(
            "SELECT id FROM media WHERE state = 'new' AND act_count = 2 ORDER BY id"
        ).fetchall()
        self._media_ids = iter([media_id for (media_id,) in rows])
        self._act = itertools.count(1)
        with open_session(read_only=True, engine=self._engine) as session:
            access = find_access(session, "curator-2")
            assert access is not None
            self._access = access
        self._tables = _mapped(self._engine)

    def by_use_case(self) -> None:
        media_id = next(self._media_ids)
        with open_session(engine=self._engine) as session:
            submitted = submit_annotation(
                session,
                self._access,
                media_id,
                shapes=[{"label_class": LABEL_CLASS, "box": box} for box in BOXES],
                client_id=f"bench-{media_id:08d}",
            )
        assert len(submitted.annotation.shapes) == len(BOXES)

    def by_orm(self) -> None:
        media_id = next(self._media_ids)
        tables = self._tables
        with Session(self._engine) as session:
            media = session.get(tables.media, media_id)
            annotation = tables.annotations(**self._annotation(media_id))
            annotation.shapes_collection = [
                tables.shapes(position=position, label_class_id=1, origin="human", **_corners(box))
                for position, box in enumerate(BOXES)
            ]
            session.add(annotation)
            session.flush()
            media.state, media.current_annotation_id, media.act_count = "annotated", annotation.id, 3
            session.commit()

    def by_hand(self) -> None:
        media_id = next(self._media_ids)
        connection = self._connection
        with connection.transaction():
            values = self._annotation(media_id)
            row = connection.execute(
                f"""INSERT INTO annotations ({", ".join(values)})
                VALUES ({", ".join(f"%({name})s" for name in values)}) RETURNING id""".encode(),
                values,
            ).fetchone()
            assert row is not None
            shapes: list[Any] = []
            for position, box in enumerate(BOXES):
                shapes += [row[0], position, *box]
            connection.execute(
                """INSERT INTO shapes (annotation_id, position, x_min, y_min, x_max, y_max, label_class_id, origin)
                VALUES (%s, %s, %s, %s, %s, %s, 1, 'human'), (%s, %s, %s, %s, %s, %s, 1, 'human'),
                    (%s, %s, %s, %s, %s, %s, 1, 'human')""",
                shapes,
            )
            connection.execute(
                "UPDATE media SET state = 'annotated', current_annotation_id = %s, act_count = 3 WHERE id = %s",
                [row[0], media_id],
            )

    def _annotation(self, media_id: int) -> dict[str, Any]:
        return {
            "media_id": media_id,
            "number": 1,
            "author_id": self._access.id,
            "content": "shapes",
            "origin": "human",
            "blind": False,
            "client_id": f"bench-{media_id:08d}",
            "act": next(self._act),
            "state_before": "new",
            "state_after": "annotated",
            "created_at": datetime.now(UTC),
        }


def _corners(box: tuple[float, ...]) -> dict[str, float]:
    return dict(zip(("x_min", "y_min", "x_max", "y_max"), box, strict=True))


def _mapped(engine: Engine) -> Any:
    """Classes over the tables as they are, with nothing of ours in between."""
    tables = MetaData()
    tables.reflect(engine, only=["media", "annotations", "shapes"], resolve_fks=False)
    for table in tables.tables.values():
        # Of all references the ORM is to know that shapes belong to annotations.
        kept = {"fk_shapes_annotation_id_annotations"}
        for constraint in list(table.foreign_key_constraints):
            if constraint.name not in kept:
                table.constraints.discard(constraint)
                for key in constraint.elements:
                    table.foreign_keys.discard(key)
                    key.parent.foreign_keys.discard(key)
    base = automap_base(metadata=tables)
    base.prepare()
    return base.classes
