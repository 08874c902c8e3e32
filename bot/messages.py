"""Appends messages to a conversation and owes them to the channel, in the caller's transaction."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.bubbles import Bubble, Ours
from bot.conversation import Conversation, Customer
from bot.errors import MadoguchiError
from bot.sending import BUBBLES_PER_REQUEST
from bot.store import Tx, get

#: Channels whose messages must be sent to a platform; the web chat reads the table itself.
SENT_CHANNELS = frozenset({"line"})


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


_INSERT = """INSERT INTO message (conversation_id, customer_id, seq, sender, source_key, kind,
    text, body, agent_id, entry_id, confidence, knowledge_version, decision, cause_id, turn_index,
    sent_at, occurred_at)
VALUES (:conversation_id, :customer_id, :seq, :sender, :source_key, :kind, :text, :body,
    :agent_id, :entry_id, :confidence, :knowledge_version, :decision, :cause_id, :turn_index,
    :sent_at, :occurred_at)"""
#: the same message under another event id
_UNLESS_THERE = " ON CONFLICT (conversation_id, sender, source_key) DO NOTHING RETURNING id"


class AlreadyThere(MadoguchiError):
    """This message was recorded before."""


def compact(value: Any) -> str:
    """JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def next_seq(tx: Tx, customer_id: int, count: int = 1) -> int:
    """Take `count` numbers for the customer's next messages; the first of them."""
    row = get(
        tx,
        "UPDATE customer SET last_seq = last_seq + :n WHERE id = :id RETURNING last_seq",
        id=customer_id,
        n=count,
    )
    return int(row["last_seq"]) - count + 1


def append_customer(
    tx: Tx, conversation: Conversation, heard: Heard, *, now: int
) -> tuple[int, int]:
    """Append what the customer said; (message id, seq). Raises AlreadyThere."""
    seq = next_seq(tx, conversation.customer_id)
    row = tx.one(
        _INSERT + _UNLESS_THERE,
        **_columns(conversation, seq, "customer", heard.source_key, now),
        kind=heard.kind,
        text=heard.text,
        body=compact(heard.body) if heard.body else None,
        agent_id=None,
        entry_id=None,
        confidence=None,
        knowledge_version=None,
        decision=None,
        cause_id=None,
        turn_index=None,
        occurred_at=heard.occurred_at,
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
) -> int:
    """Append our messages and owe them to the channel; seq of the last one.

    `sender` is bot, agent or system. Repeating a cause raises the database's unique error.
    """
    first = next_seq(tx, conversation.customer_id, len(messages))
    for index, ours in enumerate(messages):
        body = ours.bubble.as_json()
        tx.run(
            _INSERT,
            **_columns(conversation, first + index, sender, f"{reply.cause_key}.{index}", now),
            kind="text",
            text=ours.bubble.text,
            body=compact(body) if body else None,
            agent_id=agent_id,
            entry_id=ours.entry_id,
            confidence=ours.confidence,
            knowledge_version=ours.knowledge_version,
            decision=compact(ours.decision) if ours.decision else None,
            cause_id=reply.cause_id,
            turn_index=index,
            occurred_at=now,
        )
    last = first + len(messages) - 1
    agent_seq = ", agent_seq = :seq" if sender == "agent" else ""
    tx.run(
        f"UPDATE conversation SET last_seq = :seq, changed_at = :now{agent_seq} WHERE id = :id",
        id=conversation.id,
        seq=last,
        now=now,
    )
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


def _columns(
    conversation: Conversation, seq: int, sender: str, source_key: str, now: int
) -> dict[str, Any]:
    return {
        "conversation_id": conversation.id,
        "customer_id": conversation.customer_id,
        "seq": seq,
        "sender": sender,
        "source_key": source_key,
        "sent_at": now,
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
