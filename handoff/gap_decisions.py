"""Rows of decisions about gaps: each is one guarded statement, so that only one admin decides."""

from collections.abc import Mapping, Sequence

from bot.store import Tx
from handoff.gap_rows import drop_empty
from handoff.gap_values import AlreadyDecided, GapState


def decide(
    tx: Tx, gap_id: int, state: GapState, *, agent_id: int, now: int, **columns: str | None
) -> None:
    """Decide an open group. Raises AlreadyDecided where a colleague was quicker."""
    moved = tx.run(
        """UPDATE gap SET state = :state, entry_id = :entry_id, reason = :reason,
            decided_by = :agent, decided_at = :now, served_at = NULL, reopened_at = NULL
        WHERE id = :id AND state = 'open'""",
        id=gap_id,
        state=state.value,
        agent=agent_id,
        now=now,
        **{"entry_id": None, "reason": "", **columns},
    )
    if not moved:
        raise AlreadyDecided


def undo(tx: Tx, gap_id: int) -> bool:
    """Open a decided group again."""
    return (
        tx.run(
            "UPDATE gap SET state = 'open', entry_id = NULL, reason = '', decided_by = NULL,"
            " decided_at = NULL, served_at = NULL WHERE id = :id AND state <> 'open'",
            id=gap_id,
        )
        == 1
    )


def note_served(tx: Tx, served: Mapping[int, str], *, now: int) -> None:
    """From now on the knowledge has what was decided, in these entries."""
    for gap_id, entry_id in served.items():
        tx.run(
            "UPDATE gap SET served_at = :now, entry_id = :entry WHERE id = :id"
            " AND served_at IS NULL AND state IN ('entry', 'variant')",
            id=gap_id,
            entry=entry_id,
            now=now,
        )


def reopen_asked_again(tx: Tx, *, least: int, now: int) -> int:
    """Open the groups that so many customers asked for again after their answer was served."""
    return tx.run(
        """UPDATE gap SET state = 'open', reopened_at = :now, served_at = NULL
        WHERE state IN ('entry', 'variant') AND served_at IS NOT NULL AND :least <=
            (SELECT COUNT(DISTINCT q.reference) FROM gap_question q
                WHERE q.gap_id = gap.id AND q.asked_at > gap.served_at)""",
        least=least,
        now=now,
    )


def move_question(tx: Tx, question_id: int, gap_id: int) -> bool:
    """Put a question into another group."""
    moved = tx.run(
        "UPDATE gap_question SET gap_id = :gap WHERE id = :id AND gap_id IS NOT NULL",
        id=question_id,
        gap=gap_id,
    )
    return moved == 1


def merge(tx: Tx, gap_id: int, into_id: int) -> None:
    """Put all questions of an open group into another one. Raises AlreadyDecided."""
    if not tx.one("SELECT 1 FROM gap WHERE id = :id AND state = 'open'", id=gap_id):
        raise AlreadyDecided
    tx.run("UPDATE gap_question SET gap_id = :into WHERE gap_id = :id", id=gap_id, into=into_id)
    drop_empty(tx)


def settle_picks(
    tx: Tx, ids: Sequence[int], state: str, *, from_state: str, agent_id: int, now: int
) -> int:
    """Add or dismiss picks, or take that back; how many were still in that state."""
    return sum(
        tx.run(
            "UPDATE gap_question SET state = :state, decided_by = :agent, decided_at = :now"
            " WHERE id = :id AND why = 'chosen' AND state = :from_state",
            id=one,
            state=state,
            from_state=from_state,
            agent=agent_id,
            now=now,
        )
        for one in ids
    )
