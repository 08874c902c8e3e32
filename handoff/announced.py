"""The figures of announcements at hand, counted anew now and then and only while one is on."""

from collections.abc import Mapping

from bot.clock import SECOND_MS, Clock
from bot.store import Store
from handoff.announcement_figures import Caught, count_caught

#: Every desk page asks; one count serves them all for so long.
FRESH_MS = 20 * SECOND_MS


class Announced:
    """What pages show of announcements."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._counted_at: int | None = None
        self._caught: Mapping[str, Caught] = {}

    def caught(self, announcement_id: str) -> Caught:
        """As counted last."""
        return self._caught.get(announcement_id, Caught())

    async def refresh(self) -> None:
        """Count anew what is not fresh any more."""
        now = self._clock()
        # abs: the clock may have been set back
        if self._counted_at is not None and abs(now - self._counted_at) < FRESH_MS:
            return
        self._counted_at = now
        self._caught = await self._store.read(count_caught, now=now)
