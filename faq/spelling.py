"""Latin and katakana words, misspelt or half written, led to words that the knowledge has."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from faq.corpus import Document
from faq.english import LIGHT_WORDS, stem
from faq.grams import is_japanese, words_of

_SHORTEST = 4
#: From this length on a word may have two slips, below it one.
_TWO_SLIPS = 9
#: So many letters say how a word goes on, and the word they may be the beginning of is found
#: among so many.
_BEGUN, _LOOKED_AT = 2, 200
_UNFINISHED = re.compile(r"(?<![a-z0-9])[a-z]+$")
#: A message with more unknown words than this is not misspelt, it is about something else.
_MOST_MENDED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Speller:
    """The words of the knowledge that are long enough to be recognised when misspelt."""

    #: by their first letter, which is rarely mistyped
    words: Mapping[str, tuple[str, ...]]
    known: frozenset[str]
    #: the stems that stand in texts without a Japanese letter, and in no others
    english: frozenset[str]

    def mend(self, folded: str) -> str:
        """The text with unknown words replaced by the nearest known one, if any is near."""
        unknown = [
            word
            for word in dict.fromkeys(words_of(folded))
            if len(word) >= _SHORTEST and not word.isdigit() and stem(word) not in self.known
        ]
        for word in unknown[:_MOST_MENDED]:
            found = process.extractOne(
                word,
                self.words.get(word[0], ()),
                scorer=OSA.distance,
                score_cutoff=2 if len(word) >= _TWO_SLIPS else 1,
            )
            if found:
                folded = re.sub(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", found[0], folded)
        return folded

    def continue_word(self, folded: str) -> tuple[str, tuple[str, ...]]:
        """What stands before a half-written last word, and the words it may become."""
        found = _UNFINISHED.search(folded)
        begun = found.group() if found else ""
        whole = stem(begun) in self.known and begun not in LIGHT_WORDS
        if not found or len(begun) < _BEGUN or whole:
            return folded, ()
        words = self.words.get(begun[0], ())
        first = bisect_left(words, begun)
        last = bisect_left(words, begun + "{", first, min(first + _LOOKED_AT, len(words)))
        return folded[: found.start()], words[first:last]


def build_speller(documents: Iterable[Document]) -> Speller:
    """A speller that knows the words of all questions and variants."""
    known: set[str] = set()
    beside: set[str] = set()
    for doc in documents:
        words = {word for text in doc.folded for word in words_of(text)}
        known |= words
        if any(map(is_japanese, doc.folded)):
            beside |= words
    by_letter: dict[str, list[str]] = {}
    for word in sorted(known):
        if len(word) >= _SHORTEST and not word.isdigit():
            by_letter.setdefault(word[0], []).append(word)
    return Speller(
        words={letter: tuple(words) for letter, words in by_letter.items()},
        known=frozenset(map(stem, known)),
        english=frozenset(map(stem, known)) - frozenset(map(stem, beside)),
    )
