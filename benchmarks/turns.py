"""A whole turn (webhook, match, durable record, 200, reply) against a bare durable handler.

    .venv/bin/python -m benchmarks.turns [--entries 2000] [--turns 6000] [--pace 500]

Both servers run in one go, each as a process of its own, with the same client. Only the ratios
mean anything on another machine.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from benchmarks.knowledge import questions, write_knowledge
from benchmarks.load import Sent, make_bodies, send_all

SECRET = "benchmark"  # noqa: S105
ROOT = Path(__file__).parent.parent


@contextmanager
def process(
    *command: str, env: dict[str, str] | None = None, cwd: Path = ROOT
) -> Iterator[tuple[str, int]]:
    """Start a server; its address and process id."""
    started = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=sys.stderr,
        text=True,
        cwd=cwd,
        env={**os.environ, **(env or {})},
    )
    assert started.stdout is not None
    try:
        for line in started.stdout:
            found = re.search(r"http://\S+", line)
            if found:
                yield found[0], started.pid
                break
        else:
            raise SystemExit(f"{command} did not start")
    finally:
        started.kill()
        started.wait()
        started.stdout.close()


def cpu_seconds(pid: int) -> float:
    """CPU time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Resident memory in MB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


async def measure(url: str, texts: list[str], *, tag: str, rate: float = 0) -> Sent:
    bodies = make_bodies(texts, SECRET.encode(), tag=tag)
    return await send_all(url, bodies, rate=rate)


async def all_replied(sink: str, before: int, wanted: int) -> float:
    """Seconds until the platform has every reply; raises after a minute."""
    start = time.perf_counter()
    async with aiohttp.ClientSession() as session:
        while time.perf_counter() - start < 60:
            async with session.get(f"{sink}/counts") as answer:
                counts = await answer.json()
            if counts["reply"] + counts["push"] - before >= wanted:
                return time.perf_counter() - start
            await asyncio.sleep(0.05)
    raise SystemExit(f"only {counts} of {wanted} replies arrived")


def row(name: str, sent: Sent, cpu: float) -> str:
    return (
        f"{name:<22} {sent.rate:>9.0f}/s   p50 {sent.percentile(0.5):>7.2f} ms   "
        f"p99 {sent.percentile(0.99):>7.2f} ms   {cpu:>6.2f} core   {sent.errors} errors"
    )


async def bare(folder: Path, texts: list[str], pace: float) -> tuple[Sent, Sent]:
    with process(sys.executable, "-m", "benchmarks.bare", str(folder / "bare.db"), SECRET) as (
        url,
        pid,
    ):
        await measure(url, texts[:500], tag="w")
        before = cpu_seconds(pid)
        full = await measure(url, texts, tag="f")
        print(row("bare durable", full, (cpu_seconds(pid) - before) / full.seconds))
        before = cpu_seconds(pid)
        paced = await measure(url, texts[: int(pace * 5)], tag="p", rate=pace)
        print(row(f"bare at {pace:.0f}/s", paced, (cpu_seconds(pid) - before) / paced.seconds))
    return full, paced


async def ours(folder: Path, entries: int, texts: list[str], pace: float) -> tuple[Sent, Sent]:
    write_knowledge(folder / "knowledge", entries)
    with process(sys.executable, "-m", "benchmarks.sink") as (sink, _):
        env = {
            "MADOGUCHI_LINE__CHANNEL_SECRET": SECRET,
            "MADOGUCHI_LINE__CHANNEL_ACCESS_TOKEN": SECRET,
            "MADOGUCHI_LINE__API_BASE": sink,
            "MADOGUCHI_LINE__API_DATA_BASE": sink,
            "MADOGUCHI_KNOWLEDGE": str(folder / "knowledge"),
            "MADOGUCHI_DATA_DIR": str(folder / "data"),
            "MADOGUCHI_LOG_LEVEL": "error",
        }
        program = str(Path(sys.executable).with_name("madoguchi"))
        # an ordinary start: the tables are there
        subprocess.run(
            [program, "db", "upgrade"], env={**os.environ, **env}, cwd=folder, check=True
        )
        start = time.perf_counter()
        with process(program, "serve", "--port", "0", env=env, cwd=folder) as (url, pid):
            started = time.perf_counter() - start
            await asyncio.sleep(4)  # what is loaded late counts too
            print(f"start {started:.1f} s, at rest {memory(pid):.0f} MB")
            await measure(url, texts[:500], tag="w")
            await all_replied(sink, 0, 500)
            before = cpu_seconds(pid)
            full = await measure(url, texts, tag="f")
            late = await all_replied(sink, 500, len(texts))
            full.seconds += late  # a turn ends with its reply
            print(
                row("whole turn", full, (cpu_seconds(pid) - before) / full.seconds)
                + f"   last reply {late:.2f} s after the last 200"
            )
            before, count = cpu_seconds(pid), int(pace * 5)
            paced = await measure(url, texts[:count], tag="p", rate=pace)
            print(
                row(f"turns at {pace:.0f}/s", paced, (cpu_seconds(pid) - before) / paced.seconds)
            )
            await all_replied(sink, 500 + len(texts), count)
            print(f"after all {memory(pid):.0f} MB")
    return full, paced


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=2000)
    parser.add_argument("--turns", type=int, default=6000)
    parser.add_argument("--pace", type=float, default=500)
    given = parser.parse_args()
    texts = questions(given.entries, given.turns)
    with tempfile.TemporaryDirectory() as folder:
        base, base_paced = await bare(Path(folder), texts, given.pace)
        turn, turn_paced = await ours(Path(folder), given.entries, texts, given.pace)
    print(f"\nwhole turn / bare: {turn.rate / base.rate:.3f} of its throughput")
    print(
        f"paced: p50 x{turn_paced.percentile(0.5) / base_paced.percentile(0.5):.2f}, "
        f"p99 x{turn_paced.percentile(0.99) / base_paced.percentile(0.99):.2f}"
    )


if __name__ == "__main__":
    asyncio.run(main())
