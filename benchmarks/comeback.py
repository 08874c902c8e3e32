"""Thousands of web visitors, a restart, and everybody back without a gap.

    .venv/bin/python -m benchmarks.comeback [--visitors 5000] [--writers 200]

Every visitor holds a WebSocket. Some write without pause while the server is stopped as a deploy
stops it (SIGTERM) and started again. Visitors come back as the chat's own script does: after a
pause that doubles and is drawn at random, naming the last event they saw. A gap is a number
missing between the first and the last event that a visitor was shown; lost is a message that was
acknowledged and is not in a fresh load of the transcript. The goal is 30 seconds.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from benchmarks.house import House, serving
from benchmarks.knowledge import write_knowledge
from benchmarks.turns import process
from handoff.serving import free_port

_TOGETHER = 50
_LONGEST_PAUSE = 8.0


@dataclass
class Visitor:
    """One page."""

    session: aiohttp.ClientSession
    url: str
    number: int
    token: str | None = None
    seen: list[int] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    back_at: float = 0.0
    restarts: int = 0
    socket: aiohttp.ClientWebSocketResponse | None = None
    _acks: asyncio.Event = field(default_factory=asyncio.Event)

    async def connect(self) -> None:
        """Come in, or come back with the cursor."""
        self.socket = await self.session.ws_connect(f"{self.url}/chat/ws", origin=self.url)
        await self.socket.send_json(
            {"type": "hello", "token": self.token, "after": max(self.seen, default=0)}
        )
        while True:
            frame = await self.socket.receive_json(timeout=30)
            self._take(frame)
            if frame["type"] == "state":
                self.back_at = time.perf_counter()
                return

    def _take(self, frame: dict) -> None:
        if frame["type"] == "welcome":
            self.token = frame["token"]
        elif frame["type"] == "events":
            self.seen += [event["seq"] for event in frame["events"]]
        elif frame["type"] == "ack":
            self.acknowledged.add(frame["client_id"])
            self._acks.set()

    async def stay(self) -> None:
        """Read; come back whenever the line is cut."""
        while True:
            assert self.socket is not None
            async for message in self.socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(message.json())
            self.restarts += 1
            pause = 0.5
            while True:
                await asyncio.sleep(random.uniform(0.5, 1.0) * pause)
                try:
                    await self.connect()
                    break
                except (aiohttp.ClientError, OSError, TypeError, ValueError, TimeoutError):
                    pause = min(pause * 2, _LONGEST_PAUSE)

    async def write(self) -> None:
        """One message after the other, each until it is acknowledged."""
        number = 0
        while True:
            client_id = f"visitor-{self.number:06d}-{number:06d}"
            while client_id not in self.acknowledged:
                self._acks.clear()
                try:
                    assert self.socket is not None
                    frame = {"type": "send", "client_id": client_id, "text": "注文 方法"}
                    await self.socket.send_json(frame)
                    await asyncio.wait_for(self._acks.wait(), 3)
                except (aiohttp.ClientError, OSError, TimeoutError):
                    await asyncio.sleep(0.2)
            number += 1
            await asyncio.sleep(1)


async def fresh(visitor: Visitor) -> tuple[list[int], set[str]]:
    """The transcript as a new page of the visitor gets it."""
    page = Visitor(visitor.session, visitor.url, visitor.number, token=visitor.token)
    ids: set[str] = set()
    socket = await visitor.session.ws_connect(f"{visitor.url}/chat/ws", origin=visitor.url)
    await socket.send_json({"type": "hello", "token": visitor.token, "after": 0})
    while True:
        frame = await socket.receive_json(timeout=30)
        if frame["type"] == "events":
            page.seen += [event["seq"] for event in frame["events"]]
            ids |= {event["client_id"] for event in frame["events"] if event.get("client_id")}
        if frame["type"] == "state":
            await socket.close()
            return page.seen, ids


async def connect_all(visitors: list[Visitor]) -> None:
    for start in range(0, len(visitors), _TOGETHER):
        await asyncio.gather(*(one.connect() for one in visitors[start : start + _TOGETHER]))


async def judge(visitors: list[Visitor], writers: int) -> tuple[int, int]:
    """Gaps and losses."""
    gaps = lost = 0
    for visitor in visitors:
        expected = list(range(1, max(visitor.seen, default=0) + 1))
        gaps += sorted(set(visitor.seen)) != expected or len(visitor.seen) != len(expected)
    for visitor in visitors[:writers]:
        _, ids = await fresh(visitor)
        lost += len(visitor.acknowledged - ids)
    return gaps, lost


async def stop(house: House) -> float:
    """Stop the server as a deploy does; when it was told to."""
    told = time.perf_counter()
    os.kill(house.pid, signal.SIGTERM)
    while Path(f"/proc/{house.pid}/stat").exists() and " Z " not in _state(house.pid):
        await asyncio.sleep(0.02)
    return told


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text()


async def run(folder: Path, sink: str, given: argparse.Namespace) -> None:
    port = free_port("127.0.0.1")
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        with serving(folder, sink, port=port) as house:
            visitors = [Visitor(session, house.url, number) for number in range(given.visitors)]
            start = time.perf_counter()
            await connect_all(visitors)
            print(f"{given.visitors} connected in {time.perf_counter() - start:.1f} s", flush=True)
            tasks = [asyncio.create_task(one.stay()) for one in visitors]
            tasks += [asyncio.create_task(one.write()) for one in visitors[: given.writers]]
            await asyncio.sleep(3)
            told = await stop(house)
            stopped = time.perf_counter()
        with serving(folder, sink, port=port):
            started = time.perf_counter()
            while any(one.back_at < told for one in visitors):
                await asyncio.sleep(0.1)
                if time.perf_counter() - told > 120:
                    break
            back = sorted(one.back_at - told for one in visitors if one.back_at > told)
            await asyncio.sleep(3)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            gaps, lost = await judge(visitors, given.writers)
    print(
        f"stopped after {stopped - told:.1f} s, serving again after {started - told:.1f} s; "
        f"{len(back)} back, half after {back[len(back) // 2]:.1f} s, all after {back[-1]:.1f} s; "
        f"{gaps} visitors with a gap, {lost} acknowledged messages lost"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=5_000)
    parser.add_argument("--writers", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_knowledge(folder / "knowledge", 200)
        with process(sys.executable, "-m", "benchmarks.sink") as (sink, _):
            asyncio.run(run(folder, sink, given))


if __name__ == "__main__":
    main()
