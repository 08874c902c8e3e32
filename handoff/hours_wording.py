"""What customers read about opening hours, in Japanese and English."""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from handoff.hours import (
    Hours,
    holiday_name,
    next_opening,
    periods_on,
    spans_on,
)

Lang: TypeAlias = Literal["ja", "en"]

_WEEKDAYS_JA = "月火水木金土日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Beyond this a date without its year could be taken for this year's.
_YEAR_NEEDED = timedelta(days=270)


def render_closed(hours: Hours, now: datetime, lang: Lang) -> str:
    """Tell a customer at this moment why nobody answers and when somebody will."""
    here = now.astimezone(hours.zone)
    today = here.date()
    ended = [end.astimezone(hours.zone) for _, end in periods_on(hours, today) if end <= here]
    closed_for_holiday = hours.holidays == () and not spans_on(hours, today)
    return render_next_opening(
        next_opening(hours, now),
        here,
        lang,
        was_open_today=bool(ended),
        closed_at=ended[-1] if ended else None,
        holiday=holiday_name(today) if closed_for_holiday else "",
    )


def render_next_opening(
    opening: datetime | None,
    now: datetime,
    lang: Lang,
    *,
    was_open_today: bool,
    closed_at: datetime | None = None,
    holiday: str = "",
) -> str:
    """Say when the door opens next; both times in the zone of the hours.

    `closed_at` names today's closing time and `holiday` today's public holiday, where known.
    """
    if opening is not None:
        # both moments on one calendar, or "today" would mean different days
        now = now.astimezone(opening.tzinfo)
    if lang == "en":
        return _english(opening, now, was_open_today, closed_at)
    return _japanese(opening, now, was_open_today, closed_at, holiday)


def _japanese(
    opening: datetime | None,
    now: datetime,
    was_open_today: bool,  # noqa: FBT001 - the public function takes it by name
    closed_at: datetime | None,
    holiday: str,
) -> str:
    if opening is None:
        return (
            "申し訳ございません。ただいま受付を休止しております。"
            "ご用件はこのままお送りください。再開後に担当者が確認いたします。"
        )
    if opening.date() == now.date():
        if was_open_today:
            return f"ただいま休憩時間です。{_time(opening)}から再開します。"
        return f"本日の受付は{_time(opening)}からです。"
    if was_open_today:
        ended = f"{_time(closed_at)}で" if closed_at else ""
        first = f"本日の受付は{ended}終了しました。"
    elif holiday:
        first = f"申し訳ございません。本日は祝日（{holiday}）のためお休みです。"
    else:
        first = "申し訳ございません。本日はお休みです。"
    return f"{first}次は{render_moment(opening, now, 'ja')}からです。"


def _english(
    opening: datetime | None,
    now: datetime,
    was_open_today: bool,  # noqa: FBT001 - the public function takes it by name
    closed_at: datetime | None,
) -> str:
    if opening is None:
        return (
            "Sorry, we are closed for the time being. Please send your message here all the"
            " same; an agent will read it when we open again."
        )
    if opening.date() == now.date():
        if was_open_today:
            return f"We are on a break and will be back at {_time(opening)}."
        return f"We open today at {_time(opening)}."
    if was_open_today:
        ended = f" at {_time(closed_at)}" if closed_at else ""
        first = f"We closed{ended} today." if ended else "We have closed for today."
    else:
        first = "Sorry, we are closed today."
    return f"{first} We open again {render_moment(opening, now, 'en')}."


def render_moment(at: datetime, now: datetime, lang: Lang) -> str:
    """Name a moment so that it is still right when it is read tomorrow."""
    days = (at.date() - now.date()).days
    far = at - now > _YEAR_NEEDED
    if lang == "en":
        month = _MONTHS_EN[at.month - 1]
        year = f", {at.year}" if far else ""
        day = f"{_WEEKDAYS_EN[at.weekday()]}, {month} {at.day}{year}"
        lead = {0: "today", 1: f"tomorrow ({day})"}.get(days, f"on {day}")
        return f"{lead} at {_time(at)}"
    year = f"{at.year}年" if far else ""
    day = f"{year}{at.month}月{at.day}日({_WEEKDAYS_JA[at.weekday()]})"
    lead = {0: "本日", 1: f"明日{day}"}.get(days, day)
    return f"{lead} {_time(at)}"


def _time(at: datetime | None) -> str:
    return f"{at.hour}:{at.minute:02}" if at else ""
