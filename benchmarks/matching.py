"""What a question costs over knowledge of several sizes.

    .venv/bin/python -m benchmarks.matching [--sizes 2000 20000] [--questions 500]

For each size: reading and indexing, memory that stays, and CPU time for each question, in full
(`decide`) and as the talk asks (`explain=False`: a literal question is decided at once). The last
line tells how the 95th percentile grows: entries to the power of what is shown.
"""

import argparse
import gc
import math
import re
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks.knowledge import questions, write_knowledge
from faq.knowledge import Knowledge
from faq.loader import load_folder
from faq.quiet import build_quietly
from faq.readings import best_readings

TODAY = date(2026, 1, 1)
GOALS = {2_000: (0.7, 2.0, 1.0, 25.0), 20_000: (None, 8.0, 8.0, None)}


def anonymous_memory() -> float:
    """Our own memory in MB, without what is mapped from files."""
    found = re.search(r"RssAnon:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def load(entries: int) -> tuple[Knowledge, float, float]:
    """The knowledge, CPU seconds, and MB."""
    gc.collect()
    before = anonymous_memory()
    with tempfile.TemporaryDirectory() as folder:
        write_knowledge(Path(folder), entries)
        start = time.process_time()
        # as the server does
        knowledge = build_quietly(load_folder, Path(folder)).knowledge
        spent = time.process_time() - start
    assert knowledge is not None
    gc.collect()
    return knowledge, spent, anonymous_memory() - before


def ask(knowledge: Knowledge, texts: Sequence[str], *, explain: bool) -> list[float]:
    """CPU milliseconds for each text, in order of size."""
    spent = []
    for text in texts:
        start = time.thread_time()
        knowledge.decide(text, lang="ja", channel="line", today=TODAY, explain=explain)
        spent.append((time.thread_time() - start) * 1000)
    return sorted(spent)


def share(ordered: Sequence[float], part: float) -> float:
    return ordered[int(len(ordered) * part)]


def show_goals(size: int) -> None:
    """What we aim at, under the row."""
    if size in GOALS:
        p50, p95, build, megabytes = (goal or "-" for goal in GOALS[size])
        print(f"{'goal':>7} {build:>9} {megabytes:>8} {p50:>9} {p95:>9}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--questions", type=int, default=500)
    given = parser.parse_args()
    readings = best_readings()
    readings.read("返品の期限")
    print(f"readings: {readings.name}\n")
    print("entries   build s       MB    p50 ms    p95 ms   as the talk asks: p50, p95 ms")
    slowest = []
    for size in given.sizes:
        knowledge, build, megabytes = load(size)
        texts = questions(size, given.questions, seed=7)
        ask(knowledge, texts[:50], explain=True)
        full = ask(knowledge, texts, explain=True)
        talk = ask(knowledge, texts, explain=False)
        slowest.append(share(full, 0.95))
        print(
            f"{size:>7} {build:>9.2f} {megabytes:>8.1f} {share(full, 0.5):>9.2f} "
            f"{share(full, 0.95):>9.2f} {share(talk, 0.5):>21.3f}, {share(talk, 0.95):.2f}"
        )
        show_goals(size)
        del knowledge
    if len(slowest) > 1:
        power = math.log(slowest[-1] / slowest[0]) / math.log(given.sizes[-1] / given.sizes[0])
        print(f"\np95 grows as entries^{power:.2f} (goal: at most 0.6)")


if __name__ == "__main__":
    main()
