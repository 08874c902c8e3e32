"""5,000 webhook events in 10 seconds: every one acknowledged, every one answered once.

    .venv/bin/python -m benchmarks.burst [--events 5000] [--seconds 10]

An open loop: events come when they are due, whether or not the earlier ones were answered. The
clock of an event runs from when it was due. Lost is what LINE never got an answer for; doubled is
what it got more of than there were questions.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

import aiohttp

from benchmarks.house import House, open_house
from benchmarks.knowledge import questions
from benchmarks.load import make_bodies, send_all
from benchmarks.turns import SECRET, memory


async def counts(sink: str) -> int:
    """Answers the platform has taken."""
    async with aiohttp.ClientSession() as session, session.get(f"{sink}/counts") as answer:
        found = await answer.json()
    return int(found["reply"] + found["push"])


async def drain(sink: str, wanted: int) -> tuple[int, float]:
    """How many answers came in all, and after how many seconds the last."""
    start = last = time.perf_counter()
    seen = await counts(sink)
    while time.perf_counter() - last < 5 and time.perf_counter() - start < 120:
        await asyncio.sleep(0.1)
        now = await counts(sink)
        if now != seen:
            seen, last = now, time.perf_counter()
        if seen == wanted and time.perf_counter() - last > 1:
            break
    return seen, last - start


async def run(house: House, given: argparse.Namespace) -> None:
    texts = questions(200, given.events)
    warm = make_bodies(texts[:200], SECRET.encode(), tag="w")
    await send_all(house.url, warm)
    before, _ = await drain(house.sink, 200)
    bodies = make_bodies(texts, SECRET.encode(), tag="b")
    sent = await send_all(house.url, bodies, rate=given.events / given.seconds)
    answered, late = await drain(house.sink, before + given.events)
    answered -= before
    print(
        f"{given.events} events at {given.events / given.seconds:.0f}/s: "
        f"{given.events - sent.errors} acknowledged, {answered} answered, "
        f"{max(given.events - answered, 0)} lost, {max(answered - given.events, 0)} doubled\n"
        f"acknowledged after p50 {sent.percentile(0.5):.0f} ms, "
        f"p99 {sent.percentile(0.99):.0f} ms, at most {sent.percentile(1):.0f} ms; "
        f"last answer {late:.1f} s after the last of them; "
        f"{memory(house.pid):.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_house(Path(folder)) as house:
        asyncio.run(run(house, given))


if __name__ == "__main__":
    main()
