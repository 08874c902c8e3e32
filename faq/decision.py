"""What the bot does with a message: answer, offer candidates, or say it did not understand."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MOST_CANDIDATES = 10


class Kind(StrEnum):
    """What to do."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an entry is a candidate, in terms that an admin can act on."""

    #: the message is this variant, letter for letter
    literal: bool
    #: the pieces of text that message and variant share; worked out for the first three
    shared: tuple[str, ...]
    #: how alike message and variant are as strings, 0-1
    similarity: float
    #: the share of the message that the knowledge knows at all, 0-1
    coverage: float
    #: the indexes' scores and their weighted sum
    shape: float
    line: float
    sound: float
    score: float


#: Stands where nobody asked for the reasons.
UNEXPLAINED = Explanation(
    literal=False, shared=(), similarity=0, coverage=0, shape=0, line=0, sound=0, score=0
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that may be what the customer asks for."""

    entry_id: str
    #: 0-100; of the answers given at 90, about 90 % are right
    confidence: float
    #: the question or variant that came closest
    variant: str
    why: Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From which confidence on the bot answers or offers, and by how much it must lead."""

    answer: float = 75.0
    suggest: float = 13.0
    margin: float = 10.0
    #: at this confidence nothing that the customer may still add would change the answer
    clear: float = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome for one message."""

    kind: Kind
    #: best first, at most ten
    candidates: tuple[Candidate, ...]
    #: the lead over the runner-up, in points of confidence
    margin: float
    #: it would be answered at once, without waiting for a continuation
    clear: bool
    knowledge_version: str

    def as_json(self) -> dict[str, Any]:
        """Small enough to be stored with every message."""
        return {
            "kind": self.kind.value,
            "margin": round(self.margin, 1),
            "clear": self.clear,
            "knowledge": self.knowledge_version,
            "candidates": [
                {
                    "id": candidate.entry_id,
                    "confidence": round(candidate.confidence, 1),
                    "variant": candidate.variant,
                }
                for candidate in self.candidates
            ],
        }


def choose_kind(
    candidates: tuple[Candidate, ...], threshold: float | None, limits: Limits
) -> tuple[Kind, float, bool]:
    """The kind of decision, its margin, and whether it is clear.

    `threshold` is the best entry's own least confidence where it has one.
    """
    if not candidates:
        return Kind.FALLBACK, 0.0, False
    best = candidates[0]
    margin = best.confidence - (candidates[1].confidence if len(candidates) > 1 else 0.0)
    least = limits.answer if threshold is None else threshold
    if best.confidence >= least and margin >= limits.margin:
        return Kind.ANSWER, margin, best.confidence >= max(least, limits.clear)
    if best.confidence >= limits.suggest:
        return Kind.SUGGEST, margin, False
    return Kind.FALLBACK, margin, False
