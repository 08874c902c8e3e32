"""What the check of a folder costs, and what an admin waits for while an entry is changed.

    .venv/bin/python -m benchmarks.checking [--entries 1000]

CPU seconds: `madoguchi check` over the example and over made-up entries; then, over the same
entries, the check of one change when the texts around it are still cut, and the building of a
knowledge with one entry changed, at first and again.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import faq
from benchmarks.knowledge import write_knowledge
from faq.checking import MOST_REMEMBERED, check_folder
from faq.cutting import Cuts
from faq.loader import load_folder
from faq.matcher import build_matcher
from faq.quiet import build_quietly
from faq.readings import best_readings

TODAY = date(2026, 1, 1)
EXAMPLE = Path(faq.__file__).parent / "example"


def show(name: str, work: Callable[[], object], goal: str = "") -> None:
    """Do it, without the collector as the server does, and print what it cost."""
    start = time.process_time()
    build_quietly(work)
    print(f"{name:<44} {time.process_time() - start:>6.2f} s  {goal}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000)
    count = parser.parse_args().entries
    readings = best_readings()
    readings.read("返品の期限")
    print(f"readings: {readings.name}\n")
    show("check, the example", lambda: check_folder(EXAMPLE, TODAY), "goal 1")
    with tempfile.TemporaryDirectory() as name:
        folder, cuts = Path(name), Cuts(most=MOST_REMEMBERED)
        write_knowledge(folder, count)
        show(f"check, {count} entries", lambda: check_folder(folder, TODAY), "goal 3")
        check_folder(folder, TODAY, cuts=cuts, hints=False)
        show(
            "check of a change, texts known",
            lambda: check_folder(folder, TODAY, cuts=cuts, hints=False),
        )
        served = load_folder(folder).knowledge
    assert served is not None
    first = replace(served.order[0], variants=("送料はいくらですか",))
    order, reader, kept = (first, *served.order[1:]), served.matcher.reader, Cuts(most=20_000)
    for time_ in ("at first", "again"):
        show(
            f"one entry changed, to try it, {time_}",
            lambda: build_matcher(order, reader.synonyms, reader.readings, kept),
            "goal .3",
        )


if __name__ == "__main__":
    main()
