"""The knowledge that is served now: loaded off the event loop, swapped only for a good version."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from watchfiles import awatch

from faq.decision import NONE_SET, SetLimits
from faq.errors import KnowledgeUnusable
from faq.knowledge import Knowledge
from faq.loader import LoadResult, load_folder
from faq.problem import Problem
from faq.quiet import build_quietly

log = logging.getLogger(__name__)

#: Editors write a file in steps; a folder is read once it has been quiet for so long.
_QUIET_MS = 300
#: A folder that never gets quiet is read this often all the same.
_AT_LATEST_MS = 1_500
#: Not every folder tells of its changes; somebody looks at least this often.
_LOOK_MS = 3_000
#: Between two readings, however often the folder is saved.
_PAUSE = 1.0
#: A version that looks cut off must still look so after this time before it is served.
_DOUBT = 3.0


class Library:
    """Holds the current knowledge of one folder."""

    def __init__(
        self, path: Path, *, default_lang: str = "ja", limits: SetLimits = NONE_SET
    ) -> None:
        self.path = path
        self._default_lang = default_lang
        self._limits = limits
        self._current: Knowledge | None = None
        self._problems: tuple[Problem, ...] = ()
        self._loading = asyncio.Lock()
        self._listeners: list[Callable[[Knowledge], None]] = []
        self._readers: list[Callable[[], None]] = []
        #: how the files were when they were read last
        self._stamp: object = None

    @property
    def default_lang(self) -> str:
        """The language of files that name none."""
        return self._default_lang

    @property
    def limits(self) -> SetLimits:
        """What the settings say about when to answer."""
        return self._limits

    @property
    def current(self) -> Knowledge:
        """What is served; never blocks."""
        if self._current is None:
            raise KnowledgeUnusable
        return self._current

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the folder as it was last read; empty when all of it is served."""
        return self._problems

    def on_change(self, listener: Callable[[Knowledge], None]) -> None:
        """Call the listener with each new version, on the loop."""
        self._listeners.append(listener)

    def on_read(self, reader: Callable[[], None]) -> None:
        """Call the reader whenever the folder was read, before anything is swapped."""
        self._readers.append(reader)

    async def reload(self) -> LoadResult:
        """Read the folder again; a version with problems never replaces one that is served."""
        async with self._loading:
            result = await self._load()
            self._take(result)
            return result

    async def watch(self) -> None:
        """Reload whenever the folder changes.

        Returns when it is gone or another one stands in its place: whoever watches calls again.
        """
        here = await asyncio.to_thread(_identity, self.path)
        await self._catch_up()
        if here is None:
            return
        async for _ in awatch(
            self.path,
            debounce=_AT_LATEST_MS,
            step=_QUIET_MS,
            recursive=True,
            watch_filter=_is_ours,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
        ):
            await self._catch_up()
            # a folder that was moved away is still watched, where it is now
            if await asyncio.to_thread(_identity, self.path) != here:
                return

    async def _catch_up(self) -> None:
        """Read what differs from what was read last."""
        async with self._loading:
            if self._stamp == await asyncio.to_thread(_stamp, self.path):
                return  # nothing, or whoever wrote it had it read at once
            result = await self._load_settled()
            self._take(result)
        log.info("knowledge read", extra={"problems": len(result.problems)})
        await asyncio.sleep(_PAUSE)

    async def _load(self) -> LoadResult:
        self._stamp, result = await asyncio.to_thread(build_quietly, self._read)
        return result

    def _read(self) -> tuple[object, LoadResult]:
        # taken before: what changes while it is read is read again
        stamp = _stamp(self.path)
        return stamp, load_folder(self.path, default_lang=self._default_lang, limits=self._limits)

    async def _load_settled(self) -> LoadResult:
        """A file that is still being written may load: what looks cut off is read again."""
        result = await self._load()
        while self._looks_cut_off(result):
            await asyncio.sleep(_DOUBT)
            again = await self._load()
            if again.version == result.version:
                return again
            result = again
        return result

    def _looks_cut_off(self, result: LoadResult) -> bool:
        """Entries are gone, or a file ends in the middle of a line."""
        if self._current is None or result.knowledge is None or result.problems:
            return False
        if result.version == self._current.version:
            return False
        lost = self._current.entries.keys() - result.knowledge.entries.keys()
        return bool(lost) or not result.ends_cleanly

    def _take(self, result: LoadResult) -> None:
        for reader in self._readers:
            reader()
        self._problems = result.problems
        # at the first start what can be read is better than nothing
        if result.knowledge is not None and (not result.problems or self._current is None):
            self._swap(result.knowledge)

    def _swap(self, knowledge: Knowledge) -> None:
        old, self._current = self._current, knowledge
        if old is None or old.version != knowledge.version:
            for listener in self._listeners:
                listener(knowledge)


def _stamp(path: Path) -> object:
    """What differs after any change of the files, without reading them."""
    found = []
    for file in sorted(path.rglob("*")):
        if _is_ours(None, str(file)):
            with suppress(OSError):  # gone in this moment
                stat = file.stat()
                # the last one differs when the right to read it was given or taken
                times = (stat.st_mtime_ns, stat.st_ctime_ns)
                found.append((str(file), stat.st_ino, stat.st_size, *times))
    return found


def _is_ours(_change: object, path: str) -> bool:
    return path.endswith((".yaml", ".yml"))


def _identity(path: Path) -> object:
    """What differs when another folder has this name; None when there is none."""
    with suppress(OSError):
        stat = path.stat()
        return stat.st_dev, stat.st_ino
    return None
