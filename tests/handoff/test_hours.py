"""The hours engine agrees with a calendar of single minutes, and with what people expect."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handoff.hours import (
    add_business_ms,
    business_ms,
    closes_at,
    holiday_name,
    is_open,
    next_opening,
    spans_on,
)
from handoff.hours_settings import HoursSettings
from tests.handoff.hours_oracle import Case, MinuteCalendar

TOKYO = ZoneInfo("Asia/Tokyo")
NEW_YORK = ZoneInfo("America/New_York")
NINE_TO_HALF_PAST_FIVE = ((540, 720), (780, 1050))
HOUR_MS = 3_600_000


def tokyo_rule(day):
    if date(2026, 12, 29) <= day <= date(2027, 1, 3) or day == date(2027, 1, 11):
        return ()
    if day == date(2026, 12, 28):
        return ((540, 720),)
    if day in {date(2026, 12, 21), date(2027, 1, 1)}:
        return ()
    return NINE_TO_HALF_PAST_FIVE if day.weekday() < 5 else ()


def bar_rule(day):
    return () if day.weekday() == 0 else ((1080, 1560),)


def new_york_night_rule(day):
    return ((90, 150), (170, 180), (1320, 1530)) if day.weekday() != 2 else ((120, 150),)


CASES = [
    Case(
        name="office in Tokyo over New Year",
        first=date(2026, 12, 10),
        rule=tokyo_rule,
        settings={
            "week": {"mon-fri": "9:00-12:00, 13:00-17:30"},
            "days": {
                "2026-12-29..2027-01-03": "closed",
                "2026-12-28": "9:00-12:00",
                "2026-12-21": "closed",
            },
        },
    ),
    Case(
        name="bar in Tokyo, closed on Mondays, holidays as usual",
        first=date(2026, 9, 1),
        rule=bar_rule,
        settings={"week": {"tue-sun": "18:00-26:00"}, "holidays": "as usual"},
    ),
    *(
        Case(
            name=f"nights in New York, {season}",
            first=first,
            rule=new_york_night_rule,
            settings={
                "zone": "America/New_York",
                "holidays": "as usual",
                "week": {
                    "mon,tue,thu-sun": "1:30-2:30, 2:50-3:00, 22:00-25:30",
                    "wed": "2:00-2:30",
                },
            },
        )
        for season, first in {"spring": date(2026, 2, 18), "autumn": date(2026, 10, 12)}.items()
    ),
    Case(
        name="Lord Howe, where summer time is half an hour",
        first=date(2026, 9, 14),
        rule=lambda day: ((105, 125), (600, 2400)),
        settings={
            "zone": "Australia/Lord_Howe",
            "holidays": "as usual",
            "week": {"daily": "1:45-2:05, 10:00-40:00"},
        },
    ),
    Case(
        name="Santiago, where clocks change at midnight",
        first=date(2026, 3, 14),
        rule=lambda day: ((0, 20), (1410, 1440)),
        settings={
            "zone": "America/Santiago",
            "holidays": "as usual",
            "week": {"daily": "0:00-0:20, 23:30-24:00"},
        },
    ),
    Case(
        name="St. John's, where midnight came twice",
        first=date(2006, 10, 1),
        rule=lambda day: ((0, 20), (1380, 1390)),
        settings={
            "zone": "America/St_Johns",
            "holidays": "as usual",
            "week": {"daily": "0:00-0:20, 23:00-23:10"},
        },
    ),
    Case(
        name="never closed",
        first=date(2026, 4, 1),
        rule=lambda day: ((0, 1440),),
        settings={"week": {"毎日": "24h"}, "holidays": "24h"},
    ),
]


def in_utc(at):
    # Python calls moments in a repeated hour unequal to themselves across zones
    return at and at.astimezone(UTC)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_random_instants_agree_with_the_minute_calendar(case):
    hours = HoursSettings.model_validate(case.settings).hours
    calendar = MinuteCalendar(case)
    choose = random.Random(case.name)  # noqa: S311 - a seed makes it repeatable

    for _ in range(10_000 // len(CASES) + 1):
        at = calendar.start + timedelta(days=4, milliseconds=choose.randrange(30 * 86_400_000))
        later = at + timedelta(milliseconds=choose.randrange(-3_600_000, 9 * 86_400_000))
        assert is_open(hours, at) == calendar.is_open(at), at
        assert in_utc(next_opening(hours, at)) == calendar.next_opening(at), at
        assert in_utc(closes_at(hours, at)) == calendar.closes_at(at), at
        passed = business_ms(hours, at, later)
        assert passed == calendar.business_ms(at, later), (at, later)
        due = in_utc(add_business_ms(hours, at, passed))
        # the same business time has passed, at the first moment at which it has
        assert calendar.business_ms(at, due) == passed, (at, later)
        if passed:
            before = due - timedelta(milliseconds=1)
            assert calendar.business_ms(at, before) == passed - 1, (at, later)


def tokyo(text):
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.fixture
def office():
    return HoursSettings.model_validate(CASES[0].settings).hours


def test_the_last_minute_is_open_and_the_closing_minute_is_not(office):
    assert is_open(office, tokyo("2026-11-24T17:29:59.999"))
    assert not is_open(office, tokyo("2026-11-24T17:30"))
    assert not is_open(office, tokyo("2026-11-24T12:00"))
    assert is_open(office, tokyo("2026-11-24T13:00"))


def test_a_public_holiday_is_skipped_on_the_way_to_the_next_opening(office):
    # Friday evening; Monday is Labour Thanksgiving Day
    assert next_opening(office, tokyo("2026-11-20T18:00")) == tokyo("2026-11-24T09:00")


def test_a_wait_over_new_year_counts_only_business_time(office):
    start, end = tokyo("2026-12-28T11:00"), tokyo("2027-01-04T10:00")

    assert business_ms(office, start, end) == 2 * HOUR_MS
    assert add_business_ms(office, start, 2 * HOUR_MS) == end
    assert business_ms(office, end, start) == 0


def test_an_opening_is_told_in_the_zone_of_the_hours(office):
    opening = next_opening(office, datetime(2026, 11, 24, 20, tzinfo=UTC))

    assert (opening.tzinfo, opening.hour) == (TOKYO, 9)


def test_business_time_in_a_night_that_is_an_hour_longer_or_shorter():
    settings = {"zone": "America/New_York", "week": {"daily": "0:00-6:00"}, "holidays": "as usual"}
    hours = HoursSettings.model_validate(settings).hours

    nights = [
        business_ms(hours, start, start + timedelta(days=1))
        for start in (
            datetime(2026, 3, 7, 12, tzinfo=NEW_YORK),
            datetime(2026, 3, 8, 12, tzinfo=NEW_YORK),
            datetime(2026, 10, 31, 12, tzinfo=NEW_YORK),
        )
    ]

    assert nights == [5 * HOUR_MS, 6 * HOUR_MS, 7 * HOUR_MS]


def test_a_door_that_never_opens_has_no_next_opening_and_no_due_time():
    hours = HoursSettings.model_validate({"week": {}}).hours
    at = tokyo("2026-11-24T10:00")

    assert not is_open(hours, at)
    assert next_opening(hours, at) is None
    assert closes_at(hours, at) is None
    assert add_business_ms(hours, at, 1) is None
    assert add_business_ms(hours, at, 0) == at
    assert business_ms(hours, at, at + timedelta(days=3_000)) == 0


def test_an_opening_is_found_up_to_400_days_ahead():
    hours = HoursSettings.model_validate(
        {"week": {}, "days": {"2027-12-01": "10:00-11:00", "2029-12-01": "10:00-11:00"}}
    ).hours

    assert next_opening(hours, tokyo("2026-11-24T10:00")) == tokyo("2027-12-01T10:00")
    assert next_opening(hours, tokyo("2027-12-02T10:00")) is None


def test_a_night_that_began_before_a_company_holiday_is_still_served():
    settings = {
        "week": {"daily": "18:00-26:00"},
        "holidays": "as usual",
        "days": {"2026-11-24": "closed"},
    }
    hours = HoursSettings.model_validate(settings).hours

    assert closes_at(hours, tokyo("2026-11-23T23:00")) == tokyo("2026-11-24T02:00")
    assert next_opening(hours, tokyo("2026-11-24T02:00")) == tokyo("2026-11-25T18:00")


def test_the_narrower_rule_is_the_exception_and_a_dated_one_beats_a_yearly_one():
    settings = {
        "week": {"daily": "9:00-17:00"},
        "holidays": "10:00-15:00",
        "days": {
            "12-29..01-03": "closed",
            "01-02": "11:00-12:00",
            "2027-12-30": "9:00-10:00",
            "2028-12-25..2029-01-05": "8:00-9:00",
        },
    }
    hours = HoursSettings.model_validate(settings).hours
    days = ("2026-11-23", "2026-12-31", "2027-01-02", "2027-12-30", "2029-01-02")

    starts = [[s.start // 60 for s in spans_on(hours, date.fromisoformat(day))] for day in days]

    assert starts == [[10], [], [11], [9], [8]]


def test_public_holidays_come_with_their_names():
    days = ("2026-05-06", "2026-09-22", "2026-11-23", "2026-11-24")

    assert [holiday_name(date.fromisoformat(day)) for day in days] == [
        "憲法記念日 振替休日",
        "国民の休日",
        "勤労感謝の日",
        "",
    ]


def test_a_time_without_a_zone_is_refused(office):
    with pytest.raises(ValueError, match="a time with a zone"):
        is_open(office, datetime(2026, 11, 24, 10))
