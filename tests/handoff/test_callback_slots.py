"""Callback slots lie within the phone line's hours, and their names fit a LINE button."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.clock import HOUR_MS, MINUTE_MS, to_ms
from bot.lengths import grapheme_length, utf16_length
from handoff.callback_slots import callback_slots, slot_label
from handoff.hours_settings import HoursSettings

OFFICE = HoursSettings.model_validate({"week": {"mon-fri": "9:00-12:00, 13:00-17:30"}}).hours


def at(text, zone="Asia/Tokyo"):
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def labels(now, lang="ja", hours=OFFICE, **wishes):
    asked = {"lead_ms": HOUR_MS, "slot_ms": HOUR_MS, "count": 4} | wishes
    return [slot_label(s, now, hours, lang) for s in callback_slots(hours, now, **asked)]


def test_slots_of_today_come_first_and_keep_out_of_the_break():
    now = at("2026-11-24T10:10")

    assert labels(now) == [
        "今日 13:00〜14:00",
        "今日 14:00〜15:00",
        "今日 15:00〜16:00",
        "今日 16:00〜17:00",
    ]
    assert labels(now, lead_ms=0)[0] == "今日 11:00〜12:00"


def test_a_weekend_and_a_holiday_lie_between_two_slots():
    now = at("2026-11-20T15:00")

    assert labels(now) == [
        "今日 16:00〜17:00",
        "11/24(火) 9:00〜10:00",
        "11/24(火) 10:00〜11:00",
        "11/24(火) 11:00〜12:00",
    ]
    assert labels(now, "en") == [
        "Today 16:00–17:00",
        "Nov 24 9:00–10:00",
        "Nov 24 10:00–11:00",
        "Nov 24 11:00–12:00",
    ]


def test_tomorrow_is_called_so():
    now = at("2026-11-24T17:00")

    assert [labels(now, lang, count=1) for lang in ("ja", "en")] == [
        ["明日 9:00〜10:00"],
        ["Tomorrow 9:00–10:00"],
    ]


def test_a_slot_begins_on_time_when_the_lead_ends_with_it():
    assert labels(at("2026-11-24T13:00"), count=1) == ["今日 14:00〜15:00"]
    assert labels(at("2026-11-24T13:00:01"), count=1) == ["今日 15:00〜16:00"]


def test_a_slot_that_is_taken_or_overlaps_one_is_not_offered():
    taken = {at("2026-11-24T13:00"), at("2026-11-24T15:30")}

    assert labels(at("2026-11-24T11:30"), taken=taken) == [
        "今日 14:00〜15:00",
        "明日 9:00〜10:00",
        "明日 10:00〜11:00",
        "明日 11:00〜12:00",
    ]


def test_short_slots_fill_an_opening_to_its_end():
    now = at("2026-11-24T16:00")

    assert labels(now, slot_ms=30 * MINUTE_MS, lead_ms=0) == [
        "今日 16:00〜16:30",
        "今日 16:30〜17:00",
        "今日 17:00〜17:30",
        "明日 9:00〜9:30",
    ]


def test_a_line_open_all_round_offers_slots_over_midnight():
    hours = HoursSettings.model_validate({"week": {"daily": "24h"}, "holidays": "24h"}).hours

    assert labels(at("2026-11-24T21:30"), hours=hours, count=3) == [
        "今日 23:00〜0:00",
        "明日 0:00〜1:00",
        "明日 1:00〜2:00",
    ]


def test_a_night_that_runs_into_an_early_morning_offers_each_time_once():
    hours = HoursSettings.model_validate(
        {"week": {"tue": "22:00-25:30", "wed": "1:00-3:30"}}
    ).hours

    assert labels(at("2026-11-25T00:10"), hours=hours, lead_ms=0, slot_ms=30 * MINUTE_MS) == [
        "今日 0:30〜1:00",
        "今日 1:00〜1:30",
        "今日 1:30〜2:00",
        "今日 2:00〜2:30",
    ]


def test_slots_of_another_zone_are_named_by_its_clock():
    settings = {"zone": "America/New_York", "week": {"daily": "9:00-17:00"}}
    hours = HoursSettings.model_validate(settings | {"holidays": "as usual"}).hours
    # clocks go back in the night before
    now = at("2026-10-31T20:00", "America/New_York")

    slots = callback_slots(hours, now, lead_ms=0, slot_ms=HOUR_MS, count=1)

    assert [slot.start_at - now for slot in slots] == [14 * HOUR_MS]
    assert slot_label(slots[0], now, hours, "en") == "Tomorrow 9:00–10:00"


def test_a_line_that_never_opens_offers_nothing():
    hours = HoursSettings.model_validate({"week": {}}).hours

    assert labels(at("2026-11-24T10:00"), hours=hours) == []


def test_a_slot_shorter_than_a_minute_is_refused():
    with pytest.raises(ValueError, match="a minute long"):
        labels(at("2026-11-24T10:00"), slot_ms=1)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_name_fits_a_button_of_line(lang):
    hours = HoursSettings.model_validate({"week": {"daily": "8:00-24:00"}}).hours
    names = labels(at("2026-11-24T07:00"), lang, hours=hours, lead_ms=0, count=900)

    assert len(names) == 900
    assert max(map(grapheme_length, names)) == max(map(utf16_length, names)) == 20
