"""How scores read in one knowledge, found by asking it what it was not told."""

from collections.abc import Sequence

from faq.calibration import DOUBT, POOR_LIMIT, SHARPNESS, Calibration, profile_of
from faq.cutting import Cuts
from faq.entry import Entry
from faq.fitting import Lesson, Weights, fit
from faq.matcher import Matcher
from faq.trials import Trial, draw_trials

_PRIOR = Weights(sharpness=SHARPNESS, doubt=DOUBT)
#: What the knowledge itself has a say in: sharpness and doubt as such, and what is unknown.
_OWN, _FIXED = 6.0, 1e5
_FIRMNESS = Weights(
    sharpness=(_OWN, *[_FIXED] * (len(SHARPNESS) - 1)),
    doubt=tuple(_OWN if place in (0, 3) else _FIXED for place in range(len(DOUBT))),
)
#: A message without an entry is rarer than our trials of it, and less like an entry's texts:
#: all of them count as so large a share of the others. Where to answer they count more, for a
#: wrong answer is worse than a wrong figure.
_STRANGERS, _ANSWERED_STRANGERS = 0.03, 0.1
_FEWEST = 10
#: Of the answers given, this share is to be right.
_RIGHT = 0.95
_LEAST_LIMIT, _HIGHEST_LIMIT = 65.0, 85.0


def calibrate(order: Sequence[Entry], matcher: Matcher, cuts: Cuts | None = None) -> Calibration:
    """How scores read in the knowledge of these entries."""
    profile = profile_of(matcher)
    trials = list(draw_trials(order, matcher, cuts))
    if len(trials) < _FEWEST:
        return Calibration(profile=profile, limit=POOR_LIMIT)
    weights = fit(_lessons(trials), _PRIOR, _FIRMNESS)
    return Calibration(
        profile=profile,
        sharpness=weights.sharpness,
        doubt=weights.doubt,
        limit=_limit(trials, weights),
    )


def _lessons(trials: Sequence[Trial]) -> list[Lesson]:
    stranger = _weight(trials, _STRANGERS)
    return [
        Lesson(
            ranking=trial.ranking,
            profile=profile_of(trial.matcher),
            right=frozenset() if trial.right is None else frozenset({trial.right}),
            weight=stranger if trial.right is None else trial.trust,
        )
        for trial in trials
    ]


def _weight(trials: Sequence[Trial], share: float) -> float:
    """What one stranger counts when all of them are to be this share of the others."""
    strangers = sum(trial.right is None for trial in trials)
    others = sum(trial.trust for trial in trials if trial.right is not None)
    return min(share * others / max(strangers, 1), 1.0)


def _limit(trials: Sequence[Trial], weights: Weights) -> float:
    """The least confidence from which on enough of the answers are right."""
    stranger = _weight(trials, _ANSWERED_STRANGERS)
    reached: list[tuple[float, float, float]] = []
    for trial in trials:
        reading = Calibration(
            profile=profile_of(trial.matcher), sharpness=weights.sharpness, doubt=weights.doubt
        )
        figures = reading.confidences(trial.ranking)
        best = figures[0] if figures else 0.0
        # what the model says is steadier than how a few trials happened to end
        reached.append(
            (best, stranger, 0.0)
            if trial.right is None
            else (best, trial.trust, trial.trust * best)
        )
    total = right = 0.0
    limit = _HIGHEST_LIMIT
    for best, weight, share in sorted(reached, reverse=True):
        total += weight
        right += share
        if right >= total * _RIGHT * 100.0:
            limit = best
    return min(max(limit, _LEAST_LIMIT), _HIGHEST_LIMIT)
