"""What the metrics count in the database: by state, and what is new since the last look."""

from dataclasses import dataclass

from bot.store import Tx
from handoff import accounts
from handoff.access import Presence, actual_presence

#: Kinds of a bot's turn; one that says nothing of a decision is talk: thanks, a menu, a handoff.
DECISIONS = ("answer", "suggest", "fallback", "chosen", "talk")
#: States of sends that are not over; sent ones are counted as they are sent.
OWED_STATES = ("pending", "sending", "failed", "in_doubt", "blocked_quota")


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """Up to which rows has been counted."""

    inbox_id: int
    message_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What has come since the last look, and how it stands now."""

    marks: Marks
    #: by (channel, kind, state)
    events: dict[tuple[str, str, str], int]
    turns: dict[str, int]
    outbox: dict[str, int]
    #: ms; None: nothing waits
    oldest_owed_at: int | None
    parked: int
    waiting: int
    waiting_since: int | None
    assigned: int
    #: agents by presence
    present: dict[str, int]


def find_marks(tx: Tx) -> Marks:
    """The newest rows: what was before the start is not counted."""
    return Marks(inbox_id=_newest(tx, "inbox"), message_id=_newest(tx, "message"))


def _newest(tx: Tx, table: str) -> int:
    row = tx.one(f"SELECT MAX(id) AS id FROM {table}")
    return int(row["id"] or 0) if row else 0


def read_news(tx: Tx, since: Marks, *, now: int) -> News:
    """Everything at one moment; what is old is not looked at."""
    until = find_marks(tx)
    events = tx.all(
        "SELECT channel, kind, state, COUNT(*) AS n FROM inbox WHERE id > :since AND id <= :until"
        " GROUP BY channel, kind, state",
        since=since.inbox_id,
        until=until.inbox_id,
    )
    turns = tx.all(
        "SELECT COALESCE(json_extract(decision, '$.kind'), 'talk') AS kind, COUNT(*) AS n"
        " FROM message WHERE id > :since AND id <= :until AND sender = 'bot' AND turn_index = 0"
        " GROUP BY 1",
        since=since.message_id,
        until=until.message_id,
    )
    queue = tx.all(
        "SELECT state, COUNT(*) AS n, MIN(waiting_since) AS since FROM conversation"
        " WHERE state IN ('waiting', 'assigned') GROUP BY state"
    )
    by_state = {row["state"]: row for row in queue}
    waiting = by_state.get("waiting")
    owed = tx.one("SELECT MIN(created_at) AS at FROM outbox WHERE state IN ('pending', 'sending')")
    parked = tx.one("SELECT COUNT(*) AS n FROM inbox WHERE state = 'parked'")
    return News(
        marks=until,
        events={(row["channel"], row["kind"], row["state"]): row["n"] for row in events},
        turns={row["kind"]: row["n"] for row in turns},
        outbox=_outbox(tx),
        oldest_owed_at=owed["at"] if owed else None,
        parked=parked["n"] if parked else 0,
        waiting=waiting["n"] if waiting else 0,
        waiting_since=waiting["since"] if waiting else None,
        assigned=by_state["assigned"]["n"] if "assigned" in by_state else 0,
        present=_present(tx, now),
    )


def _outbox(tx: Tx) -> dict[str, int]:
    found = dict.fromkeys(OWED_STATES, 0)
    for states in ("'pending','sending'", "'failed','in_doubt','blocked_quota'"):
        rows = tx.all(
            f"SELECT state, COUNT(*) AS n FROM outbox WHERE state IN ({states}) GROUP BY state"
        )
        found |= {row["state"]: row["n"] for row in rows}
    return found


def _present(tx: Tx, now: int) -> dict[str, int]:
    found = dict.fromkeys((presence.value for presence in Presence), 0)
    for agent in accounts.list_agents(tx, only_active=True):
        found[actual_presence(agent, now).value] += 1
    return found
