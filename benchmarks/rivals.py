"""What others rank with, beside us: rapidfuzz's default, its better scorer, and a BM25 library."""

from collections.abc import Callable, Sequence

from rapidfuzz import fuzz, process

from faq.entry import Entry
from faq.grams import line_grams
from faq.normalize import fold

#: Text → ids of entries, best first, at most ten.
Rank = Callable[[str], list[str]]
MOST = 10


def texts_of(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """Every question and variant with its entry's id."""
    return [(entry.id, text) for entry in entries for text in (entry.question, *entry.variants)]


def by_fuzz(entries: Sequence[Entry], scorer: Callable[..., float], *, folded: bool) -> Rank:
    """The texts nearest by a scorer of rapidfuzz."""
    pairs = texts_of(entries)
    choices = [fold(text) if folded else text for _, text in pairs]

    def rank(text: str) -> list[str]:
        query = fold(text) if folded else text
        found = process.extract(query, choices, scorer=scorer, limit=4 * MOST)
        return list(dict.fromkeys(pairs[place][0] for _, _, place in found))[:MOST]

    return rank


def by_bm25(entries: Sequence[Entry]) -> Rank:
    """The library bm25s over the same pieces of text that our second index uses."""
    import bm25s

    documents = [
        list(
            line_grams(fold(" ".join((entry.question, *entry.variants, entry.answer)))).elements()
        )
        for entry in entries
    ]
    known = {gram for document in documents for gram in document}
    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index(documents, show_progress=False)

    def rank(text: str) -> list[str]:
        grams = [gram for gram in line_grams(fold(text)).elements() if gram in known]
        if not grams:
            return []
        found, scores = index.retrieve([grams], k=min(MOST, len(entries)), show_progress=False)
        return [
            entries[int(place)].id
            for place, score in zip(found[0], scores[0], strict=True)
            if score > 0
        ]

    return rank


RIVALS: dict[str, Callable[[Sequence[Entry]], Rank]] = {
    "rapidfuzz WRatio": lambda entries: by_fuzz(entries, fuzz.WRatio, folded=False),
    "token_set folded": lambda entries: by_fuzz(entries, fuzz.token_set_ratio, folded=True),
    "bm25s": by_bm25,
}
