"""How often the right entry comes first, how honest confidence is, and what rivals reach.

    .venv/bin/python -m benchmarks.accuracy FOLDER [--only PREFIX …] [--styles] [--rivals]
        [--plain]

FOLDER holds a folder for each set: `NAME/knowledge/*.yaml` and `NAME/queries.jsonl`, the format
of `madoguchi eval`; `style` is optional. `--plain` leaves the dictionary out. docs/benchmarks.md
says where public sets come from.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks.rivals import RIVALS
from faq.decision import Decision
from faq.evaluate import Quality, Question, measure_quality, rank_of
from faq.knowledge import Knowledge
from faq.loader import load_folder
from faq.questions import load_questions
from faq.readings import Readings, best_readings, plain_readings

TODAY = date(2026, 1, 1)
HEAD = (
    f"{'set':<24}{'top1':>6}{'top3':>6}{'top10':>6}{'auroc':>7}"
    f"{'given':>7}{'right':>6}{'out-':>6}{'>=90':>6}{'ece':>6}{'ms':>6}{'build':>6}"
)


def show(value: float | None) -> str:
    return " -" if value is None else f"{value:.3f}".replace("0.", ".", 1)


def line(name: str, quality: Quality, spent: float, build: float) -> str:
    """One row of the table.

    `given` of the answerable are answered, `right` of the answers are right, `out-` of those out
    of scope are not answered, `>=90` of the answers at 90 and more are right.
    """
    given = quality.answerable_by_kind["answer"] / max(quality.answerable, 1)
    figures = (
        quality.top1, quality.top3, quality.top10, quality.auroc, given,
        quality.answer_precision, quality.rejected, quality.precision_at_90,
        quality.calibration_error,
    )  # fmt: skip
    widths = (6, 6, 6, 7, 7, 6, 6, 6, 6)
    shown = (f"{show(value):>{width}}" for value, width in zip(figures, widths, strict=True))
    return f"{name:<24}{''.join(shown)}{spent:>6.2f}{build:>6.1f}"


def decide_all(
    knowledge: Knowledge, questions: Sequence[Question]
) -> tuple[list[Decision], float]:
    """The decisions, and CPU milliseconds for each."""
    start = time.thread_time()
    made = [
        knowledge.decide(question.text, lang=None, channel="web", today=TODAY)
        for question in questions
    ]
    return made, (time.thread_time() - start) * 1000 / max(len(questions), 1)


def show_styles(folder: Path, questions: Sequence[Question], made: Sequence[Decision]) -> None:
    """Top-1 and top-3 by style, where the set names styles."""
    rows = [json.loads(row) for row in (folder / "queries.jsonl").read_text().splitlines() if row]
    ranks: dict[str, list[int]] = defaultdict(list)
    for row, question, decision in zip(rows, questions, made, strict=True):
        if question.expect and "style" in row:
            ranks[row["style"]].append(rank_of(question, decision))
    for style, found in sorted(ranks.items()):
        top1 = sum(rank == 1 for rank in found) / len(found)
        top3 = sum(0 < rank <= 3 for rank in found) / len(found)
        print(f"    {style:<20}{show(top1):>6}{show(top3):>6}   of {len(found)}")


def show_rivals(knowledge: Knowledge, questions: Sequence[Question]) -> None:
    """The same questions through other rankers."""
    asked = [question for question in questions if question.expect]
    for name, make in RIVALS.items():
        rank = make(knowledge.order)
        start = time.thread_time()
        found = [rank(question.text) for question in asked]
        spent = (time.thread_time() - start) * 1000 / max(len(asked), 1)
        tops = []
        for most in (1, 3, 10):
            hits = (
                any(one in question.expect for one in ids[:most])
                for question, ids in zip(asked, found, strict=True)
            )
            tops.append(sum(hits) / max(len(asked), 1))
        print(f"    {name:<20}{''.join(f'{show(top):>6}' for top in tops)}{'':>44}{spent:>6.2f}")


def run(folder: Path, readings: Readings, given: argparse.Namespace) -> None:
    """One set."""
    start = time.thread_time()
    knowledge = load_folder(folder / "knowledge", readings=readings).knowledge
    build = time.thread_time() - start
    assert knowledge is not None, f"{folder} does not load"
    questions = load_questions(folder / "queries.jsonl")
    made, spent = decide_all(knowledge, questions)
    print(line(folder.name, measure_quality(questions, made), spent, build), flush=True)
    if given.styles:
        show_styles(folder, questions, made)
    if given.rivals:
        show_rivals(knowledge, questions)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--styles", action="store_true")
    parser.add_argument("--rivals", action="store_true")
    parser.add_argument("--plain", action="store_true")
    given = parser.parse_args()
    readings = plain_readings() if given.plain else best_readings()
    print(f"readings: {readings.name}\n{HEAD}")
    for folder in sorted(given.folder.iterdir()):
        wanted = not given.only or folder.name.startswith(tuple(given.only))
        if wanted and (folder / "queries.jsonl").exists():
            run(folder, readings, given)


if __name__ == "__main__":
    main()
