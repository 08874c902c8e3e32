"""Lists of conversations with filters, and what did not reach customers."""

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from bot.references import parse_reference
from bot.store import Row, Tx, get
from handoff.viewing import Line, Lines, Shelf, Trouble, Wanted, name_of

PAGE_LIMIT = 200
SEARCH_LIMIT = 100
PREVIEW = 120

_TROUBLED = "o.state IN ('failed','in_doubt','blocked_quota')"
_HAS_TROUBLE = f"EXISTS (SELECT 1 FROM outbox o WHERE o.conversation_id = c.id AND {_TROUBLED})"
#: Named one by one, so that the index finds the few open ones among all that are closed.
_OPEN = "c.state IN ('bot','waiting','assigned','resolved')"
_SHELVES: Mapping[Shelf, str] = {
    Shelf.WAITING: "c.state = 'waiting'",
    Shelf.MINE: "c.state = 'assigned' AND c.agent_id = :viewer",
    Shelf.ASSIGNED: "c.state = 'assigned'",
    Shelf.BOT: "c.state = 'bot'",
    Shelf.RESOLVED: "c.state = 'resolved'",
    Shelf.CLOSED: "c.state = 'closed'",
    Shelf.OPEN: _OPEN,
    Shelf.REVIEW: "c.review = 1",
    Shelf.TROUBLE: _HAS_TROUBLE,
    Shelf.ALL: "1 = 1",
}
#: What waits is read from the front of the queue, all else from the newest change.
_ORDERS = {
    Shelf.WAITING: "c.urgent DESC, c.waiting_since, c.id",
    Shelf.CLOSED: "c.closed_at DESC, c.id DESC",
}
_NEWEST = "c.changed_at DESC, c.id DESC"

#: The message that a list shows: what the customer wrote last; where nothing was written what
#: was tapped last; else ours. What the bot asks would hide what it is about.
SHOWN_SEQ = """COALESCE(
    (SELECT w.seq FROM message w WHERE w.conversation_id = c.id AND w.sender = 'customer'
        AND (w.body IS NULL OR w.body NOT LIKE '%"choice":%') ORDER BY w.seq DESC LIMIT 1),
    NULLIF(c.customer_seq, 0), c.last_seq)"""

_LINE = f"""SELECT c.id, c.reference, c.state, c.channel, c.lang, c.team, c.urgent, c.cause,
    c.wait_mode, c.review, c.customer_id, k.name AS customer_name, k.known, k.reachable,
    c.agent_id, a.name AS agent_name, c.opened_at, c.changed_at, c.customer_at, c.waiting_since,
    c.claimed_at, c.first_response_at, c.resolved_at, c.closed_at, c.last_seq,
    m.sender AS last_sender, SUBSTR(m.text, 1, {PREVIEW}) AS last_text,
    CASE WHEN c.state IN ('waiting','assigned') AND (c.customer_seq > c.agent_seq
        OR c.first_response_at IS NULL) THEN 1 ELSE 0 END AS unanswered,
    CASE WHEN c.customer_seq > COALESCE(s.seq, 0) THEN 1 ELSE 0 END AS unread,
    b.from_at AS callback_at,
    (SELECT COUNT(*) FROM outbox o WHERE o.conversation_id = c.id AND {_TROUBLED}) AS troubles
FROM conversation c JOIN customer k ON k.id = c.customer_id
    LEFT JOIN agent a ON a.id = c.agent_id
    LEFT JOIN message m ON m.customer_id = c.customer_id AND m.seq = {SHOWN_SEQ}
    LEFT JOIN seen s ON s.conversation_id = c.id AND s.agent_id = :viewer
    LEFT JOIN callback b ON b.conversation_id = c.id AND b.state = 'due'"""


def list_lines(tx: Tx, wanted: Wanted, *, viewer_id: int) -> Lines:
    """One page of a list; two queries whatever it holds."""
    size = max(1, min(wanted.page_size, PAGE_LIMIT))
    where, values = _conditions(wanted)
    order = _ORDERS.get(wanted.shelf, _NEWEST)
    rows = tx.all(
        # the page is cut before everything else is looked up, not after
        f"{_LINE} WHERE c.id IN (SELECT c.id FROM conversation c WHERE {where}"
        f" ORDER BY {order} LIMIT :limit OFFSET :offset) ORDER BY {order}",
        viewer=viewer_id,
        limit=size + 1,
        offset=max(0, wanted.page) * size,
        **values,
    )
    return Lines(
        lines=tuple(_line(row) for row in rows[:size]),
        more=len(rows) > size,
        counts=count_shelves(tx, viewer_id=viewer_id),
    )


def find_line(tx: Tx, conversation_id: int, *, viewer_id: int) -> Line | None:
    """One conversation as its list shows it: for a page that follows a hint."""
    row = tx.one(f"{_LINE} WHERE c.id = :id", id=conversation_id, viewer=viewer_id)
    return _line(row) if row else None


def _line(row: Row) -> Line:
    flags = ("urgent", "review", "reachable", "unanswered", "unread")
    fields = {**dict(row), **{name: bool(row[name]) for name in flags}}
    fields["customer_name"] = name_of(row["customer_name"], json.loads(fields.pop("known")))
    return Line(**fields)


def _conditions(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """The WHERE of a list; what people typed travels as a parameter only."""
    parts, values = [_SHELVES[wanted.shelf]], dict[str, Any]()
    if wanted.team is not None:
        parts.append("COALESCE(c.team, 'default') = :team")
        values["team"] = wanted.team
    if wanted.agent_id is not None:
        parts.append("c.agent_id = :agent")
        values["agent"] = wanted.agent_id
    if text := unicodedata.normalize("NFC", wanted.text[:SEARCH_LIMIT]).strip():
        parts.append(
            "(c.reference = :reference"
            " OR c.customer_id IN (SELECT n.id FROM customer n"
            " WHERE LOWER(n.name) LIKE LOWER(:like) ESCAPE '\\')"
            " OR c.id IN (SELECT t.conversation_id FROM message t"
            " WHERE LOWER(t.text) LIKE LOWER(:like) ESCAPE '\\'))"
        )
        values["reference"] = parse_reference(text) or ""
        # folded by the database on both sides: each knows other letters
        values["like"] = f"%{_escape_like(text)}%"
    return " AND ".join(f"({part})" for part in parts), values


def _escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def count_shelves(tx: Tx, *, viewer_id: int) -> dict[Shelf, int]:
    """How many stand on each shelf that has a number beside its name."""
    row = get(
        tx,
        f"""SELECT
            COALESCE(SUM(CASE WHEN c.state = 'waiting' THEN 1 ELSE 0 END), 0) AS waiting,
            COALESCE(SUM(CASE WHEN c.agent_id = :viewer THEN 1 ELSE 0 END), 0) AS mine,
            COALESCE(SUM(CASE WHEN c.state = 'assigned' THEN 1 ELSE 0 END), 0) AS assigned,
            COALESCE(SUM(CASE WHEN c.state = 'bot' THEN 1 ELSE 0 END), 0) AS bot,
            COALESCE(SUM(CASE WHEN c.state = 'resolved' THEN 1 ELSE 0 END), 0) AS resolved,
            COUNT(*) AS open,
            (SELECT COUNT(*) FROM conversation r WHERE r.review = 1) AS review,
            (SELECT COUNT(DISTINCT o.conversation_id) FROM outbox o WHERE {_TROUBLED}) AS trouble
        FROM conversation c WHERE {_OPEN}""",
        viewer=viewer_id,
    )
    return {Shelf(name): int(row[name]) for name in row.keys()}  # noqa: SIM118 - sqlite3.Row iterates values


def list_troubles(
    tx: Tx, *, conversation_id: int | None = None, limit: int = 100
) -> list[Trouble]:
    """What did not go through to customers, the newest first."""
    rows = tx.all(
        f"""SELECT o.id AS outbox_id, o.conversation_id, c.reference, o.channel,
            k.name AS customer_name, o.sender, o.state, o.first_seq, o.last_seq, o.attempts,
            o.error, o.created_at
        FROM outbox o JOIN customer k ON k.id = o.customer_id
            LEFT JOIN conversation c ON c.id = o.conversation_id
        WHERE {_TROUBLED} AND (:conversation = 0 OR o.conversation_id = :conversation)
        ORDER BY o.id DESC LIMIT :limit""",
        conversation=conversation_id or 0,
        limit=limit,
    )
    return [Trouble(**dict(row)) for row in rows]


def find_by_reference(tx: Tx, text: str) -> int | None:
    """The conversation whose reference is typed, however it is typed."""
    reference = parse_reference(text)
    if reference is None:
        return None
    row = tx.one("SELECT id FROM conversation WHERE reference = :reference", reference=reference)
    return int(row["id"]) if row else None
