"""What the desk shows, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.conversation import Conversation


class Shelf(StrEnum):
    """The lists of the desk."""

    WAITING = "waiting"
    MINE = "mine"
    ASSIGNED = "assigned"
    BOT = "bot"
    RESOLVED = "resolved"
    CLOSED = "closed"
    OPEN = "open"  # everything that is not closed
    REVIEW = "review"  # a low score: a supervisor looks at it
    TROUBLE = "trouble"  # something could not be delivered
    ALL = "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which conversations are looked for."""

    shelf: Shelf = Shelf.OPEN
    team: str | None = None
    agent_id: int | None = None
    #: words in messages, a customer's name or a reference
    text: str = ""
    #: 0 = the first page
    page: int = 0
    page_size: int = 50


def name_of(name: str | None, known: Mapping[str, str]) -> str | None:
    """What to call a customer: the account's name, else the one given to the form."""
    return name or known.get("name") or None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One conversation in a list."""

    id: int
    reference: str
    state: str
    channel: str
    lang: str
    team: str | None
    urgent: bool
    cause: str | None
    wait_mode: str | None
    review: bool
    customer_id: int
    customer_name: str | None
    reachable: bool
    agent_id: int | None
    agent_name: str | None
    opened_at: int
    changed_at: int
    customer_at: int | None
    waiting_since: int | None
    claimed_at: int | None
    first_response_at: int | None
    resolved_at: int | None
    closed_at: int | None
    last_seq: int
    #: what the customer wrote last, or ours where nothing was: who said it and how it begins
    last_sender: str | None
    last_text: str | None
    #: the customer wrote and no agent has answered since
    unanswered: bool
    #: there is something the viewing agent has not read
    unread: bool
    #: when a call is promised
    callback_at: int | None
    #: messages that could not be delivered
    troubles: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """One page of a list, and how many stand on each shelf."""

    lines: tuple[Line, ...]
    #: there is a further page
    more: bool
    counts: Mapping[Shelf, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One message as staff see it."""

    id: int
    conversation_id: int
    seq: int
    #: customer, bot, agent, system
    sender: str
    kind: str
    #: None: unsent or erased, see `erased_how`
    text: str | None
    body: Mapping[str, Any]
    agent_id: int | None
    agent_name: str | None
    entry_id: str | None
    confidence: float | None
    knowledge_version: str | None
    #: the bot's decision: candidates and why
    decision: Mapping[str, Any]
    sent_at: int
    occurred_at: int
    erased_at: int | None
    erased_how: str | None
    #: state of its delivery: an outbox state, empty where nothing is sent; a bot's `cancelled`
    #: was withheld because an agent took over
    delivery: str
    delivery_error: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """A note as staff see it."""

    id: int
    agent_id: int
    agent_name: str
    text: str
    after_seq: int
    at: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Earlier:
    """Another conversation of the same person."""

    id: int
    reference: str
    channel: str
    state: str
    opened_at: int
    closed_at: int | None
    agent_name: str | None
    entry_id: str | None
    #: of its last survey
    score: int | None
    #: the customer's first words
    first_text: str | None
    #: found under another account with the same telephone number
    by_phone: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """Who the customer is, as far as we know."""

    id: int
    channel: str
    name: str | None
    picture: str | None
    lang: str
    reachable: bool
    #: answers remembered for good, by field
    known: Mapping[str, str]
    created_at: int
    seen_at: int
    erased_at: int | None
    earlier: tuple[Earlier, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """Who had it, and how it came and went."""

    agent_id: int
    agent_name: str
    claimed_at: int
    released_at: int | None
    came: str
    went: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Callback:
    """A call that was promised, with whom it is for."""

    id: int
    conversation_id: int
    reference: str
    customer_name: str | None
    #: E.164
    phone: str
    from_at: int
    until_at: int
    #: due, done, cancelled
    state: str
    done_by: str | None
    done_at: int | None
    outcome: str | None
    created_at: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """A request to a channel that did not go through."""

    outbox_id: int
    conversation_id: int | None
    reference: str | None
    channel: str
    customer_name: str | None
    sender: str
    #: failed, in_doubt, blocked_quota
    state: str
    first_seq: int
    last_seq: int
    attempts: int
    error: str | None
    created_at: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ConversationView:
    """Everything about one conversation on one page."""

    conversation: Conversation
    agent_name: str | None
    card: Card
    messages: tuple[Said, ...]
    #: older messages exist; ask with `before_seq`
    more: bool
    notes: tuple[Remark, ...]
    #: entries that the customer turned down
    rejected: tuple[str, ...]
    #: answers of the form before the handoff, by field
    form: Mapping[str, str]
    callbacks: tuple[Callback, ...]
    held: tuple[Held, ...]
    troubles: tuple[Trouble, ...]
    #: how far each agent has read, by name
    seen: Mapping[str, int]
    #: 1 = next; 0 when it does not wait in line
    position: int
