"""Postings as numpy arrays: which documents hold a gram, and how much it says there."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Postings:
    """An inverted index; the weights of one gram lie side by side."""

    size: int
    #: gram → its place in `starts` and `rarity`
    places: Mapping[str, int]
    #: plain arrays: numpy's own integers make slow slice bounds
    starts: "array[int]"
    documents: Integers
    weights: Floats
    #: the idf of each gram
    rarity: "array[float]"
    #: the idf of a gram that no document has
    unknown: float

    def score(self, message: Mapping[str, float]) -> Floats:
        """The sum over the message's grams of its weight times the document's."""
        scores = np.zeros(self.size, dtype=np.float32)
        for gram, weight in message.items():
            place = self.places.get(gram)
            if place is not None:
                start, end = self.starts[place], self.starts[place + 1]
                scores[self.documents[start:end]] += self.weights[start:end] * weight
        return scores

    def rarity_of(self, gram: str) -> float:
        """The idf of a gram, known or not."""
        place = self.places.get(gram)
        return self.unknown if place is None else self.rarity[place]


def build_postings(
    rows: Sequence[Mapping[str, float]], rarity: Mapping[str, float], unknown: float
) -> Postings:
    """An index over one row of weighted grams a document."""
    places = {gram: place for place, gram in enumerate(rarity)}
    counts = np.zeros(len(places) + 1, dtype=np.int64)
    for gram in _grams(rows):
        counts[places[gram] + 1] += 1
    starts = np.cumsum(counts)
    total = int(starts[-1])
    documents = np.zeros(total, dtype=np.int32)
    weights = np.zeros(total, dtype=np.float32)
    free = starts[:-1].tolist()
    for document, row in enumerate(rows):
        for gram, weight in row.items():
            place = places[gram]
            documents[free[place]] = document
            weights[free[place]] = weight
            free[place] += 1
    return Postings(
        size=len(rows),
        places=places,
        starts=array("q", starts.tolist()),
        documents=documents,
        weights=weights,
        rarity=array("d", rarity.values()),
        unknown=unknown,
    )


def _grams(rows: Iterable[Mapping[str, float]]) -> Iterable[str]:
    for row in rows:
        yield from row
