"""Sources: named, placed, renamed, and two of one camera made one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from curation import source_merges
from curation.annotations import submit_annotation
from curation.camera_memory import list_spots
from curation.errors import InvalidText, NameTaken, NotAllowed, SourceNotFound, WrongState
from curation.neighbours import list_neighbours
from curation.source_merges import merge_sources, preview_merge
from curation.sources import (
    change_source,
    create_source,
    get_or_create_source,
    list_sources,
    source_of_upload,
)
from db.models import Access, Base, Event, Media, Scope, Source, State
from db.session import open_session
from tests.factories import a_box, a_media, a_viewer, an_access, an_admin

NOON = datetime(2026, 8, 12, 12, tzinfo=UTC)


def named(session, name):
    return session.scalars(select(Source).where(Source.name == name)).one()


def test_sources_are_listed_with_what_browse_lists_of_them(session):
    admin = an_admin(session)
    create_source(session, admin, " north ", place=" Brison ", azimuth=360)
    for state in (State.NEW, State.ACCEPTED, State.WITHDRAWN):
        a_media(session, source="south", state=state)
    an_access(session, Scope.DEVICE).source_id = named(session, "south").id
    session.flush()
    north, south = list_sources(session, a_viewer(session))
    assert (north.name, north.place, north.azimuth, north.media, north.devices) == (
        "north",
        "Brison",
        0,
        0,
        0,
    )
    assert (south.name, south.place, south.azimuth, south.media, south.devices) == ("south", None, None, 2, 1)


def test_devices_do_not_read_sources(session):
    with pytest.raises(NotAllowed):
        list_sources(session, an_access(session, Scope.DEVICE))


@pytest.mark.parametrize("scope", [Scope.VIEWER, Scope.USER, Scope.DEVICE])
def test_only_admins_change_sources(session, scope):
    access, source = an_access(session, scope), get_or_create_source(session, "north")
    other = get_or_create_source(session, "south")
    for act in (
        lambda: create_source(session, access, "west"),
        lambda: change_source(session, access, source.id, {"name": "west"}),
        lambda: preview_merge(session, access, source.id, other.id),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_renamed_source_keeps_its_media(session):
    admin, media = an_admin(session), a_media(session, source="CAM-12")
    change_source(session, admin, media.source_id, {"name": "Brison north", "place": "Brison"})
    session.flush()
    [source] = list_sources(session, admin)
    assert (source.name, source.place, source.media) == ("Brison north", "Brison", 1)
    change_source(session, admin, media.source_id, {"place": None, "azimuth": 45})
    session.flush()
    [source] = list_sources(session, admin)
    assert (source.name, source.place, source.azimuth) == ("Brison north", None, 45)
    assert len(session.scalars(select(Event).where(Event.name == "source_changed")).all()) == 2
    change_source(session, admin, media.source_id, {"azimuth": 45})
    assert len(session.scalars(select(Event).where(Event.name == "source_changed")).all()) == 2


def test_a_name_belongs_to_one_source(installation):
    with open_session() as session:
        admin = an_admin(session)
        north, _south = (get_or_create_source(session, name) for name in ("north", "south"))
    with pytest.raises(NameTaken), open_session() as session:
        change_source(session, admin, north.id, {"name": "south"})
    with pytest.raises(NameTaken), open_session() as session:
        create_source(session, admin, "south")
    with open_session() as session:
        assert [source.name for source in list_sources(session, admin)] == ["north", "south"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"name": None},
        {"place": "x" * 201},
        {"place": "a\nb"},
        {"azimuth": -1},
        {"azimuth": 361},
    ],
)
def test_nonsense_is_refused(session, changes):
    source = get_or_create_source(session, "north")
    with pytest.raises(InvalidText):
        change_source(session, an_admin(session), source.id, changes)


def test_an_upload_that_names_no_source_is_of_its_device_s(session):
    camera = an_access(session, Scope.DEVICE)
    assert source_of_upload(session, camera, None) is None
    camera.source_id = get_or_create_source(session, "north").id
    session.flush()
    assert source_of_upload(session, camera, None).name == "north"
    assert source_of_upload(session, camera, "south").name == "south"


def two_of_one_camera(session):
    first = [
        a_media(session, source="CAM-12", captured_at=NOON + timedelta(minutes=number)) for number in range(3)
    ]
    second = a_media(session, source="Brison north", captured_at=NOON + timedelta(minutes=5))
    withdrawn = a_media(session, source="CAM-12", state=State.WITHDRAWN)
    camera = an_access(session, Scope.DEVICE)
    camera.source_id = first[0].source_id
    session.flush()
    return first, second, withdrawn, camera


def test_a_merge_moves_everything_and_leaves_one_source(installation):
    with open_session() as session:
        admin = an_admin(session)
        first, second, withdrawn, camera = two_of_one_camera(session)
        change_source(session, admin, second.source_id, {"place": "Brison", "azimuth": 10})
        change_source(session, admin, first[0].source_id, {"place": "elsewhere"})
    old, kept = first[0].source_id, second.source_id
    with open_session(read_only=True) as session:
        foreseen = preview_merge(session, admin, old, kept)
    done = merge_sources(open_session, admin, old, kept)
    assert done == foreseen
    assert (done.source, done.into, done.media, done.devices) == ("CAM-12", "Brison north", 4, 1)
    with open_session(read_only=True) as session:
        [source] = list_sources(session, admin)
        assert (source.name, source.place, source.azimuth, source.media) == ("Brison north", "Brison", 10, 4)
        assert session.get(Media, withdrawn.id).source_id == kept
        assert session.get(Access, camera.id).source_id == kept
        event = session.scalars(select(Event).where(Event.name == "source_merged")).one()
        assert event.detail == {"source": "CAM-12", "into": "Brison north", "media": 4, "devices": 1}
    with pytest.raises(SourceNotFound):
        merge_sources(open_session, admin, old, kept)


def test_neighbours_and_the_memory_of_a_camera_reach_over_a_merge(installation):
    with open_session() as session:
        admin = an_admin(session)
        first, second, _withdrawn, _camera = two_of_one_camera(session)
        submit_annotation(session, an_access(session), first[0].id, shapes=[a_box()])
    merge_sources(open_session, admin, first[0].source_id, second.source_id)
    with open_session(read_only=True) as session:
        around = list_neighbours(session, admin, second.id)
        assert [media.id for media in around] == [*(media.id for media in first), second.id]
        [[spot]] = list_spots(session, admin, second.id, [(0.1, 0.2, 0.3, 0.4)])
        assert (spot.label_class, spot.last_media_id) == ("wildfire", first[0].id)


def test_a_large_merge_goes_in_parts_and_one_cut_off_is_finished_by_asking_again(installation, monkeypatch):
    monkeypatch.setattr(source_merges, "AT_ONCE", 2)
    with open_session() as session:
        admin = an_admin(session)
        for _number in range(5):
            a_media(session, source="CAM-12")
        old, kept = named(session, "CAM-12").id, get_or_create_source(session, "Brison north").id

    def cut_off(_moved):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        merge_sources(open_session, admin, old, kept, moved_so_far=cut_off)
    with open_session(read_only=True) as session:
        assert {source.name: source.media for source in list_sources(session, admin)} == {
            "Brison north": 2,
            "CAM-12": 3,
        }
    steps = []
    done = merge_sources(open_session, admin, old, kept, moved_so_far=steps.append)
    assert (done.media, steps) == (3, [2, 3])


def test_a_source_is_not_merged_into_itself_or_nothing(session):
    admin, source = an_admin(session), get_or_create_source(session, "north")
    with pytest.raises(WrongState):
        preview_merge(session, admin, source.id, source.id)
    with pytest.raises(SourceNotFound):
        preview_merge(session, admin, source.id, source.id + 1)
    with pytest.raises(SourceNotFound):
        preview_merge(session, admin, source.id + 1, source.id)


def test_a_merge_knows_everything_that_points_at_a_source():
    pointing = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "sources"
    }
    assert pointing == {"media.source_id", "accesses.source_id"}
