"""The time of the server under test, which the test moves from outside."""

import mmap
import struct
from pathlib import Path

from bot.clock import now_ms

_FORMAT = struct.Struct("<q")


class MovedClock:
    """The wall clock and so many milliseconds more, kept in a file that both sides map."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_FORMAT.pack(0))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _FORMAT.size)

    def __call__(self) -> int:
        return now_ms() + self.ahead_ms

    @property
    def ahead_ms(self) -> int:
        return int(_FORMAT.unpack_from(self._map)[0])

    def move(self, ms: int) -> None:
        """Forward, or back."""
        _FORMAT.pack_into(self._map, 0, self.ahead_ms + ms)
