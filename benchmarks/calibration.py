"""Fits what the calibration starts from: the constants in `faq/calibration.py`.

    .venv/bin/python -m benchmarks.calibration FOLDER [--without PREFIX …] [--most 1000]

FOLDER is that of `benchmarks.accuracy`. Sets whose names start alike count as one, so that a
collection prepared in many ways does not outweigh the others; Japanese ones are read with and
without the dictionary. `--without` leaves sets out, to see how the constants do on them.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from faq.calibration import DOUBT, SHARPNESS, profile_of
from faq.fitting import Lesson, Weights, fit
from faq.loader import load_folder
from faq.questions import load_questions
from faq.readings import Readings, best_readings, plain_readings

#: All questions of one collection count as so many; those without an entry by this share.
COLLECTION, OUTSIDE = 300.0, 0.35
#: Held to nothing but by a trifle, so that no figure runs away.
LOOSE = 0.5


def collection(folder: Path) -> str:
    return folder.name.split("-")[0].split("_0")[0]


def lessons_of(folder: Path, readings: Readings, most: int) -> Iterator[Lesson]:
    """What the set's questions come to."""
    knowledge = load_folder(folder / "knowledge", readings=readings).knowledge
    assert knowledge is not None, f"{folder} does not load"
    places = {entry.id: place for place, entry in enumerate(knowledge.order)}
    questions = load_questions(folder / "queries.jsonl")
    random.Random(0).shuffle(questions)
    for question in questions[:most]:
        yield Lesson(
            ranking=knowledge.matcher.rank(question.text),
            profile=profile_of(knowledge.matcher),
            right=frozenset(places.get(one, -1) for one in question.expect),
            weight=1.0 if question.expect else OUTSIDE,
        )


def read_all(folders: Sequence[Path], most: int) -> list[Lesson]:
    """The lessons of all sets, weighed so that every collection counts the same."""
    parts: list[tuple[str, list[Lesson]]] = []
    for folder in folders:
        lessons = list(lessons_of(folder, plain_readings(), most))
        parts.append((collection(folder), lessons))
        if any(lesson.ranking.message.japanese for lesson in lessons):
            parts.append((collection(folder), list(lessons_of(folder, best_readings(), most))))
    ways = Counter(name for name, _ in parts)
    return [
        replace(lesson, weight=lesson.weight * COLLECTION / len(lessons) / ways[name])
        for name, lessons in parts
        for lesson in lessons
    ]


def show(name: str, figures: Sequence[float]) -> None:
    print(f"{name} = ({', '.join(f'{figure:.2f}' for figure in figures)})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--most", type=int, default=1_000)
    given = parser.parse_args()
    folders = [
        folder
        for folder in sorted(given.folder.iterdir())
        if (folder / "queries.jsonl").exists()
        and not folder.name.startswith(tuple(given.without) or ("-",))
    ]
    nothing = Weights(sharpness=(0.0,) * len(SHARPNESS), doubt=(0.0,) * len(DOUBT))
    loose = Weights(sharpness=(LOOSE,) * len(SHARPNESS), doubt=(LOOSE,) * len(DOUBT))
    found = fit(read_all(folders, given.most), nothing, loose)
    show("SHARPNESS", found.sharpness)
    show("DOUBT", found.doubt)


if __name__ == "__main__":
    main()
