"""Rows of second factors: seeds, steps that are used up, recovery codes, and tickets."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.store import Tx, get
from handoff.sessions import hash_text


@dataclass(frozen=True, kw_only=True, slots=True)
class Factor:
    """An agent's second factor."""

    seed: str
    confirmed: bool


def find_factor(tx: Tx, agent_id: int) -> Factor | None:
    """The second factor, also one that is not confirmed yet."""
    row = tx.one("SELECT * FROM second_factor WHERE agent_id = :agent", agent=agent_id)
    return Factor(seed=row["seed"], confirmed=row["confirmed_at"] is not None) if row else None


def is_enrolled(tx: Tx, agent_id: int) -> bool:
    """Whether a code is asked for at login."""
    factor = find_factor(tx, agent_id)
    return factor is not None and factor.confirmed


def list_enrolled(tx: Tx) -> frozenset[int]:
    """Ids of all agents with a second factor."""
    rows = tx.all("SELECT agent_id FROM second_factor WHERE confirmed_at IS NOT NULL")
    return frozenset(row["agent_id"] for row in rows)


def begin(tx: Tx, agent_id: int, *, seed: str, now: int) -> bool:
    """Keep a seed until it is confirmed; False when a second factor is in force already."""
    return (
        tx.run(
            """INSERT INTO second_factor (agent_id, seed, begun_at, confirmed_at, last_step)
            VALUES (:agent, :seed, :now, NULL, 0)
            ON CONFLICT (agent_id) DO UPDATE SET seed = :seed, begun_at = :now
            WHERE second_factor.confirmed_at IS NULL  -- never replaces one in force""",
            agent=agent_id,
            seed=seed,
            now=now,
        )
        == 1
    )


def confirm(tx: Tx, agent_id: int, *, seed: str, step: int, now: int) -> bool:
    """Put the second factor in force; False when another was begun meanwhile."""
    return (
        tx.run(
            "UPDATE second_factor SET confirmed_at = :now, last_step = :step"
            " WHERE agent_id = :agent AND seed = :seed AND confirmed_at IS NULL",
            agent=agent_id,
            seed=seed,
            step=step,
            now=now,
        )
        == 1
    )


def use_step(tx: Tx, agent_id: int, *, step: int) -> bool:
    """Use up the code of a step; False when it or a later one was used before."""
    return (
        tx.run(
            "UPDATE second_factor SET last_step = :step"
            " WHERE agent_id = :agent AND confirmed_at IS NOT NULL AND last_step < :step",
            agent=agent_id,
            step=step,
        )
        == 1
    )


def remove(tx: Tx, agent_id: int) -> bool:
    """Forget the second factor and its recovery codes; False when there was none."""
    tx.run("DELETE FROM recovery_code WHERE agent_id = :agent", agent=agent_id)
    return tx.run("DELETE FROM second_factor WHERE agent_id = :agent", agent=agent_id) == 1


def replace_codes(tx: Tx, agent_id: int, hashes: Iterable[str]) -> None:
    """Keep these recovery codes and forget the older ones."""
    tx.run("DELETE FROM recovery_code WHERE agent_id = :agent", agent=agent_id)
    for code_hash in hashes:
        tx.run(
            "INSERT INTO recovery_code (agent_id, code_hash, used_at)"
            " VALUES (:agent, :hash, NULL)",
            agent=agent_id,
            hash=code_hash,
        )


def use_code(tx: Tx, agent_id: int, code_hash: str, *, now: int) -> bool:
    """Use up a recovery code; False when there is none like it, or it was used before."""
    return (
        tx.run(
            "UPDATE recovery_code SET used_at = :now"
            " WHERE agent_id = :agent AND code_hash = :hash AND used_at IS NULL",
            agent=agent_id,
            hash=code_hash,
            now=now,
        )
        == 1
    )


def count_codes(tx: Tx, agent_id: int) -> int:
    """How many recovery codes are left."""
    row = get(
        tx,
        "SELECT COUNT(*) AS n FROM recovery_code WHERE agent_id = :agent AND used_at IS NULL",
        agent=agent_id,
    )
    return int(row["n"])


def insert_ticket(tx: Tx, agent_id: int, *, token: str, now: int, expires_at: int) -> None:
    """The password was right; tickets that have ended are forgotten."""
    tx.run("DELETE FROM login_ticket WHERE expires_at <= :now", now=now)
    tx.run(
        "INSERT INTO login_ticket (agent_id, token_hash, tries, expires_at)"
        " VALUES (:agent, :hash, 0, :expires)",
        agent=agent_id,
        hash=hash_text(token),
        expires=expires_at,
    )


def find_ticket(tx: Tx, token: str, *, now: int) -> int | None:
    """Whose ticket this is; None once it has ended."""
    row = tx.one(
        "SELECT agent_id FROM login_ticket WHERE token_hash = :hash AND expires_at > :now",
        hash=hash_text(token),
        now=now,
    )
    return int(row["agent_id"]) if row else None


def try_ticket(tx: Tx, token: str, *, most: int, now: int) -> int | None:
    """Count a try before it is made; whose ticket it is, None once it has ended."""
    row = tx.one(
        "UPDATE login_ticket SET tries = tries + 1"
        " WHERE token_hash = :hash AND expires_at > :now AND tries < :most RETURNING agent_id",
        hash=hash_text(token),
        now=now,
        most=most,
    )
    return int(row["agent_id"]) if row else None


def spend_ticket(tx: Tx, token: str) -> bool:
    """End a ticket; False when somebody was faster."""
    return tx.run("DELETE FROM login_ticket WHERE token_hash = :hash", hash=hash_text(token)) == 1
