"""What a knowledge's own variants teach: which of their words tell its entries apart.

A softmax over the documents, linear in the grams, that starts from the centroids of each
document's texts and is trained on those texts. AdaGrad (Duchi, Hazan and Singer 2011) in small
batches in a fixed order; a text never counts in its own centroid (leave-one-out), or all would
seem to be learned already. Scores are divided by what the centroids were multiplied with, so
that they read like a cosine.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from faq.index import Floats, Postings, damp, pack_postings
from faq.rows import GramRows

#: A document with fewer texts teaches nothing.
FEWEST_TEXTS = 3
#: Texts times documents: more is not trained, and above the second fewer rounds are made.
MOST_PAIRS = 4_000_000
_PAIRS_A_BUILD = 12_000_000
#: Grams times documents: the weights while they are learned.
_MOST_WEIGHTS = 8_000_000
_ROUNDS = 10
_BATCH = 64
_STEP = 0.5
#: How sharp the centroids' cosines are as odds, to begin with.
_SHARPNESS = 20.0
#: The first squared gradient of AdaGrad.
_FIRST = 0.1
#: Smaller weights are forgotten, as a share of a cosine.
_LEAST = 0.004
#: What is learned counts so much at most, and half of that with so many texts a document.
_MOST_SHARE, _HALF_SHARE = 0.6, 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A linear score for each document; none where there is too little to learn from."""

    postings: Postings
    #: how much it counts beside the other indexes, 0-1
    share: float

    def score(self, line: Mapping[str, float], shape: Mapping[str, float]) -> Floats:
        """The learned score of every document."""
        grams = learned_grams(line, shape)
        weighed = {gram: n * self.postings.rarity_of(gram) for gram, n in grams.items()}
        length = sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        return self.postings.score({gram: weight / length for gram, weight in weighed.items()})


def learned_grams(line: Mapping[str, float], shape: Mapping[str, float]) -> dict[str, float]:
    """Words, what they stand for, and pairs of neighbours."""
    return {**line, **{gram: n for gram, n in shape.items() if " " in gram}}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Texts:
    """The texts as rows of weights of length 1, side by side."""

    ids: npt.NDArray[np.int64]
    weights: Floats
    starts: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int64]


def learn(table: GramRows, document_of: Sequence[int], size: int) -> Learned | None:
    """Train on one row of grams a text; nothing where texts are few or too many."""
    texts, grams = len(table.sizes), len(table.places)
    owner = np.asarray(document_of, dtype=np.int64)
    counts = np.bincount(owner, minlength=size)
    taught = counts >= FEWEST_TEXTS
    if texts < len(document_of):
        return None
    told_apart = int(np.count_nonzero(counts))
    if told_apart < 2 or 2 * int(counts[taught].sum()) < texts:  # noqa: PLR2004 - two at least
        return None
    if texts * size > MOST_PAIRS or grams * size > _MOST_WEIGHTS:
        return None
    rarity = np.log((1 + texts) / (1 + table.found())) + 1
    rows = _weigh(table, rarity, owner)
    weights, own_part = _centroids(rows, size, grams)
    rounds = max(1, min(_ROUNDS, _PAIRS_A_BUILD // (texts * size)))
    lessons = np.flatnonzero(taught[owner] & (np.diff(rows.starts) > 0))
    _train(weights, list(_batches(rows, lessons, own_part)), rounds)
    weights /= _SHARPNESS
    ids, documents = np.nonzero(np.abs(weights) > _LEAST)
    kept = weights[ids, documents].astype(np.float64)
    unknown = float(np.log(1 + texts) + 1)
    mean = texts / told_apart
    return Learned(
        postings=pack_postings(table.places, ids, documents, kept, (size, rarity, unknown)),
        share=_MOST_SHARE * mean / (mean + _HALF_SHARE),
    )


def _weigh(
    table: GramRows, rarity: npt.NDArray[np.float64], owner: npt.NDArray[np.int64]
) -> _Texts:
    ids, rows = np.asarray(table.ids, dtype=np.int64), table.rows()
    weights = damp(np.asarray(table.counts, dtype=np.float64)) * rarity[ids]
    lengths = np.sqrt(np.bincount(rows, weights=weights**2, minlength=len(table.sizes)))
    return _Texts(
        ids=ids,
        weights=(weights / lengths[rows]).astype(np.float32),
        starts=np.concatenate(([0], np.cumsum(np.asarray(table.sizes, dtype=np.int64)))),
        owner=owner,
    )


def _centroids(texts: _Texts, size: int, grams: int) -> tuple[Floats, Floats]:
    """The sharpened centroids, and what each text adds to its likeness with its own one."""
    owners = np.repeat(texts.owner, np.diff(texts.starts))
    places = texts.ids * size + owners
    flat = np.bincount(places, weights=texts.weights, minlength=grams * size)
    lengths = np.sqrt(np.bincount(np.arange(len(flat)) % size, weights=flat**2, minlength=size))
    rows = np.repeat(np.arange(len(texts.owner)), np.diff(texts.starts))
    shared = np.bincount(rows, weights=texts.weights * flat[places], minlength=len(texts.owner))
    own = lengths[texts.owner]
    # |sum - x|² = |sum|² - 2 x·sum + 1
    rest = np.sqrt(np.maximum(own**2 - 2 * shared + 1, 1e-6))
    excess = shared / np.maximum(own, 1e-6) - (shared - 1) / rest
    weights = flat.reshape(grams, size) * (_SHARPNESS / np.maximum(lengths, 1e-6))
    return weights.astype(np.float32), (_SHARPNESS * excess).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Some texts, their weights in the order of the texts and in the order of the grams."""

    owner: npt.NDArray[np.int64]
    own_part: Floats
    grams: npt.NDArray[np.int64]
    weights: Floats
    #: where each text begins
    starts: npt.NDArray[np.int64]
    distinct: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    sorted_weights: Floats
    #: where each distinct gram begins
    firsts: npt.NDArray[np.int64]


def _batches(texts: _Texts, taught: npt.NDArray[np.int64], own_part: Floats) -> Iterator[_Batch]:
    """The texts in a fixed order that mixes the documents."""
    order = np.random.default_rng(0).permutation(taught)
    for first in range(0, len(order), _BATCH):
        chosen = order[first : first + _BATCH]
        spans = [np.arange(texts.starts[row], texts.starts[row + 1]) for row in chosen]
        held = np.concatenate(spans)
        sizes = np.array([len(span) for span in spans])
        grams, weights = texts.ids[held], texts.weights[held, None]
        by_gram = np.argsort(grams, kind="stable")
        distinct, firsts = np.unique(grams[by_gram], return_index=True)
        yield _Batch(
            owner=texts.owner[chosen],
            own_part=own_part[chosen],
            grams=grams,
            weights=weights,
            starts=np.cumsum(sizes) - sizes,
            distinct=distinct,
            rows=np.repeat(np.arange(len(chosen)), sizes)[by_gram],
            sorted_weights=weights[by_gram],
            firsts=firsts,
        )


def _train(weights: Floats, batches: Sequence[_Batch], rounds: int) -> None:
    # sums over sorted rows rather than matrix products: those would wake threads for tiny work
    squares = np.full(weights.shape, _FIRST, dtype=np.float32)
    for batch in (batch for _ in range(rounds) for batch in batches):
        texts = np.arange(len(batch.owner))
        odds = np.add.reduceat(weights[batch.grams] * batch.weights, batch.starts, axis=0)
        odds[texts, batch.owner] -= batch.own_part
        odds -= odds.max(axis=1, keepdims=True)
        np.exp(odds, out=odds)
        odds /= odds.sum(axis=1, keepdims=True)
        odds[texts, batch.owner] -= 1
        slopes = odds[batch.rows] * batch.sorted_weights
        slope = np.add.reduceat(slopes, batch.firsts, axis=0)
        square = squares[batch.distinct] + slope * slope
        squares[batch.distinct] = square
        weights[batch.distinct] -= _STEP * slope / np.sqrt(square)
