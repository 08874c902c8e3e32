"""Opening hours as people write them: "9:00-12:00, 13:00-17:30", "2026-12-29..2027-01-03"."""

import re
import unicodedata
from datetime import date
from itertools import pairwise

from handoff.hours import Span

_DAY_MINUTES = 24 * 60
_LONGEST_TEXT = 200
_LONGEST_RANGE_DAYS = 366
#: Any leap year will do: a yearly day must allow February 29.
_YEARLY_YEAR = 2024
_CLOSED = {"closed", "close", "off", "none", "休み", "休業", "定休日", "休"}
_ALL_DAY = {"24h", "24時間", "always", "終日"}
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー~〜", "-") | dict.fromkeys("、;", ","))
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_DATED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_YEARLY = re.compile(r"(\d{1,2})-(\d{1,2})")

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMED_DAYS = {
    **{name: (number,) for number, name in enumerate(WEEKDAYS)},
    **{name: (number,) for number, name in enumerate("月火水木金土日")},
    "weekdays": (0, 1, 2, 3, 4),
    "平日": (0, 1, 2, 3, 4),
    "weekend": (5, 6),
    "土日": (5, 6),
    "daily": tuple(range(7)),
    "毎日": tuple(range(7)),
}


class HoursError(ValueError):
    """The opening hours cannot be read."""


def parse_spans(text: str) -> tuple[Span, ...]:
    """Read the spans of one day, in order; "closed" has none."""
    plain = _plain(text)
    if plain in _CLOSED:
        return ()
    if plain in _ALL_DAY:
        return (Span(start=0, end=_DAY_MINUTES),)
    spans = sorted((_parse_span(part.strip()) for part in plain.split(",")), key=_start)
    for earlier, later in pairwise(spans):
        if later.start < earlier.end:
            raise HoursError(
                f"{render_span(earlier)} and {render_span(later)} overlap; make them one span,"
                " or leave a gap for the break"
            )
    return tuple(spans)


def _start(span: Span) -> int:
    return span.start


def _parse_span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise HoursError(
            f'"{text}" is not a span; write it like 9:00-17:30, several with a comma between'
            ' them, or "closed"'
        )
    hour, minute, end_hour, end_minute = map(int, found.groups())
    if minute > 59 or end_minute > 59:  # noqa: PLR2004 - the last minute of an hour
        raise HoursError(f'"{text}": minutes go from 00 to 59')
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if start >= _DAY_MINUTES:
        raise HoursError(
            f'"{text}" begins after midnight; give it to the next day as '
            f"{render_span(Span(start=start - _DAY_MINUTES, end=end - _DAY_MINUTES))}"
        )
    if end <= start:
        past = render_span(Span(start=start, end=end + _DAY_MINUTES))
        raise HoursError(f'"{text}" ends before it begins; if it runs past midnight, write {past}')
    if end > 2 * _DAY_MINUTES:
        raise HoursError(f'"{text}" ends after 48:00; split it over the days')
    return Span(start=start, end=end)


def parse_weekdays(text: str) -> tuple[int, ...]:
    """Read "mon", "mon-fri", "土日" or "weekdays" as numbers, Monday being 0."""
    plain = _plain(text)
    if plain in _NAMED_DAYS:
        return _NAMED_DAYS[plain]
    if "," in plain:
        return tuple(day for part in plain.split(",") for day in parse_weekdays(part))
    first, dash, last = (part.strip() for part in plain.partition("-"))
    ends = (_NAMED_DAYS.get(first, ()), _NAMED_DAYS.get(last, ()))
    if not dash or any(len(end) != 1 for end in ends):
        raise HoursError(
            f'"{text}" is not a day of the week; use {", ".join(WEEKDAYS)}, mon-fri, weekdays,'
            " weekend or daily"
        )
    start, end = ends[0][0], ends[1][0]
    return tuple((start + step) % 7 for step in range((end - start) % 7 + 1))


def parse_days(text: str) -> tuple[date, date, bool]:
    """Read one day or a range, "2026-12-29..2027-01-03"; without the year it returns every year.

    Returns the first day, the last day, and whether it is yearly.
    """
    plain = _plain(text)
    first_text, dots, last_text = (part.strip() for part in plain.partition(".."))
    first, yearly = _parse_day(first_text, text)
    last, last_yearly = _parse_day(last_text, text) if dots else (first, yearly)
    if yearly != last_yearly:
        raise HoursError(f'"{text}": write the year at both ends, or at neither')
    if not yearly and last < first:
        raise HoursError(f'"{text}" ends before it begins; put the earlier day first')
    if not yearly and (last - first).days >= _LONGEST_RANGE_DAYS:
        raise HoursError(f'"{text}" is longer than a year; check the years')
    return first, last, yearly


def _parse_day(text: str, whole: str) -> tuple[date, bool]:
    dated, yearly = _DATED.fullmatch(text), _YEARLY.fullmatch(text)
    parts = dated or yearly
    if parts is None:
        raise HoursError(
            f'"{whole}" is not a day; write 2026-12-29, a range 2026-12-29..2027-01-03, or'
            " 12-29..01-03 for every year"
        )
    numbers = tuple(map(int, parts.groups()))
    try:
        day = date(*numbers) if dated else date(_YEARLY_YEAR, *numbers)
    except ValueError as error:
        raise HoursError(f'"{text}" is not in the calendar') from error
    return day, dated is None


def render_span(span: Span) -> str:
    """Write a span the way it is read."""
    return f"{_clock(span.start)}-{_clock(span.end)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _plain(text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise HoursError(f"{len(text)} characters are too many for opening hours")
    return unicodedata.normalize("NFKC", text).translate(_DASHES).strip().lower()
