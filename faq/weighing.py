"""A message's grams, weighed before they meet an index."""

from collections.abc import Mapping
from math import sqrt

import numpy as np

from faq.english import LIGHT, LIGHT_WORDS, stem
from faq.index import K1, Floats, Postings

#: What a word counts that was not said but may be meant.
HINTED = 0.4
#: From this many grams on a message tells more than one question can.
LONG = 40.0
_LIGHT_GRAMS = frozenset(f"={stem(word)}" for word in LIGHT_WORDS)


def lighten(line: Mapping[str, float]) -> dict[str, float]:
    """The grams with those words made light that no question is about."""
    return {gram: n * LIGHT if gram in _LIGHT_GRAMS else n for gram, n in line.items()}


def unit_of(vector: dict[str, float]) -> dict[str, float]:
    """The vector at length 1."""
    length = sqrt(sum(weight * weight for weight in vector.values()))
    return {gram: weight / length for gram, weight in vector.items()} if length else vector


def compare_bm25(
    index: Postings, message: Mapping[str, float], hints: Mapping[str, float] | None = None
) -> Floats:
    """BM25 divided by what a perfect document would score for this message."""
    ideal = (K1 + 1) * index.weigh(message)[0]
    if not ideal:
        return index.score(message)
    # what is hinted at is never said as well
    meant = {gram: n * HINTED for gram, n in hints.items()} if hints else {}
    scores = index.score({**message, **meant})
    # nobody's entry holds all of a long story, so its length counts by the root only
    excess = max(sum(message.values()) / LONG, 1.0)
    return scores * np.float32(sqrt(excess) / ideal)
