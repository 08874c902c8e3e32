"""Promises to call a customer back: booked, listed by time, done or cancelled."""

import json

from bot.errors import NotFound
from bot.references import parse_reference
from bot.store import Row, Tx, get
from handoff.viewing import Callback, name_of

__all__ = [
    "Callback",
    "book",
    "cancel",
    "cancel_open",
    "count_by_slot",
    "find_by_reference",
    "get_callback",
    "list_due",
    "list_of_conversation",
    "list_settled",
    "mark_done",
]

_SELECT = """SELECT b.id, b.conversation_id, c.reference, k.name AS customer_name, k.known,
    b.phone, b.from_at, b.until_at, b.state, agent.name AS done_by, b.done_at, b.outcome,
    b.created_at
FROM callback b JOIN conversation c ON c.id = b.conversation_id
    JOIN customer k ON k.id = c.customer_id LEFT JOIN agent ON agent.id = b.done_by"""


def _from_row(row: Row) -> Callback:
    fields = dict(row)
    fields["customer_name"] = name_of(row["customer_name"], json.loads(fields.pop("known")))
    return Callback(**fields)


def book(
    tx: Tx, conversation_id: int, *, phone: str, from_at: int, until_at: int, now: int
) -> int:
    """Promise a call; a promise made before is replaced. Its id."""
    cancel_open(tx, conversation_id, now=now)
    row = get(
        tx,
        """INSERT INTO callback (conversation_id, phone, from_at, until_at, state, created_at)
        VALUES (:conversation, :phone, :from_at, :until_at, 'due', :now) RETURNING id""",
        conversation=conversation_id,
        phone=phone,
        from_at=from_at,
        until_at=until_at,
        now=now,
    )
    return int(row["id"])


def cancel_open(tx: Tx, conversation_id: int, *, now: int) -> bool:
    """Take back the promise of a conversation, if there is one."""
    return (
        tx.run(
            "UPDATE callback SET state = 'cancelled', done_at = :now"
            " WHERE conversation_id = :conversation AND state = 'due'",
            conversation=conversation_id,
            now=now,
        )
        > 0
    )


def forget_phone(tx: Tx, conversation_id: int, phone: str, *, now: int) -> bool:
    """Blank this number wherever it stands; whoever was to be called is in line again."""
    changed = tx.run(
        """UPDATE callback SET phone = '', done_at = COALESCE(done_at, :now),
            state = CASE WHEN state = 'due' THEN 'cancelled' ELSE state END
        WHERE conversation_id = :id AND phone = :phone""",
        id=conversation_id,
        phone=phone,
        now=now,
    )
    tx.run(
        "UPDATE conversation SET wait_mode = 'queue' WHERE id = :id AND wait_mode = 'callback'"
        " AND NOT EXISTS (SELECT 1 FROM callback WHERE conversation_id = :id AND state = 'due')",
        id=conversation_id,
    )
    return changed > 0


def mark_done(tx: Tx, callback_id: int, *, agent_id: int, outcome: str, now: int) -> bool:
    """The call was made; False when it was no longer due."""
    return (
        tx.run(
            "UPDATE callback SET state = 'done', done_by = :agent, done_at = :now,"
            " outcome = :outcome WHERE id = :id AND state = 'due'",
            id=callback_id,
            agent=agent_id,
            outcome=outcome,
            now=now,
        )
        == 1
    )


def cancel(tx: Tx, callback_id: int, *, agent_id: int, now: int) -> bool:
    """Staff takes it back; False when it was no longer due."""
    return (
        tx.run(
            "UPDATE callback SET state = 'cancelled', done_by = :agent, done_at = :now"
            " WHERE id = :id AND state = 'due'",
            id=callback_id,
            agent=agent_id,
            now=now,
        )
        == 1
    )


def get_callback(tx: Tx, callback_id: int) -> Callback:
    """The callback with this id. Raises NotFound."""
    row = tx.one(f"{_SELECT} WHERE b.id = :id", id=callback_id)
    if row is None:
        raise NotFound("There is no such callback.")
    return _from_row(row)


def list_due(tx: Tx, *, limit: int = 200) -> list[Callback]:
    """What is still promised, the earliest first."""
    rows = tx.all(f"{_SELECT} WHERE b.state = 'due' ORDER BY b.from_at, b.id LIMIT :n", n=limit)
    return [_from_row(row) for row in rows]


def list_settled(tx: Tx, *, limit: int = 100) -> list[Callback]:
    """What was done or cancelled, the newest first."""
    rows = tx.all(
        f"{_SELECT} WHERE b.state <> 'due' ORDER BY b.done_at DESC, b.id DESC LIMIT :n", n=limit
    )
    return [_from_row(row) for row in rows]


def list_of_conversation(tx: Tx, conversation_id: int) -> list[Callback]:
    """Every promise made in a conversation, the newest first."""
    rows = tx.all(
        f"{_SELECT} WHERE b.conversation_id = :id ORDER BY b.id DESC", id=conversation_id
    )
    return [_from_row(row) for row in rows]


def find_by_reference(tx: Tx, text: str) -> list[Callback]:
    """Promises of the conversation whose reference is typed, however it is typed."""
    reference = parse_reference(text)
    if reference is None:
        return []
    rows = tx.all(f"{_SELECT} WHERE c.reference = :r ORDER BY b.id DESC", r=reference)
    return [_from_row(row) for row in rows]


def count_by_slot(
    tx: Tx, *, from_at: int, until_at: int, besides: int = 0
) -> list[tuple[int, int, int]]:
    """Booked calls in a stretch of time as (from, until, how many); `besides` one conversation."""
    rows = tx.all(
        """SELECT from_at, until_at, COUNT(*) AS n FROM callback
        WHERE state = 'due' AND from_at < :until_at AND until_at > :from_at
            AND conversation_id <> :besides
        GROUP BY from_at, until_at""",
        from_at=from_at,
        until_at=until_at,
        besides=besides,
    )
    return [(row["from_at"], row["until_at"], row["n"]) for row in rows]
