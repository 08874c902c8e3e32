"""Rows of what went wrong: events that wait for an admin, sends that did not arrive."""

import json
from dataclasses import dataclass

from bot.store import Row, Tx, get


@dataclass(frozen=True, kw_only=True, slots=True)
class Parked:
    """An event that could not be processed."""

    id: int
    channel: str
    kind: str
    error: str | None
    attempts: int
    received_at: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Undelivered:
    """A send that did not arrive, with what it says."""

    id: int
    conversation_id: int | None
    reference: str | None
    state: str
    error: str | None
    created_at: int
    text: str


def list_parked(tx: Tx, *, limit: int = 200) -> list[Parked]:
    """Events that wait for an admin, the oldest first."""
    rows = tx.all(
        "SELECT id, channel, kind, error, attempts, received_at FROM inbox"
        " WHERE state = 'parked' ORDER BY id LIMIT :limit",
        limit=limit,
    )
    return [Parked(**dict(row)) for row in rows]


def drop_parked(tx: Tx, inbox_id: int) -> bool:
    """Take an event off the list; it stays recorded, without its contents."""
    return (
        tx.run(
            "UPDATE inbox SET state = 'done', content = NULL WHERE id = :id AND state = 'parked'",
            id=inbox_id,
        )
        == 1
    )


def list_undelivered(tx: Tx, *, limit: int = 200) -> list[Undelivered]:
    """Sends that failed, may have failed or were held back, the newest first."""
    rows = tx.all(
        """SELECT o.id, o.conversation_id, c.reference, o.state, o.error, o.created_at, o.body
        FROM outbox o LEFT JOIN conversation c ON c.id = o.conversation_id
        WHERE o.state IN ('failed', 'in_doubt', 'blocked_quota')
        ORDER BY o.id DESC LIMIT :limit""",
        limit=limit,
    )
    return [_undelivered(row) for row in rows]


def _undelivered(row: Row) -> Undelivered:
    kept = {name: row[name] for name in Undelivered.__slots__ if name != "text"}
    return Undelivered(**kept, text=_text(row["body"]))


def _text(body: str) -> str:
    """What a request says; nothing where it failed because nobody can read it."""
    try:
        texts = [str(bubble["text"]) for bubble in json.loads(body)["bubbles"]]
    except (ValueError, LookupError, TypeError):
        return ""
    return " / ".join(texts)[:300]


def is_send_of(tx: Tx, row_id: int, conversation_id: int) -> bool:
    """Whether this send exists and belongs to this conversation."""
    sql = "SELECT 1 AS one FROM outbox WHERE id = :id AND conversation_id = :conversation"
    return tx.one(sql, id=row_id, conversation=conversation_id) is not None


def get_outbox_conversation(tx: Tx, row_id: int) -> int | None:
    """Which conversation a send belongs to."""
    row = get(tx, "SELECT conversation_id FROM outbox WHERE id = :id", id=row_id)
    return None if row["conversation_id"] is None else int(row["conversation_id"])
