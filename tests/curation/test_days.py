"""Days that are not like others: those on which clocks are changed, and the 29th of February."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from components.clock import day_start
from curation import overview
from curation.browse import list_page
from curation.capture import CaptureDetails, settle_capture_time
from curation.devices import DAYS, list_devices
from curation.errors import InvalidText, UnknownFilter
from curation.exif import ExifFacts
from curation.exports import UTF8_BOM, export_csv
from curation.media_filter import MediaFilter
from db.models import Scope
from tests.factories import a_media, an_access, an_admin

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")
# A zone, a day on which its clocks change, and how many hours that day has.
CHANGES = [
    pytest.param("Europe/Paris", date(2026, 3, 29), 23, id="Paris, forward"),
    pytest.param("Europe/Paris", date(2026, 10, 25), 25, id="Paris, back"),
    pytest.param("Australia/Lord_Howe", date(2026, 10, 4), 23.5, id="Lord Howe, half an hour forward"),
    pytest.param("Africa/Cairo", date(2026, 4, 24), 23, id="Cairo, a day without midnight"),
    pytest.param("America/Havana", date(2026, 11, 1), 25, id="Havana, a day with two midnights"),
    pytest.param("UTC", date(2028, 2, 29), 24, id="a leap day"),
    pytest.param("Asia/Kathmandu", date(2028, 2, 29), 24, id="a leap day in Kathmandu"),
]


def half_hours(zone: ZoneInfo, day: date) -> list[datetime]:
    """A moment in every half hour from the day before a day to the day after it."""
    begin, end = day_start(day - DAY, zone), day_start(day + 2 * DAY, zone)
    return [begin + number * HOUR / 2 for number in range(int((end - begin) / (HOUR / 2)))]


def taken(exif: datetime | None, **details) -> datetime | None:
    return settle_capture_time(CaptureDetails(**details), ExifFacts(captured_at=exif), "UTC").at


def test_an_hour_that_comes_twice_is_the_first_of_the_two_unless_the_picture_says_which():
    twice = datetime(2026, 10, 25, 2, 30)
    assert taken(twice, timezone=PARIS) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert settle_capture_time(CaptureDetails(), ExifFacts(captured_at=twice), "Europe/Paris").at == (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    )
    for offset, hour in (("+02:00", 0), ("+01:00", 1)):
        said = datetime.fromisoformat(f"2026-10-25T02:30:00{offset}")
        assert taken(said, timezone=PARIS) == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        fields = CaptureDetails.from_fields({"captured_at": said.isoformat()})
        assert fields.captured_at == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)


def test_an_hour_that_is_left_out_is_told_by_a_clock_that_was_not_put_forward():
    never = datetime(2026, 3, 29, 2, 30)
    assert taken(never, timezone=PARIS) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    after, before = datetime(2026, 3, 29, 3, 0), datetime(2026, 3, 29, 1, 59, 59)
    assert taken(after, timezone=PARIS) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert taken(before, timezone=PARIS) == datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)


def test_a_picture_of_a_leap_day_keeps_its_day_and_a_day_that_is_none_is_refused():
    assert taken(datetime(2028, 2, 29, 0, 30), timezone=PARIS) == datetime(2028, 2, 28, 23, 30, tzinfo=UTC)
    fields = CaptureDetails.from_fields({"captured_at": "2028-02-29T23:59:59-01:00"})
    assert fields.captured_at == datetime(2028, 3, 1, 0, 59, 59, tzinfo=UTC)
    with pytest.raises(InvalidText):
        CaptureDetails.from_fields({"captured_at": "2027-02-29T12:00:00Z"})
    assert MediaFilter.from_query({"captured_to": "2028-02-29"}).captured_to == (
        datetime(2028, 3, 1, tzinfo=UTC)
    )
    with pytest.raises(UnknownFilter):
        MediaFilter.from_query({"captured_from": "2027-02-29"})


@pytest.mark.parametrize(("zone", "day", "hours"), CHANGES)
def test_each_moment_is_on_one_day_in_lists_exports_and_on_the_overview(session, zone, day, hours):
    zone, curator = ZoneInfo(zone), an_access(session)
    for moment in half_hours(zone, day):
        a_media(session, captured_at=moment, created_at=moment, uploaded_by=curator)
    expected = [int((day_start(each + DAY, zone) - day_start(each, zone)) / (HOUR / 2)) for each in days(day)]
    assert expected[1] == hours * 2
    for day_of in ("captured", "uploaded"):
        shown = overview.media_per_day(session, curator, day_of, last=day + DAY, days=3, zone=zone)
        assert [(each.day, each.count) for each in shown] == list(zip(days(day), expected, strict=True))
        for each in shown:
            listed = list_page(session, curator, each.wanted, limit=200).items
            name = "captured_at" if day_of == "captured" else "created_at"
            assert {getattr(media, name).astimezone(zone).date() for media in listed} == {each.day}
            text = b"".join(export_csv(session, curator, each.wanted)).removeprefix(UTF8_BOM).decode()
            assert len(list(csv.DictReader(io.StringIO(text)))) == each.count == len(listed)
            assert MediaFilter.from_query(each.wanted.to_query()) == each.wanted


@pytest.mark.parametrize(("zone", "day", "hours"), CHANGES)
def test_the_days_of_a_device_have_their_own_lengths(session, zone, day, hours):
    zone = ZoneInfo(zone)
    admin, device = an_admin(session), an_access(session, Scope.DEVICE)
    for moment in half_hours(zone, day):
        a_media(session, created_at=moment, uploaded_by=device)
    for now in (day_start(day + DAY, zone) + HOUR, day_start(day + 9 * DAY, zone) + 12 * HOUR):
        with time_machine.travel(now, tick=False):
            (view,) = list_devices(session, admin, timedelta(hours=24), zone=zone)
        today = now.astimezone(zone).date()
        assert [each.day for each in view.per_day] == [today - back * DAY for back in range(DAYS - 1, -1, -1)]
        counted = {each.day: each.count for each in view.per_day}
        assert counted[day] == hours * 2
        assert sum(counted[each] for each in days(day)) == len(half_hours(zone, day))


def days(day: date) -> list[date]:
    return [day - DAY, day, day + DAY]
