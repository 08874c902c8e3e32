"""Values of gaps: questions, groups of them, picks, and what can go wrong while deciding.

Refused
└── AlreadyDecided    a colleague decided this meanwhile
BadInput
├── TooManyVariants   the entry would have more than anybody keeps in order
└── NothingChosen     no phrasing was chosen
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import BadInput, Refused
from faq.gaps import Cost

#: More variants blur an entry instead of sharpening it.
MOST_VARIANTS = 30
#: So many customers must have asked again before a decided group is shown as open again.
AGAIN = 3
REASON_LIMIT = 500


class AlreadyDecided(Refused):
    says = "A colleague has decided this meanwhile."


class TooManyVariants(BadInput):
    says = "An entry keeps at most 30 variants. Choose the ones that differ most."


class NothingChosen(BadInput):
    says = "Choose at least one."


class GapState(StrEnum):
    """What was decided about a group."""

    OPEN = "open"
    #: an entry is being written for it
    ENTRY = "entry"
    #: it belongs to an entry
    VARIANT = "variant"
    #: nothing should answer it
    OUT = "out"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A question as it was found in a conversation, ready to be kept."""

    key: str
    conversation_id: int
    customer_id: int
    message_id: int
    last_message_id: int
    reference: str
    channel: str
    lang: str
    text: str
    why: str
    entry_id: str | None
    #: JSON
    considered: str
    asked_at: int
    handed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Considered:
    """An entry that the bot thought of."""

    entry_id: str
    confidence: float


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptQuestion:
    """A question as it is kept."""

    id: int
    gap_id: int | None
    #: None once the conversation was deleted
    conversation_id: int | None
    reference: str
    channel: str
    lang: str
    text: str
    #: unanswered, rejected, escalated, chosen
    why: str
    #: the entry that its customer picked
    entry_id: str | None
    considered: tuple[Considered, ...]
    asked_at: int
    handed: bool
    handling_ms: int | None
    #: of a pick: open, added, dismissed
    state: str
    decided_at: int | None = None
    decided_by: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class GapMark:
    """A group as its row says."""

    id: int
    state: GapState
    entry_id: str | None
    reason: str
    decided_by: str | None
    decided_at: int | None
    served_at: int | None
    reopened_at: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedGap:
    """One line of the list."""

    mark: GapMark
    cost: Cost
    #: what was asked most often, then the newest
    text: str
    phrasings: int
    #: conversations in which it was ever asked
    conversations: int
    last_at: int
    lang: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrasing:
    """One way to ask, however often it was used."""

    text: str
    count: int
    #: the newest question in these words
    question_id: int
    last_at: int


@dataclass(frozen=True, kw_only=True, slots=True)
class GapView:
    """A group with everything behind it."""

    listed: ListedGap
    phrasings: tuple[Phrasing, ...]
    #: the newest first
    questions: tuple[KeptQuestion, ...]
    #: entries that the bot thought of, by how often, with the highest confidence
    considered: tuple[tuple[str, int, float], ...]
    #: what an agent answered, the newest that says more than a greeting
    reply: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Picked:
    """Texts for which customers picked one and the same entry."""

    entry_id: str
    picks: tuple[KeptQuestion, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class GapsPage:
    """The list with its totals."""

    gaps: tuple[ListedGap, ...]
    #: over all open groups, a month
    monthly: float
    cost_ms: float
    open: int
    decided: int
    picks: int
