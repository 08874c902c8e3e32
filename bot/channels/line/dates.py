"""LINE's clock, read from the Date of each of its answers: ours may be off unnoticed."""

from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp

from bot.clock import SECOND_MS, Clock, to_ms

#: Times shown and leases stand this; from here on opening hours and certificates go wrong.
FAR_OFF_MS = 120 * SECOND_MS


class LineDates:
    """How far our clock was from LINE's at the last answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.off_ms = 0

    @property
    def far_off(self) -> bool:
        """Whether somebody should look at our clock."""
        return self.off_ms > FAR_OFF_MS

    def trace(self) -> aiohttp.TraceConfig:
        """For the session that LINE is called with."""
        config = aiohttp.TraceConfig()
        config.on_request_end.append(self._read)
        return config

    async def _read(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        end: aiohttp.TraceRequestEndParams,
    ) -> None:
        try:
            theirs = to_ms(parsedate_to_datetime(end.response.headers["Date"]))
        except (KeyError, ValueError):
            return
        self.off_ms = abs(self._clock() - theirs)
