"""What a changed knowledge would say to customers' real questions, beside what it says now."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from faq.decision import Kind


class Shift(StrEnum):
    """How the outcome for one question changes."""

    #: answered now, before it was not
    ANSWERED = "answered"
    #: no longer answered
    UNANSWERED = "unanswered"
    #: answered by another entry than before
    TAKEN = "taken"
    #: never answered; other entries are offered
    OFFERED = "offered"


class Verdict(StrEnum):
    """Whether that is good."""

    BETTER = "better"
    WORSE = "worse"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A distinct question of customers, and what they told about its answers."""

    text: str
    lang: str
    channel: str
    #: how often it was asked
    count: int = 1
    last_at: int = 0
    #: the newest message that says it, and its conversation
    message_id: int = 0
    conversation_id: int = 0
    #: entries that turned out right: tapped, or said to have solved it
    right: frozenset[str] = frozenset()
    #: entries that turned out wrong
    wrong: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is decided about a question."""

    kind: Kind
    #: the entry that answers
    entry_id: str | None = None
    confidence: float = 0.0
    #: entries that are offered, best first
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A question whose outcome changes."""

    question: Question
    shift: Shift
    verdict: Verdict
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Every question whose outcome changes; the rest only counted."""

    days: int
    #: distinct questions that were tried, and those left out beyond the most
    tried: int
    left_out: int = 0
    unchanged: int
    #: worst first, then by how often it was asked
    changes: tuple[Replayed, ...] = ()
    #: question of each entry named here, by id, for sentences
    titles: Mapping[str, str] = field(default_factory=dict)

    def list_of(self, shift: Shift) -> tuple[Replayed, ...]:
        """The changes of one sort."""
        return tuple(each for each in self.changes if each.shift is shift)

    def count(self, verdict: Verdict) -> int:
        """How many changed answers are so."""
        return sum(
            each.verdict is verdict and each.shift is not Shift.OFFERED for each in self.changes
        )

    @property
    def answers_changed(self) -> int:
        """Questions that get another answer, an answer, or none any more."""
        return sum(each.shift is not Shift.OFFERED for each in self.changes)

    @property
    def taken_from(self) -> tuple[tuple[str, int], ...]:
        """Entry ids that lose questions to others, with how many; most first."""
        lost = Counter(each.before.entry_id or "" for each in self.list_of(Shift.TAKEN))
        return tuple(sorted(lost.items(), key=lambda item: (-item[1], item[0])))

    def headline(self, lang: str) -> str:
        """The whole in one sentence."""
        raise NotImplementedError


def texts_of(questions: Sequence[Question]) -> tuple[str, ...]:
    """The questions' words."""
    return tuple(each.text for each in questions)
