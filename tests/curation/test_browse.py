"""Lists: every media exactly once, in order, at any depth, and counts that agree with them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from curation.annotations import submit_annotation
from curation.browse import count_matches, get_details, list_page
from curation.errors import MediaNotFound, NotAllowed, UnknownFilter
from curation.history import get_history
from curation.media_filter import MediaFilter, Sort
from curation.neighbours import list_neighbours
from curation.reviews import decide
from db.models import Decision, Review, Scope, State
from tests.factories import a_box, a_media, a_viewer, an_access, an_admin

START = datetime(2026, 8, 12, 6, 0, tzinfo=UTC)


@pytest.fixture
def collection(session):
    """Twenty media of three sources, some without time, name or source."""
    curator = an_access(session, login="curator-1")
    found = []
    for number in range(20):
        found.append(
            a_media(
                session,
                uploaded_by=curator,
                source=[None, "north", "south", "east"][number % 4],
                captured_at=None if number % 5 == 0 else START + timedelta(minutes=number // 2),
                file_name=None if number % 7 == 0 else f"frame_{number % 3}.jpg",
                tags=["night"] if number % 6 == 0 else [],
                score=None if number % 3 == 0 else number % 4 / 4,
                state=[State.NEW, State.ANNOTATED][number % 2],
            )
        )
    return found


def walk(session, access, wanted, limit):
    ids, cursor, pages = [], None, []
    while True:
        page = list_page(session, access, wanted, cursor, limit)
        ids += [item.id for item in page.items]
        pages.append(page)
        if page.next_cursor is None:
            return ids, pages
        cursor = page.next_cursor


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("limit", [1, 3, 20])
def test_pages_together_show_every_media_once_in_order(session, collection, sort, limit):
    viewer = a_viewer(session)
    wanted = MediaFilter(sort=sort)
    ids, pages = walk(session, viewer, wanted, limit)
    assert sorted(ids) == sorted(media.id for media in collection)
    assert ids == [item.id for item in list_page(session, viewer, wanted, limit=100).items]
    # And backwards: each page leads to the one before it.
    for before, page in itertools.pairwise(pages):
        back = list_page(session, viewer, wanted, page.previous_cursor, limit)
        assert [item.id for item in back.items] == [item.id for item in before.items]


@pytest.mark.parametrize("sort", [Sort.CAPTURED_FIRST, Sort.CAPTURED_LAST])
def test_unknown_times_come_last_both_ways(session, collection, sort):
    times = [item.captured_at for item in list_page(session, a_viewer(session), MediaFilter(sort=sort)).items]
    known = [time for time in times if time is not None]
    assert times[: len(known)] == known == sorted(known, reverse=sort == Sort.CAPTURED_LAST)


def test_the_highest_score_comes_first_and_the_unknown_last(session, collection):
    scores = [
        item.score for item in list_page(session, a_viewer(session), MediaFilter(sort=Sort.SCORE)).items
    ]
    known = [score for score in scores if score is not None]
    assert scores[: len(known)] == known == sorted(known, reverse=True)
    assert 0.0 in known and scores[-1] is None, "no score is not a low one"


def test_a_seed_is_one_order_and_another_seed_another_one(session, collection):
    viewer = a_viewer(session)

    def order(seed):
        wanted = MediaFilter.from_query({"sort": "random", "seed": str(seed)})
        return [item.id for item in list_page(session, viewer, wanted).items]

    assert order(7) == order(7)
    assert sorted(order(7)) == [media.id for media in collection] != order(7)
    assert len({order(seed)[0] for seed in range(50)}) > 5


def test_what_somebody_did_today_is_found_whatever_came_of_it(session, collection):
    mine, colleague = an_access(session, login="mine"), an_access(session)
    submitted, decided, undone, old = (media.id for media in collection[:8:2])
    answer = submit_annotation(session, mine, submitted).annotation
    submit_annotation(session, colleague, submitted, based_on=answer.id)
    decide(session, mine, decided, Decision.REJECTED)
    decide(session, colleague, decided, Decision.REOPENED, comment="look again")
    decide(session, mine, undone, Decision.UNSURE)
    decide(session, mine, undone, Decision.UNDONE)
    review_id = decide(session, mine, old, Decision.UNSURE).review.id
    session.get_one(Review, review_id).created_at = START
    session.flush()

    def found(**query):
        items = list_page(session, colleague, MediaFilter.from_query(query)).items
        return sorted(item.id for item in items)

    assert found(acted_by="mine") == [submitted, decided, undone, old]
    assert found(acted_by="mine", acted_from="2026-08-13") == [submitted, decided, undone]
    assert found(acted_by=colleague.login, acted_from="2026-08-13") == [submitted, decided]
    assert found(acted_from="2026-08-12") == [submitted, decided, undone, old]
    assert found(acted_by="nobody") == []


def test_sources_come_by_name_and_inside_by_time(session, collection):
    items = list_page(session, a_viewer(session), MediaFilter(sort=Sort.SOURCE)).items
    names = [item.source for item in items if item.source]
    assert names == sorted(names)
    assert [item.source for item in items][-5:] == [None] * 5


@pytest.mark.parametrize("sort", list(Sort))
def test_a_page_can_begin_at_a_media_even_one_that_left_the_list(session, collection, sort):
    viewer = a_viewer(session)
    wanted = MediaFilter(sort=sort, state=(State.NEW, State.ANNOTATED))
    ids, _ = walk(session, viewer, wanted, 20)
    middle = ids[9]
    assert [item.id for item in list_page(session, viewer, wanted, start=middle, limit=5).items] == ids[9:14]
    next(media for media in collection if media.id == middle).state = State.REJECTED
    session.flush()
    assert [item.id for item in list_page(session, viewer, wanted, start=middle, limit=5).items] == ids[10:15]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"state": "new"},
        {"state": ["new", "annotated"]},
        {"source": "north"},
        {"source": ["north", "south"]},
        {"tag": "night"},
        {"uploader": "curator-1"},
        {"uploader": "nobody"},
        {"file_name": "FRAME_1"},
        {"file_name": "%"},
        {"captured_from": "2026-08-12T06:03:00Z"},
        {"captured_to": "2026-08-12"},
        {"uploaded_from": "2020-01-01", "uploaded_to": "2099-01-01"},
        {"has_shapes": "yes"},
        {"has_shapes": "no"},
        {"label_class": ["wildfire"]},
        {"acted_by": "curator-1"},
        {"acted_from": "2020-01-01"},
    ],
    ids=str,
)
def test_the_count_is_the_length_of_the_list(session, collection, query):
    curator = an_access(session)
    submit_annotation(session, curator, collection[0].id, shapes=[a_box()])
    submit_annotation(session, curator, collection[2].id, label_classes=["wildfire"])
    wanted = MediaFilter.from_query(query)
    listed = list_page(session, curator, wanted, limit=200).items
    count = count_matches(session, curator, wanted)
    assert (count.value, count.capped) == (len(listed), False)


def test_filters_find_what_they_say(session, collection):
    curator = an_access(session)
    with_shape = submit_annotation(session, curator, collection[0].id, shapes=[a_box()]).media.id
    whole = submit_annotation(session, curator, collection[2].id, label_classes=["wildfire"]).media.id

    def found(**query):
        return {item.id for item in list_page(session, curator, MediaFilter.from_query(query)).items}

    assert found(label_class="wildfire") == {with_shape, whole}
    assert found(has_shapes="yes") == {with_shape}
    assert found(has_shapes="no") == {whole}
    assert found(file_name="%") == found(file_name="_x") == set()


def test_percent_and_underscore_are_ordinary_characters(session):
    odd = a_media(session, file_name="100%_sure.jpg")
    a_media(session, file_name="100 sure.jpg")
    page = list_page(session, a_viewer(session), MediaFilter(file_name="0%_S"))
    assert [item.id for item in page.items] == [odd.id]


def test_counting_stops_at_its_cap(session, collection):
    count = count_matches(session, a_viewer(session), MediaFilter(), cap=5)
    assert (count.value, count.capped, str(count)) == (5, True, "5+")


@pytest.mark.parametrize(
    "cursor", ["x", "bm90IG9uZQ", "WzAsWzFdLDBd" * 20, "WzksWzFdLDBd", "WzAsWyJhIl0sMF0", "é"]
)
def test_a_cursor_of_another_world_is_refused(session, cursor):
    with pytest.raises(UnknownFilter):
        list_page(session, a_viewer(session), MediaFilter(), cursor)


def test_withdrawn_media_are_listed_for_admins_who_ask(session):
    gone = a_media(session, state=State.WITHDRAWN)
    admin, curator = an_admin(session), an_access(session)
    withdrawn = MediaFilter(state=(State.WITHDRAWN,))
    assert list_page(session, admin, MediaFilter()).items == []
    assert [item.id for item in list_page(session, admin, withdrawn).items] == [gone.id]
    with pytest.raises(NotAllowed):
        list_page(session, curator, withdrawn)
    with pytest.raises(MediaNotFound):
        get_details(session, curator, gone.id)


def test_a_device_lists_its_own_media_only(session):
    device = an_access(session, Scope.DEVICE)
    own = a_media(session, uploaded_by=device)
    foreign = a_media(session)
    assert [item.id for item in list_page(session, device, MediaFilter()).items] == [own.id]
    with pytest.raises(MediaNotFound):
        get_details(session, device, foreign.id)


def test_history_tells_everything_newest_first(session):
    curator, media = an_access(session), a_media(session)
    annotation = submit_annotation(session, curator, media.id, shapes=[a_box()]).annotation
    decide(
        session, curator, media.id, Decision.SENT_BACK, annotation_id=annotation.id, comment="box too wide"
    )
    decide(session, curator, media.id, Decision.UNDONE)
    history = get_history(session, curator, media.id)
    assert [entry.what for entry in history] == ["undone", "sent_back", "submitted", "registered"]
    assert history[1].comment == "box too wide"
    assert (history[2].annotation_number, history[2].shapes) == (1, 1)


def test_neighbours_are_the_same_source_around_the_moment(session):
    frames = [
        a_media(session, source="north", captured_at=START + timedelta(minutes=minute)) for minute in range(9)
    ]
    a_media(session, source="south", captured_at=START + timedelta(minutes=4))
    found = list_neighbours(session, a_viewer(session), frames[4].id, limit=5)
    assert [neighbour.id for neighbour in found] == [frame.id for frame in frames[2:7]]
    lonely = a_media(session, captured_at=None)
    assert [neighbour.id for neighbour in list_neighbours(session, a_viewer(session), lonely.id)] == [
        lonely.id
    ]


def test_file_names_are_found_whatever_the_case_of_their_accents(session):
    summer = a_media(session, file_name="ÉTÉ.jpg")
    for part in ("été", "ÉTÉ", "E\u0301te\u0301"):
        page = list_page(session, a_viewer(session), MediaFilter(file_name=part))
        assert [item.id for item in page.items] == [summer.id]


@pytest.mark.parametrize("sort", list(Sort))
def test_from_the_last_media_there_is_a_way_back_and_from_the_first_there_is_none(session, collection, sort):
    viewer, wanted = a_viewer(session), MediaFilter(sort=sort)
    ids, _ = walk(session, viewer, wanted, 20)
    last = list_page(session, viewer, wanted, start=ids[-1], limit=2)
    assert ([item.id for item in last.items], last.next_cursor) == ([ids[-1]], None)
    before = list_page(session, viewer, wanted, last.previous_cursor, 1)
    assert [item.id for item in before.items] == [ids[-2]]
    assert list_page(session, viewer, wanted, start=ids[0], limit=2).previous_cursor is None
