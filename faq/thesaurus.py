"""English words that stand for each other: each group is one more gram of a text."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from faq.english import stem

#: A group's gram is this and one letter of its own: shorter than any word's.
MARK = "~"
_FIRST_LETTER = 0xE000


class Thesaurus:
    """Groups of words and phrases, found by their stems."""

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        words: dict[str, list[str]] = defaultdict(list)
        phrases: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for place, group in enumerate(groups):
            gram = MARK + chr(_FIRST_LETTER + place)
            for written in group:
                stems = tuple(stem(word) for word in written.split("_"))
                if len(stems) > 1:
                    phrases[stems[0]].append((stems[1:], gram))
                elif gram not in words[stems[0]]:
                    words[stems[0]].append(gram)
        self._words: Mapping[str, Sequence[str]] = dict(words)
        self._phrases: Mapping[str, Sequence[tuple[tuple[str, ...], str]]] = dict(phrases)

    def grams(self, stems: Sequence[str]) -> dict[str, int]:
        """The groups of which a text has a word; each counts once."""
        found: dict[str, int] = {}
        for place, word in enumerate(stems):
            for gram in self._words.get(word, ()):
                found[gram] = 1
            for rest, gram in self._phrases.get(word, ()):
                if tuple(stems[place + 1 : place + 1 + len(rest)]) == rest:
                    found[gram] = 1
        return found


@cache
def built_in_thesaurus() -> Thesaurus:
    """The groups that come with the product."""
    text = files("faq").joinpath("thesaurus.txt").read_text("utf-8")
    return Thesaurus(line.split() for line in re.findall(r"^[^#\n].*", text, re.MULTILINE))
