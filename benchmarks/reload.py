"""How long the event loop stands still while a large knowledge is read again.

    .venv/bin/python -m benchmarks.reload [--entries 5000] [--rounds 3]

A task wakes every 2 ms, as a chat would; its lag is how much later than that it ran. `quiet` is
the same time without a reload. The goal is a lag below 100 ms.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from benchmarks.knowledge import write_knowledge
from faq.library import Library

_WAKE = 0.002


async def watch_lag(lags: list[float], stop: asyncio.Event) -> None:
    """Note how late this task wakes, in milliseconds."""
    while not stop.is_set():
        before = time.perf_counter()
        await asyncio.sleep(_WAKE)
        lags.append((time.perf_counter() - before - _WAKE) * 1000)


async def measure(library: Library, *, reload: bool) -> tuple[list[float], float]:
    """Lags in order of size, and the seconds it took."""
    lags: list[float] = []
    stop = asyncio.Event()
    watching = asyncio.create_task(watch_lag(lags, stop))
    start = time.perf_counter()
    await (library.reload() if reload else asyncio.sleep(2))
    spent = time.perf_counter() - start
    stop.set()
    await watching
    return sorted(lags), spent


def show(name: str, lags: list[float], spent: float) -> None:
    p99 = lags[int(len(lags) * 0.99)]
    print(f"{name:<8}{spent:>8.1f}{len(lags):>8}{p99:>8.1f}{lags[-1]:>8.1f}", flush=True)


async def run(given: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        await asyncio.to_thread(write_knowledge, Path(folder), given.entries)
        library = Library(Path(folder))
        await library.reload()
        print(f"{'':<8}{'s':>8}{'wakes':>8}{'p99 ms':>8}{'max ms':>8}")
        show("quiet", *await measure(library, reload=False))
        for _ in range(given.rounds):
            show("reload", *await measure(library, reload=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
