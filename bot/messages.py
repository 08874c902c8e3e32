"""Appends messages to a conversation and owes them to the channel, in the caller's transaction."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bot.bubbles import Bubble, Ours
from bot.clock import SECOND_MS
from bot.conversation import Conversation, Customer
from bot.errors import MadoguchiError
from bot.rows import save
from bot.sending import BUBBLES_PER_REQUEST
from bot.store import Tx, get

#: Channels whose messages must be sent to a platform; the web chat reads the table itself.
SENT_CHANNELS = frozenset({"line"})
#: In so many of a customer's conversations a message that comes again is looked for.
LATEST = 5
#: More messages in so short a time, ours among them, are no talk: nobody reads the answers, and
#: those that wait for their turn outlive LINE's free tokens.
FLOOD = 300
FLOOD_SPAN_MS = 10 * SECOND_MS


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """One message of a customer to append."""

    source_key: str
    kind: str = "text"
    text: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    occurred_at: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """How an answer travels: the free token of the message it answers, if any."""

    #: names the cause; the same cause is never answered twice
    cause_key: str
    cause_id: int | None = None
    token: str | None = None
    token_at: int | None = None
    sender_name: str | None = None


#: the same in all the messages of one turn
_OF_TURN = ("conversation_id", "customer_id", "sender", "agent_id", "cause_id", "sent_at",
    "occurred_at")  # fmt: skip
_OF_MESSAGE = ("seq", "source_key", "kind", "text", "body", "entry_id", "confidence",
    "knowledge_version", "decision", "turn_index")  # fmt: skip


@cache
def _insert(count: int = 1) -> str:
    """One statement for so many messages: each statement has its price."""
    rows = (
        [f":{name}" for name in _OF_TURN] + [f":{name}_{place}" for name in _OF_MESSAGE]
        for place in range(count)
    )
    values = ", ".join(f"({', '.join(row)})" for row in rows)
    return f"INSERT INTO message ({', '.join((*_OF_TURN, *_OF_MESSAGE))}) VALUES {values}"


#: the same message under another event id
_UNLESS_THERE = " ON CONFLICT (conversation_id, sender, source_key) DO NOTHING RETURNING id"


class AlreadyThere(MadoguchiError):
    says = "This message was recorded before."


#: `json.dumps` with arguments makes a new encoder each time
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def compact(value: Any) -> str:
    """JSON without blanks."""
    return _ENCODER.encode(value)


def next_seq(tx: Tx, customer_id: int, count: int = 1) -> int:
    """Take `count` numbers for the customer's next messages; the first of them."""
    row = get(
        tx,
        "UPDATE customer SET last_seq = last_seq + :n WHERE id = :id RETURNING last_seq",
        id=customer_id,
        n=count,
    )
    return int(row["last_seq"]) - count + 1


def is_flood(tx: Tx, customer_id: int, seq: int, *, now: int) -> bool:
    """Whether the customer's message with this seq comes on top of too many."""
    row = tx.one(
        "SELECT sent_at FROM message WHERE customer_id = :customer AND seq = :seq",
        customer=customer_id,
        seq=seq - FLOOD,
    )
    # one from the future came before the clock was set back: it says nothing about how fast
    return row is not None and now - FLOOD_SPAN_MS < row["sent_at"] <= now


def was_answered(tx: Tx, customer_id: int, seq: int) -> bool:
    """Whether the bot spoke last before this message."""
    row = tx.one(
        "SELECT sender FROM message WHERE customer_id = :customer AND seq = :seq",
        customer=customer_id,
        seq=seq - 1,
    )
    return row is not None and row["sender"] == "bot"


def require_new(tx: Tx, customer_id: int, source_key: str) -> None:
    """Refuse what stands in one of the customer's last conversations. Raises AlreadyThere.

    A message that is delivered once more, as another event, belongs to no new conversation.
    """
    there = tx.one(
        "SELECT 1 FROM message WHERE sender = 'customer' AND source_key = :key AND conversation_id"
        " IN (SELECT id FROM conversation WHERE customer_id = :id ORDER BY id DESC LIMIT :latest)",
        id=customer_id,
        key=source_key,
        latest=LATEST,
    )
    if there:
        raise AlreadyThere


def append_customer(
    tx: Tx, conversation: Conversation, heard: Heard, *, now: int
) -> tuple[int, int]:
    """Append what the customer said; (message id, seq). Raises AlreadyThere."""
    seq = next_seq(tx, conversation.customer_id)
    row = tx.one(
        _insert() + _UNLESS_THERE,
        **_columns(conversation, "customer", now),
        agent_id=None,
        cause_id=None,
        occurred_at=heard.occurred_at,
        seq_0=seq,
        source_key_0=heard.source_key,
        kind_0=heard.kind,
        text_0=heard.text,
        body_0=compact(heard.body) if heard.body else None,
        entry_id_0=None,
        confidence_0=None,
        knowledge_version_0=None,
        decision_0=None,
        turn_index_0=None,
    )
    if row is None:
        raise AlreadyThere
    tx.run(
        "UPDATE conversation SET last_seq = :seq, customer_seq = :seq, customer_at = :now,"
        " changed_at = :now WHERE id = :id",
        id=conversation.id,
        seq=seq,
        now=now,
    )
    return int(row["id"]), seq


def append_ours(
    tx: Tx,
    conversation: Conversation,
    customer: Customer,
    *,
    sender: str,
    messages: Sequence[Ours],
    reply: Reply,
    now: int,
    agent_id: int | None = None,
    also: Mapping[str, Any] | None = None,
) -> int:
    """Append our messages and owe them to the channel; seq of the last one.

    `sender` is bot, agent or system; `also` are columns of the conversation to write with them.
    Repeating a cause raises the database's unique error.
    """
    first = next_seq(tx, conversation.customer_id, len(messages))
    last = first + len(messages) - 1
    rows = [_row(place, ours, first + place, reply) for place, ours in enumerate(messages)]
    tx.run(
        _insert(len(messages)),
        **_columns(conversation, sender, now),
        agent_id=agent_id,
        cause_id=reply.cause_id,
        occurred_at=now,
        **{name: value for row in rows for name, value in row.items()},
    )
    columns = {"last_seq": last, **(also or {})}
    if sender == "agent":
        columns["agent_seq"] = last
    save(tx, conversation.id, now=now, **columns)
    if conversation.channel in SENT_CHANNELS:
        _owe(
            tx,
            conversation,
            customer,
            sender=sender,
            bubbles=[ours.bubble for ours in messages],
            first=first,
            reply=reply,
            now=now,
        )
    return last


def _columns(conversation: Conversation, sender: str, now: int) -> dict[str, Any]:
    return {
        "conversation_id": conversation.id,
        "customer_id": conversation.customer_id,
        "sender": sender,
        "sent_at": now,
    }


def _row(place: int, ours: Ours, seq: int, reply: Reply) -> dict[str, Any]:
    body = ours.bubble.as_json()
    if ours.announcement:
        # what an announcement did is counted by it
        body["announcement"] = ours.announcement
    return {
        f"seq_{place}": seq,
        f"source_key_{place}": f"{reply.cause_key}.{place}",
        f"kind_{place}": "text",
        f"text_{place}": ours.bubble.text,
        f"body_{place}": compact(body) if body else None,
        f"entry_id_{place}": ours.entry_id,
        f"confidence_{place}": ours.confidence,
        f"knowledge_version_{place}": ours.knowledge_version,
        f"decision_{place}": compact(ours.decision) if ours.decision else None,
        f"turn_index_{place}": place,
    }


def _owe(
    tx: Tx,
    conversation: Conversation,
    customer: Customer,
    *,
    sender: str,
    bubbles: Sequence[Bubble],
    first: int,
    reply: Reply,
    now: int,
) -> None:
    """One outbox row per request; only the first can use the free token."""
    for part, start in enumerate(range(0, len(bubbles), BUBBLES_PER_REQUEST)):
        chunk = bubbles[start : start + BUBBLES_PER_REQUEST]
        body = {
            "bubbles": [{"text": bubble.text, **bubble.as_json()} for bubble in chunk],
            "sender_name": reply.sender_name,
        }
        tx.run(
            """INSERT INTO outbox (channel, customer_id, conversation_id, cause_key, part_no,
                retry_key, sender, body, first_seq, last_seq, state, reply_token, token_at,
                reply_doubt, attempts, next_at, created_at)
            VALUES (:channel, :customer_id, :conversation_id, :cause_key, :part_no, :retry_key,
                :sender, :body, :first_seq, :last_seq, :state, :token, :token_at, 0, 0, :now,
                :now)""",
            channel=conversation.channel,
            customer_id=conversation.customer_id,
            conversation_id=conversation.id,
            cause_key=f"{conversation.id}:{reply.cause_key}",
            part_no=part,
            retry_key=str(uuid.uuid4()),
            sender=sender,
            body=compact(body),
            first_seq=first + start,
            last_seq=first + start + len(chunk) - 1,
            state="pending" if customer.reachable else "cancelled",
            token=reply.token if part == 0 else None,
            token_at=reply.token_at if part == 0 else None,
            now=now,
        )
