"""Words that often stand for each other: hints for messages in other words than the entries'."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from faq.grams import line_grams
from faq.normalize import fold


class Related:
    """Groups of words of which one may be said where another is meant."""

    def __init__(self, groups: list[list[str]]) -> None:
        self._groups = groups
        self._group_of = {word: place for place, group in enumerate(groups) for word in group}
        words = sorted(self._group_of, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(map(re.escape, words)))

    def hints(self, folded: str) -> Mapping[str, float]:
        """The grams of what may be meant, other than what is said."""
        said = set(self._pattern.findall(folded))
        meant: dict[str, float] = {}
        for place in sorted({self._group_of[word] for word in said}):
            for word in self._groups[place]:
                if word not in folded:
                    meant.update((gram, 1.0) for gram in line_grams(word) if len(gram) > 1)
        return meant


@cache
def built_in_related() -> Related:
    """The groups that come with the product."""
    lines = files("faq").joinpath("related.txt").read_text("utf-8").splitlines()
    groups = [fold(line).split() for line in lines if line and not line.startswith("#")]
    return Related(groups)
