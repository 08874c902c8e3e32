"""What is announced on the web at this time, and when that changes."""

from typing import Any

from aiohttp import web

from bot.appkeys import CLOCK, LIBRARY, ZONE
from bot.clock import from_ms

#: A timer may fire a moment early: then it looks again, but not in a tight loop.
_LEAST_SECONDS = 0.05


class Notices:
    """The announcements of the knowledge that is served; none where there is no knowledge."""

    def __init__(self, app: web.Application, channel: str) -> None:
        self._library = app.get(LIBRARY)
        self._zone = app.get(ZONE)
        self._clock = app[CLOCK]
        self._channel = channel

    def list(self, lang: str | None) -> list[dict[str, Any]]:
        """What pages in this language show, as frames carry it."""
        if self._library is None or self._zone is None:
            return []
        found = self._library.current.announcements_on(
            channel=self._channel, now=from_ms(self._clock(), self._zone)
        )
        return [{"id": each.id, "text": each.text_in(lang)} for each in found]

    def rest(self, most: float) -> float:
        """Seconds until one begins or ends, at most so many."""
        if self._library is None or self._zone is None:
            return most
        now = from_ms(self._clock(), self._zone)
        switch = self._library.current.next_switch(now)
        if switch is None:
            return most
        left = (switch - now.replace(tzinfo=None)).total_seconds()
        return max(_LEAST_SECONDS, min(most, left))
