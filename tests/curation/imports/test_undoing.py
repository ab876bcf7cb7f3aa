"""Undoing an import takes back what it made itself, and nothing that somebody else builds upon."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from curation.comments import comment_on
from curation.imports import applying
from curation.imports.asking import cancel_import
from curation.reviews import decide
from curation.sources import change_source, create_source, list_source_names
from curation.tags import list_tags
from db.models import Decision, IdempotencyKey, Media
from db.session import open_session
from tests.curation.importing import Importer, coco, lines, media, preview_of
from tests.factories import a_jpeg, a_media

SIZE = (200, 100)
CONTENT = a_jpeg(*SIZE)
ANNOTATED = {"c.json": coco({"a.jpg": [("wildfire", (0, 0, 50, 50))]}, SIZE), "a.jpg": CONTENT}


def of_source(name: str, file: str = "a.jpg") -> str:
    return lines({"file": file, "file_name": file, "source": name})


def sources() -> list[str]:
    with open_session(read_only=True) as session:
        return list(list_source_names(session))


def test_a_picture_known_from_an_import_that_was_undone_since_comes_in_from_ones_own_file(
    admin: Importer, curator: Importer
) -> None:
    others = admin.bring({"a.jpg": CONTENT})
    seen = curator.read(ANNOTATED)
    assert preview_of(seen)["media"]["known"] == 1
    admin.undo(others.id)
    assert media() == []
    done = curator.commit(seen.id)
    assert (done.counts["created"], done.counts["answers"], done.counts["shapes"]) == (1, 1, 1)
    (only,) = media()
    assert only.current_annotation_id is not None
    assert curator.undo(done.id).counts["undone"] == 1
    assert media() == []


def test_an_admin_brings_a_picture_back_whose_import_was_undone_after_the_preview(
    admin: Importer, curator: Importer
) -> None:
    others = curator.bring({"a.jpg": CONTENT})
    (known,) = media()
    seen = admin.read(ANNOTATED)
    curator.undo(others.id)
    assert admin.commit(seen.id).counts["restored"] == 1
    assert [found.id for found in media()] == [known.id]


def test_what_was_known_and_is_gone_stays_away_where_no_pictures_are_wanted(
    admin: Importer, curator: Importer
) -> None:
    others = admin.bring({"a.jpg": CONTENT})
    seen = curator.read(ANNOTATED)
    admin.undo(others.id)
    done = curator.commit(seen.id, pictures=False)
    assert [(item.outcome, item.why) for item in curator.items(done.id)] == [("left_out", applying.GONE)]
    assert media() == []


def test_a_known_picture_that_somebody_has_withdrawn_since_is_not_brought_back(
    admin: Importer, curator: Importer
) -> None:
    admin.bring({"a.jpg": CONTENT})
    seen = curator.read(ANNOTATED)
    with open_session() as session:
        decide(session, admin.access, media()[0].id, Decision.WITHDRAWN, comment="Not ours.")
    done = curator.commit(seen.id)
    assert [item.why for item in curator.items(done.id)] == [applying.WITHDRAWN_HERE]


def test_sources_that_an_import_made_go_with_it_and_tags_stay_as_everywhere(curator: Importer) -> None:
    told = lines({"file": "a.jpg", "file_name": "a.jpg", "source": "brand-new", "tags": ["brand"]})
    done = curator.bring({"manifest.jsonl": told, "a.jpg": CONTENT})
    assert sources() == ["brand-new"]
    assert curator.undo(done.id).counts["undone"] == 1
    assert sources() == []
    with open_session(read_only=True) as session:
        assert list(list_tags(session)) == ["brand"]
    # The same files once more bring all of it back, and can be undone as well.
    done = curator.bring({"manifest.jsonl": told, "a.jpg": CONTENT})
    assert sources() == ["brand-new"]
    curator.undo(done.id)
    assert sources() == []


def test_a_source_that_an_import_made_for_a_media_it_found_here_goes_with_it(
    admin: Importer, curator: Importer
) -> None:
    admin.bring({"a.jpg": CONTENT})
    told = lines({"file": "a.jpg", "file_name": "a.jpg", "source": "ridge"})
    done = curator.bring({"manifest.jsonl": told, "a.jpg": CONTENT})
    assert (done.counts["changed"], sources()) == (1, ["ridge"])
    curator.undo(done.id)
    (only,) = media()
    assert (only.source_id, sources()) == (None, [])


def test_no_source_is_made_for_a_media_that_keeps_the_one_it_has(curator: Importer) -> None:
    curator.bring({"manifest.jsonl": of_source("ridge"), "a.jpg": CONTENT})
    curator.bring({"manifest.jsonl": of_source("valley"), "a.jpg": CONTENT})
    assert sources() == ["ridge"]


def test_a_picture_that_comes_again_after_its_source_was_taken_back_has_it_again(admin: Importer) -> None:
    files = {"manifest.jsonl": of_source("ridge"), "a.jpg": CONTENT}
    admin.undo(admin.bring(files).id)
    done = admin.bring(files)
    (only,) = media()
    assert (done.counts["restored"], sources()) == (1, ["ridge"])
    assert only.source_id is not None
    admin.undo(done.id)
    assert (media(), sources()) == ([], [])


@pytest.mark.parametrize("kept_by", ["a media", "a place", "who was first"])
def test_a_source_stays_that_somebody_else_relies_on(
    curator: Importer, admin: Importer, kept_by: str
) -> None:
    if kept_by == "who was first":
        with open_session() as session:
            create_source(session, admin.access, "ridge")
    done = curator.bring({"manifest.jsonl": of_source("ridge"), "a.jpg": CONTENT})
    with open_session() as session:
        source_id = session.scalars(select(Media.source_id)).one()
        assert source_id is not None
        if kept_by == "a media":
            a_media(session, source="ridge")
        elif kept_by == "a place":
            change_source(session, admin.access, source_id, {"place": "Above the lake"})
    assert curator.undo(done.id).counts["undone"] == 1
    assert sources() == ["ridge"]
    with open_session(read_only=True) as session:
        assert session.scalars(select(Media.source_id)).first() == source_id


def test_what_is_undone_before_anything_was_said_of_it_takes_its_source_along(
    curator: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    seen = curator.read({"manifest.jsonl": of_source("ridge"), "a.jpg": CONTENT})
    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(applying, "_tell", die)
        curator.commit(seen.id)
    with open_session(read_only=True) as session:
        assert session.scalars(select(IdempotencyKey.made_source)).one() is not None
    with open_session() as session:
        cancel_import(session, curator.access, seen.id)
    curator.run(seen.id)
    assert (media(), sources()) == ([], [])


def test_undoing_what_was_left_removes_no_source_that_was_made_since(
    curator: Importer, admin: Importer
) -> None:
    told = of_source("ridge") + lines({"file": "b.jpg", "file_name": "b.jpg"})
    done = curator.bring({"manifest.jsonl": told, "a.jpg": CONTENT, "b.jpg": a_jpeg(*SIZE)})
    with open_session() as session:
        kept = session.scalars(select(Media.id).where(Media.file_name == "b.jpg")).one()
        comment_on(session, admin.access, kept, "Keep this one.")
    assert (curator.undo(done.id).counts["undone"], sources()) == (1, [])
    with open_session() as session:  # SQLite may give it the number of the one that went
        create_source(session, admin.access, "valley")
    curator.undo(done.id)
    assert sources() == ["valley"]
