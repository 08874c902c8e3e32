"""Words that this knowledge treats as one: each is read as the first of its group."""

import re
from collections.abc import Iterable, Sequence

from faq.normalize import fold

_ASCII = re.compile(r"[a-z0-9 ]+")


class Synonyms:
    """Groups of words, applied to the knowledge's texts and to messages alike."""

    def __init__(self, groups: Iterable[Sequence[str]] = ()) -> None:
        self._first = _firsts(groups)
        words = sorted(self._first, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(map(_bounded, words))) if words else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Synonyms) and self._first == other._first

    def __hash__(self) -> int:
        return hash(frozenset(self._first.items()))

    def apply(self, folded: str) -> str:
        """The text with every known word replaced by the first of its group."""
        if self._pattern is None:
            return folded
        return self._pattern.sub(lambda found: self._first[found.group()], folded)

    def replaced(self, folded: str) -> tuple[tuple[str, str], ...]:
        """Each word that `apply` replaces in the text, with what it is read as."""
        said = self._pattern.findall(folded) if self._pattern else ()
        pairs = ((word, self._first[word]) for word in dict.fromkeys(said))
        return tuple((word, first) for word, first in pairs if word != first)


def _bounded(word: str) -> str:
    """Latin words only match whole, so that `app` does not touch `apple`."""
    escaped = re.escape(word)
    return rf"(?<![a-z0-9]){escaped}(?![a-z0-9])" if _ASCII.fullmatch(word) else escaped


def _firsts(groups: Iterable[Sequence[str]]) -> dict[str, str]:
    """Each word's replacement; groups that share a word are one group."""
    first: dict[str, str] = {}
    for group in groups:
        words = [word for word in (fold(raw).strip() for raw in group) if word]
        if not words:
            continue
        known = [first[word] for word in words if word in first]
        target = known[0] if known else words[0]
        for word, old in list(first.items()):
            if old in known:
                first[word] = target
        for word in words:
            first[word] = target
    return first
