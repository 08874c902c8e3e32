"""Opening hours where clocks change, against the calendar of single minutes: 10 000 moments."""

import random
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest

from handoff.hours import business_ms, closes_at, is_open, next_opening
from handoff.hours_settings import HoursSettings
from tests.handoff.hours_oracle import Case, MinuteCalendar

#: Each change of clocks lies some weeks behind the first day.
CHANGES = {
    "London, forward": ("Europe/London", date(2027, 3, 8)),
    "London, back": ("Europe/London", date(2027, 10, 11)),
    "Berlin, forward": ("Europe/Berlin", date(2027, 3, 8)),
    "Los Angeles, back": ("America/Los_Angeles", date(2027, 10, 18)),
    "Sydney, forward": ("Australia/Sydney", date(2027, 9, 13)),
    "Auckland, back": ("Pacific/Auckland", date(2027, 3, 15)),
    "Casablanca, which goes back for Ramadan": ("Africa/Casablanca", date(2026, 2, 1)),
    "Troll, two hours at once": ("Antarctica/Troll", date(2027, 3, 8)),
    "Apia, which left out a day": ("Pacific/Apia", date(2011, 12, 10)),
    "Tokyo, which had summer time once": ("Asia/Tokyo", date(1950, 4, 20)),
}
MOMENTS = 1_000
#: Past midnight, over the hour that is missing or comes twice, and by day.
SPANS = ((75, 165), (180, 190), (540, 1080), (1320, 1570))
WEEK = "1:15-2:45, 3:00-3:10, 9:00-18:00, 22:00-26:10"


@pytest.mark.parametrize("name", CHANGES)
def test_hours_where_clocks_change(name):
    zone, first = CHANGES[name]
    settings = {"zone": zone, "holidays": "as usual", "week": {"daily": WEEK}}
    hours = HoursSettings.model_validate(settings).hours
    oracle = MinuteCalendar(Case(name=name, settings=settings, first=first, rule=lambda _: SPANS))
    rng = random.Random(name)  # noqa: S311 - a seed makes it repeatable
    there = ZoneInfo(zone)
    offsets = set()
    for _ in range(MOMENTS):
        at = oracle.start + timedelta(seconds=rng.randrange(2 * 86_400, 40 * 86_400))
        local = at.astimezone(there)
        offsets.add(local.utcoffset())
        assert is_open(hours, local) is oracle.is_open(at), local
        assert utc(next_opening(hours, local)) == oracle.next_opening(at), local
        assert utc(closes_at(hours, local)) == oracle.closes_at(at), local
        later = at + timedelta(seconds=rng.randrange(4 * 86_400))
        passed = business_ms(hours, local, later.astimezone(there))
        assert passed == oracle.business_ms(at, later), (local, later)
    assert len(offsets) == 2


def utc(at):
    return at and at.astimezone(UTC)
