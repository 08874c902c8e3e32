"""A customer takes a message back: our copy goes from everywhere it could be seen."""

from dataclasses import replace

from bot.attachments import erase_attachments
from bot.messages import compact
from bot.rows import get_conversation
from bot.store import Tx


def unsend_message(tx: Tx, customer_id: int, source_key: str, *, now: int) -> int | None:
    """Leave a tombstone; the id of its conversation, None when we never had the message."""
    row = tx.one(
        "SELECT id, conversation_id, text FROM message WHERE customer_id = :customer"
        " AND sender = 'customer' AND source_key = :key",
        customer=customer_id,
        key=source_key,
    )
    if row is None:
        return None
    erase_message(tx, row["id"], how="unsent", now=now)
    _forget_copies(tx, row["conversation_id"], row["text"], now)
    return int(row["conversation_id"])


def erase_message(tx: Tx, message_id: int, *, how: str, now: int) -> None:
    """Remove what a message said; its place, sender and time remain."""
    tx.run(
        "UPDATE message SET text = NULL, body = NULL, erased_at = :now, erased_how = :how"
        " WHERE id = :id AND erased_at IS NULL",
        id=message_id,
        now=now,
        how=how,
    )
    erase_attachments(tx, message_id=message_id)


def _forget_copies(tx: Tx, conversation_id: int, text: str | None, now: int) -> None:
    """The dialogue and the form may still hold the words."""
    if not text:
        return
    conversation = get_conversation(tx, conversation_id)
    talk = conversation.talk
    if text in talk.question:
        talk = replace(talk, question="")
    if text in talk.pending:
        talk = replace(talk, pending="", pending_id=None, pending_token=None)
    form = {key: value for key, value in conversation.form.items() if value not in text}
    tx.run(
        "UPDATE conversation SET talk = :talk, form = :form, changed_at = :now WHERE id = :id",
        id=conversation_id,
        talk=talk.to_json(),
        form=compact(form),
        now=now,
    )
    for row in tx.all(
        "SELECT id FROM message WHERE conversation_id = :id AND sender = 'customer'"
        " AND body LIKE '%\"question\"%' AND instr(body, :quoted) > 0",
        id=conversation_id,
        quoted=compact(text)[1:-1],
    ):
        tx.run("UPDATE message SET body = NULL WHERE id = :id", id=row["id"])
