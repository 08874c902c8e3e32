"""Typing errors in Latin and katakana words, mended towards words that the knowledge has."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from faq.corpus import Document
from faq.grams import words_of

_SHORTEST = 4
_CUTOFF = 80.0
#: A message with more unknown words than this is not misspelt, it is about something else.
_MOST_MENDED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Speller:
    """The words of the knowledge that are long enough to be recognised when misspelt."""

    words: tuple[str, ...]
    known: frozenset[str]

    def mend(self, folded: str) -> str:
        """The text with unknown words replaced by the nearest known one, if any is near."""
        unknown = [
            word
            for word in dict.fromkeys(words_of(folded))
            if len(word) >= _SHORTEST and word not in self.known and not word.isdigit()
        ]
        for word in unknown[:_MOST_MENDED]:
            found = process.extractOne(word, self.words, scorer=fuzz.ratio, score_cutoff=_CUTOFF)
            if found:
                folded = re.sub(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", found[0], folded)
        return folded


def build_speller(documents: Iterable[Document]) -> Speller:
    """A speller that knows the words of all questions and variants."""
    known: set[str] = set()
    for document in documents:
        for text in document.folded:
            known.update(words_of(text))
    long_enough = (word for word in known if len(word) >= _SHORTEST and not word.isdigit())
    return Speller(words=tuple(sorted(long_enough)), known=frozenset(known))
