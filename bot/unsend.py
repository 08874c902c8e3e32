"""A customer's message is taken back or erased: our copy goes from wherever it is seen."""

import json
from dataclasses import replace

from bot.attachments import erase_attachments
from bot.conversation import Conversation, State
from bot.failpoints import hit
from bot.messages import compact
from bot.rows import conversation_from_row, get_customer, save
from bot.store import Row, Tx
from bot.survey import COMMENT_LIMIT

_SAID = """SELECT id, customer_id, conversation_id, text FROM message
    WHERE sender = 'customer' AND """


def find_said(tx: Tx, customer_id: int, source_key: str) -> Row | None:
    """What the customer said under this key; None when we never had it."""
    return tx.one(
        f"{_SAID} customer_id = :customer AND source_key = :key",
        customer=customer_id,
        key=source_key,
    )


def find_said_in(tx: Tx, conversation_id: int, message_id: int) -> Row | None:
    """What a customer said in this conversation; None when it is not there."""
    return tx.one(
        f"{_SAID} conversation_id = :conversation AND id = :id",
        conversation=conversation_id,
        id=message_id,
    )


def erase_said(tx: Tx, said: Row, *, how: str, due_at: int, now: int) -> None:
    """Leave a tombstone of what a customer said, and no copy of the words.

    `due_at` is when a conversation lapses in which nothing is left to answer.
    """
    erase_message(tx, said["id"], how=how, now=now)
    hit("erase.mid")
    _forget_copies(tx, said["customer_id"], said["text"], due_at, now)


def erase_answer(tx: Tx, message_id: int, *, how: str, now: int) -> None:
    """Remove our answer to a message where it repeats the customer's words."""
    rows = tx.all(
        "SELECT id, conversation_id, seq FROM message WHERE cause_id = :id", id=message_id
    )
    for row in rows:
        erase_message(tx, row["id"], how=how, now=now)
        tx.run(
            """UPDATE outbox SET body = :empty,
                state = CASE WHEN state = 'sent' THEN state ELSE 'cancelled' END
            WHERE conversation_id = :conversation AND :seq BETWEEN first_seq AND last_seq
                AND state <> 'sending'""",
            empty=compact({"bubbles": [], "sender_name": None}),
            conversation=row["conversation_id"],
            seq=row["seq"],
        )


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


def _forget_copies(tx: Tx, customer_id: int, text: str | None, due_at: int, now: int) -> None:
    """The dialogue, the form, the survey and what we know of the customer may hold the words."""
    if not text:
        return
    for row in tx.all(
        "SELECT * FROM conversation WHERE customer_id = :id AND (talk <> '{}' OR form <> '{}')",
        id=customer_id,
    ):
        _forget_in_talk(tx, conversation_from_row(row), text, due_at, now)
    known = get_customer(tx, customer_id).known
    tx.run(
        "UPDATE customer SET known = :known WHERE id = :id",
        id=customer_id,
        known=compact({key: value for key, value in known.items() if value not in text}),
    )
    tx.run(
        "UPDATE survey SET comment = NULL WHERE comment = :text AND conversation_id IN"
        " (SELECT id FROM conversation WHERE customer_id = :id)",
        id=customer_id,
        text=text[:COMMENT_LIMIT],
    )
    for row in tx.all(
        "SELECT id, body FROM message WHERE customer_id = :id AND sender = 'customer'"
        " AND body LIKE '%\"question\"%'",
        id=customer_id,
    ):
        if _repeats(str(json.loads(row["body"]).get("question", "")), text):
            tx.run("UPDATE message SET body = NULL WHERE id = :id", id=row["id"])


def _repeats(question: str, text: str) -> bool:
    """Whether a question has the words in it, or is a part of them: one beside a wish."""
    return text in question or any(line in text for line in question.split("\n") if line)


def _forget_in_talk(tx: Tx, conversation: Conversation, text: str, due_at: int, now: int) -> None:
    talk = conversation.talk
    if _repeats(talk.question, text):
        talk = replace(talk, question="")
    waited = bool(talk.pending)
    rest = f"\n{talk.pending}\n".replace(f"\n{text}\n", "\n", 1).strip("\n")
    talk = replace(talk, pending=rest)
    form = {key: value for key, value in conversation.form.items() if value not in text}
    if talk == conversation.talk and form == conversation.form:
        return
    # with nothing left to settle the conversation has its usual time again
    due = {"due_at": due_at} if waited and not rest and conversation.state is State.BOT else {}
    save(tx, conversation.id, now=now, talk=talk.to_json(), form=compact(form), **due)
