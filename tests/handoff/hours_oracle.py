"""A calendar of single minutes: slow, simple, and written without looking at the engine."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """Hours as settings, and once more as a plain rule for the oracle."""

    name: str
    settings: dict
    first: date
    #: spans in minutes for one day
    rule: object


class MinuteCalendar:
    """Walks through every minute and writes down whether the door is open."""

    def __init__(self, case, days=46):
        zone = ZoneInfo(case.settings.get("zone", "Asia/Tokyo"))
        self.start = datetime(case.first.year, case.first.month, case.first.day, tzinfo=UTC)
        self.size = days * 1440
        self.open = []
        furthest = datetime.min
        moment = self.start - 2 * DAY
        while len(self.open) < self.size:
            # the furthest the clock on the wall has ever got: going back in autumn undoes nothing
            furthest = max(furthest, moment.astimezone(zone).replace(tzinfo=None))
            if moment >= self.start:
                self.open.append(self._open_on_the_wall(case.rule, furthest))
            moment += MINUTE
        self._look_ahead()

    @staticmethod
    def _open_on_the_wall(rule, wall):
        minute = wall.hour * 60 + wall.minute
        today = any(start <= minute < end for start, end in rule(wall.date()))
        night = any(start <= minute + 1440 < end for start, end in rule(wall.date() - DAY))
        return today or night

    def _look_ahead(self):
        self.passed = [0]
        for one in self.open:
            self.passed.append(self.passed[-1] + one)
        self.opens = [None] * (self.size + 1)
        self.closes = [None] * (self.size + 1)
        for minute in reversed(range(self.size)):
            self.opens[minute] = minute if self.open[minute] else self.opens[minute + 1]
            self.closes[minute] = self.closes[minute + 1] if self.open[minute] else minute

    def minute_of(self, at):
        return (at - self.start) // MINUTE

    def is_open(self, at):
        return self.open[self.minute_of(at)]

    def next_opening(self, at):
        if self.is_open(at):
            return at
        found = self.opens[self.minute_of(at)]
        return None if found is None else self.start + found * MINUTE

    def closes_at(self, at):
        found = self.closes[self.minute_of(at)]
        return self.start + found * MINUTE if self.is_open(at) and found is not None else None

    def business_ms(self, first, last):
        return max(self._until(last) - self._until(first), 0)

    def _until(self, at):
        minute = self.minute_of(at)
        rest = (at - self.start - minute * MINUTE) // timedelta(milliseconds=1)
        return self.passed[minute] * 60_000 + (rest if self.open[minute] else 0)
