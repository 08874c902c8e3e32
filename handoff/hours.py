"""Opening hours: when a door is open, when it opens next, how much business time passes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

import jpholiday

#: How far ahead an opening is looked for; who stays closed longer has no next opening.
SEARCH_DAYS = 400
#: A due time is not looked for beyond ten years of calendar.
_LONGEST_DAYS = 3_660
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_MILLISECOND = timedelta(milliseconds=1)

#: From this moment, up to but without that one; both UTC.
Period: TypeAlias = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """One stretch of a day on the wall clock."""

    start: int  #: minutes after midnight
    end: int  #: minutes after the same midnight; more than 1440 runs into the next day


@dataclass(frozen=True, kw_only=True, slots=True)
class SpecialDay:
    """Days on which the weekly pattern does not hold: company holidays, short days."""

    first: date
    last: date
    spans: tuple[Span, ...]  #: none: closed
    #: every year again; then only month and day of `first` and `last` count
    yearly: bool = False

    @property
    def length(self) -> int:
        days = (self.last - self.first).days
        return days + 1 if days >= 0 else days + 366

    def covers(self, day: date) -> bool:
        if not self.yearly:
            return self.first <= day <= self.last
        first, last, at = ((d.month, d.day) for d in (self.first, self.last, day))
        return first <= at <= last if first <= last else at >= first or at <= last


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """When one door is open: chat, the phone line or a team."""

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...]  #: Monday to Sunday
    #: spans on Japanese public holidays; None leaves the weekday's
    holidays: tuple[Span, ...] | None = ()
    days: tuple[SpecialDay, ...] = ()

    def __hash__(self) -> int:
        # every look into the cache below hashes this; a deep hash would cost more than the answer
        return hash(self.zone.key)


def spans_on(hours: Hours, day: date) -> tuple[Span, ...]:
    """The spans that begin on this day: dated days first, then yearly ones, holidays, the week."""
    special = [one for one in hours.days if one.covers(day)]
    if special:
        # the narrower rule is the exception to the wider one
        return min(special, key=lambda one: (one.yearly, one.length)).spans
    if hours.holidays is not None and holiday_name(day):
        return hours.holidays
    return hours.week[day.weekday()]


@lru_cache(maxsize=4_096)
def holiday_name(day: date) -> str:
    """The Japanese public holiday on this day, or nothing."""
    return str(jpholiday.is_holiday_name(day) or "")


def is_open(hours: Hours, at: datetime) -> bool:
    """Whether the door is open at this moment."""
    moment = _utc(at)
    today = at.astimezone(hours.zone).date()
    # tomorrow too: where clocks go back just after midnight, tomorrow begins and then waits
    nearby = (today - 2 * _DAY, today - _DAY, today, today + _DAY)
    return any(start <= moment < end for day in nearby for start, end in periods_on(hours, day))


def next_opening(hours: Hours, at: datetime) -> datetime | None:
    """The first moment from `at` on at which the door is open; `at` itself when it is.

    None says that it stays closed for the next 400 days.
    """
    moment = _utc(at)
    for start, end in _periods(hours, moment, SEARCH_DAYS):
        if end > moment:
            return max(start, moment).astimezone(hours.zone)
    return None


def closes_at(hours: Hours, at: datetime) -> datetime | None:
    """When the present opening ends; None when closed, or open all round for 400 days."""
    moment = _utc(at)
    closing = None
    for start, end in _periods(hours, moment, SEARCH_DAYS):
        if start > (closing or moment):
            break
        if end > moment:
            closing = end
    still_open = closing is not None and is_open(hours, closing)
    return None if closing is None or still_open else closing.astimezone(hours.zone)


def business_ms(hours: Hours, start: datetime, end: datetime) -> int:
    """Count the milliseconds between two moments while open; none when they are reversed."""
    first, last = _utc(start), _utc(end)
    total = timedelta()
    for opens, closes in _periods(hours, first, (last - first).days + 3):
        total += max(min(closes, last) - max(opens, first), timedelta())
    return total // _MILLISECOND


def add_business_ms(hours: Hours, start: datetime, amount_ms: int) -> datetime | None:
    """The moment at which this much business time has passed; None when there is none in sight."""
    left = timedelta(milliseconds=amount_ms)
    moment = _utc(start)
    if left <= timedelta():
        return start.astimezone(hours.zone)
    for opens, closes in _periods(hours, moment, _LONGEST_DAYS):
        usable = closes - max(opens, moment)
        if usable >= left:
            return (max(opens, moment) + left).astimezone(hours.zone)
        left -= max(usable, timedelta())
    return None


def _periods(hours: Hours, moment: datetime, days: int) -> Iterator[Period]:
    """Yield the open periods around and after a moment, in order, without overlap."""
    today = moment.astimezone(hours.zone).date()
    reached = datetime.min.replace(tzinfo=UTC)
    closed_days = 0
    # a span may run to 48:00, so it can have begun two calendar days ago
    for offset in range(-2, days + 1):
        found = periods_on(hours, today + offset * _DAY)
        closed_days = 0 if found else closed_days + 1
        if closed_days > SEARCH_DAYS:
            return
        for start, end in found:
            if end > reached:
                yield max(start, reached), end
                reached = end


@lru_cache(maxsize=8_192)
def periods_on(hours: Hours, day: date) -> tuple[Period, ...]:
    """The open periods that begin on a day of the calendar, as moments."""
    found = (
        (_reached(hours, day, s.start), _reached(hours, day, s.end)) for s in spans_on(hours, day)
    )
    return tuple((start, end) for start, end in found if start < end)


def _reached(hours: Hours, day: date, minutes: int) -> datetime:
    """Find the first moment at which the wall clock has got this far.

    An hour that autumn repeats counts from its first run. In spring the clock never shows the
    skipped hour, so whatever lies in it happens at the jump.
    """
    wall = datetime.combine(day, time()) + minutes * _MINUTE
    moment = wall.replace(tzinfo=hours.zone).astimezone(UTC)
    if moment.astimezone(hours.zone).replace(tzinfo=None) == wall:
        return moment
    before = wall.replace(tzinfo=hours.zone, fold=1).astimezone(UTC)
    while before < moment:
        middle = before + (moment - before) // _MINUTE // 2 * _MINUTE
        if middle.astimezone(hours.zone).replace(tzinfo=None) >= wall:
            moment = middle
        else:
            before = middle + _MINUTE
    return moment


def _utc(at: datetime) -> datetime:
    # within one zone Python compares and subtracts wall clocks, which DST makes wrong
    if at.utcoffset() is None:
        raise ValueError("hours need a time with a zone")
    return at.astimezone(UTC)
