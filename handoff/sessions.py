"""Rows of logins and of failed ones; tokens and login names only as hashes."""

import hashlib
from dataclasses import dataclass

from bot.store import Tx, get
from handoff.access import Agent
from handoff.accounts import agent_from_row
from handoff.throttle import WINDOW_MS, Failures


def hash_text(text: str) -> str:
    """What is stored instead of a token or of what was typed as a login name."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def insert(tx: Tx, *, agent_id: int, token: str, now: int, expires_at: int) -> None:
    """Start a login."""
    tx.run(
        "INSERT INTO login_session (agent_id, token_hash, created_at, seen_at, expires_at)"
        " VALUES (:agent, :hash, :now, :now, :expires)",
        agent=agent_id,
        hash=hash_text(token),
        now=now,
        expires=expires_at,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """A login that has not ended."""

    agent: Agent
    used_at: int
    #: the agent has a second factor
    enrolled: bool


def find(tx: Tx, token: str, *, now: int, idle_ms: int) -> Login | None:
    """The login of this token; None once it has ended."""
    row = tx.one(
        """SELECT a.*, s.seen_at AS used_at, f.confirmed_at FROM login_session s
            JOIN agent a ON a.id = s.agent_id
            LEFT JOIN second_factor f ON f.agent_id = a.id
        WHERE s.token_hash = :hash
            AND s.expires_at > :now  -- every login ends
            AND s.seen_at > :quiet  -- a quiet one earlier
            AND a.active = 1  -- and at once when the account is switched off""",
        hash=hash_text(token),
        now=now,
        quiet=now - idle_ms,
    )
    if row is None:
        return None
    return Login(
        agent=agent_from_row(row),
        used_at=int(row["used_at"]),
        enrolled=row["confirmed_at"] is not None,
    )


def touch(tx: Tx, token: str, *, now: int) -> None:
    """It is being used."""
    tx.run(
        "UPDATE login_session SET seen_at = :now WHERE token_hash = :hash AND seen_at < :now",
        hash=hash_text(token),
        now=now,
    )


def delete(tx: Tx, token: str) -> int | None:
    """End a login; the agent it belonged to."""
    row = tx.one(
        "DELETE FROM login_session WHERE token_hash = :hash RETURNING agent_id",
        hash=hash_text(token),
    )
    return int(row["agent_id"]) if row else None


def delete_of_agent(tx: Tx, agent_id: int) -> int:
    """End every login of an agent, also those half done; how many whole ones there were."""
    tx.run("DELETE FROM login_ticket WHERE agent_id = :agent", agent=agent_id)
    return tx.run("DELETE FROM login_session WHERE agent_id = :agent", agent=agent_id)


def delete_ended(tx: Tx, *, now: int, idle_ms: int) -> int:
    """Forget logins that have ended."""
    return tx.run(
        "DELETE FROM login_session WHERE expires_at <= :now OR seen_at <= :quiet",
        now=now,
        quiet=now - idle_ms,
    )


def count_failures(tx: Tx, *, login: str, address: str, now: int) -> Failures:
    """Failed logins within the window."""
    row = get(
        tx,
        """SELECT
            COALESCE(SUM(CASE WHEN login = :login AND address = :address THEN 1 ELSE 0 END), 0)
                AS pair,
            COALESCE(MAX(CASE WHEN login = :login AND address = :address THEN at END), 0)
                AS pair_at,
            COALESCE(SUM(CASE WHEN address = :address THEN 1 ELSE 0 END), 0) AS address,
            COALESCE(MAX(CASE WHEN address = :address THEN at END), 0) AS address_at,
            COALESCE(SUM(CASE WHEN login = :login THEN 1 ELSE 0 END), 0) AS login
        -- what lies ahead was noted before the clock was put back
        FROM login_failure WHERE at > :since AND at <= :now
            AND (login = :login OR address = :address)""",
        login=hash_text(login),
        address=address,
        since=now - WINDOW_MS,
        now=now,
    )
    return Failures(**dict(row))


def add_failure(tx: Tx, *, login: str, address: str, now: int) -> None:
    """Count a failure, and forget those outside the window."""
    tx.run("DELETE FROM login_failure WHERE at <= :since", since=now - WINDOW_MS)
    tx.run(
        "INSERT INTO login_failure (login, address, at) VALUES (:login, :address, :now)",
        login=hash_text(login),
        address=address,
        now=now,
    )


def forget_failures(tx: Tx, *, login: str, address: str) -> None:
    """It was the right person after all."""
    tx.run(
        "DELETE FROM login_failure WHERE login = :login AND address = :address",
        login=hash_text(login),
        address=address,
    )
