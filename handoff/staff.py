"""The staff's accounts: added, changed, switched off."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from bot.cleaning import clean_text
from bot.clock import Clock
from bot.errors import BadInput
from bot.hints import DESK, Hint, Hints
from bot.store import Store, Tx
from handoff import accounts, audit, second_rows, sessions
from handoff.access import Agent, Presence, Role, Verb, require
from handoff.acting import return_agents_conversations
from handoff.desktalk import DeskTalk
from handoff.errors import LastAdmin, LoginTaken, NotAllowed
from handoff.hashing import hash_password
from handoff.logins import agent_topic
from handoff.passwords import check_password
from handoff.settings import PeopleSettings

_LOGIN_LIMIT = 60
_NAME_LIMIT = 60
_MOST_CAPACITY = 100
_ONE_TIME_BYTES = 15


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """A new account, or an old one with a new password."""

    agent: Agent
    #: shown once and stored nowhere; empty when a password was given
    one_time_password: str


def one_time_password() -> str:
    """A password that is handed over and changed at the first login."""
    return secrets.token_urlsafe(_ONE_TIME_BYTES)


def parse_login(login: str) -> str:
    """A login name in its one spelling. Raises BadInput."""
    plain = accounts.normalise_login(login)
    if not 1 <= len(plain) <= _LOGIN_LIMIT or not plain.isprintable() or " " in plain:
        raise BadInput(f"A login name has 1 to {_LOGIN_LIMIT} characters and no blanks.")
    return plain


def parse_name(name: str) -> str:
    """A name as colleagues and customers see it. Raises BadInput."""
    plain = clean_text(name).text.strip()
    if not 1 <= len(plain) <= _NAME_LIMIT or not plain.isprintable():
        raise BadInput(f"A name has 1 to {_NAME_LIMIT} characters on one line.")
    return plain


async def add_agent(
    store: Store,
    clock: Clock,
    *,
    login: str,
    name: str = "",
    role: Role,
    password: str | None = None,
    by: int | None = None,
) -> Added:
    """Add an account; without a password one is made up. Raises LoginTaken, WeakPassword."""
    login = parse_login(login)
    name = parse_name(name or login)
    given = one_time_password() if password is None else password
    check_password(given, login=login)
    hashed, now = await hash_password(given), clock()

    def add(tx: Tx) -> Agent:
        agent_id = accounts.insert(
            tx,
            login=login,
            name=name,
            role=role,
            password_hash=hashed,
            must_change=password is None,
            now=now,
        )
        if agent_id is None:
            raise LoginTaken
        audit.record(tx, "staff_add", now=now, agent_id=by, added=agent_id, role=role.value)
        return accounts.get_agent(tx, agent_id)

    agent = await store.write(add)
    return Added(agent=agent, one_time_password=given if password is None else "")


class Staff:
    """What administrators do with accounts. Every method raises NotAllowed for others."""

    def __init__(
        self, store: Store, hints: Hints, settings: PeopleSettings, clock: Clock, talk: DeskTalk
    ) -> None:
        self._store = store
        self._hints = hints
        self._settings = settings
        self._clock = clock
        self._talk = talk

    async def list_agents(self, admin: Agent) -> list[Agent]:
        """Everybody, those switched off last."""
        require(admin, Verb.MANAGE_STAFF)
        return await self._store.read(accounts.list_agents)

    async def add_agent(self, admin: Agent, *, login: str, name: str, role: Role) -> Added:
        """Add an account with a one-time password. Raises LoginTaken, BadInput."""
        require(admin, Verb.MANAGE_STAFF)
        return await add_agent(
            self._store, self._clock, login=login, name=name, role=role, by=admin.id
        )

    async def set_role(self, admin: Agent, agent_id: int, role: Role) -> None:
        """Give another role. Raises LastAdmin."""
        require(admin, Verb.MANAGE_STAFF)
        await self._store.write(_set_role, admin.id, agent_id, role, self._clock())
        self._tell(agent_id)

    async def set_active(self, admin: Agent, agent_id: int, *, active: bool) -> None:
        """Switch an account on, or off: its logins end and its conversations go back."""
        require(admin, Verb.MANAGE_STAFF)
        await self.switch(agent_id, active=active, by=admin.id)

    async def switch(self, agent_id: int, *, active: bool, by: int | None) -> None:
        """Do what set_active does, for the command line."""
        now = self._clock()

        def change(tx: Tx) -> tuple[Hint, ...]:
            _set_active(tx, by, agent_id, active=active, now=now)
            if active:
                return ()
            return return_agents_conversations(
                tx, agent_id, talk=self._talk, settings=self._settings, now=now
            )

        self._hints.publish(await self._store.write(change))
        self._tell(agent_id)

    async def set_details(
        self, admin: Agent, agent_id: int, *, name: str, teams: Sequence[str], capacity: int
    ) -> None:
        """Name, teams (none: every team) and how many conversations at once."""
        require(admin, Verb.MANAGE_STAFF)
        if not 1 <= capacity <= _MOST_CAPACITY:
            raise BadInput(f"Between 1 and {_MOST_CAPACITY} conversations at once.")
        if not set(teams) <= set(self._settings.teams):
            raise BadInput("There is no such team.")
        await self._store.write(
            _set_details,
            admin.id,
            agent_id,
            name=parse_name(name),
            teams=",".join(sorted(set(teams))),
            capacity=capacity,
            now=self._clock(),
        )
        self._tell(agent_id)

    async def reset_password(self, admin: Agent, agent_id: int) -> Added:
        """Give a one-time password; every login of this agent ends."""
        require(admin, Verb.MANAGE_STAFF)
        given = one_time_password()
        hashed, now = await hash_password(given), self._clock()

        def change(tx: Tx) -> Agent:
            accounts.get_agent(tx, agent_id)
            accounts.save(tx, agent_id, password_hash=hashed, must_change=1)
            sessions.delete_of_agent(tx, agent_id)
            audit.record(tx, "staff_password", now=now, agent_id=admin.id, of=agent_id)
            return accounts.get_agent(tx, agent_id)

        agent = await self._store.write(change)
        self._tell(agent_id)
        return Added(agent=agent, one_time_password=given)

    async def list_enrolled(self, admin: Agent) -> frozenset[int]:
        """Ids of all who have a second factor."""
        require(admin, Verb.MANAGE_STAFF)
        return await self._store.read(second_rows.list_enrolled)

    async def reset_second_factor(self, admin: Agent, agent_id: int) -> None:
        """Remove a colleague's second factor; every login of theirs ends.

        One's own takes password and code, on the account page: raises NotAllowed.
        """
        require(admin, Verb.MANAGE_STAFF)
        if agent_id == admin.id:
            raise NotAllowed
        now = self._clock()
        await self._store.write(reset_second_factor, agent_id, by=admin.id, now=now)
        self._tell(agent_id)

    def _tell(self, agent_id: int) -> None:
        self._hints.publish(
            [
                Hint(topic=agent_topic(agent_id), kind="login"),
                Hint(topic=DESK, kind="presence"),
            ]
        )


def reset_second_factor(tx: Tx, agent_id: int, *, by: int | None, now: int) -> bool:
    """Remove a second factor and end the logins; False when there was none. Raises NotFound."""
    accounts.get_agent(tx, agent_id)
    removed = second_rows.remove(tx, agent_id)
    sessions.delete_of_agent(tx, agent_id)
    audit.record(tx, "staff_second_factor", now=now, agent_id=by, of=agent_id)
    return removed


def _set_role(tx: Tx, by: int, agent_id: int, role: Role, now: int) -> None:
    agent = accounts.get_agent(tx, agent_id)
    if role is not Role.ADMIN:
        _require_other_admin(tx, agent)
    accounts.save(tx, agent_id, role=role.value)
    audit.record(tx, "staff_role", now=now, agent_id=by, of=agent_id, role=role.value)


def _set_active(tx: Tx, by: int | None, agent_id: int, *, active: bool, now: int) -> None:
    agent = accounts.get_agent(tx, agent_id)
    if not active:
        _require_other_admin(tx, agent)
        sessions.delete_of_agent(tx, agent_id)
        accounts.save(tx, agent_id, presence=Presence.OFFLINE.value, presence_at=now)
    accounts.save(tx, agent_id, active=int(active))
    audit.record(tx, "staff_active", now=now, agent_id=by, of=agent_id, active=active)


def _require_other_admin(tx: Tx, agent: Agent) -> None:
    is_admin = agent.role is Role.ADMIN and agent.active
    if is_admin and accounts.count_admins(tx, besides=agent.id) == 0:
        raise LastAdmin


def _set_details(
    tx: Tx, by: int, agent_id: int, *, name: str, teams: str, capacity: int, now: int
) -> None:
    accounts.get_agent(tx, agent_id)
    accounts.save(tx, agent_id, name=name, teams=teams, capacity=capacity)
    audit.record(tx, "staff_details", now=now, agent_id=by, of=agent_id, capacity=capacity)
