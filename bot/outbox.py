"""What is owed to a channel's platform: rows carry the state of the work."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from bot.bubbles import Bubble, bubble_from_row
from bot.errors import NotFound
from bot.sending import TOKEN_TRUSTED_MS
from bot.sending_rules import Next, Owed, RowState
from bot.store import Row, Tx


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboxRow:
    """One request to send."""

    id: int
    channel: str
    customer_id: int
    conversation_id: int | None
    #: the platform's id of the customer, None once erased
    to: str | None
    retry_key: str
    bubbles: tuple[Bubble, ...]
    sender_name: str | None
    #: the customer's language, for the words that we add
    lang: str
    created_at: int
    owed: Owed


#: One request in flight for a customer, oldest first; a dead row frees the next.
#: Both conditions on the state: by the first SQLite knows the index of what is still owed, and
#: does not walk through all that was ever sent.
_HEAD = """o.state IN ('pending', 'sending') AND o.state = 'pending' AND o.channel = :channel
    AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.customer_id = o.customer_id AND e.id < o.id
        AND e.state IN ('pending', 'sending'))
    AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.customer_id = o.customer_id
        AND e.state = 'sending')"""
_OWED = f"""SELECT o.*, c.external_id, COALESCE(t.lang, c.lang) AS lang,
    -- from the claim on the bot is silent, however the row came to be owed again
    o.sender = 'bot' AND t.id IS NOT NULL
        AND (t.state = 'assigned' OR COALESCE(t.claimed_at > o.created_at, FALSE)) AS withheld,
    c.reachable
FROM outbox o JOIN customer c ON c.id = o.customer_id
    LEFT JOIN conversation t ON t.id = o.conversation_id
WHERE {_HEAD} AND o.next_at <= :now
ORDER BY o.next_at, o.id LIMIT :limit"""


def take_owed(
    tx: Tx, channel: str, *, now: int, lease_ms: int, limit: int, skip_push: bool = False
) -> list[OutboxRow]:
    """Mark what is due as being sent, before any call; the rows to send.

    `skip_push` holds rows without a reply token back (the month's quota is used up), so that
    free replies behind them go on.
    """
    rows = tx.all(_OWED, channel=channel, now=now, limit=limit)
    taken = []
    for row in rows:
        if row["withheld"]:
            _leave_pending(tx, row["id"], RowState.CANCELLED, "withheld at the claim")
            continue
        if not row["reachable"]:
            # it was on its way when the customer blocked us
            _leave_pending(tx, row["id"], RowState.CANCELLED, "unfollowed")
            continue
        if skip_push and not row["reply_token"]:
            _leave_pending(tx, row["id"], RowState.BLOCKED_QUOTA, "the month's quota is used up")
            continue
        try:
            readable = _row(row, attempts=row["attempts"] + 1, now=now)
        except (ValueError, LookupError, TypeError, AttributeError):
            # one that nobody can read must not stop all the others, round after round
            _leave_pending(tx, row["id"], RowState.FAILED, "the request cannot be read")
            continue
        tx.run(
            """UPDATE outbox SET state = 'sending', attempts = attempts + 1,
                first_attempt_at = COALESCE(first_attempt_at, :now), lease_until = :lease
            WHERE id = :id AND state = 'pending'""",
            id=row["id"],
            now=now,
            lease=now + lease_ms,
        )
        taken.append(readable)
    return taken


def _leave_pending(tx: Tx, row_id: int, state: RowState, error: str) -> None:
    tx.run(
        "UPDATE outbox SET state = :state, error = :error WHERE id = :id AND state = 'pending'",
        id=row_id,
        state=state,
        error=error,
    )


def _row(row: Row, *, attempts: int, now: int) -> OutboxRow:
    body = json.loads(row["body"])
    return OutboxRow(
        id=row["id"],
        channel=row["channel"],
        customer_id=row["customer_id"],
        conversation_id=row["conversation_id"],
        to=row["external_id"],
        retry_key=row["retry_key"],
        bubbles=tuple(bubble_from_row(item["text"], item) for item in body["bubbles"]),
        sender_name=body["sender_name"],
        lang=row["lang"],
        created_at=row["created_at"],
        owed=Owed(
            sender=row["sender"],
            reply_token=row["reply_token"],
            token_at=row["token_at"],
            reply_doubt=bool(row["reply_doubt"]),
            attempts=attempts,
            first_attempt_at=row["first_attempt_at"] or now,
            doubted=row["first_attempt_at"] is not None,
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What is written about one try."""

    row_id: int
    next: Next
    route: str
    error: str
    request_id: str


def mark_all(tx: Tx, outcomes: Sequence[Outcome], *, now: int) -> None:
    """Write what became of tries; a row that was cancelled meanwhile and arrived is sent."""
    for outcome in outcomes:
        sent = outcome.next.state is RowState.SENT
        tx.run(
            """UPDATE outbox SET
                -- the bot is silent once a person has it: what did not arrive is withheld
                state = CASE WHEN :state = 'pending' AND sender = 'bot' AND EXISTS (
                    SELECT 1 FROM conversation c
                    WHERE c.id = outbox.conversation_id AND c.state = 'assigned')
                    THEN 'cancelled' ELSE :state END,
                next_at = :next_at, lease_until = NULL,
                sent_at = :sent_at, route = :route, error = :error, request_id = :request_id,
                reply_doubt = :doubt,
                first_attempt_at = CASE WHEN :unused = 1 THEN NULL ELSE first_attempt_at END,
                reply_token = CASE WHEN :drop = 1 THEN NULL ELSE reply_token END
            WHERE id = :id AND state = 'sending'""",
            id=outcome.row_id,
            state=outcome.next.state,
            next_at=outcome.next.next_at or now,
            sent_at=now if sent else None,
            route=outcome.route if sent else None,
            error=outcome.error[:300] or None,
            request_id=outcome.request_id[:100] or None,
            doubt=int(outcome.next.reply_doubt),
            unused=int(outcome.next.unused),
            drop=int(outcome.next.drop_token),
        )


def is_owed(tx: Tx, channel: str) -> bool:
    """Whether anything waits to be sent, now or later."""
    row = tx.one(
        # both conditions: the first names the index
        "SELECT 1 FROM outbox WHERE state IN ('pending', 'sending') AND state = 'pending'"
        " AND channel = :channel LIMIT 1",
        channel=channel,
    )
    return row is not None


def is_last_owed(tx: Tx, row: OutboxRow) -> bool:
    """Whether nothing later is owed to this customer."""
    later = tx.one(
        "SELECT 1 FROM outbox WHERE customer_id = :customer AND id > :id"
        " AND state IN ('pending', 'sending')",
        customer=row.customer_id,
        id=row.id,
    )
    return later is None


def recover(tx: Tx, channel: str, *, now: int, lease_ms: int, exactly_once: bool = False) -> int:
    """At start: what a dead process was sending may or may not have arrived.

    A reply is in doubt; a push repeats with its key, which makes it harmless. Which of the two it
    was follows from the token's age at the try.
    """
    return tx.run(
        """UPDATE outbox SET state = 'pending', lease_until = NULL, next_at = :now,
            reply_doubt = CASE WHEN reply_doubt = 1 OR (:replies = 1 AND reply_token IS NOT NULL
                AND lease_until - :lease - token_at < :trusted) THEN 1 ELSE 0 END,
            error = 'the process ended while sending'
        WHERE channel = :channel AND state = 'sending'""",
        channel=channel,
        now=now,
        lease=lease_ms,
        replies=int(not exactly_once),
        trusted=TOKEN_TRUSTED_MS,
    )


def bring_forward(tx: Tx, channel: str, *, now: int) -> int:
    """No wait outlasts a restart, or a clock that was set back."""
    return tx.run(
        "UPDATE outbox SET next_at = :now"
        " WHERE channel = :channel AND state = 'pending' AND next_at > :now",
        channel=channel,
        now=now,
    )


def free_quota(tx: Tx, channel: str, *, now: int) -> int:
    """The month's pushes are there again: what waited for them is owed."""
    return tx.run(
        "UPDATE outbox SET state = 'pending', next_at = :now"
        " WHERE channel = :channel AND state = 'blocked_quota'",
        channel=channel,
        now=now,
    )


def is_held(tx: Tx, channel: str) -> bool:
    """Whether anything waits for the month's pushes."""
    row = tx.one(
        "SELECT 1 FROM outbox WHERE channel = :channel AND state = 'blocked_quota' LIMIT 1",
        channel=channel,
    )
    return row is not None


def next_due(tx: Tx, channel: str) -> int | None:
    """When the next row that may be sent is due, ms; None when there is none."""
    row = tx.one(f"SELECT MIN(o.next_at) AS at FROM outbox o WHERE {_HEAD}", channel=channel)
    return row["at"] if row else None


def send_again(tx: Tx, row_id: int, *, now: int) -> None:
    """Staff decided to send a failed, doubtful or held row again, under a new key.

    From here on it is the staff's word, not the bot's: a claim does not hold it back.
    """
    changed = tx.run(
        """UPDATE outbox SET state = 'pending',
            sender = CASE WHEN sender = 'bot' THEN 'system' ELSE sender END,
            retry_key = :key, next_at = :now, reply_doubt = 0,
            reply_token = NULL, first_attempt_at = NULL, error = NULL
        WHERE id = :id AND state IN ('failed', 'in_doubt', 'blocked_quota')""",
        id=row_id,
        key=str(uuid.uuid4()),
        now=now,
    )
    if not changed:
        raise NotFound


def leave(tx: Tx, row_id: int) -> None:
    """Staff decided to leave a failed, doubtful or held row."""
    changed = tx.run(
        "UPDATE outbox SET state = 'cancelled'"
        " WHERE id = :id AND state IN ('failed', 'in_doubt', 'blocked_quota')",
        id=row_id,
    )
    if not changed:
        raise NotFound
