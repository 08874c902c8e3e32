"""Tokens of a conversation's newest message: one answers it for free, one marks it as read."""

from collections.abc import Sequence

from bot.sending import TOKEN_TRUSTED_MS
from bot.store import Tx

#: What somebody of the staff has seen, or the bot has answered.
_READ = """c.read_token IS NOT NULL AND (
    EXISTS (SELECT 1 FROM seen s WHERE s.conversation_id = c.id AND s.seq >= c.customer_seq)
    OR EXISTS (SELECT 1 FROM outbox o WHERE o.conversation_id = c.id AND o.sender = 'bot'
        AND o.state = 'sent' AND o.first_seq > c.customer_seq))"""


def remember_tokens(
    tx: Tx, conversation_id: int, *, reply: str | None, read: str | None, now: int
) -> None:
    """Keep what a message brought; what it did not bring stays as it was."""
    if reply or read:
        tx.run(
            """UPDATE conversation SET reply_token = COALESCE(:reply, reply_token),
                token_at = CASE WHEN :has_reply = 1 THEN :now ELSE token_at END,
                read_token = COALESCE(:read, read_token)
            WHERE id = :id""",
            id=conversation_id,
            reply=reply,
            has_reply=int(reply is not None),
            read=read,
            now=now,
        )


def take_reply_token(tx: Tx, conversation_id: int, *, now: int) -> tuple[str, int] | None:
    """The free token and its age's start while it can be trusted; nobody gets it twice."""
    row = tx.one(
        "SELECT reply_token, token_at FROM conversation WHERE id = :id", id=conversation_id
    )
    if row is None or row["reply_token"] is None:
        return None
    tx.run(
        "UPDATE conversation SET reply_token = NULL, token_at = NULL WHERE id = :id",
        id=conversation_id,
    )
    young = abs(now - row["token_at"]) < TOKEN_TRUSTED_MS
    return (row["reply_token"], row["token_at"]) if young else None


def list_read(tx: Tx, *, limit: int = 50) -> list[int]:
    """Conversations whose customers may be shown that they were read."""
    rows = tx.all(f"SELECT c.id FROM conversation c WHERE {_READ} LIMIT :limit", limit=limit)
    return [int(row["id"]) for row in rows]


def take_read_tokens(tx: Tx, conversation_ids: Sequence[int]) -> list[str]:
    """Their tokens, forgotten before they are used: a courtesy is tried once."""
    found = []
    for conversation_id in conversation_ids:
        row = tx.one(
            f"SELECT c.read_token FROM conversation c WHERE c.id = :id AND {_READ}",
            id=conversation_id,
        )
        if row is not None:
            found.append(str(row["read_token"]))
            tx.run("UPDATE conversation SET read_token = NULL WHERE id = :id", id=conversation_id)
    return found
