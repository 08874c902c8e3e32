"""Scores turned into confidence: the chance, in percent, that an entry is what was asked.

Every candidate pulls by its score, and so does the possibility that none of them is meant; an
entry's confidence is its share of the pull. How sharply scores tell entries apart, and what
speaks for none, was fitted over knowledge of several kinds, languages and sizes by
`benchmarks/calibration.py`; `faq.adjusting` fits it anew to each knowledge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from faq.matcher import RESCORED, Matcher
from faq.ranking import Match, Ranking

#: The message is a question or a variant, letter for letter.
LITERAL = 99.0
#: It is one but for a mark, an ending or a slip of the finger.
NEARLY_LITERAL = 98.0
#: Anything less than literal stays below.
MOST = 97.5

#: What a point of score pulls: in any case, in Japanese, by richness, by size.
SHARPNESS = (6.16, 4.53, 4.39, 1.93)
#: What speaks for none: in any case, Japanese, richness, what the knowledge does not know of the
#: message, its length, size, the scores of those who are certainly not meant, likeness.
DOUBT = (-6.80, -2.05, 1.05, 5.00, -0.05, 1.80, 6.70, 0.10)
#: Where knowledge with hardly more than one text an entry starts to answer.
POOR_LIMIT = 85.0
#: From this place on a candidate is nothing but noise.
_NOISE = 4
_FEWEST, _MOST_ENTRIES = 5, 1_500
_RICHEST = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of a knowledge before anything is asked."""

    #: the logarithm of the mean number of texts an entry has in one language
    richness: float
    #: the logarithm of the number of entries, within what was measured
    size: float


EMPTY = Profile(richness=0.0, size=log(_FEWEST))


def profile_of(matcher: Matcher) -> Profile:
    """The profile of the entries of this matcher."""
    texts = sum(len(document.texts) for document in matcher.documents)
    entries = len({document.entry for document in matcher.documents})
    asked = len(matcher.documents)
    return Profile(
        richness=min(log(max(texts, 1) / max(asked, 1)), _RICHEST),
        size=log(min(max(entries, _FEWEST), _MOST_ENTRIES)),
    )


def sharpness_factors(ranking: Ranking, profile: Profile) -> tuple[float, ...]:
    """What `SHARPNESS` is multiplied by."""
    return (1.0, float(ranking.message.japanese), profile.richness, profile.size)


def doubt_factors(ranking: Ranking, profile: Profile) -> tuple[float, ...]:
    """What `DOUBT` is multiplied by."""
    scores = [plain_score(match) for match in ranking.matches]
    noise = scores[_NOISE:] or scores[-1:] or [0.0]
    return (
        1.0,
        float(ranking.message.japanese),
        profile.richness,
        1.0 - ranking.coverage,
        log(1.0 + sum(ranking.message.line.values())),
        profile.size,
        sum(noise) / len(noise),
        max((match.similarity for match in ranking.matches[:1]), default=0.0),
    )


def plain_score(match: Match) -> float:
    """The score without what being literal adds."""
    return match.score - match.literal - match.nearly


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How a score reads in this knowledge."""

    profile: Profile = EMPTY
    sharpness: tuple[float, ...] = SHARPNESS
    doubt: tuple[float, ...] = DOUBT
    #: from this confidence on the bot answers
    limit: float = POOR_LIMIT

    def confidences(self, ranking: Ranking) -> tuple[float, ...]:
        """One figure per match, never rising from first to last; together at most 100."""
        literal = sum(match.literal for match in ranking.matches)
        nearly = sum(match.nearly for match in ranking.matches)
        shares = self._shares(ranking)
        if not literal and not nearly:
            return tuple(min(share * 100.0, MOST) for share in shares)
        sure = LITERAL if literal else NEARLY_LITERAL
        said = [match.literal if literal else match.nearly for match in ranking.matches]
        # what is said leaves little to the others
        figures = [
            sure / (literal or nearly) if one else share * (100.0 - sure)
            for one, share in zip(said, shares, strict=True)
        ]
        return tuple(min(figures[: place + 1]) for place in range(len(figures)))

    def _shares(self, ranking: Ranking) -> list[float]:
        slope = _weigh(self.sharpness, sharpness_factors(ranking, self.profile))
        none = _weigh(self.doubt, doubt_factors(ranking, self.profile))
        pulls = [max(slope, 0.0) * plain_score(match) for match in ranking.matches]
        highest = max([none, 0.0, *pulls])
        weights = [exp(pull - highest) for pull in pulls]
        # where few entries have anything of the message, others pull with a score of nothing:
        # else the faintest likeness would be sure for want of rivals
        absent = max(RESCORED - len(pulls), 0) * exp(-highest)
        total = sum(weights) + absent + exp(none - highest)
        return [weight / total for weight in weights]


def _weigh(weights: Sequence[float], factors: Sequence[float]) -> float:
    return sum(weight * factor for weight, factor in zip(weights, factors, strict=True))
