"""Rows of agents: found, listed and written; passwords only as hashes."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from bot.cleaning import clean_text
from bot.errors import NotFound
from bot.store import Row, Tx, get
from handoff.access import Agent, Presence, Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """What a login is checked against."""

    agent: Agent
    password_hash: str

    @property
    def has_password(self) -> bool:
        """Whether any password fits; who only comes from an identity provider has none."""
        return self.password_hash.startswith("$")


def normalise_login(login: str) -> str:
    """One spelling for each login name: width and case do not matter."""
    return unicodedata.normalize("NFKC", clean_text(login[:200]).text).strip().lower()


def agent_from_row(row: Row) -> Agent:
    """A row of `agent` as a value."""
    return Agent(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        role=Role(row["role"]),
        active=bool(row["active"]),
        must_change=bool(row["must_change"]),
        teams=tuple(team for team in row["teams"].split(",") if team),
        capacity=row["capacity"],
        presence=Presence(row["presence"]),
        seen_at=row["seen_at"],
    )


def find_credentials(tx: Tx, login: str) -> Credentials | None:
    """The account behind a login name."""
    row = tx.one("SELECT * FROM agent WHERE login = :login", login=normalise_login(login))
    if row is None:
        return None
    return Credentials(agent=agent_from_row(row), password_hash=row["password_hash"])


def get_credentials(tx: Tx, agent_id: int) -> Credentials:
    """The account with this id. Raises NotFound."""
    row = tx.one("SELECT * FROM agent WHERE id = :id", id=agent_id)
    if row is None:
        raise NotFound("There is no such agent.")
    return Credentials(agent=agent_from_row(row), password_hash=row["password_hash"])


def get_agent(tx: Tx, agent_id: int) -> Agent:
    """The agent with this id. Raises NotFound."""
    return get_credentials(tx, agent_id).agent


def find_name(tx: Tx, agent_id: int | None) -> str | None:
    """Name of an agent."""
    row = tx.one("SELECT name FROM agent WHERE id = :id", id=agent_id or 0)
    return str(row["name"]) if row else None


def list_agents(tx: Tx, *, only_active: bool = False) -> list[Agent]:
    """Everybody, by name."""
    rows = tx.all(
        "SELECT * FROM agent WHERE active >= :least ORDER BY active DESC, name, id",
        least=int(only_active),
    )
    return [agent_from_row(row) for row in rows]


def insert(
    tx: Tx, *, login: str, name: str, role: Role, password_hash: str, must_change: bool, now: int
) -> int | None:
    """Add an account; None when the login name is taken."""
    row = tx.one(
        """INSERT INTO agent (login, name, role, password_hash, must_change, active, teams,
            capacity, presence, created_at)
        VALUES (:login, :name, :role, :hash, :must_change, 1, '', 5, 'offline', :now)
        ON CONFLICT (login) DO NOTHING RETURNING id""",
        login=normalise_login(login),
        name=name,
        role=role.value,
        hash=password_hash,
        must_change=int(must_change),
        now=now,
    )
    return int(row["id"]) if row else None


def save(tx: Tx, agent_id: int, **columns: Any) -> None:
    """Write these columns of an agent. Names come from this code, never from outside."""
    names = ", ".join(f"{name} = :{name}" for name in columns)
    tx.run(f"UPDATE agent SET {names} WHERE id = :id", id=agent_id, **columns)


def count_admins(tx: Tx, *, besides: int) -> int:
    """How many active administrators there are besides this agent."""
    row = get(
        tx,
        "SELECT COUNT(*) AS n FROM agent WHERE role = 'admin' AND active = 1 AND id <> :besides",
        besides=besides,
    )
    return int(row["n"])
