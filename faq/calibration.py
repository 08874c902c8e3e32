"""Scores turned into confidence: the chance, in percent, that an entry is what was asked.

The coefficients were fitted once over knowledge of several kinds, languages and sizes. What
differs from one knowledge to the next is measured on itself: every entry is hidden in turn, and
what its own questions then reach is what a message without an entry may reach here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from faq.matcher import Match, Matcher, Ranking

#: The message is a question or a variant, letter for letter.
LITERAL = 99.0
#: It is one but for a mark, an ending or a slip of the finger.
NEARLY_LITERAL = 96.0
#: Anything less than literal stays below.
_MOST = 95.0

_BIAS, _SCORE, _LEAD, _RICHNESS, _JAPANESE = -3.1, 4.3, 13.7, 0.28, 1.5
#: A runner-up is never taken to be weaker: in a small knowledge there may be none at all.
_WEAKEST_RIVAL = 0.15
_RICHEST = 3.0
#: How many messages without an entry are tried, and the share of them that must not be answered.
_TRIED = 300
_REJECTED = 0.9
_LEAST_LIMIT, _HIGHEST_LIMIT = 70.0, 90.0
#: With hardly more than one text an entry, only what is nearly literal is answered.
_POOR = log(1.5)
#: With fewer trials the limit says nothing.
_FEWEST_TRIED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How a score reads in this knowledge."""

    #: the logarithm of the mean number of texts an entry has
    richness: float = 0.0
    #: from this confidence on the bot answers
    limit: float = _LEAST_LIMIT

    def confidences(self, ranking: Ranking) -> tuple[float, ...]:
        """One figure per match, never rising from first to last."""
        literal = sum(match.literal for match in ranking.matches)
        nearly = sum(match.nearly for match in ranking.matches)
        figures: list[float] = []
        for place, match in enumerate(ranking.matches):
            if match.literal:
                figure = LITERAL / literal
            elif match.nearly and not literal:
                figure = NEARLY_LITERAL / nearly
            else:
                figure = self._from_score(ranking, place, match)
            figures.append(min(figure, figures[-1]) if figures else figure)
        if literal or nearly:
            return tuple(figures)
        return _share(figures)

    def _from_score(self, ranking: Ranking, place: int, match: Match) -> float:
        matches = ranking.matches
        rival = matches[0 if place else 1].score if len(matches) > 1 else 0.0
        lead = match.score - max(rival, _WEAKEST_RIVAL)
        total = (
            _BIAS
            + _SCORE * match.score
            + _LEAD * lead
            + _RICHNESS * self.richness
            + _JAPANESE * ranking.message.japanese
        )
        return min(100.0 / (1.0 + exp(-max(total, -50.0))), _MOST)


def _share(figures: Sequence[float]) -> tuple[float, ...]:
    """Only one entry can be meant: equals share what one of them would have alone."""
    if len(figures) < 2 or not figures[0]:  # noqa: PLR2004 — nobody to share with
        return tuple(figures)
    kept = 1.0 - (figures[1] / figures[0]) ** 3 / 2.0
    return tuple(figure * kept for figure in figures)


def calibrate(matcher: Matcher) -> Calibration:
    """How scores read in the knowledge of this matcher."""
    texts = [(doc.entry, text) for doc in matcher.documents for text in doc.texts]
    entries = len({entry for entry, _ in texts})
    richness = min(log(max(len(texts), 1) / max(entries, 1)), _RICHEST)
    plain = Calibration(richness=richness)
    return Calibration(richness=richness, limit=_limit(matcher, plain, texts))


def _limit(matcher: Matcher, calibration: Calibration, texts: Sequence[tuple[int, str]]) -> float:
    """The confidence that hardly any message without an entry reaches."""
    if calibration.richness < _POOR:
        return _HIGHEST_LIMIT
    step = max(1, len(texts) // _TRIED)
    tried = texts[::step]
    if len(tried) < _FEWEST_TRIED:
        return _LEAST_LIMIT
    reached = []
    for entry, text in tried:
        figures = calibration.confidences(matcher.rank(text, {entry}, most=2))
        reached.append(figures[0] if figures else 0.0)
    reached.sort()
    found = reached[int(len(reached) * _REJECTED)]
    return min(max(found, _LEAST_LIMIT), _HIGHEST_LIMIT)
