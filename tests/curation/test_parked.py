"""The notes of what is parked: each media once, with its last note, newest first."""

from __future__ import annotations

import pytest

from curation.annotations import submit_annotation
from curation.errors import NotAllowed
from curation.media_filter import MediaFilter
from curation.parked import list_parked_notes, shows_parked_only
from curation.reviews import decide
from db.models import Decision, Scope, State
from tests.factories import a_media, a_viewer, an_access

PARKED = MediaFilter(state=(State.PARKED,))


def test_notes_are_listed_newest_first_and_the_last_one_of_a_media_counts(session):
    first, second = an_access(session), an_access(session)
    fog, camera, left = (a_media(session, source="north") for _ in range(3))
    decide(session, first, fog.id, Decision.PARKED, comment="fog")
    decide(session, first, camera.id, Decision.PARKED, comment="which camera?")
    decide(session, first, left.id, Decision.PARKED, comment="not now")
    decide(session, second, left.id, Decision.UNPARKED)
    decide(session, second, fog.id, Decision.UNPARKED)
    decide(session, second, fog.id, Decision.PARKED, comment="fog, still")
    decide(session, first, fog.id, Decision.REJECTED)
    decide(session, first, fog.id, Decision.UNDONE)
    notes = list_parked_notes(session, a_viewer(session), PARKED)
    assert [(note.media_id, note.author, note.note) for note in notes] == [
        (fog.id, second.login, "fog, still"),
        (camera.id, first.login, "which camera?"),
    ]
    assert (notes[0].source, notes[0].file_name) == ("north", fog.file_name)


def test_the_filter_narrows_them(session):
    curator = an_access(session)
    for source in ("north", "south"):
        decide(session, curator, a_media(session, source=source).id, Decision.PARKED, comment=source)
    wanted = MediaFilter(state=(State.PARKED,), source=("south",))
    assert [note.note for note in list_parked_notes(session, curator, wanted)] == ["south"]


def test_they_belong_to_a_list_of_parked_media_alone():
    assert shows_parked_only(PARKED)
    assert not shows_parked_only(MediaFilter(state=(State.PARKED, State.UNSURE)))
    assert not shows_parked_only(MediaFilter())


def test_devices_do_not_read_notes(session):
    with pytest.raises(NotAllowed):
        list_parked_notes(session, an_access(session, Scope.DEVICE), PARKED)


def test_what_was_undone_neither_gives_the_note_nor_says_where_unparking_leads(session):
    curator, media = an_access(session), a_media(session)
    decide(session, curator, media.id, Decision.PARKED, comment="x")
    decide(session, curator, media.id, Decision.UNPARKED)
    submit_annotation(session, curator, media.id)
    annotation_id = media.current_annotation_id
    decide(session, curator, media.id, Decision.PARKED, annotation_id=annotation_id, comment="y")
    for _ in range(3):  # parked again, answered, unparked
        decide(session, curator, media.id, Decision.UNDONE)
    assert [note.note for note in list_parked_notes(session, curator, PARKED)] == ["x"]
    decide(session, curator, media.id, Decision.UNPARKED)
    assert (media.state, media.current_annotation_id) == (State.NEW, None)
