"""What the bot does with a message: answer, offer candidates, or say it did not understand."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MOST_CANDIDATES = 10
#: So many are offered at most.
OFFERED = 3


class Kind(StrEnum):
    """What to do."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that may be what the customer asks for."""

    entry_id: str
    #: 0-100; of the answers given at 90, about 90 % are right
    confidence: float
    #: the question or variant that came closest
    variant: str

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "id": self.entry_id,
            "confidence": round(self.confidence, 1),
            "variant": self.variant,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From which confidence on the bot answers or offers, and by how much it must lead."""

    answer: float = 75.0
    #: what the first three together must reach to be offered
    suggest: float = 20.0
    margin: float = 10.0
    #: at this confidence nothing that the customer may still add would change the answer
    clear: float = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLimits:
    """The limits that were set by hand; None: what the knowledge finds for itself."""

    answer: float | None = None
    suggest: float | None = None
    margin: float | None = None

    def over(self, found: Limits) -> Limits:
        """The limits in force."""
        return Limits(
            answer=found.answer if self.answer is None else self.answer,
            suggest=found.suggest if self.suggest is None else self.suggest,
            margin=found.margin if self.margin is None else self.margin,
            clear=found.clear,
        )


NONE_SET = SetLimits()


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
    #: other entries that further questions in the same message ask for, in the order asked
    also: tuple[Candidate, ...] = ()
    #: further questions in it that no entry answers
    unmet: tuple[str, ...] = ()
    #: how many further questions in it were not looked at
    left: int = 0
    #: the question of the message that was decided alone; empty: the whole message
    part: str = ""

    def as_json(self) -> dict[str, Any]:
        """Small enough to be stored with every message; what the customer wrote is not in it."""
        made: dict[str, Any] = {
            "kind": self.kind.value,
            "margin": round(self.margin, 1),
            "clear": self.clear,
            "knowledge": self.knowledge_version,
            "candidates": [candidate.as_json() for candidate in self.candidates],
        }
        if self.also:
            made["also"] = [candidate.as_json() for candidate in self.also]
        if self.unmet:
            made["unmet"] = len(self.unmet)
        if self.left:
            made["left"] = self.left
        if self.part:
            made["part"] = True
        return made


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
    # offering three helps when one of them is meant, whichever it is
    if sum(one.confidence for one in candidates[:OFFERED]) >= limits.suggest:
        return Kind.SUGGEST, margin, False
    return Kind.FALLBACK, margin, False
