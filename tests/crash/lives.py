"""The server under test: one life after the other, all on one folder."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
#: Seconds until a life must have begun.
START_SECONDS = 40


class Nursery:
    """Starts lives; an async context manager."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._news: asyncio.Queue[str] = asyncio.Queue()
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.crash.newborn",
            cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "MADOGUCHI_FAILPOINT": ""},
        )  # fmt: skip
        self._reading = asyncio.create_task(self._read())
        assert await self.news() == "ready"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._reading is not None
        self._process.stdin.close()
        async with asyncio.timeout(30):
            await self._process.wait()
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._news.put_nowait(line.decode().strip())

    async def news(self) -> str:
        """The next line: ready, born, serves on, dead."""
        async with asyncio.timeout(START_SECONDS):
            return await self._news.get()

    def wish(self, **wish: Any) -> None:
        """Ask for a life."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(wish)}\n".encode())

    async def run(self, **wish: Any) -> int:
        """A life that ends by itself; its exit code."""
        self.wish(**{"failpoint": "", "mutant": "", "seed": 0, **wish})
        while True:
            words = (await self.news()).split()
            if words[0] == "dead":
                return int(words[2])


@dataclass
class Lives:
    """The server as everybody around it knows it; `url` changes with each life."""

    folder: Path
    nursery: Nursery
    mutant: str = ""
    url: str = ""
    count: int = 0
    pid: int = 0
    up: asyncio.Event = field(default_factory=asyncio.Event)
    _death: asyncio.Future[int] | None = None
    _watching: asyncio.Task[None] | None = None

    @property
    def database(self) -> Path:
        return self.folder / "data" / "madoguchi.db"

    async def start(self, failpoint: str = "", *, seed: int = 0) -> bool:
        """Whether it came up; a failpoint may kill it before it does."""
        self.count += 1
        loop = asyncio.get_running_loop()
        self._death = loop.create_future()
        born: asyncio.Future[bool] = loop.create_future()
        self.nursery.wish(
            act="serve", folder=str(self.folder), failpoint=failpoint, mutant=self.mutant,
            seed=seed,
        )  # fmt: skip
        self._watching = asyncio.create_task(self._watch(born))
        async with asyncio.timeout(START_SECONDS):
            return await born

    async def _watch(self, born: "asyncio.Future[bool]") -> None:
        assert self._death is not None
        while True:
            words = (await self.nursery._news.get()).split()
            if words[0] == "born":
                self.pid = int(words[1])
            elif "serves" in words:
                self.url = words[-1]
                self.up.set()
                born.set_result(True)
            elif words[0] == "dead" and int(words[1]) == self.pid:
                self.up.clear()
                self._death.set_result(int(words[2]))
                if not born.done():
                    born.set_result(False)
                return

    async def wait(self, seconds: float | None = None) -> int | None:
        """Until it is dead; its exit code, None when it still lives."""
        assert self._death is not None
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await asyncio.shield(self._death)
        return None

    async def kill(self) -> None:
        """kill -9, wherever it is."""
        if self._death is None:
            return
        if not self._death.done():
            assert self.pid > 1
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        await self._death

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Read the database from outside."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=5)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()
