"""The time as an integer, milliseconds since the epoch in UTC, and the ways in and out of it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeAlias

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

#: Whoever needs the time takes one of these, so that a test can hand in a clock that it moves.
Clock: TypeAlias = Callable[[], int]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def now_ms() -> int:
    """Read the wall clock; besides server.py nothing else does."""
    return time.time_ns() // 1_000_000


def to_ms(at: datetime) -> int:
    """Turn an aware datetime into milliseconds, dropping what is finer."""
    if at.utcoffset() is None:
        raise ValueError("a time without a zone says nothing; give it a tzinfo")
    # whole numbers throughout: a float of seconds would lose milliseconds far from the epoch
    return (at - _EPOCH) // _MILLISECOND


def from_ms(at: int, tz: tzinfo = UTC) -> datetime:
    """Turn milliseconds into an aware datetime, for calendars and for people."""
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(tz)
