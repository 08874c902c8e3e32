"""What has become too old, found by readers and removed a few rows at a time."""

from collections.abc import Sequence

from bot import forgetting
from bot.store import Tx
from handoff import customer_rows

#: Found in one look; the next look goes on behind it.
LOOK = 2_000
_OVER = """state = 'closed' AND closed_at < :before AND changed_at < :before
    AND (expired_at IS NULL OR expired_at <= changed_at)"""


def list_conversations(tx: Tx, before: int) -> list[int]:
    """Conversations that ended before and still have their words."""
    rows = tx.all(
        f"SELECT id FROM conversation WHERE {_OVER} ORDER BY closed_at LIMIT :most",
        before=before,
        most=LOOK,
    )
    return [int(row["id"]) for row in rows]


def expire_conversations(tx: Tx, ids: Sequence[int], *, before: int, now: int) -> int:
    """Take the words out of these; one that goes on meanwhile keeps them."""
    count = 0
    for one in ids:
        still = tx.run(
            f"UPDATE conversation SET expired_at = :now WHERE id = :id AND {_OVER}",
            id=one,
            before=before,
            now=now,
        )
        if still:
            forgetting.forget_words(tx, one, how=forgetting.EXPIRED, now=now)
            customer_rows.forget_around(tx, one, now=now)
            count += 1
    return count


def list_profiles(tx: Tx, before: int) -> list[int]:
    """Customers silent since then of whom we still know what they are called."""
    rows = tx.all(
        "SELECT id FROM customer k WHERE seen_at < :before"
        " AND (name IS NOT NULL OR picture IS NOT NULL OR known <> '{}')"
        " AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.customer_id = k.id"
        " AND c.state <> 'closed') ORDER BY id LIMIT :most",
        before=before,
        most=LOOK,
    )
    return [int(row["id"]) for row in rows]


def expire_profiles(tx: Tx, ids: Sequence[int], *, before: int, now: int) -> int:
    """Forget what they are called."""
    return sum(forgetting.expire_profile(tx, one, before=before) for one in ids)


def list_questions(tx: Tx, before: int) -> list[int]:
    """Questions of the gap list that were asked and decided before."""
    rows = tx.all(
        """SELECT q.id FROM gap_question q LEFT JOIN gap g ON g.id = q.gap_id
        WHERE q.asked_at < :before AND CASE WHEN q.why = 'chosen'
            THEN q.state <> 'open' AND COALESCE(q.decided_at, 0) < :before
            ELSE g.state <> 'open' AND g.decided_at < :before END
        ORDER BY q.id LIMIT :most""",
        before=before,
        most=LOOK,
    )
    return [int(row["id"]) for row in rows]


def expire_questions(tx: Tx, ids: Sequence[int], *, before: int, now: int) -> int:
    """Drop them; what was decided stays with their group."""
    return sum(
        tx.run(
            "DELETE FROM gap_question WHERE id = :id AND asked_at < :before", id=one, before=before
        )
        for one in ids
    )


def list_events(tx: Tx, before: int) -> list[int]:
    """Events from before that are held with what they said."""
    rows = tx.all(
        "SELECT id FROM inbox WHERE state IN ('parked', 'kept') AND received_at < :before"
        " ORDER BY id LIMIT :most",
        before=before,
        most=LOOK,
    )
    return [int(row["id"]) for row in rows]


def expire_events(tx: Tx, ids: Sequence[int], *, before: int, now: int) -> int:
    """Drop what they said; their keys stay."""
    return sum(
        tx.run(
            "UPDATE inbox SET state = 'done', content = NULL, error = COALESCE(error, 'expired')"
            " WHERE id = :id AND state IN ('parked', 'kept')",
            id=one,
        )
        for one in ids
    )


def list_files(tx: Tx, before: int) -> list[int]:
    """Files from before that belong to no open conversation."""
    rows = tx.all(
        """SELECT a.id FROM attachment a LEFT JOIN message m ON m.id = a.message_id
            LEFT JOIN conversation c ON c.id = m.conversation_id
        WHERE a.state = 'kept' AND a.created_at < :before
            AND (c.id IS NULL OR c.state = 'closed') ORDER BY a.id LIMIT :most""",
        before=before,
        most=LOOK,
    )
    return [int(row["id"]) for row in rows]


def expire_files(tx: Tx, ids: Sequence[int], *, before: int, now: int) -> int:
    """Forget them; the shelf's own round removes their bytes."""
    return sum(
        tx.run(
            """UPDATE attachment SET state = 'erased', name = '', source = NULL, size = 0,
                next_at = 0 WHERE id = :id AND state = 'kept' AND NOT EXISTS (
                SELECT 1 FROM message m JOIN conversation c ON c.id = m.conversation_id
                WHERE m.id = attachment.message_id AND c.state <> 'closed')""",
            id=one,
        )
        for one in ids
    )


def list_keys(tx: Tx, before: int) -> list[int]:
    """Keys of events that nobody will deliver again; ids grow with time."""
    rows = tx.all(
        "SELECT id FROM inbox WHERE id <= COALESCE((SELECT MIN(id) FROM inbox"
        " WHERE received_at >= :before), (SELECT MAX(id) FROM inbox)) AND received_at < :before"
        " AND state = 'done' ORDER BY id LIMIT :most",
        before=before,
        most=LOOK,
    )
    return [int(row["id"]) for row in rows]


def expire_keys(tx: Tx, ids: Sequence[int], *, before: int, now: int) -> int:
    """Drop them."""
    return sum(
        tx.run("DELETE FROM inbox WHERE id = :id AND state = 'done'", id=one) for one in ids
    )


def list_requests(tx: Tx, before: int) -> list[int]:
    """Forms of the staff that no browser will send again."""
    rows = tx.all(
        "SELECT id FROM idempotent_request WHERE at < :before ORDER BY id LIMIT :most",
        before=before,
        most=LOOK,
    )
    return [int(row["id"]) for row in rows]


def expire_requests(tx: Tx, ids: Sequence[int], *, before: int, now: int) -> int:
    """Drop them."""
    return sum(tx.run("DELETE FROM idempotent_request WHERE id = :id", id=one) for one in ids)


def list_audit(tx: Tx, before: int) -> list[int]:
    """Entries of the audit log from before."""
    rows = tx.all(
        "SELECT id FROM audit_log WHERE at < :before ORDER BY at LIMIT :most",
        before=before,
        most=LOOK,
    )
    return [int(row["id"]) for row in rows]


def expire_audit(tx: Tx, ids: Sequence[int], *, before: int, now: int) -> int:
    """Drop them; the database itself refuses for entries of less than a year."""
    return sum(tx.run("DELETE FROM audit_log WHERE id = :id", id=one) for one in ids)
