"""Who has or had which conversation, and how it came and went."""

from bot.store import Tx, get
from handoff.queue import OF_TEAM


def start(tx: Tx, conversation_id: int, agent_id: int, *, came: str, now: int) -> None:
    """Note who has it from now on. `came`: claimed, transferred, reopened."""
    tx.run(
        "INSERT INTO assignment (conversation_id, agent_id, claimed_at, came)"
        " VALUES (:conversation, :agent, :now, :came)",
        conversation=conversation_id,
        agent=agent_id,
        now=now,
        came=came,
    )


def end(tx: Tx, conversation_id: int, *, went: str, now: int) -> None:
    """Note that it went. `went`: resolved, released, transferred, absent."""
    tx.run(
        "UPDATE assignment SET released_at = :now, went = :went"
        " WHERE conversation_id = :conversation AND released_at IS NULL",
        conversation=conversation_id,
        now=now,
        went=went,
    )


def count_assigned(tx: Tx, agent_id: int) -> int:
    """How many this agent has."""
    row = get(
        tx,
        "SELECT COUNT(*) AS n FROM conversation WHERE agent_id = :agent AND state = 'assigned'",
        agent=agent_id,
    )
    return int(row["n"])


def count_by_agent(tx: Tx) -> dict[int, int]:
    """How many each agent has."""
    rows = tx.all(
        "SELECT agent_id, COUNT(*) AS n FROM conversation WHERE state = 'assigned'"
        " GROUP BY agent_id"
    )
    return {int(row["agent_id"]): int(row["n"]) for row in rows}


def list_handling_ms(tx: Tx, team: str, *, limit: int) -> list[int]:
    """How long the latest handlings of a team took, the oldest first."""
    rows = tx.all(
        f"""SELECT s.released_at - s.claimed_at AS took
        -- the newest by id: this runs with every message of somebody who waits
        FROM (SELECT * FROM assignment ORDER BY id DESC LIMIT :limit) s
            JOIN conversation c ON c.id = s.conversation_id
        WHERE s.went = 'resolved' AND {OF_TEAM} ORDER BY s.id""",
        team=team,
        limit=limit,
    )
    return [int(row["took"]) for row in rows]
