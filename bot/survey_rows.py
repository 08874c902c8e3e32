"""Surveys: one row a handling, asked once."""

from bot.conversation import Conversation, Customer
from bot.store import Row, Tx
from bot.survey import LOW_SCORE


def add_survey(
    tx: Tx,
    conversation: Conversation,
    customer: Customer,
    *,
    entry_id: str | None,
    agent_id: int | None,
    now: int,
) -> bool:
    """Record that we ask; False when this handling was asked about before."""
    asked = tx.run(
        """INSERT INTO survey (conversation_id, round, channel, handled_by, agent_id, entry_id,
            state, asked_at)
        VALUES (:conversation, :round, :channel, :handled_by, :agent, :entry, :state, :now)
        ON CONFLICT (conversation_id, round) DO NOTHING""",
        conversation=conversation.id,
        round=conversation.round,
        channel=conversation.channel,
        handled_by="bot" if agent_id is None else "agent",
        agent=agent_id,
        entry=entry_id,
        state="asked" if customer.reachable else "undeliverable",
        now=now,
    )
    return bool(asked)


def find_survey(tx: Tx, conversation_id: int, round_: int) -> Row | None:
    """The survey of one handling."""
    return tx.one(
        "SELECT * FROM survey WHERE conversation_id = :id AND round = :round",
        id=conversation_id,
        round=round_,
    )


def record_score(
    tx: Tx, conversation_id: int, round_: int, score: int, *, open_ms: int, now: int
) -> bool:
    """Store the score; a later tap corrects it. Another matter ends a survey only for a while."""
    changed = tx.run(
        """UPDATE survey SET state = 'answered', score = :score, answered_at = :now
        WHERE conversation_id = :id AND round = :round AND (state IN ('asked', 'answered')
            OR (state = 'lapsed' AND asked_at > :since))""",
        since=now - open_ms,
        id=conversation_id,
        round=round_,
        score=score,
        now=now,
    )
    if changed and score <= LOW_SCORE:
        tx.run("UPDATE conversation SET review = 1 WHERE id = :id", id=conversation_id)
    return bool(changed)


def lapse_survey(tx: Tx, conversation_id: int) -> None:
    """Nobody answered: counted as such."""
    tx.run(
        "UPDATE survey SET state = 'lapsed' WHERE conversation_id = :id AND state = 'asked'",
        id=conversation_id,
    )


def record_comment(tx: Tx, conversation_id: int, round_: int, comment: str) -> None:
    """Store the customer's words with the score."""
    tx.run(
        "UPDATE survey SET comment = :comment WHERE conversation_id = :id AND round = :round",
        id=conversation_id,
        round=round_,
        comment=comment,
    )
