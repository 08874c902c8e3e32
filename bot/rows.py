"""Conversations and customers: rows into values, and the few ways they are written."""

import json
from typing import Any

from bot.conversation import Cause, Conversation, Customer, State, WaitMode, talk_from_json
from bot.errors import NotFound
from bot.store import Row, Tx, get


def conversation_from_row(row: Row) -> Conversation:
    """A row of `conversation` as a value."""
    return Conversation(
        id=row["id"],
        reference=row["reference"],
        customer_id=row["customer_id"],
        channel=row["channel"],
        state=State(row["state"]),
        lang=row["lang"],
        talk=talk_from_json(row["talk"]),
        agent_id=row["agent_id"],
        team=row["team"],
        urgent=bool(row["urgent"]),
        cause=Cause(row["cause"]) if row["cause"] else None,
        wait_mode=WaitMode(row["wait_mode"]) if row["wait_mode"] else None,
        form=json.loads(row["form"]),
        round=row["round"],
        entry_id=row["entry_id"],
        last_seq=row["last_seq"],
        customer_seq=row["customer_seq"],
        agent_seq=row["agent_seq"],
        opened_at=row["opened_at"],
        customer_at=row["customer_at"],
        waiting_since=row["waiting_since"],
        claimed_at=row["claimed_at"],
        first_response_at=row["first_response_at"],
        resolved_at=row["resolved_at"],
        closed_at=row["closed_at"],
        previous_id=row["previous_id"],
        review=bool(row["review"]),
    )


def customer_from_row(row: Row) -> Customer:
    """A row of `customer` as a value."""
    return Customer(
        id=row["id"],
        channel=row["channel"],
        external_id=row["external_id"],
        name=row["name"],
        lang=row["lang"],
        reachable=bool(row["reachable"]),
        known=json.loads(row["known"]),
    )


def find_conversation(tx: Tx, conversation_id: int) -> Conversation | None:
    """The conversation with this id."""
    row = tx.one("SELECT * FROM conversation WHERE id = :id", id=conversation_id)
    return conversation_from_row(row) if row else None


def get_conversation(tx: Tx, conversation_id: int) -> Conversation:
    """The conversation with this id. Raises NotFound."""
    found = find_conversation(tx, conversation_id)
    if found is None:
        raise NotFound
    return found


def find_open(tx: Tx, customer_id: int) -> Conversation | None:
    """The customer's conversation that is not closed; there is one at most."""
    row = tx.one(
        "SELECT * FROM conversation WHERE customer_id = :customer AND state <> 'closed'",
        customer=customer_id,
    )
    return conversation_from_row(row) if row else None


def get_customer(tx: Tx, customer_id: int) -> Customer:
    """The customer with this id."""
    return customer_from_row(get(tx, "SELECT * FROM customer WHERE id = :id", id=customer_id))


def save(tx: Tx, conversation_id: int, *, now: int, **columns: Any) -> None:
    """Write these columns of a conversation. Names come from this code, never from outside."""
    names = ", ".join(f"{name} = :{name}" for name in columns)
    tx.run(
        f"UPDATE conversation SET {names}, changed_at = :now WHERE id = :id",
        id=conversation_id,
        now=now,
        **columns,
    )
