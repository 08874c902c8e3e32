"""Times go in and out of the store without losing a millisecond."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import DAY_MS, from_ms, now_ms, to_ms

TOKYO = ZoneInfo("Asia/Tokyo")


def test_a_moment_in_tokyo_is_the_same_number_as_in_utc():
    at = datetime(2026, 11, 22, 9, 0, 0, 123_000, tzinfo=TOKYO)

    assert to_ms(at) == to_ms(at.astimezone(UTC)) == 1_795_305_600_123


def test_microseconds_are_dropped_downwards_also_before_the_epoch():
    assert to_ms(datetime(1970, 1, 1, 0, 0, 0, 1_999, tzinfo=UTC)) == 1
    assert to_ms(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="give it a tzinfo"):
        to_ms(datetime(2026, 11, 22, 9, 0))


def test_from_ms_speaks_the_zone_it_is_given():
    assert from_ms(DAY_MS).isoformat() == "1970-01-02T00:00:00+00:00"
    assert from_ms(DAY_MS, TOKYO).isoformat() == "1970-01-02T09:00:00+09:00"


def test_an_hour_that_autumn_repeats_stays_two_moments():
    zone = ZoneInfo("America/New_York")
    first = to_ms(datetime(2026, 11, 1, 1, 30, tzinfo=zone))
    second = to_ms(datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=zone))

    assert second - first == 3_600_000
    assert from_ms(second, zone).fold == 1


@given(st.integers(min_value=-(10**13), max_value=10**14))
def test_there_and_back_is_the_same_number(at):
    assert to_ms(from_ms(at, TOKYO)) == at


def test_the_wall_clock_is_read_in_milliseconds():
    before = time.time()

    assert abs(from_ms(now_ms()) - datetime.fromtimestamp(before, UTC)) < timedelta(seconds=30)
