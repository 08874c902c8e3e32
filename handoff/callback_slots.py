"""When a customer may be called back: slots within the phone line's hours."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import MINUTE_MS, from_ms, to_ms
from handoff.hours import SEARCH_DAYS, Hours, periods_on

_WEEKDAYS_JA = "月火水木金土日"
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A time in which a customer is called back."""

    start_at: int
    end_at: int


def callback_slots(
    hours: Hours,
    now: int,
    *,
    lead_ms: int,
    slot_ms: int,
    count: int,
    taken: Collection[int] = (),
) -> tuple[Slot, ...]:
    """Offer the next free slots that lie wholly within one opening of the phone line.

    They follow one another from each opening on, none sooner than `lead_ms` from now; `taken`
    holds the starts of slots that are given away already.
    """
    if slot_ms < MINUTE_MS:
        raise ValueError("a callback slot is a minute long at least")
    free: list[Slot] = []
    for slot in _slots(hours, now, slot_ms):
        if len(free) >= count:
            break
        # also when the hours have moved since and the slots only overlap
        given_away = any(abs(slot.start_at - start) < slot_ms for start in taken)
        if slot.start_at >= now + lead_ms and not given_away:
            free.append(slot)
    return tuple(free)


def _slots(hours: Hours, now: int, slot_ms: int) -> Iterator[Slot]:
    today = from_ms(now, hours.zone).date()
    reached = 0
    for offset in range(-2, SEARCH_DAYS + 1):
        for opens, closes in periods_on(hours, today + timedelta(days=offset)):
            start = max(to_ms(opens), reached)
            while start + slot_ms <= to_ms(closes):
                yield Slot(start_at=start, end_at=start + slot_ms)
                start += slot_ms
            reached = max(reached, to_ms(closes))


def slot_label(slot: Slot, now: int, hours: Hours, lang: str) -> str:
    """Name a slot in at most 20 characters, which is what a LINE button takes."""
    start, end = from_ms(slot.start_at, hours.zone), from_ms(slot.end_at, hours.zone)
    days = (start.date() - from_ms(now, hours.zone).date()).days
    if lang == "en":
        date = f"{_MONTHS_EN[start.month - 1]} {start.day}"
        day = {0: "Today", 1: "Tomorrow"}.get(days, date)
        return f"{day} {_time(start)}–{_time(end)}"
    date = f"{start.month}/{start.day}({_WEEKDAYS_JA[start.weekday()]})"
    day = {0: "今日", 1: "明日"}.get(days, date)
    return f"{day} {_time(start)}〜{_time(end)}"


def _time(at: datetime) -> str:
    return f"{at.hour}:{at.minute:02}"
