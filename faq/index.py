"""Postings as numpy arrays: which documents hold a gram, and how much it says there."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faq.rows import Counted, GramRows, Integers

Floats = npt.NDArray[np.float32]

#: BM25's usual constants: how soon repetition stops counting, and how much length does.
K1 = 1.2
B = 0.75
#: A gram that this share of the documents holds is kept as a whole row.
COMMON = 0.2


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
    #: what many documents hold, one weight a document: adding whole rows needs no look-up
    common: Mapping[int, Floats]

    def score(self, message: Mapping[str, float]) -> Floats:
        """The sum over the message's grams of its weight times the document's."""
        scores = np.zeros(self.size, dtype=np.float32)
        spans: list[slice] = []
        factors: list[float] = []
        for gram, weight in message.items():
            place = self.places.get(gram)
            if place is None:
                continue
            row = self.common.get(place)
            if row is not None:
                scores += row * np.float32(weight)
            else:
                spans.append(slice(self.starts[place], self.starts[place + 1]))
                factors.append(weight)
        if spans:
            # all the rare grams in one pass: numpy's overhead a call is what costs here
            counts = [span.stop - span.start for span in spans]
            documents = np.concatenate([self.documents[span] for span in spans])
            weights = np.concatenate([self.weights[span] for span in spans])
            weights *= np.repeat(np.array(factors, dtype=np.float32), counts)
            scores += np.bincount(documents, weights=weights, minlength=self.size)
        return scores

    def weigh(self, message: Mapping[str, float]) -> tuple[float, float]:
        """The idf of all the message's grams, and of those that some document has."""
        known = unknown = 0.0
        for gram, weight in message.items():
            place = self.places.get(gram)
            if place is None:
                unknown += weight * self.unknown
            else:
                known += weight * self.rarity[place]
        return known + unknown, known

    def rarity_of(self, gram: str) -> float:
        """The idf of a gram, known or not."""
        place = self.places.get(gram)
        return self.unknown if place is None else self.rarity[place]


def build_bm25(counted: Counted) -> Postings:
    """BM25 over rows, one a document, with the idf multiplied in."""
    size, ids, rows, counts = counted.size, counted.ids, counted.rows, counted.counts
    found = np.bincount(ids, minlength=len(counted.places))
    rarity = np.log(1 + (size - found + 0.5) / (found + 0.5))
    lengths = _sums(rows, counts, size)
    relative = lengths / (lengths.mean() or 1.0)
    saturated = counts * (K1 + 1) / (counts + K1 * (1 - B + B * relative[rows]))
    unknown = float(np.log(1 + (size + 0.5) / 0.5))
    head = (size, rarity, unknown)
    return pack_postings(counted.places, ids, rows, saturated * rarity[ids], head)


def damp(counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """1 + ln n: said twice is not meant twice; less than once stays as it is."""
    return np.where(counts < 1, counts, 1 + np.log(np.maximum(counts, 1)))


def build_centroids(table: GramRows, document_of: Sequence[int], size: int) -> Postings:
    """TF-IDF cosine with the mean direction of each document's rows."""
    texts = len(table.sizes)
    rarity = np.log((1 + texts) / (1 + table.found())) + 1
    ids, rows = np.asarray(table.ids), table.rows()
    weights = damp(np.asarray(table.counts, dtype=np.float64)) * rarity[ids]
    lengths = np.sqrt(_sums(rows, weights**2, texts))
    weights = weights / lengths[rows]
    documents = np.asarray(document_of, dtype=np.int64)[rows]
    pairs, back = np.unique(ids.astype(np.int64) * max(size, 1) + documents, return_inverse=True)
    sums = _sums(back, weights, len(pairs))
    ids, documents = np.divmod(pairs, max(size, 1))
    lengths = np.sqrt(_sums(documents, sums**2, size))
    unknown = float(np.log(1 + texts) + 1)
    head = (size, rarity, unknown)
    return pack_postings(table.places, ids, documents, sums / lengths[documents], head)


def _sums(
    groups: npt.NDArray[np.integer], values: npt.NDArray[np.float64], size: int
) -> npt.NDArray[np.float64]:
    """The sum of the values in each group."""
    return np.bincount(groups, weights=values, minlength=size).astype(np.float64)


def pack_postings(
    places: Mapping[str, int],
    ids: npt.NDArray[np.integer],
    documents: npt.NDArray[np.integer],
    weights: npt.NDArray[np.float64],
    head: tuple[int, npt.NDArray[np.float64], float],
) -> Postings:
    """The weights sorted by gram, then by document; those of common grams as rows."""
    size, rarity, unknown = head
    found = np.bincount(ids, minlength=len(places))
    many = found > max(size * COMMON, 1)
    common = {int(place): np.zeros(size, dtype=np.float32) for place in np.flatnonzero(many)}
    rare = ~many[ids]
    order = np.argsort(ids, kind="stable")
    firsts = np.cumsum(found) - found
    for place, row in common.items():
        here = order[firsts[place] : firsts[place] + found[place]]
        row[documents[here]] = weights[here]
    order = order[rare[order]]
    starts = np.concatenate(([0], np.cumsum(np.where(many, 0, found))))
    return Postings(
        size=size,
        places=places,
        starts=array("q", starts.tolist()),
        documents=documents[order].astype(np.int32),
        weights=weights[order].astype(np.float32),
        rarity=array("d", rarity.tolist()),
        unknown=unknown,
        common=common,
    )
