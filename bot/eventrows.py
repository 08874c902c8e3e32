"""The inbox: each event of a channel once, parked with its error when it raised."""

import hashlib
import json
from dataclasses import asdict, replace
from typing import Any

from bot.errors import NotFound
from bot.events import ContentKind, EventKind, Inbound, Media
from bot.forgetting import is_from_before
from bot.plain import clean
from bot.store import Tx

#: Longest key of an event, as the table checks it.
KEY_LIMIT = 100
#: Among so many events the one that overtook another is looked for.
LATELY = 2_000

_RECORD = """INSERT INTO inbox (channel, event_key, kind, state, content, error, attempts,
    received_at, occurred_at)
VALUES (:channel, :key, :kind, :state, :content, :error, :attempts, :now, :occurred)
ON CONFLICT (channel, event_key) DO NOTHING"""


def record_event(tx: Tx, event: Inbound, *, now: int) -> bool:
    """Take the event's key; False when it was taken before."""
    taken = tx.run(
        _RECORD,
        channel=event.channel,
        key=event.event_key,
        kind=event.kind,
        state="done",
        # an unsend may overtake its message: the key of what it hides is kept
        content=event.target_key if event.kind is EventKind.UNSEND else None,
        error=None,
        attempts=0,
        now=now,
        occurred=event.occurred_at,
    )
    return taken == 1


def keep_event(tx: Tx, event: Inbound) -> None:
    """An event that we record and never answer."""
    tx.run(
        "UPDATE inbox SET state = 'kept', content = :content"
        " WHERE channel = :channel AND event_key = :key",
        content=event_to_json(event),
        channel=event.channel,
        key=event.event_key,
    )


def settle_unsaid(tx: Tx, event: Inbound, why: str) -> None:
    """An event that is over without the message it brought: whoever counts both knows why."""
    tx.run(
        "UPDATE inbox SET error = :why WHERE channel = :channel AND event_key = :key",
        why=why,
        channel=event.channel,
        key=event.event_key,
    )


def park_event(tx: Tx, event: Inbound, error: str, *, now: int) -> None:
    """An event whose processing raised waits for an admin with everything it said."""
    unsent = clean(event.source_key) == event.source_key and was_unsent(tx, event)
    if unsent or is_from_before(tx, event):
        event = _blank(event)
    tx.run(
        _RECORD,
        channel=event.channel,
        key=_storable_key(event.event_key),
        kind=event.kind,
        state="parked",
        content=event_to_json(event),
        error=error[:500],
        attempts=1,
        now=now,
        occurred=event.occurred_at,
    )


def _storable_key(key: str) -> str:
    """The key, or its hash where the table would refuse it: nothing is dropped for its name."""
    raw = key.encode("utf-8", "surrogatepass")
    if 1 <= len(key) <= KEY_LIMIT and clean(key) == key:
        return key
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def get_parked(tx: Tx, inbox_id: int) -> Inbound:
    """What a parked event said. Raises NotFound."""
    row = tx.one("SELECT content FROM inbox WHERE id = :id AND state = 'parked'", id=inbox_id)
    if row is None:
        raise NotFound
    return event_from_json(row["content"])


def free_parked(tx: Tx, inbox_id: int) -> None:
    """Free a parked event's key, in the transaction that takes it again. Raises NotFound."""
    if not tx.run("DELETE FROM inbox WHERE id = :id AND state = 'parked'", id=inbox_id):
        raise NotFound


def park_again(tx: Tx, inbox_id: int, error: str) -> None:
    """It raised once more."""
    tx.run(
        "UPDATE inbox SET attempts = attempts + 1, error = :error"
        " WHERE id = :id AND state = 'parked'",
        id=inbox_id,
        error=error[:500],
    )


def settle_parked(tx: Tx, inbox_id: int) -> None:
    """Its message turned out to be there already."""
    tx.run(
        "UPDATE inbox SET state = 'done', content = NULL WHERE id = :id AND state = 'parked'",
        id=inbox_id,
    )


def forget_kept(tx: Tx, event: Inbound) -> None:
    """An event that we hold for admins says no more what its customer took back."""
    rows = tx.all(
        "SELECT id, content FROM inbox WHERE channel = :channel AND state IN ('parked', 'kept')"
        " AND instr(content, :key) > 0",
        channel=event.channel,
        key=json.dumps(event.target_key),
    )
    for row in rows:
        held = event_from_json(row["content"])
        if held.source_key == event.target_key:
            content = event_to_json(_blank(held))
            tx.run(
                "UPDATE inbox SET content = :content WHERE id = :id", id=row["id"], content=content
            )


def _blank(event: Inbound) -> Inbound:
    """An event without what its customer took back."""
    return replace(event, text="", choice="", detail=(), media=None)


def renew_token(tx: Tx, event: Inbound, *, now: int) -> None:
    """A redelivered event not yet answered gives its reply token another minute."""
    if event.reply_token:
        tx.run(
            # once tried, a refused token must mean that the try arrived: with a minute that LINE
            # did not promise it could also mean that the token had died, and the row were lost
            "UPDATE outbox SET token_at = :now WHERE state = 'pending' AND reply_token = :token"
            " AND attempts = 0",
            now=now,
            token=event.reply_token,
        )


def was_unsent(tx: Tx, event: Inbound) -> bool:
    """Whether the customer took this message back before it reached us."""
    if event.channel != "line" or not event.source_key:
        return False
    found = tx.all(
        # without the channel: with it SQLite would walk the whole inbox by the channel's index
        "SELECT channel FROM inbox WHERE kind = 'unsend' AND content = :key",
        key=event.source_key,
    )
    return any(row["channel"] == event.channel for row in found)


def name_customer(tx: Tx, event: Inbound, customer_id: int) -> None:
    """Note whose event it was, for `came_back_since`."""
    tx.run(
        "UPDATE inbox SET customer_id = :customer WHERE channel = :channel AND event_key = :key",
        customer=customer_id,
        channel=event.channel,
        key=event.event_key,
    )


def came_back_since(tx: Tx, customer_id: int, event: Inbound) -> bool:
    """Whether the customer wrote or followed again after this event, which came late."""
    found = tx.one(
        "SELECT 1 FROM message WHERE customer_id = :customer AND sender = 'customer'"
        " AND occurred_at > :at"
        " UNION ALL SELECT 1 FROM"
        " (SELECT kind, customer_id, occurred_at FROM inbox ORDER BY id DESC LIMIT :newest)"
        " AS lately WHERE kind = 'follow' AND customer_id = :customer AND occurred_at > :at"
        " LIMIT 1",
        customer=customer_id,
        at=event.occurred_at,
        newest=LATELY,
    )
    return found is not None


def event_to_json(event: Inbound) -> str:
    """An event as text; tokens are left out, they are dead by the time anybody looks."""
    fields = asdict(event)
    fields["reply_token"] = fields["read_token"] = None
    # escaped: an event may be parked because its text cannot be written
    return json.dumps(fields, separators=(",", ":"))


def event_from_json(text: str) -> Inbound:
    """The inverse of `event_to_json`."""
    fields: dict[str, Any] = json.loads(text)
    fields["kind"] = EventKind(fields["kind"])
    fields["content"] = ContentKind(fields["content"])
    fields["detail"] = tuple((name, value) for name, value in fields["detail"])
    if fields["media"]:
        fields["media"] = Media(**fields["media"])
    return Inbound(**fields)
