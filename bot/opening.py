"""Finds or creates the customer and the open conversation of an event."""

from random import Random

from bot.conversation import Conversation, Customer, State, Talk, talk_from_json
from bot.outside import external_hash
from bot.references import LENGTH, new_reference
from bot.rows import conversation_from_row, customer_from_row, find_open
from bot.store import Tx, get

_INSERT = """INSERT INTO conversation (reference, customer_id, channel, state, lang, talk, urgent,
    form, round, last_seq, customer_seq, agent_seq, opened_at, changed_at, due_at, review,
    previous_id)
VALUES (:reference, :customer, :channel, :state, :lang, :talk, 0, '{}', 1, 0, 0, 0, :now, :now,
    :due_at, 0, :previous)
ON CONFLICT (reference) DO NOTHING RETURNING *"""
#: Within this time the next conversation still knows what the last one was about.
REMEMBERED_MS = 24 * 3_600_000


def find_customer(tx: Tx, channel: str, key: str) -> Customer | None:
    """The customer whom this channel knows by this id."""
    row = tx.one(
        "SELECT * FROM customer WHERE channel = :channel AND external_hash = :hash",
        channel=channel,
        hash=external_hash(channel, key),
    )
    return customer_from_row(row) if row else None


def take_customer(tx: Tx, channel: str, key: str, *, lang: str, now: int) -> Customer:
    """Find or create; an erased customer who writes again starts afresh under the same key."""
    row = get(
        tx,
        """INSERT INTO customer (channel, external_hash, external_id, lang, reachable, last_seq,
            known, created_at, seen_at)
        VALUES (:channel, :hash, :key, :lang, 1, 0, '{}', :now, :now)
        ON CONFLICT (channel, external_hash) DO UPDATE
            SET seen_at = :now, external_id = excluded.external_id
        RETURNING *""",
        channel=channel,
        hash=external_hash(channel, key),
        key=key,
        lang=lang,
        now=now,
    )
    return customer_from_row(row)


def take_conversation(
    tx: Tx, customer: Customer, *, lang: str, now: int, due_at: int, random: Random
) -> Conversation:
    """The open conversation, or a new one with the bot that knows the last."""
    found = find_open(tx, customer.id)
    if found:
        return found
    last = tx.one(
        "SELECT id, talk, closed_at, resolved_at FROM conversation WHERE customer_id = :customer"
        " ORDER BY id DESC LIMIT 1",
        customer=customer.id,
    )
    talk = Talk()
    if last and last["closed_at"] and now - last["closed_at"] < REMEMBERED_MS:
        before = talk_from_json(last["talk"])
        # a late "solved" is about an answer that nobody has asked about yet
        open_answer = before.entry_id if last["resolved_at"] is None else None
        talk = Talk(question=before.question, entry_id=open_answer)
    values = {
        "customer": customer.id,
        "channel": customer.channel,
        "state": State.BOT,
        "lang": lang,
        "talk": talk.to_json(),
        "now": now,
        "due_at": due_at,
        "previous": last["id"] if last else None,
    }
    for attempt in range(40):
        # four characters while they last; a longer one after some collisions
        reference = new_reference(random, LENGTH + min(attempt // 8, 3))
        row = tx.one(_INSERT, reference=reference, **values)
        if row is not None:
            return conversation_from_row(row)
    raise LookupError("no free reference")
