"""What an idle visitor of the web chat costs, against a bare WebSocket in the same run.

    .venv/bin/python -m benchmarks.visitors [--visitors 1000] [--rate 100] [--seconds 5]

For both servers: memory for each visitor who is connected and silent, and how long one of a few
others waits for an answer meanwhile (ours: until a message is stored for good and acknowledged).
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from benchmarks.knowledge import write_knowledge
from benchmarks.turns import cpu_seconds, memory, process

#: Those who write while the others are silent.
WRITERS = 20
_TOGETHER = 20
_SETTLE_SECONDS = 3


@dataclass(frozen=True)
class Seen:
    """What one server showed."""

    kilobytes: float
    connect_seconds: float
    p50_ms: float
    p99_ms: float
    idle_core: float


async def connect(session: aiohttp.ClientSession, url: str, *, hello: bool):
    socket = await session.ws_connect(f"{url}/chat/ws", origin=url, autoping=True)
    await socket.send_json({"type": "hello"})
    # ours welcomes, shows the greeting and the state; the bare one echoes the hello
    for _ in range(3 if hello else 1):
        await socket.receive_json(timeout=20)
    return socket


async def connect_all(session: aiohttp.ClientSession, url: str, count: int, *, hello: bool):
    sockets = []
    for start in range(0, count, _TOGETHER):
        some = range(start, min(start + _TOGETHER, count))
        sockets += await asyncio.gather(*(connect(session, url, hello=hello) for _ in some))
    return sockets


async def answer_time(socket: aiohttp.ClientWebSocketResponse, number: int) -> float:
    """Milliseconds until the server has answered this very message."""
    client_id = f"benchmark-{number:08d}"
    start = time.perf_counter()
    await socket.send_json({"type": "send", "client_id": client_id, "text": "注文 方法"})
    while True:
        frame = json.loads(await socket.receive_str(timeout=20))
        if frame["type"] in ("ack", "send", "slow", "retry", "refused"):
            assert frame["type"] in ("ack", "send"), frame
            return (time.perf_counter() - start) * 1000


async def write(sockets: list[aiohttp.ClientWebSocketResponse], rate: float, seconds: float):
    """Each writer in turn, `rate` messages a second in all."""
    times: list[float] = []
    start = time.perf_counter()
    locks = [asyncio.Lock() for _ in sockets]

    async def one(number: int) -> None:
        place = number % len(sockets)
        async with locks[place]:
            times.append(await answer_time(sockets[place], number))

    tasks = []
    for number in range(int(rate * seconds)):
        pause = start + number / rate - time.perf_counter()
        if pause > 0:
            await asyncio.sleep(pause)
        tasks.append(asyncio.create_task(one(number)))
    await asyncio.gather(*tasks)
    return sorted(times)


async def measure(url: str, pid: int, given: argparse.Namespace, *, hello: bool) -> Seen:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        writers = await connect_all(session, url, WRITERS, hello=hello)
        await write(writers, given.rate, 1)
        await asyncio.sleep(_SETTLE_SECONDS)
        before, start = memory(pid), time.perf_counter()
        silent = await connect_all(session, url, given.visitors, hello=hello)
        connected = time.perf_counter() - start
        await asyncio.sleep(_SETTLE_SECONDS)
        each = (memory(pid) - before) * 1024 / given.visitors
        used, start = cpu_seconds(pid), time.perf_counter()
        await asyncio.sleep(_SETTLE_SECONDS)
        idle = (cpu_seconds(pid) - used) / (time.perf_counter() - start)
        times = await write(writers, given.rate, given.seconds)
        for socket in (*silent, *writers):
            await socket.close()
    return Seen(
        kilobytes=each,
        connect_seconds=connected,
        p50_ms=times[len(times) // 2],
        p99_ms=times[int(len(times) * 0.99)],
        idle_core=idle,
    )


def show(name: str, seen: Seen) -> None:
    print(
        f"{name:<12} {seen.kilobytes:>6.1f} KB a visitor   connected in "
        f"{seen.connect_seconds:.1f} s   idle {seen.idle_core:.2f} core   "
        f"answer p50 {seen.p50_ms:.2f} ms, p99 {seen.p99_ms:.2f} ms"
    )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seconds", type=float, default=5)
    given = parser.parse_args()
    with process(sys.executable, "-m", "benchmarks.bare_socket") as (url, pid):
        bare = await measure(url, pid, given, hello=False)
    show("bare socket", bare)
    with tempfile.TemporaryDirectory() as folder:
        write_knowledge(Path(folder) / "knowledge", 200)
        env = {
            "MADOGUCHI_KNOWLEDGE": f"{folder}/knowledge",
            "MADOGUCHI_DATA_DIR": f"{folder}/data",
            "MADOGUCHI_LOG_LEVEL": "error",
        }
        program = str(Path(sys.executable).with_name("madoguchi"))
        with process(program, "serve", "--port", "0", env=env, cwd=Path(folder)) as (url, pid):
            ours = await measure(url, pid, given, hello=True)
    show("web chat", ours)
    print(f"\nan idle visitor / a bare socket: {ours.kilobytes / bare.kilobytes:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
