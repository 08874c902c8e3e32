"""One visitor floods while others chat: how long the others wait.

    .venv/bin/python -m benchmarks.flood [--messages 10000] [--seconds 10]

The flooder writes over a WebSocket without waiting for answers. Twenty others send one message
a second each; their p95 is measured before and during the flood. The goal is below 300 ms.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from pathlib import Path

import aiohttp

from benchmarks.house import House, open_house
from benchmarks.visitors import WRITERS, connect, connect_all, write


async def flood(url: str, count: int, seconds: float) -> Counter[str]:
    """Send as fast as the span allows; what the server said, by kind of frame."""
    told: Counter[str] = Counter()
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, url, hello=True)

        async def listen() -> None:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    told[message.json()["type"]] += 1

        listening = asyncio.create_task(listen())
        start = time.perf_counter()
        for number in range(count):
            pause = start + number * seconds / count - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            frame = {"type": "send", "client_id": f"flood-{number:010d}", "text": f"{number}"}
            try:
                await socket.send_json(frame)
            except ConnectionError:
                told["cut off"] += 1
                break
        await asyncio.sleep(1)
        await socket.close()
        listening.cancel()
    return told


def p95(times: list[float]) -> float:
    return times[int(len(times) * 0.95)]


async def run(house: House, given: argparse.Namespace) -> None:
    async with aiohttp.ClientSession() as session:
        others = await connect_all(session, house.url, WRITERS, hello=True)
        await write(others, WRITERS, 2)
        calm = await write(others, WRITERS, 5)
        flooding = asyncio.create_task(flood(house.url, given.messages, given.seconds))
        hurt = await write(others, WRITERS, given.seconds)
        told = await flooding
        for socket in others:
            await socket.close()
    print(f"others, calm:    p50 {calm[len(calm) // 2]:.1f} ms, p95 {p95(calm):.1f} ms")
    print(f"others, flooded: p50 {hurt[len(hurt) // 2]:.1f} ms, p95 {p95(hurt):.1f} ms")
    print(f"{given.messages} messages: {told['ack']} taken; the flooder was told {dict(told)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_house(Path(folder)) as house:
        asyncio.run(run(house, given))


if __name__ == "__main__":
    main()
