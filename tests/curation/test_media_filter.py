"""A filter and its address say the same, and nothing is dropped in silence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.errors import UnknownFilter
from curation.media_filter import MediaFilter, Sort
from db.models import State

texts = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=20
).map(str.strip)
words = texts.filter(bool)
several = st.lists(words, max_size=3, unique=True).map(tuple)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))

filters = st.builds(
    MediaFilter,
    state=st.lists(st.sampled_from(State), max_size=3, unique=True).map(tuple),
    label_class=several,
    reply=st.lists(
        st.builds("{}:{}".format, words, st.sampled_from(["yes", "no"])), max_size=3, unique=True
    ).map(tuple),
    has_shapes=st.sampled_from([None, True, False]),
    source=several,
    captured_from=st.none() | moments,
    captured_to=st.none() | moments,
    uploaded_from=st.none() | moments,
    uploaded_to=st.none() | moments,
    uploader=st.none() | words,
    annotator=st.none() | words,
    reviewer=st.none() | words,
    acted_by=st.none() | words,
    acted_from=st.none() | moments,
    tag=several,
    file_name=st.none() | words,
    sort=st.sampled_from(Sort),
    seed=st.none() | st.integers(0, 2**31 - 1),
)


@given(filters)
def test_a_filter_comes_back_from_its_address(wanted):
    assert MediaFilter.from_query(wanted.to_query()) == wanted


def test_a_bare_date_means_the_whole_day():
    wanted = MediaFilter.from_query({"captured_from": "2026-08-12", "captured_to": "2026-08-12"})
    assert wanted.captured_from == datetime(2026, 8, 12, tzinfo=UTC)
    assert wanted.captured_to == datetime(2026, 8, 12, tzinfo=UTC) + timedelta(days=1)
    assert wanted.to_query() == {"captured_from": ["2026-08-12"], "captured_to": ["2026-08-12"]}


def test_a_plus_sign_that_became_a_space_is_understood():
    wanted = MediaFilter.from_query({"captured_from": "2026-08-12T17:00:00 02:00"})
    assert wanted.captured_from == datetime(2026, 8, 12, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "query",
    [
        {"sate": "new"},
        {"state": "fresh"},
        {"sort": "shuffled"},
        {"sort": "random", "seed": "-1"},
        {"sort": "random", "seed": "2147483648"},
        {"seed": "five"},
        {"seed": "٣"},
        {"acted_from": "today"},
        {"has_shapes": "maybe"},
        {"reply": "missed_smoke"},
        {"reply": "missed_smoke:perhaps"},
        {"captured_from": "yesterday"},
        {"captured_from": "2026-08-12T17:00:00"},
        {"captured_to": "9999-12-31"},
        {"uploader": ["a", "b"]},
        {"tag": "x" * 300},
        {"file_name": "a\x00b"},
        {"tag": [str(number) for number in range(200)]},
        {"source": "\ud800"},
    ],
    ids=lambda query: ascii(query)[:40],
)
def test_what_is_not_understood_is_refused(query):
    with pytest.raises(UnknownFilter):
        MediaFilter.from_query(query)


def test_empty_values_mean_no_filter():
    assert MediaFilter.from_query({"state": "", "tag": ["", " "]}).is_empty
