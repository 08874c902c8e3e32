"""Customers read when somebody is there again, never a dead end."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from handoff.hours_settings import HoursSettings
from handoff.hours_wording import render_closed, render_next_opening

TOKYO = ZoneInfo("Asia/Tokyo")
OFFICE = HoursSettings.model_validate(
    {
        "week": {"mon-fri": "9:00-12:00, 13:00-17:30"},
        "days": {"2026-12-29..2027-01-03": "closed"},
    }
).hours


@pytest.mark.parametrize(
    ("now", "ja", "en"),
    [
        (
            "2026-12-28T18:00",
            "本日の受付は17:30で終了しました。次は1月4日(月) 9:00からです。",
            "We closed at 17:30 today. We open again on Mon, Jan 4 at 9:00.",
        ),
        (
            "2026-11-24T12:30",
            "ただいま休憩時間です。13:00から再開します。",
            "We are on a break and will be back at 13:00.",
        ),
        (
            "2026-11-24T08:00",
            "本日の受付は9:00からです。",
            "We open today at 9:00.",
        ),
        (
            "2026-11-24T20:00",
            "本日の受付は17:30で終了しました。次は明日11月25日(水) 9:00からです。",
            "We closed at 17:30 today. We open again tomorrow (Wed, Nov 25) at 9:00.",
        ),
        (
            "2026-11-22T10:00",
            "申し訳ございません。本日はお休みです。次は11月24日(火) 9:00からです。",
            "Sorry, we are closed today. We open again on Tue, Nov 24 at 9:00.",
        ),
        (
            "2026-11-23T10:00",
            (
                "申し訳ございません。本日は祝日（勤労感謝の日）のためお休みです。"
                "次は明日11月24日(火) 9:00からです。"
            ),
            "Sorry, we are closed today. We open again tomorrow (Tue, Nov 24) at 9:00.",
        ),
    ],
)
def test_a_customer_reads_why_nobody_answers_and_when_somebody_will(now, ja, en):
    at = datetime.fromisoformat(now).replace(tzinfo=TOKYO)

    assert (render_closed(OFFICE, at, "ja"), render_closed(OFFICE, at, "en")) == (ja, en)


def test_today_is_the_day_of_the_hours_and_not_of_the_server():
    now = datetime(2026, 11, 23, 23, 0, tzinfo=ZoneInfo("UTC"))
    opening = datetime(2026, 11, 24, 9, 0, tzinfo=TOKYO)

    told = render_next_opening(opening, now, "ja", was_open_today=False)

    assert told == "本日の受付は9:00からです。"


def test_the_closing_time_may_be_unknown():
    now = datetime(2027, 1, 3, 20, 0, tzinfo=TOKYO)
    opening = datetime(2027, 1, 5, 9, 0, tzinfo=TOKYO)

    told = [render_next_opening(opening, now, lang, was_open_today=True) for lang in ("ja", "en")]

    assert told == [
        "本日の受付は終了しました。次は1月5日(火) 9:00からです。",
        "We have closed for today. We open again on Tue, Jan 5 at 9:00.",
    ]


def test_an_opening_far_away_names_its_year():
    hours = HoursSettings.model_validate({"week": {}, "days": {"2027-12-01": "10:00-11:00"}}).hours
    now = datetime(2026, 11, 24, 10, 0, tzinfo=TOKYO)

    assert [render_closed(hours, now, lang) for lang in ("ja", "en")] == [
        "申し訳ございません。本日はお休みです。次は2027年12月1日(水) 10:00からです。",
        "Sorry, we are closed today. We open again on Wed, Dec 1, 2027 at 10:00.",
    ]


def test_with_no_opening_in_sight_the_customer_may_still_write():
    now = datetime(2026, 11, 24, 10, 0, tzinfo=TOKYO)

    told = [render_next_opening(None, now, lang, was_open_today=False) for lang in ("ja", "en")]

    assert told == [
        (
            "申し訳ございません。ただいま受付を休止しております。"
            "ご用件はこのままお送りください。再開後に担当者が確認いたします。"
        ),
        (
            "Sorry, we are closed for the time being. Please send your message here all the same;"
            " an agent will read it when we open again."
        ),
    ]
