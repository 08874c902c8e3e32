"""Fits what the calibration starts from: the constants in `faq/calibration.py`.

    .venv/bin/python -m benchmarks.calibration FOLDER [--without PREFIX …] [--most 1000]

FOLDER is that of `benchmarks.accuracy`. Sets whose names start alike count as one, so that a
collection prepared in many ways does not outweigh the others; Japanese ones are read with and
without the dictionary. Every set is asked questions of the other collections in its language, too:
nothing in it fits them. `--without` leaves sets out, to see how the constants do on them.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from faq.calibration import DOUBT, SHARPNESS, profile_of
from faq.fitting import Lesson, Weights, fit
from faq.grams import is_japanese
from faq.loader import load_folder
from faq.questions import load_questions
from faq.readings import Readings, best_readings, plain_readings

#: All questions of one collection count as so many; those without an entry by this share.
COLLECTION, OUTSIDE = 300.0, 0.35
#: So many questions of other collections are asked, and count together as such a share.
STRANGERS, STRANGE = 60, 0.06
#: Held to nothing but by a trifle, so that no figure runs away.
LOOSE = 0.5
#: What is unknown speaks for none, whatever collections say that have hardly a question without
#: an entry: there unknown words are but a way of putting it.
UNKNOWN, FIXED = 5.0, 1e5


def collection(folder: Path) -> str:
    return folder.name.split("-")[0].split("_0")[0]


def lessons_of(
    folder: Path, readings: Readings, most: int, strange: Sequence[str]
) -> Iterator[Lesson]:
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
    for text in strange:
        yield Lesson(
            ranking=knowledge.matcher.rank(text),
            profile=profile_of(knowledge.matcher),
            right=frozenset(),
            weight=STRANGE * min(len(questions), most) / len(strange),
        )


def strangers_of(folder: Path, folders: Sequence[Path]) -> list[str]:
    """Questions of other collections in the language of this one."""
    own = load_questions(folder / "queries.jsonl")
    japanese = is_japanese(own[0].text)
    found = sorted(
        {
            question.text
            for other in folders
            if collection(other) != collection(folder)
            for question in load_questions(other / "queries.jsonl")
            if is_japanese(question.text) == japanese
        }
    )
    return random.Random(1).sample(found, min(STRANGERS, len(found)))


def read_all(folders: Sequence[Path], most: int) -> list[Lesson]:
    """The lessons of all sets, weighed so that every collection counts the same."""
    parts: list[tuple[str, list[Lesson]]] = []
    for folder in folders:
        strange = strangers_of(folder, folders)
        lessons = list(lessons_of(folder, plain_readings(), most, strange))
        parts.append((collection(folder), lessons))
        if any(lesson.ranking.message.japanese for lesson in lessons):
            parts.append(
                (collection(folder), list(lessons_of(folder, best_readings(), most, strange)))
            )
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
    nothing = Weights(
        sharpness=(0.0,) * len(SHARPNESS),
        doubt=tuple(UNKNOWN if place == 3 else 0.0 for place in range(len(DOUBT))),
    )
    loose = Weights(
        sharpness=(LOOSE,) * len(SHARPNESS),
        doubt=tuple(FIXED if place == 3 else LOOSE for place in range(len(DOUBT))),
    )
    found = fit(read_all(folders, given.most), nothing, loose)
    show("SHARPNESS", found.sharpness)
    show("DOUBT", found.doubt)


if __name__ == "__main__":
    main()
