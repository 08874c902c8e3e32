"""Slow attackers: stalled bodies, half headers, sockets that never read; good requests beside.

    .venv/bin/python -m benchmarks.slow [--attackers 500] [--seconds 20]

Each kind attacks alone. Good requests are signed webhooks and reads of the chat page, twenty a
second; the goal is a p95 below 50 ms. `open` is how many of the attackers' connections the server
still holds at the end.
"""

import argparse
import asyncio
import contextlib
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from benchmarks.house import House, open_house
from benchmarks.load import make_bodies
from benchmarks.turns import SECRET, memory
from benchmarks.visitors import connect

_RATE = 20
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def stalled_body(host: str, port: int) -> Line:
    """Headers of a webhook, and then nothing of the body they promise."""
    reader, writer = await asyncio.open_connection(host, port)
    head = "POST /line/webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"
    writer.write(head.encode())
    return reader, writer


async def half_headers(host: str, port: int) -> Line:
    """A request whose headers never end."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"GET /chat HTTP/1.1\r\nHost: x\r\nX-A: b\r\n")
    return reader, writer


async def never_reading(host: str, port: int) -> Line:
    """Asks for large pages again and again and takes nothing of them."""
    reader, writer = await asyncio.open_connection(host, port, limit=1)
    for _ in range(40):
        writer.write(b"GET /chat/faq HTTP/1.1\r\nHost: x\r\n\r\n")
    return reader, writer


KINDS: dict[str, Callable[[str, int], Awaitable[Line]]] = {
    "stalled bodies": stalled_body,
    "half headers": half_headers,
    "never reading": never_reading,
}


async def good(house: House, seconds: float, tag: str) -> tuple[list[float], int]:
    """Milliseconds of good requests in order of size, and how many failed."""
    times: list[float] = []
    failed = 0
    count = int(seconds * _RATE)
    bodies = make_bodies(["注文 方法"] * count, SECRET.encode(), tag=tag)
    async with aiohttp.ClientSession() as session:

        async def one(number: int) -> None:
            nonlocal failed
            body, signature = bodies[number]
            before = time.perf_counter()
            try:
                if number % 2:
                    answer = await session.get(f"{house.url}/chat")
                else:
                    headers = {"x-line-signature": signature}
                    url = f"{house.url}/line/webhook"
                    answer = await session.post(url, data=body, headers=headers)
                await answer.read()
                failed += answer.status != 200
            except aiohttp.ClientError:
                failed += 1
            times.append((time.perf_counter() - before) * 1000)

        tasks = []
        for number in range(count):
            tasks.append(asyncio.create_task(one(number)))
            await asyncio.sleep(1 / _RATE)
        await asyncio.gather(*tasks)
    return sorted(times), failed


async def count_open(lines: list[Line]) -> int:
    """Connections that the server has not closed."""
    still = 0
    for reader, writer in lines:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(0.005):
                while await reader.read(65536):
                    pass
                continue
        still += not writer.is_closing()
    return still


async def attack(house: House, kind: str, given: argparse.Namespace) -> None:
    address = urlsplit(house.url)
    assert address.hostname
    assert address.port
    lines = [await KINDS[kind](address.hostname, address.port) for _ in range(given.attackers)]
    times, failed = await good(house, given.seconds, kind[0])
    still = await count_open(lines)
    for _, writer in lines:
        writer.close()
    tell(f"{given.attackers} {kind}", times, failed, f"{still} open, {memory(house.pid):.0f} MB")


async def sockets(house: House, given: argparse.Namespace) -> None:
    """WebSockets that ask for their whole transcript and read nothing."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        opened = [
            await connect(session, house.url, hello=True) for _ in range(given.attackers // 5)
        ]
        for socket in opened:
            for _ in range(200):
                await socket.send_json({"type": "hello", "after": 0})
        times, failed = await good(house, given.seconds, "k")
        for socket in opened:
            await socket.close()
    tell(f"{len(opened)} unread sockets", times, failed, f"{memory(house.pid):.0f} MB")


def tell(name: str, times: list[float], failed: int, more: str) -> None:
    p95 = times[int(len(times) * 0.95)]
    print(
        f"{name:<22} p50 {times[len(times) // 2]:>6.1f} ms   p95 {p95:>6.1f} ms   "
        f"at most {times[-1]:>6.1f} ms   {failed} failed   {more}",
        flush=True,
    )


async def run(house: House, given: argparse.Namespace) -> None:
    await good(house, 2, "w")
    times, failed = await good(house, given.seconds, "c")
    tell("nobody attacks", times, failed, f"{memory(house.pid):.0f} MB")
    for kind in KINDS:
        await attack(house, kind, given)
    await sockets(house, given)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attackers", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_house(Path(folder)) as house:
        asyncio.run(run(house, given))


if __name__ == "__main__":
    main()
