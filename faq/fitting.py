"""Fits sharpness and doubt to rankings of which the right entry is known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faq.calibration import Profile, doubt_factors, plain_score, sharpness_factors
from faq.matcher import RESCORED
from faq.ranking import Ranking

Doubles = npt.NDArray[np.float64]
#: Newton's method is there long before.
_MOST_STEPS = 30
_CLOSE = 1e-6
_LONGEST_STEP = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A ranking, which of its entries are right, and how much that counts."""

    ranking: Ranking
    profile: Profile
    #: entries in the order of the ranking's matcher; none: nothing fits
    right: frozenset[int]
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What is fitted."""

    sharpness: tuple[float, ...]
    doubt: tuple[float, ...]


def fit(lessons: Sequence[Lesson], start: Weights, firmness: Weights) -> Weights:
    """The likeliest weights, each held to its start as firmly as is said."""
    # what is literal is sure by itself
    open_ones = [
        lesson
        for lesson in lessons
        if lesson.ranking.matches
        and not any(match.literal or match.nearly for match in lesson.ranking.matches)
    ]
    if not open_ones:
        return start
    first = np.array((*start.sharpness, *start.doubt))
    hold = np.array((*firmness.sharpness, *firmness.doubt))
    factors, right = _tables(open_ones, len(first))
    counts = np.array([lesson.weight for lesson in open_ones])[:, None]
    weights = first.copy()
    for _ in range(_MOST_STEPS):
        share = _softmax(factors @ weights)
        wanted = share * right
        wanted /= np.maximum(wanted.sum(axis=1, keepdims=True), 1e-300)
        slope = np.einsum("qk,qkf->f", (wanted - share) * counts, factors)
        slope -= hold * (weights - first)
        mean = np.einsum("qk,qkf->qf", share, factors)
        bend = np.einsum("qk,qkf,qkg->fg", share * counts, factors, factors)
        bend += np.diag(hold) - (mean * counts).T @ mean
        step = np.linalg.solve(bend + 1e-9 * np.eye(len(first)), slope)
        longest = float(np.abs(step).max())
        weights += step * min(1.0, _LONGEST_STEP / max(longest, _CLOSE))
        if longest < _CLOSE:
            break
    figures = [float(figure) for figure in weights]
    cut = len(start.sharpness)
    return Weights(sharpness=tuple(figures[:cut]), doubt=tuple(figures[cut:]))


def _tables(lessons: Sequence[Lesson], width: int) -> tuple[Doubles, Doubles]:
    """What pulls for every candidate and, in the last place, for none; which of them are right.

    Candidates that are wanting pull with nothing.
    """
    shape = (len(lessons), RESCORED + 1)
    factors, right = np.zeros((*shape, width)), np.zeros(shape)
    for row, lesson in enumerate(lessons):
        matches = lesson.ranking.matches[:RESCORED]
        sharp = np.array(sharpness_factors(lesson.ranking, lesson.profile))
        for place, match in enumerate(matches):
            factors[row, place, : len(sharp)] = sharp * plain_score(match)
            right[row, place] = match.entry in lesson.right
        factors[row, -1, len(sharp) :] = doubt_factors(lesson.ranking, lesson.profile)
        if not right[row].any():
            right[row, len(matches) :] = 1.0
    return factors, right


def _softmax(pulls: Doubles) -> Doubles:
    weights = np.exp(pulls - pulls.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
