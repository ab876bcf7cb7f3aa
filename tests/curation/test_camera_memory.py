"""The same spot of the same camera: what was there before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from curation.annotations import submit_annotation
from curation.camera_memory import Spot, list_spots
from curation.errors import InvalidBox, MediaNotFound, NotAllowed
from curation.geometry import Box
from curation.reviews import decide
from db.models import Decision, Scope
from tests.factories import a_box, a_media, a_viewer, an_access

START = datetime(2026, 8, 12, tzinfo=UTC)
HERE = (0.4, 0.4, 0.6, 0.6)


@pytest.fixture
def curator(session):
    return an_access(session)


def a_frame(session, hour=0, azimuth=45.0, source="north", **columns):
    return a_media(
        session, source=source, azimuth=azimuth, captured_at=START + timedelta(hours=hour), **columns
    )


def an_answered(session, curator, *shapes, **columns):
    media = a_frame(session, **columns)
    submit_annotation(session, curator, media.id, shapes=shapes)
    return media


def test_overlap_is_shared_area_over_both_together():
    box = Box(0, 0, 0.5, 0.5)
    assert box.overlap(box) == 1
    assert box.overlap(Box(0.5, 0, 1, 0.5)) == 0
    assert box.overlap(Box(0, 0, 0.5, 1)) == pytest.approx(0.5)
    assert box.overlap(Box(0.25, 0, 0.75, 0.5)) == pytest.approx(1 / 3)


def test_each_media_counts_once_per_label_class_most_frequent_first(session, curator):
    an_answered(session, curator, a_box("antenna", HERE), a_box("antenna", HERE), hour=1)
    last = an_answered(session, curator, a_box("antenna", HERE), a_box("wildfire", HERE), hour=5)
    an_answered(session, curator, a_box("antenna", (0.41, 0.41, 0.6, 0.6)), hour=3)
    now = an_answered(session, curator, a_box("wildfire", HERE), hour=9)
    assert list_spots(session, a_viewer(session), now.id, [HERE, (0, 0, 0.1, 0.1)]) == [
        [Spot("antenna", 3, last.captured_at, last.id), Spot("wildfire", 1, last.captured_at, last.id)],
        [],
    ]


@pytest.mark.parametrize(
    ("box", "counts"),
    [
        ((0.4, 0.4, 0.6, 0.6), True),
        ((0.5, 0.4, 0.7, 0.6), True),  # a third
        ((0.51, 0.4, 0.71, 0.6), False),
        ((0.45, 0.45, 0.55, 0.55), False),  # inside, but a quarter of it
        ((0.44, 0.44, 0.56, 0.56), True),
        ((0.3, 0.3, 0.7, 0.7), False),
        ((0.32, 0.32, 0.68, 0.68), True),
        ((0.4, 0.6, 0.6, 0.8), False),
    ],
)
def test_three_tenths_of_overlap_are_the_same_spot(session, curator, box, counts):
    an_answered(session, curator, a_box("antenna", box))
    (found,) = list_spots(session, curator, a_frame(session).id, [HERE])
    assert bool(found) is counts


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [
        (45.0, 50.0, True),
        (45.0, 50.1, False),
        (2.0, 358.0, True),
        (358.0, 2.0, True),
        (2.0, 356.0, False),
        (None, None, True),
        (None, 0.0, False),
        (0.0, None, False),
    ],
)
def test_a_camera_that_looks_elsewhere_is_another_spot(session, curator, mine, theirs, same):
    an_answered(session, curator, a_box("antenna", HERE), azimuth=theirs)
    (found,) = list_spots(session, curator, a_frame(session, azimuth=mine).id, [HERE])
    assert bool(found) is same


def test_other_sources_and_answers_that_do_not_count_are_left_out(session, curator):
    an_answered(session, curator, a_box("antenna", HERE), source="south")
    sent_back = an_answered(session, curator, a_box("antenna", HERE))
    decide(
        session,
        curator,
        sent_back.id,
        Decision.SENT_BACK,
        annotation_id=sent_back.current_annotation_id,
        comment="no",
    )
    redone = an_answered(session, curator, a_box("antenna", HERE))
    submit_annotation(session, curator, redone.id, based_on=redone.current_annotation_id)
    assert list_spots(session, curator, a_frame(session).id, [HERE]) == [[]]
    accepted = an_answered(session, curator, a_box("antenna", HERE))
    decide(session, curator, accepted.id, Decision.ACCEPTED, annotation_id=accepted.current_annotation_id)
    assert [spot.count for spot in list_spots(session, curator, a_frame(session).id, [HERE])[0]] == [1]


def test_without_a_source_a_media_remembers_nothing(session, curator):
    media = a_media(session)
    submit_annotation(session, curator, media.id, shapes=[a_box("antenna", HERE)])
    assert list_spots(session, curator, a_media(session).id, [HERE, HERE]) == [[], []]


def test_unknown_times_come_before_all_others(session, curator):
    timeless = an_answered(session, curator, a_box("antenna", HERE))
    timeless.captured_at = None
    session.flush()
    now = a_frame(session)
    assert list_spots(session, curator, now.id, [HERE]) == [[Spot("antenna", 1, None, timeless.id)]]
    dated = an_answered(session, curator, a_box("antenna", HERE))
    assert list_spots(session, curator, now.id, [HERE]) == [[Spot("antenna", 2, dated.captured_at, dated.id)]]


def test_who_may_not_ask_and_what_is_no_box(session, curator):
    device = an_access(session, Scope.DEVICE)
    media = a_frame(session, uploaded_by=device)
    with pytest.raises(NotAllowed):
        list_spots(session, device, media.id, [HERE])
    with pytest.raises(MediaNotFound):
        list_spots(session, curator, 10**9, [HERE])
    for boxes in ([(0, 0, 1)], [(0.5, 0, 0.4, 1)], [(0, 0, 1, float("nan"))], [HERE] * 21):
        with pytest.raises(InvalidBox):
            list_spots(session, curator, media.id, boxes)
    assert list_spots(session, curator, media.id, []) == []
