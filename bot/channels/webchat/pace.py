"""How fast the frames of one page are read."""

import asyncio

#: Frames a second that are read as they come; of a page that sends more, the rest waits there.
FRAMES_A_SECOND = 200
PAUSE_SECONDS = 0.005


class Pace:
    """Reads a flood of frames slowly, so that whoever sends it slows down nobody else."""

    __slots__ = ("_frames", "_since")

    def __init__(self) -> None:
        self._since = 0.0
        self._frames = 0

    async def keep(self) -> None:
        """One frame more; returns late when there were too many."""
        now = asyncio.get_running_loop().time()
        if now - self._since >= 1:
            self._since, self._frames = now, 0
        self._frames += 1
        if self._frames > FRAMES_A_SECOND:
            await asyncio.sleep(PAUSE_SECONDS)
