"""A conversation's states, why it goes to people, and where the dialogue stands."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.bubbles import Action, action_from_json


class State(StrEnum):
    """Who has the conversation."""

    BOT = "bot"
    WAITING = "waiting"  # in the queue of people
    ASSIGNED = "assigned"  # an agent has it: the bot is silent
    RESOLVED = "resolved"  # declared solved, the survey is open
    CLOSED = "closed"


#: From each state to the ones it may become.
TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.BOT: frozenset({State.WAITING, State.ASSIGNED, State.RESOLVED, State.CLOSED}),
    State.WAITING: frozenset({State.BOT, State.ASSIGNED, State.RESOLVED, State.CLOSED}),
    State.ASSIGNED: frozenset({State.WAITING, State.RESOLVED, State.CLOSED}),
    State.RESOLVED: frozenset({State.BOT, State.WAITING, State.ASSIGNED, State.CLOSED}),
    State.CLOSED: frozenset({State.WAITING, State.ASSIGNED}),  # reopened by an agent
}


class Cause(StrEnum):
    """Why a conversation went to people."""

    ASKED = "asked"
    MISSES = "misses"
    UNSOLVED = "unsolved"
    ENTRY = "entry"
    COMPLAINT = "complaint"


class WaitMode(StrEnum):
    """What the customer chose to do while waiting."""

    QUEUE = "queue"
    CALLBACK = "callback"
    MESSAGE = "message"


class Stage(StrEnum):
    """What the bot's last question was."""

    IDLE = "idle"
    SOLVED = "solved"  # did that solve it?
    SUGGESTED = "suggested"  # did you mean one of these?
    ESCALATE = "escalate"  # shall I connect you?
    FORM = "form"  # a question of the form
    SLOT = "slot"  # when shall we call?
    PHONE = "phone"  # at which number?
    NOTE = "note"  # what shall we pass on?
    SCORE = "score"  # survey: 1-5
    COMMENT = "comment"  # survey: anything to add?


@dataclass(frozen=True, kw_only=True, slots=True)
class Talk:
    """Where the dialogue stands; stored as JSON with the conversation."""

    stage: Stage = Stage.IDLE
    #: fallbacks in a row
    misses: int = 0
    #: answers in a row that did not solve it
    unsolved: int = 0
    #: entry answered last
    entry_id: str | None = None
    #: entries the customer turned down, newest last
    rejected: tuple[str, ...] = ()
    #: the question that the open suggestion or answer is about
    question: str = ""
    #: an unclear short line that waits for its continuation
    pending: str = ""
    #: message id of the pending line, the cause of the coming bot turn
    pending_id: int | None = None
    #: the pending line's place in time and its reply token
    pending_at: int = 0
    pending_token: str | None = None
    pending_token_at: int | None = None
    #: the customer has been told that a message written while waiting arrived
    acked: bool = False
    #: what the typed numbers of the last turn mean
    offered: tuple[Action, ...] = ()
    #: index of the form's open question
    form_step: int = 0
    #: chosen slot "from-until" in ms
    slot: str = ""
    #: announcements that were told in this conversation
    announced: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Only what differs from a fresh talk, so that the row stays small."""
        found = {
            name: value
            for name in _TALK_FIELDS
            if (value := getattr(self, name)) != getattr(_FRESH, name) and name != "offered"
        }
        if self.offered:
            found["offered"] = [action.as_json() for action in self.offered]
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


_FRESH = Talk()
_TALK_FIELDS = tuple(Talk.__dataclass_fields__)


def talk_from_json(text: str) -> Talk:
    """The inverse of `Talk.to_json`; what it does not know it leaves out."""
    value: dict[str, Any] = json.loads(text) if text != "{}" else {}
    known = {name: value[name] for name in Talk.__dataclass_fields__ if name in value}
    if "stage" in known:
        known["stage"] = Stage(known["stage"])
    if "rejected" in known:
        known["rejected"] = tuple(known["rejected"])
    if "announced" in known:
        known["announced"] = tuple(known["announced"])
    if "offered" in known:
        known["offered"] = tuple(action_from_json(item) for item in known["offered"])
    return Talk(**known)


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation:
    """One matter, as its row says."""

    id: int
    reference: str
    customer_id: int
    channel: str
    state: State
    lang: str
    talk: Talk
    agent_id: int | None
    team: str | None
    urgent: bool
    cause: Cause | None
    wait_mode: WaitMode | None
    form: Mapping[str, str] = field(default_factory=dict)
    round: int
    entry_id: str | None
    last_seq: int
    customer_seq: int
    agent_seq: int
    opened_at: int
    customer_at: int | None
    waiting_since: int | None
    claimed_at: int | None
    first_response_at: int | None
    resolved_at: int | None
    closed_at: int | None
    previous_id: int | None
    review: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """Who is talking to us."""

    id: int
    channel: str
    external_id: str | None
    name: str | None
    lang: str
    reachable: bool
    known: Mapping[str, str] = field(default_factory=dict)
