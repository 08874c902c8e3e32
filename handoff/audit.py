"""Who changed what: rows are added and read, never changed. Ids and state names only."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.messages import compact
from bot.store import Tx


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry:
    """One change and who made it."""

    id: int
    at: int
    #: None: the system or the command line
    agent_id: int | None
    agent_name: str | None
    action: str
    conversation_id: int | None
    reference: str | None
    detail: Mapping[str, Any]


def record(
    tx: Tx,
    action: str,
    *,
    now: int,
    agent_id: int | None,
    conversation_id: int | None = None,
    **detail: str | int | bool | None,
) -> None:
    """Add an entry. `detail` takes ids, names of states and numbers, never customer text."""
    tx.run(
        "INSERT INTO audit_log (at, agent_id, action, conversation_id, detail)"
        " VALUES (:at, :agent_id, :action, :conversation_id, :detail)",
        at=now,
        agent_id=agent_id,
        action=action,
        conversation_id=conversation_id,
        detail=compact(detail),
    )


def list_entries(
    tx: Tx,
    *,
    before_id: int | None = None,
    conversation_id: int | None = None,
    agent_id: int | None = None,
    limit: int = 100,
) -> list[AuditEntry]:
    """The newest entries first; `before_id` pages on."""
    rows = tx.all(
        """SELECT a.id, a.at, a.agent_id, agent.name AS agent_name, a.action, a.conversation_id,
            c.reference, a.detail
        FROM audit_log a LEFT JOIN agent ON agent.id = a.agent_id
            LEFT JOIN conversation c ON c.id = a.conversation_id
        WHERE (:before = 0 OR a.id < :before) AND (:conversation = 0
            OR a.conversation_id = :conversation) AND (:agent = 0 OR a.agent_id = :agent)
        ORDER BY a.id DESC LIMIT :limit""",
        before=before_id or 0,
        conversation=conversation_id or 0,
        agent=agent_id or 0,
        limit=max(1, min(limit, 1_000)),
    )
    return [AuditEntry(**{**dict(row), "detail": json.loads(row["detail"])}) for row in rows]
