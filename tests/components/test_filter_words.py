"""How filters, spans of time and changes of tags are put into words and back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from components.clock import day_start, first_day, last_day, span_text
from components.filters import active_pills, parsed_value, without
from components.tag_menu import preview, steps_back
from curation.media_filter import MediaFilter, Sort

PARIS = ZoneInfo("Europe/Paris")


def test_days_of_a_filter_are_those_of_the_browser():
    start = parsed_value("captured_from", date(2026, 8, 1), PARIS)
    end = parsed_value("captured_to", date(2026, 8, 14), PARIS)
    assert start == datetime(2026, 7, 31, 22, tzinfo=UTC)
    assert end == datetime(2026, 8, 14, 22, tzinfo=UTC)
    assert (first_day(start, PARIS), last_day(end, PARIS)) == (date(2026, 8, 1), date(2026, 8, 14))


def test_a_day_with_a_change_of_clocks_has_its_own_length():
    assert day_start(date(2026, 10, 26), PARIS) - day_start(date(2026, 10, 25), PARIS) == (
        datetime(2026, 1, 2, 1) - datetime(2026, 1, 1)
    )


def test_the_last_day_of_the_calendar_has_no_end():
    assert parsed_value("captured_to", date.max, UTC) is None


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-08-01", "2026-08-14", "1–14 Aug 2026"),
        ("2026-08-01", "2026-08-01", "1 Aug 2026"),
        ("2026-07-30", "2026-08-02", "30 Jul – 2 Aug 2026"),
        ("2025-12-30", "2026-01-02", "30 Dec 2025 – 2 Jan 2026"),
        ("2026-08-01", None, "from 1 Aug 2026"),
        (None, "2026-08-14", "until 14 Aug 2026"),
        ("2026-08-01T10:00:00Z", "2026-08-01T10:00:05Z", "1 Aug 2026 10:00:00 – 10:00:05"),
        ("2026-08-01T10:00:00Z", None, "from 1 Aug 2026 10:00:00"),
    ],
)
def test_a_span_reads_as_people_write_it(start, end, words):
    query = {"captured_from": start, "captured_to": end}
    wanted = MediaFilter.from_query({name: value for name, value in query.items() if value})
    assert span_text(wanted.captured_from, wanted.captured_to, UTC) == words


def test_days_of_utc_say_so_to_a_browser_elsewhere():
    wanted = MediaFilter.from_query({"captured_from": "2026-08-01", "captured_to": "2026-08-14"})
    assert span_text(wanted.captured_from, wanted.captured_to, PARIS) == "1–14 Aug 2026 (UTC)"


def test_every_filter_has_a_pill_that_takes_it_away():
    query = {
        "state": ["annotated", "unsure"],
        "label_class": "wildfire",
        "reply": ["missed_smoke:yes"],
        "has_shapes": "no",
        "source": "north-ridge-2",
        "captured_from": "2026-08-01",
        "captured_to": "2026-08-14",
        "uploaded_from": "2026-08-01",
        "uploaded_to": "2026-08-02",
        "uploader": "curator-1",
        "annotator": "curator-2",
        "reviewer": "curator-3",
        "acted_by": "curator-4",
        "acted_from": "2026-08-03",
        "tag": ["haze", "test"],
        "file_name": "IMG",
        "type": "image",
        "extracted_from": "12",
    }
    wanted = MediaFilter.from_query(query)
    pills = active_pills(wanted, UTC, {"wildfire": "wildfire smoke"})
    texts = {pill.label: pill.text for pill in pills}
    assert texts["State"] == "annotated, unsure"
    assert texts["Label class"] == "wildfire smoke"
    assert texts["Question"] == "missed smoke: yes"
    assert texts["Shapes"] == "none"
    assert texts["Tag"] == "haze, test"
    assert (texts["Acted on by"], texts["Acted on"]) == ("curator-4", "from 3 Aug 2026")
    left = wanted
    for pill in pills:
        left = without(left, pill.names)
    assert left == MediaFilter(), "a filter without a pill could not be seen, nor removed"


def test_the_order_is_no_filter():
    assert active_pills(MediaFilter(sort=Sort.SOURCE), UTC, {}) == []
    assert active_pills(MediaFilter(sort=Sort.RANDOM, seed=7), UTC, {}) == []


def test_a_change_of_tags_is_said_before_it_is_made():
    assert preview(1204, ["haze"], ["test"]) == (
        "1,204 media will get **haze** and lose **test** where they have it."
    )


def test_undoing_tags_takes_back_only_what_the_change_did():
    before = {1: [], 2: ["haze"], 3: ["test"], 4: []}
    assert steps_back(before, add=["haze"], remove=["test"]) == {
        (("haze",), ()): [1, 4],
        ((), ()): [2],
        (("haze",), ("test",)): [3],
    }


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Paris", date(2026, 3, 29)),
        ("Europe/Paris", date(2026, 10, 25)),
        ("Africa/Cairo", date(2026, 4, 24)),  # without a midnight
        ("America/Havana", date(2026, 11, 1)),  # with two
        ("Europe/Paris", date(2028, 2, 29)),
        ("Asia/Kathmandu", date(2028, 2, 28)),
    ],
)
def test_a_day_that_is_chosen_comes_back_as_itself(zone, day):
    zone = ZoneInfo(zone)
    start, end = (parsed_value(f"captured_{side}", day, zone) for side in ("from", "to"))
    assert (first_day(start, zone), last_day(end, zone)) == (day, day)
    assert parsed_value("captured_from", date.fromordinal(day.toordinal() + 1), zone) == end
