"""Hours of ordinary traffic: memory, answers and loop lag, a line every minute.

    .venv/bin/python -m benchmarks.soak [--hours 8] [--rate 20]

LINE customers write `rate` messages a second, sixty web visitors come, write once and go in every
minute. The last line tells how memory grew from the end of the first tenth to the end; the goal is
below 5 % in eight hours.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

import aiohttp

from benchmarks.burst import counts
from benchmarks.house import House, open_house
from benchmarks.knowledge import questions
from benchmarks.load import make_bodies, send_all
from benchmarks.turns import SECRET, memory
from benchmarks.visitors import answer_time, connect

_MINUTE = 60.0
_VISITORS = 60


async def come_and_go(url: str, number: int) -> float:
    """One visitor: in, a message, out. Milliseconds until it was acknowledged."""
    async with aiohttp.ClientSession() as session:
        socket = await connect(session, url, hello=True)
        spent = await answer_time(socket, number)
        await socket.close()
    return spent


async def visit(url: str, first: int) -> list[float]:
    """A minute of visitors."""
    tasks = []
    for number in range(_VISITORS):
        tasks.append(asyncio.create_task(come_and_go(url, first + number)))
        await asyncio.sleep(_MINUTE / _VISITORS)
    return sorted(await asyncio.gather(*tasks))


async def run(house: House, given: argparse.Namespace) -> None:
    texts = questions(200, int(given.rate * _MINUTE))
    minutes = max(int(given.hours * 60), 2)
    sizes: list[float] = []
    asked = 0
    print(
        f"{'minute':>7}{'MB':>7}{'asked':>9}{'answered':>9}{'LINE p99 ms':>12}{'web p99 ms':>11}"
    )
    for minute in range(minutes):
        start = time.perf_counter()
        bodies = make_bodies(texts, SECRET.encode(), tag=f"{minute:04d}")
        sent, web = await asyncio.gather(
            send_all(house.url, bodies, rate=given.rate),
            visit(house.url, minute * _VISITORS),
        )
        asked += len(texts)
        await asyncio.sleep(max(_MINUTE - (time.perf_counter() - start), 1))
        sizes.append(memory(house.pid))
        print(
            f"{minute + 1:>7}{sizes[-1]:>7.0f}{asked:>9}{await counts(house.sink):>9}"
            f"{sent.percentile(0.99):>12.0f}{web[int(len(web) * 0.99)]:>11.0f}",
            flush=True,
        )
    early = sizes[len(sizes) // 10]
    print(f"memory grew by {(sizes[-1] / early - 1) * 100:.1f} % after the first tenth")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=8)
    parser.add_argument("--rate", type=float, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_house(Path(folder)) as house:
        asyncio.run(run(house, given))


if __name__ == "__main__":
    main()
