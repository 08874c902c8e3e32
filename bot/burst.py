"""How many somebody may send in a span of time, remembered for a bounded number of people."""

from array import array
from collections import OrderedDict

#: People remembered; who was quiet longest is forgotten first and may simply send again.
REMEMBERED = 10_000


class Bursts:
    """At most `limit` in any `span_ms`, for each key."""

    def __init__(self, *, limit: int, span_ms: int) -> None:
        self._limit = limit
        self._span_ms = span_ms
        #: arrays: of those there may be thousands, and a deque is ten times as large
        self._pasts: OrderedDict[str, array[int]] = OrderedDict()

    def take(self, key: str, *, now: int) -> int:
        """Count one more; 0, or the ms to wait when there were too many."""
        past = self._pasts.pop(key, None) or array("q")
        self._pasts[key] = past
        if len(self._pasts) > REMEMBERED:
            self._pasts.popitem(last=False)
        # what lies ahead was noted before the clock was put back: it must not count for a day
        while past and not now - self._span_ms < past[0] <= now:
            del past[0]
        if len(past) < self._limit:
            past.append(now)
            return 0
        return past[0] + self._span_ms - now
