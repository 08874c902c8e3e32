"""Scores turned into confidence: the chance, in percent, that an entry is what was asked."""

from dataclasses import dataclass
from math import exp

from faq.matcher import Match, Ranking

#: A literal hit answers at once; only a second literal hit can put it in doubt.
LITERAL = 99.0
NEARLY_LITERAL = 96.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How a score reads in this knowledge."""

    bias: float = -4.0
    score: float = 8.0
    margin: float = 6.0
    coverage: float = 0.5
    similarity: float = 1.0

    def confidences(self, ranking: Ranking) -> tuple[float, ...]:
        """One figure per match, never rising from first to last."""
        figures: list[float] = []
        for place, match in enumerate(ranking.matches):
            figure = self._confidence(ranking, place, match)
            figures.append(min(figure, figures[-1]) if figures else figure)
        return tuple(figures)

    def _confidence(self, ranking: Ranking, place: int, match: Match) -> float:
        if match.literal:
            rivals = sum(other.literal for other in ranking.matches)
            return LITERAL if rivals == 1 else LITERAL / rivals
        others = [other.score for other in ranking.matches if other is not match]
        margin = match.score - max(others, default=0.0)
        sum_ = (
            self.bias
            + self.score * match.score
            + self.margin * margin
            + self.coverage * ranking.coverage
            + self.similarity * match.similarity
        )
        return 95.0 / (1.0 + exp(-sum_))
