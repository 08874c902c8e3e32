"""One agent acting at one moment, and what became of it: what the desk's transactions share."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.clock import HOUR_MS, MINUTE_MS
from bot.conversation import Conversation, State
from bot.hints import DESK, Hint, customer_topic
from bot.rows import get_conversation, get_customer
from bot.store import Tx
from handoff import accounts, assignments, audit, queue
from handoff.access import Agent, Verb, require
from handoff.desktalk import DeskTalk
from handoff.errors import NotOpen, NotYours
from handoff.settings import PeopleSettings

R = TypeVar("R")

#: Until the talk sets its own: a resolved conversation is closed after this long.
SURVEY_MS = 24 * HOUR_MS


@dataclass(frozen=True, kw_only=True, slots=True)
class Acting:
    """Who does something, when, and by which rules."""

    agent: Agent
    now: int
    talk: DeskTalk
    settings: PeopleSettings

    def require(self, verb: Verb) -> None:
        """Raise NotAllowed unless the agent may do it."""
        require(self.agent, verb)


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed(Generic[R]):
    """What a transaction gave back, and whose pages are told to look again."""

    result: R
    hints: tuple[Hint, ...] = ()


def hints_about(tx: Tx, conversation_id: int, *, customer: bool) -> tuple[Hint, ...]:
    """Hints that a conversation moved; to its customer too where the customer can see it."""
    now = get_conversation(tx, conversation_id)
    topics = (DESK, customer_topic(now.customer_id)) if customer else (DESK,)
    return tuple(
        Hint(topic=topic, kind="conversation", conversation_id=now.id, seq=now.last_seq)
        for topic in topics
    )


def refuse_owner(tx: Tx, conversation: Conversation) -> None:
    """Say why an agent who does not have it cannot act on it."""
    if conversation.state in {State.CLOSED, State.RESOLVED}:
        raise NotOpen("This conversation is over. Reopen it first.")
    raise NotYours(accounts.find_name(tx, conversation.agent_id))


def waits_since(tx: Tx, conversation: Conversation, now: int) -> int:
    """Since when the customer waits for us: the oldest message that no agent has answered."""
    if conversation.first_response_at is None and conversation.waiting_since is not None:
        return conversation.waiting_since
    row = tx.one(
        "SELECT MIN(sent_at) AS at FROM message WHERE conversation_id = :id"
        " AND sender = 'customer' AND seq > :seq",
        id=conversation.id,
        seq=conversation.agent_seq,
    )
    return int(row["at"]) if row and row["at"] is not None else now


def return_to_queue(
    tx: Tx,
    conversation: Conversation,
    *,
    team: str | None,
    went: str,
    talk: DeskTalk,
    settings: PeopleSettings,
    now: int,
) -> bool:
    """Take it from its agent, put it at its place in the queue and tell the customer."""
    if conversation.agent_id is None:
        return False
    moved = queue.put_back(
        tx,
        conversation.id,
        from_id=conversation.agent_id,
        team=team,
        waiting_since=waits_since(tx, conversation, now),
        due_at=now + settings.queue_notice_minutes * MINUTE_MS,
        now=now,
    )
    if moved:
        assignments.end(tx, conversation.id, went=went, now=now)
        talk.returned_to_queue(
            tx,
            get_conversation(tx, conversation.id),
            get_customer(tx, conversation.customer_id),
            now,
        )
    return moved


def audit_act(
    tx: Tx,
    acting: Acting,
    action: str,
    conversation_id: int | None,
    **detail: str | int | bool | None,
) -> None:
    """Record what this agent did."""
    audit.record(
        tx,
        action,
        now=acting.now,
        agent_id=acting.agent.id,
        conversation_id=conversation_id,
        **detail,
    )


def return_agents_conversations(
    tx: Tx, agent_id: int, *, talk: DeskTalk, settings: PeopleSettings, now: int
) -> tuple[Hint, ...]:
    """Put everything that an agent has back into the queue: the agent will not come back."""
    rows = tx.all(
        "SELECT id FROM conversation WHERE agent_id = :agent AND state = 'assigned' ORDER BY id",
        agent=agent_id,
    )
    return tuple(
        hint
        for row in rows
        for hint in return_absent(
            tx, get_conversation(tx, row["id"]), talk=talk, settings=settings, now=now
        )
    )


def return_absent(
    tx: Tx, conversation: Conversation, *, talk: DeskTalk, settings: PeopleSettings, now: int
) -> tuple[Hint, ...]:
    """Take a conversation from an agent who has gone, and record it."""
    moved = return_to_queue(
        tx,
        conversation,
        team=conversation.team,
        went="absent",
        talk=talk,
        settings=settings,
        now=now,
    )
    if not moved:
        return ()
    audit.record(
        tx,
        "absent",
        now=now,
        agent_id=None,
        conversation_id=conversation.id,
        from_agent=conversation.agent_id,
    )
    return hints_about(tx, conversation.id, customer=True)
