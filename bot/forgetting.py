"""Forgets what was said: at once for a person who asks for it, after a while for everybody.

What remains are tombstones: the keys of events and messages, so that nothing comes back under
them, and what is counted, without words.
"""

import json

from bot.attachments import erase_attachments
from bot.events import Inbound
from bot.messages import compact
from bot.outside import external_hash
from bot.plain import clean
from bot.store import Row, Tx

#: How a message is marked whose person was erased, and whose time was over.
ERASED = "erased"
EXPIRED = "expired"
#: A request without words; it is never sent.
EMPTY = compact({"bubbles": [], "sender_name": None})
#: Events of a person that are kept with what they said, see `held_by`.
HELD = "channel = :channel AND state IN ('parked', 'kept') AND instr(content, :key) > 0"
#: Taps that are counted; every other one may quote what was said.
_COUNTED = frozenset({"solved", "unsolved"})


def forget_words(tx: Tx, conversation_id: int, *, how: str, now: int) -> int:
    """Take the words out of a conversation and of all that was made from it; how many messages.

    `changed_at` stays: nothing was said.
    """
    rows = tx.all(
        "SELECT id, body FROM message WHERE conversation_id = :id"
        " AND (text IS NOT NULL OR body IS NOT NULL OR decision IS NOT NULL)",
        id=conversation_id,
    )
    for row in rows:
        tx.run(
            "UPDATE message SET text = NULL, body = :body, decision = NULL,"
            " erased_at = COALESCE(erased_at, :now), erased_how = COALESCE(erased_how, :how)"
            " WHERE id = :id",
            id=row["id"],
            body=_counted(row["body"]),
            now=now,
            how=how,
        )
    tx.run(
        "UPDATE conversation SET talk = '{}', form = '{}', reply_token = NULL, token_at = NULL,"
        " read_token = NULL WHERE id = :id",
        id=conversation_id,
    )
    tx.run("UPDATE survey SET comment = NULL WHERE conversation_id = :id", id=conversation_id)
    _empty_outbox(tx, "conversation_id = :id", conversation_id)
    return len(rows)


def _counted(body: str | None) -> str | None:
    """What figures are made from: a tap that says whether it helped, an announcement's id."""
    found = json.loads(body) if body else {}
    kept = {
        name: found[name]
        for name in ("choice", "announcement")
        if name in found and (name != "choice" or found[name] in _COUNTED)
    }
    return compact(kept) if kept else None


def _empty_outbox(tx: Tx, where: str, row_id: int) -> None:
    """Nothing of it is sent any more, and what was sent is not repeated by anybody."""
    tx.run(
        f"""UPDATE outbox SET body = :empty, error = NULL, reply_token = NULL, token_at = NULL,
            lease_until = NULL, state = CASE WHEN state = 'sent' THEN state ELSE 'cancelled' END
        WHERE {where}""",
        empty=EMPTY,
        id=row_id,
    )


def forget_person(tx: Tx, customer_id: int, *, now: int) -> list[str]:
    """Erase a person from the tables of the talk; the keys of their files.

    An open conversation is over. The row that remains says when, and under which hash.
    """
    customer = tx.one("SELECT * FROM customer WHERE id = :id", id=customer_id)
    if customer is None:
        return []
    for row in tx.all("SELECT id FROM conversation WHERE customer_id = :id", id=customer_id):
        forget_words(tx, row["id"], how=ERASED, now=now)
    tx.run(
        "UPDATE conversation SET state = 'closed', closed_at = :now, closed_how = 'erased',"
        " due_at = NULL, agent_id = NULL, waiting_since = NULL, wait_mode = NULL,"
        " changed_at = :now WHERE customer_id = :id AND state <> 'closed'",
        id=customer_id,
        now=now,
    )
    tx.run(
        "UPDATE survey SET state = 'lapsed' WHERE state = 'asked' AND conversation_id IN"
        " (SELECT id FROM conversation WHERE customer_id = :id)",
        id=customer_id,
    )
    tx.run("UPDATE conversation SET review = 0 WHERE customer_id = :id", id=customer_id)
    _empty_outbox(tx, "customer_id = :id", customer_id)
    _forget_events(tx, customer)
    tx.run(
        "UPDATE customer SET external_id = NULL, name = NULL, picture = NULL, known = '{}',"
        " notice_at = NULL, notice_version = NULL, profile_at = NULL, erased_at = :now"
        " WHERE id = :id",
        id=customer_id,
        now=now,
    )
    return erase_attachments(tx, customer_id=customer_id)


def _forget_events(tx: Tx, customer: Row) -> None:
    """Events that admins could look at or try again: their keys stay, what they said goes."""
    if customer["external_id"] is None:
        return
    tx.run(
        f"UPDATE inbox SET state = 'done', content = NULL, error = 'erased' WHERE {HELD}",
        **held_by(customer),
    )


def held_by(customer: Row) -> dict[str, str]:
    """Values of `HELD` for a customer whose outside id is known."""
    key = f'"customer_key":{json.dumps(customer["external_id"])}'
    return {"channel": customer["channel"], "key": key}


def is_from_before(tx: Tx, event: Inbound) -> bool:
    """Whether an event comes late that was sent before its person was erased."""
    if not event.customer_key or clean(event.customer_key) != event.customer_key:
        return False
    row = tx.one(
        "SELECT 1 FROM customer WHERE channel = :channel AND external_hash = :hash"
        " AND erased_at > :at",
        channel=event.channel,
        hash=external_hash(event.channel, event.customer_key),
        at=event.occurred_at,
    )
    return row is not None


def expire_profile(tx: Tx, customer_id: int, *, before: int) -> bool:
    """Forget what a person is called who has been silent for long; False when they came back."""
    changed = tx.run(
        "UPDATE customer SET name = NULL, picture = NULL, known = '{}', profile_at = NULL"
        " WHERE id = :id AND seen_at < :before AND NOT EXISTS (SELECT 1 FROM conversation c"
        " WHERE c.customer_id = customer.id AND c.state <> 'closed')",
        id=customer_id,
        before=before,
    )
    return changed == 1
