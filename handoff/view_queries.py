"""One conversation with everything around it; a fixed number of queries."""

import json

from bot.rows import get_conversation
from bot.store import Row, Tx, get
from handoff import accounts, callbacks, queue
from handoff.queries import PREVIEW, list_troubles
from handoff.viewing import Card, ConversationView, Earlier, Held, Remark, Said, name_of

MESSAGES_SHOWN = 200


def list_messages(
    tx: Tx,
    conversation_id: int,
    *,
    after_seq: int = 0,
    before_seq: int | None = None,
    limit: int = MESSAGES_SHOWN,
) -> list[Said]:
    """Messages in order: what lies behind `after_seq`, or the newest ones before `before_seq`."""
    newest_first = after_seq == 0
    rows = tx.all(
        f"""SELECT m.id, m.conversation_id, m.seq, m.sender, m.kind, m.text, m.body, m.agent_id,
            a.name AS agent_name, m.entry_id, m.confidence, m.knowledge_version, m.decision,
            m.sent_at, m.occurred_at, m.erased_at, m.erased_how,
            COALESCE(o.state, '') AS delivery, o.error AS delivery_error
        FROM message m LEFT JOIN agent a ON a.id = m.agent_id
            LEFT JOIN outbox o ON m.sender <> 'customer' AND o.id = (
                -- a message that was sent again has several requests: the last one counts
                SELECT MAX(x.id) FROM outbox x WHERE x.conversation_id = m.conversation_id
                    AND m.seq BETWEEN x.first_seq AND x.last_seq)
        WHERE m.conversation_id = :id AND m.seq > :after AND (:before = 0 OR m.seq < :before)
        ORDER BY m.seq {"DESC" if newest_first else "ASC"} LIMIT :limit""",
        id=conversation_id,
        after=after_seq,
        before=before_seq or 0,
        limit=max(1, min(limit, 1_000)),
    )
    said = [_said(row) for row in rows]
    return said[::-1] if newest_first else said


def _said(row: Row) -> Said:
    decoded = {name: json.loads(row[name]) if row[name] else {} for name in ("body", "decision")}
    return Said(**{**dict(row), **decoded})


def get_view(tx: Tx, conversation_id: int, *, limit: int = MESSAGES_SHOWN) -> ConversationView:
    """One conversation with everything around it. Raises NotFound."""
    found = get_conversation(tx, conversation_id)
    messages = list_messages(tx, conversation_id, limit=limit + 1)
    return ConversationView(
        conversation=found,
        agent_name=accounts.find_name(tx, found.agent_id),
        card=get_card(tx, found.customer_id, besides=conversation_id),
        messages=tuple(messages[-limit:]),
        more=len(messages) > limit,
        notes=tuple(list_notes(tx, conversation_id)),
        rejected=found.talk.rejected,
        form=found.form,
        callbacks=tuple(callbacks.list_of_conversation(tx, conversation_id)),
        held=tuple(_list_held(tx, conversation_id)),
        troubles=tuple(list_troubles(tx, conversation_id=conversation_id)),
        seen=_list_seen(tx, conversation_id),
        position=queue.find_position(tx, found),
    )


def list_notes(tx: Tx, conversation_id: int) -> list[Remark]:
    """Remarks of the staff, the oldest first."""
    rows = tx.all(
        "SELECT n.id, n.agent_id, a.name AS agent_name, n.text, n.after_seq, n.at"
        " FROM note n JOIN agent a ON a.id = n.agent_id WHERE n.conversation_id = :id"
        " ORDER BY n.id",
        id=conversation_id,
    )
    return [Remark(**dict(row)) for row in rows]


def _list_held(tx: Tx, conversation_id: int) -> list[Held]:
    rows = tx.all(
        "SELECT s.agent_id, a.name AS agent_name, s.claimed_at, s.released_at, s.came, s.went"
        " FROM assignment s JOIN agent a ON a.id = s.agent_id WHERE s.conversation_id = :id"
        " ORDER BY s.id",
        id=conversation_id,
    )
    return [Held(**dict(row)) for row in rows]


def _list_seen(tx: Tx, conversation_id: int) -> dict[str, int]:
    rows = tx.all(
        "SELECT a.name, s.seq FROM seen s JOIN agent a ON a.id = s.agent_id"
        " WHERE s.conversation_id = :id ORDER BY a.name",
        id=conversation_id,
    )
    return {row["name"]: row["seq"] for row in rows}


def get_card(tx: Tx, customer_id: int, *, besides: int = 0) -> Card:
    """A customer with the other conversations of that person."""
    row = get(
        tx,
        "SELECT id, channel, name, picture, lang, reachable, known, created_at, seen_at,"
        " erased_at FROM customer WHERE id = :id",
        id=customer_id,
    )
    known = json.loads(row["known"])
    return Card(
        **{
            **dict(row),
            "name": name_of(row["name"], known),
            "reachable": bool(row["reachable"]),
            "known": known,
            "earlier": tuple(_list_earlier(tx, customer_id, besides)),
        }
    )


def _list_earlier(tx: Tx, customer_id: int, besides: int) -> list[Earlier]:
    """The same account, and accounts on other channels that gave the same telephone number."""
    rows = tx.all(
        f"""SELECT c.id, c.reference, c.channel, c.state, c.opened_at, c.closed_at, c.entry_id,
            (SELECT a.name FROM assignment s JOIN agent a ON a.id = s.agent_id
                WHERE s.conversation_id = c.id ORDER BY s.id DESC LIMIT 1) AS agent_name,
            (SELECT v.score FROM survey v WHERE v.conversation_id = c.id
                ORDER BY v.round DESC LIMIT 1) AS score,
            (SELECT SUBSTR(m.text, 1, {PREVIEW}) FROM message m WHERE m.conversation_id = c.id
                AND m.sender = 'customer' ORDER BY m.seq LIMIT 1) AS first_text,
            CASE WHEN c.customer_id = :customer THEN 0 ELSE 1 END AS by_phone
        FROM conversation c
        WHERE c.id <> :besides AND (c.customer_id = :customer OR c.customer_id IN (
            SELECT o.customer_id FROM conversation o JOIN callback b ON b.conversation_id = o.id
            WHERE b.phone IN (SELECT p.phone FROM callback p
                JOIN conversation q ON q.id = p.conversation_id
                -- a number that was forgotten is nobody's
                WHERE q.customer_id = :customer AND p.phone <> '')))
        ORDER BY c.opened_at DESC, c.id DESC LIMIT 50""",
        customer=customer_id,
        besides=besides,
    )
    return [Earlier(**{**dict(row), "by_phone": bool(row["by_phone"])}) for row in rows]
