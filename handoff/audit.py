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


#: Later than any time: the largest number that every database keeps.
_EVER = 2**63 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditWanted:
    """Which entries are asked for; as it is: all of them."""

    agent_id: int | None = None
    #: only what nobody of the staff did by a page: the system and the command line
    by_system: bool = False
    conversation_id: int | None = None
    #: as `bot.references.parse_reference` gives it
    reference: str | None = None
    #: one of these; none: every act
    actions: tuple[str, ...] = ()
    from_at: int = -_EVER
    #: up to and without
    until_at: int = _EVER


EVERYTHING = AuditWanted()


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
    wanted: AuditWanted = EVERYTHING,
    *,
    before_id: int | None = None,
    limit: int = 100,
) -> list[AuditEntry]:
    """The newest entries first; `before_id` pages on."""
    until = wanted.until_at
    edge = _time_of(tx, before_id)
    if before_id is not None:
        if edge is None:
            return []
        until = min(until, edge + 1)
    conditions, values = _conditions(wanted)
    # the index of times gives range and order: a page reads no more than it must skip
    rows = tx.all(
        f"""SELECT a.id, a.at, a.agent_id, agent.name AS agent_name, a.action, a.conversation_id,
            c.reference, a.detail
        FROM audit_log a LEFT JOIN agent ON agent.id = a.agent_id
            LEFT JOIN conversation c ON c.id = a.conversation_id
        WHERE a.at >= :since AND a.at < :until
            AND (:before = 0 OR a.at < :edge OR a.id < :before){conditions}
        ORDER BY a.at DESC, a.id DESC LIMIT :limit""",
        since=wanted.from_at,
        until=until,
        before=before_id or 0,
        edge=edge or 0,
        limit=max(1, min(limit, 1_000)),
        **values,
    )
    return [AuditEntry(**{**dict(row), "detail": json.loads(row["detail"])}) for row in rows]


def _time_of(tx: Tx, entry_id: int | None) -> int | None:
    """When the entry was added, or the last one before where it is gone."""
    row = tx.one(
        "SELECT at FROM audit_log WHERE id <= :id ORDER BY id DESC LIMIT 1", id=entry_id or 0
    )
    return int(row["at"]) if row else None


def _conditions(wanted: AuditWanted) -> tuple[str, dict[str, Any]]:
    """What narrows the entries, and its values. Its text comes from this code alone."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    if wanted.by_system:
        parts.append("a.agent_id IS NULL")
    if wanted.agent_id is not None:
        parts.append("a.agent_id = :agent")
        values["agent"] = wanted.agent_id
    if wanted.conversation_id is not None:
        parts.append("a.conversation_id = :conversation")
        values["conversation"] = wanted.conversation_id
    if wanted.reference is not None:
        # what was done about a whole customer names the reference by which they were found
        parts.append(
            "(a.conversation_id = (SELECT id FROM conversation WHERE reference = :reference)"
            " OR (a.action IN ('export_customer', 'erase_customer') AND a.detail LIKE :named))"
        )
        values["reference"] = wanted.reference
        values["named"] = f'%"reference":"{wanted.reference}"%'
    if wanted.actions:
        names = [f"action{at}" for at in range(len(wanted.actions))]
        parts.append(f"a.action IN ({', '.join(f':{name}' for name in names)})")
        values.update(zip(names, wanted.actions, strict=True))
    return "".join(f" AND {part}" for part in parts), values
