"""Japanese words of customers and words of entries that often stand for each other."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from operator import add

from faq.grams import KANJI
from faq.normalize import fold
from faq.readings import plain_readings

#: 車 is a word of its own, the 車 of 駐車場 is not.
_ALONE = re.compile(rf"[{KANJI}](?<![{KANJI}].)(?![{KANJI}])")

#: Shorter ones are part of too many other words.
_SHORTEST_SOUND = 3


class Everyday:
    """Groups of words; a text that has one of a group's words has the group's sense."""

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        alone: dict[str, list[str]] = defaultdict(list)
        starts: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for place, group in enumerate(groups):
            for word in dict.fromkeys(group):
                if len(word) == 1:
                    alone[word].append(str(place))
                else:
                    starts[word[:2]].append((word, str(place)))
        self._alone: Mapping[str, Sequence[str]] = dict(alone)
        #: by the first two letters: a text is looked through once, however many words there are
        self._starts: Mapping[str, Sequence[tuple[str, str]]] = dict(starts)

    def senses(self, folded: str) -> dict[str, int]:
        """The groups of which the text has a word; each counts once."""
        starts = self._starts
        # a pair that comes twice, as most do that are spelt out after the text, is asked once
        found = [
            sense
            for pair in dict.fromkeys(filter(starts.__contains__, map(add, folded, folded[1:])))
            for word, sense in starts[pair]
            if word in folded
        ]
        for letter in _ALONE.findall(folded):
            found += self._alone.get(letter, ())
        return dict.fromkeys(found, 1)

    def words(self, folded: str, senses: Collection[str]) -> list[str]:
        """The words of the text that have one of these senses, the longest first."""
        starts = self._starts
        found = [
            word
            for pair in dict.fromkeys(map(add, folded, folded[1:]))
            for word, sense in starts.get(pair, ())
            if sense in senses and word in folded
        ]
        return sorted(dict.fromkeys(found), key=len, reverse=True)


@cache
def built_in_everyday() -> Everyday:
    """The groups that come with the product."""
    return Everyday(_groups())


@cache
def spoken_everyday() -> Everyday:
    """The same for messages typed in kana: the words as they sound."""
    read = plain_readings().read
    spoken = [[read(word) for word in group] for group in _groups()]
    return Everyday(
        [sound for sound in group if len(sound) >= _SHORTEST_SOUND and " " not in sound]
        for group in spoken
    )


@cache
def _groups() -> Sequence[Sequence[str]]:
    lines = files("faq").joinpath("everyday.txt").read_text("utf-8").splitlines()
    return [fold(line).split() for line in lines if line and not line.startswith("#")]
