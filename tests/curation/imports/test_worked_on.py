"""Undoing an import leaves the media that somebody has worked on since, in whatever way."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curation.comments import comment_on
from curation.drafts import DRAFT_LIFE, drop_draft, keep_draft, list_drafts
from curation.source_merges import merge_sources
from curation.sources import get_or_create_source
from curation.tags import change_tags
from curation.twin_decisions import decide_twins, undo_twin_decision
from curation.two_step import change_media
from db.models import Access, Draft, LabelClass, LabelClassExample, Media, TwinAnswer, utc_now
from db.session import open_session
from tests.curation.importing import Importer, lines, media
from tests.factories import a_box, a_jpeg, a_media, an_access

SIZE = (320, 240)


def pictures_that_look_alike() -> tuple[bytes, bytes]:
    drawn = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    ImageDraw.Draw(drawn).ellipse((40, 60, 180, 200), fill="black")
    contents = []
    for quality in (90, 70):
        content = io.BytesIO()
        drawn.save(content, "JPEG", quality=quality)
        contents.append(content.getvalue())
    return contents[0], contents[1]


def comment(session: Session, other: Access, media: Media) -> None:
    comment_on(session, other, media.id, "Keep this one.")


def tag(session: Session, other: Access, media: Media) -> None:
    change_tags(session, other, [media.id], ["dusk"], [])


def untag(session: Session, other: Access, media: Media) -> None:
    change_tags(session, other, [media.id], [], ["dawn"])


def name_source(session: Session, other: Access, media: Media) -> None:
    change_media(session, other, media.id, {"source": "elsewhere"})


def tell_time(session: Session, other: Access, media: Media) -> None:
    change_media(session, other, media.id, {"captured_at": datetime(2026, 8, 12, tzinfo=UTC)})


def turn_north(session: Session, other: Access, media: Media) -> None:
    change_media(session, other, media.id, {"azimuth": 0.0})


def choose_example(session: Session, other: Access, media: Media) -> None:
    label_class_id = session.scalars(select(LabelClass.id).limit(1)).one()
    session.add(LabelClassExample(label_class_id=label_class_id, media_id=media.id))


def draw(session: Session, other: Access, media: Media) -> None:
    keep_draft(
        session, other, media.id, shapes=[a_box()], labels=[], replies={}, based_on=None, made_at=utc_now()
    )


def keep_twins(session: Session, other: Access, media: Media) -> None:
    second = session.scalars(select(Media.id).where(Media.file_name == "b.jpg")).one()
    kept = decide_twins(session, other, TwinAnswer.KEPT, [media.id, second])
    assert set(kept.changed) == {media.id, second}


def take_frame(session: Session, other: Access, media: Media) -> None:
    a_media(session, uploaded_by=other, extracted_from_id=media.id, extracted_at=1.0)


def a_worked_on_import(curator: Importer) -> int:
    first, second = pictures_that_look_alike()
    manifest = lines(
        {"file": "a.jpg", "file_name": "a.jpg", "source": "ridge", "tags": ["dawn"]},
        {"file": "b.jpg", "file_name": "b.jpg", "source": "ridge"},
        {"file": "c.jpg", "file_name": "c.jpg"},
    )
    files = {"manifest.jsonl": manifest, "a.jpg": first, "b.jpg": second, "c.jpg": a_jpeg(*SIZE)}
    return curator.bring(files).id


@pytest.mark.parametrize(
    "work",
    [comment, tag, untag, name_source, tell_time, turn_north, choose_example, draw, keep_twins, take_frame],
)
def test_undoing_leaves_what_somebody_has_worked_on_since(
    curator: Importer, work: Callable[[Session, Access, Media], None]
) -> None:
    import_id = a_worked_on_import(curator)
    with open_session() as session:
        other = an_access(session)
        work(session, other, session.scalars(select(Media).where(Media.file_name == "a.jpg")).one())
    curator.undo(import_id)
    left = {item.name: item.why for item in curator.items(import_id) if item.outcome != "undone"}
    kept = {"a.jpg", "b.jpg"} if work is keep_twins else {"a.jpg"}
    assert left == dict.fromkeys(kept, "Somebody has acted on it since.")
    assert kept <= {found.file_name for found in media()}
    assert "c.jpg" not in {found.file_name for found in media()}


def test_what_was_taken_back_since_keeps_nothing(curator: Importer, admin: Importer) -> None:
    import_id = a_worked_on_import(curator)
    with open_session() as session:
        other = an_access(session)
        first = session.scalars(select(Media).where(Media.file_name == "a.jpg")).one()
        second = session.scalars(select(Media.id).where(Media.file_name == "b.jpg")).one()
        before = (first.azimuth, first.sequence)
        tag(session, other, first)
        change_tags(session, other, [first.id], [], ["dusk"])
        turn_north(session, other, first)
        change_media(session, other, first.id, {"azimuth": before[0]})
        grouped = decide_twins(session, other, TwinAnswer.GROUPED, [first.id, second])
        undo_twin_decision(session, other, grouped.id)
        assert first.sequence == before[1]
        ridge, into = first.source_id, get_or_create_source(session, "far ridge").id
    assert ridge is not None
    merge_sources(open_session, admin.access, ridge, into)
    assert curator.undo(import_id).counts["undone"] == 3
    assert media() == []


def test_undoing_leaves_what_somebody_has_worked_on_since_it_was_brought_back(admin: Importer) -> None:
    content = a_jpeg(*SIZE)
    files = {"manifest.jsonl": lines({"file": "a.jpg", "file_name": "a.jpg"}), "a.jpg": content}
    admin.undo(admin.bring(files).id)
    told = {"file": "a.jpg", "file_name": "a.jpg", "azimuth": 12.0, "tags": ["dawn"]}
    done = admin.bring({"manifest.jsonl": lines(told), "a.jpg": content})
    assert done.counts["restored"] == 1
    with open_session() as session:
        other, only = an_access(session), session.scalars(select(Media)).one()
        tag(session, other, only)
    admin.undo(done.id)
    (left,) = admin.items(done.id)
    assert left.why == "Partly undone.\nSomebody has acted on it since."
    (only,) = media()
    assert only.azimuth is None
    with open_session() as session:
        change_tags(session, admin.access, [only.id], [], ["dusk"])
    assert (admin.undo(done.id).counts["undone"], media()) == (1, [])


def test_a_drawing_that_waits_stays_with_its_media_until_it_is_dropped(curator: Importer) -> None:
    import_id = a_worked_on_import(curator)
    with open_session() as session:
        other = an_access(session)
        drawn_on = session.scalars(select(Media).where(Media.file_name == "a.jpg")).one()
        draw(session, other, drawn_on)
    curator.undo(import_id)
    with open_session() as session:
        assert [draft.media_id for draft in list_drafts(session, other)] == [drawn_on.id]
        drop_draft(session, other, drawn_on.id)
    assert (curator.undo(import_id).counts["undone"], media()) == (3, [])


def test_a_drawing_that_is_offered_no_more_keeps_nothing(curator: Importer) -> None:
    import_id = a_worked_on_import(curator)
    with open_session() as session:
        draw(session, an_access(session), session.scalars(select(Media)).first() or Media())
        session.execute(update(Draft).values(saved_at=utc_now() - DRAFT_LIFE))
    assert curator.undo(import_id).counts["undone"] == 3
