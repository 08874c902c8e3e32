"""Logging in and out: tokens that end, guessing that is slow, sessions that can be taken back."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.clock import HOUR_MS, MINUTE_MS, SECOND_MS, Clock
from bot.errors import NotFound
from bot.hints import Hint, Hints
from bot.store import Store, Tx
from handoff import accounts, audit, own_logins, second_rows, sessions
from handoff.access import Agent, Presence, Verb, needs_second_factor, require
from handoff.accounts import Credentials
from handoff.errors import CodeNeeded, TooManyTries, WeakPassword, WrongLogin
from handoff.hashing import hash_password, is_password
from handoff.own_logins import LoginRow
from handoff.passwords import check_password
from handoff.settings import PeopleSettings
from handoff.throttle import Pace, decide_pace

#: A login in use is written down this often, not with every page.
TOUCH_MS = 30 * SECOND_MS
#: Between the password and the code.
TICKET_MS = 5 * MINUTE_MS
_TOKEN_BYTES = 32
_LONGEST_TOKEN = 100
_LONGEST_TYPED = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class LoggedIn:
    """A login that has begun; the token goes into the cookie and is stored nowhere."""

    token: str
    agent: Agent
    expires_at: int


def agent_topic(agent_id: int) -> str:
    """Topic of an agent's own account: a hint of kind `login` says that logins ended."""
    return f"agent:{agent_id}"


class Logins:
    """Who is logged in."""

    def __init__(
        self,
        store: Store,
        hints: Hints,
        settings: PeopleSettings,
        clock: Clock,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._hints = hints
        self._clock = clock
        self._pause = pause
        self._idle_ms = settings.login_idle_minutes * MINUTE_MS
        self._max_ms = settings.login_max_hours * HOUR_MS
        self._second_factor = settings.second_factor

    async def log_in(
        self, login: str, password: str, *, address: str, replaces: str | None = None
    ) -> LoggedIn:
        """Check name and password. Raises WrongLogin, TooManyTries, CodeNeeded.

        `replaces` is the token the browser had: it ends, so that a planted one is worth nothing.
        """
        login = accounts.normalise_login(login)
        pace, found = await self._store.write(_begin_try, login, address[:64], self._clock())
        if pace.wait_ms:
            raise TooManyTries(pace.wait_ms)
        if pace.slow_ms:
            await self._pause(pace.slow_ms / SECOND_MS)
        known = found if found and found.agent.active else None
        right = await is_password(
            known.password_hash if known else None, password[:_LONGEST_TYPED]
        )
        if not right or known is None:
            raise WrongLogin
        return await self.start(known.agent, "login", address, replaces, ask_code=True)

    async def start(
        self,
        known: Agent,
        action: str,
        address: str,
        replaces: str | None = None,
        *,
        ask_code: bool = False,
    ) -> LoggedIn:
        """Let somebody in who has shown who they are.

        With `ask_code` a second factor still has to be shown: raises CodeNeeded, and no login has
        begun. Raises WrongLogin for an account that is switched off.
        """
        agent_id, login, address = known.id, known.login, address[:64]
        token, now = secrets.token_urlsafe(_TOKEN_BYTES), self._clock()

        def start(tx: Tx) -> LoggedIn | None:
            # read again: it may have been switched off while the password was checked
            agent = accounts.get_agent(tx, agent_id)
            if not agent.active:
                raise WrongLogin
            if ask_code and second_rows.is_enrolled(tx, agent_id):
                second_rows.insert_ticket(
                    tx, agent_id, token=token, now=now, expires_at=now + TICKET_MS
                )
                return None
            if agent.presence is Presence.OFFLINE:
                # who logs in has come to work; the switch on the desk says otherwise
                agent = replace(agent, presence=Presence.AVAILABLE, seen_at=now)
                accounts.save(
                    tx, agent.id, presence=agent.presence.value, presence_at=now, seen_at=now
                )
            sessions.forget_failures(tx, login=login, address=address)
            sessions.delete_ended(tx, now=now, idle_ms=self._idle_ms)
            if replaces:
                sessions.delete(tx, replaces[:_LONGEST_TOKEN])
            expires_at = now + self._max_ms
            sessions.insert(tx, agent_id=agent_id, token=token, now=now, expires_at=expires_at)
            audit.record(tx, action, now=now, agent_id=agent_id)
            return LoggedIn(token=token, agent=agent, expires_at=expires_at)

        begun = await self._store.write(start)
        if begun is None:
            raise CodeNeeded(token)
        return begun

    async def find_agent(self, token: str | None, *, touch: bool = True) -> Agent | None:
        """Who sends this token; None once the login has ended.

        A page that merely stays open asks with touch=False: only what somebody does keeps a
        login alive.
        """
        if not token or len(token) > _LONGEST_TOKEN:
            return None
        now = self._clock()
        found = await self._store.read(sessions.find, token, now=now, idle_ms=self._idle_ms)
        if found is None:
            return None
        if touch and now - found.used_at >= TOUCH_MS:
            await self._store.write(sessions.touch, token, now=now)
        missing = not found.enrolled and needs_second_factor(found.agent.role, self._second_factor)
        return replace(found.agent, must_enrol=True) if missing else found.agent

    async def log_out(self, token: str) -> None:
        """End this login."""
        now = self._clock()

        def end(tx: Tx) -> int | None:
            agent_id = sessions.delete(tx, token[:_LONGEST_TOKEN])
            if agent_id is not None:
                audit.record(tx, "logout", now=now, agent_id=agent_id)
            return agent_id

        agent_id = await self._store.write(end)
        if agent_id is not None:
            self._tell(agent_id)

    async def log_out_everywhere(self, agent: Agent) -> int:
        """End every login of this agent, this one too; how many there were."""
        now = self._clock()

        def end(tx: Tx) -> int:
            count = sessions.delete_of_agent(tx, agent.id)
            audit.record(tx, "logout_everywhere", now=now, agent_id=agent.id, count=count)
            return count

        count = await self._store.write(end)
        self._tell(agent.id)
        return count

    async def list_own(self, agent: Agent) -> list[LoginRow]:
        """Where this agent is logged in, the newest first."""
        require(agent, Verb.CHANGE_OWN_PASSWORD)
        return (await self._list(agent.id)).get(agent.id, [])

    async def end_own(self, agent: Agent, login_id: int) -> None:
        """End one of this agent's logins. Raises NotFound, also for somebody else's."""
        require(agent, Verb.CHANGE_OWN_PASSWORD)
        await self._end(agent, agent.id, login_id)

    async def list_everybodys(self, admin: Agent) -> dict[int, list[LoginRow]]:
        """Where everybody is logged in, under the agents' ids. Raises NotAllowed."""
        require(admin, Verb.MANAGE_STAFF)
        return await self._list(None)

    async def end_somebodys(self, admin: Agent, agent_id: int, login_id: int | None) -> None:
        """End a login of somebody, with None all of them. Raises NotAllowed, NotFound."""
        require(admin, Verb.MANAGE_STAFF)
        await self._end(admin, agent_id, login_id)

    async def _list(self, agent_id: int | None) -> dict[int, list[LoginRow]]:
        return await self._store.read(
            own_logins.list_logins, agent_id, now=self._clock(), idle_ms=self._idle_ms
        )

    async def _end(self, by: Agent, agent_id: int, login_id: int | None) -> None:
        now = self._clock()

        def end(tx: Tx) -> None:
            accounts.get_agent(tx, agent_id)
            if login_id is None:
                count = sessions.delete_of_agent(tx, agent_id)
            else:
                count = int(own_logins.end_login(tx, login_id, agent_id=agent_id))
                if not count:
                    raise NotFound
            audit.record(tx, "end_login", now=now, agent_id=by.id, of=agent_id, count=count)

        await self._store.write(end)
        self._tell(agent_id)

    async def change_password(self, agent: Agent, *, old: str, new: str, address: str) -> LoggedIn:
        """Set an own password; every login ends and a new one begins.

        Raises WrongLogin (the old one is wrong), TooManyTries, WeakPassword.
        """
        require(agent, Verb.CHANGE_OWN_PASSWORD)
        check_password(new, login=agent.login)
        if old == new:
            raise WeakPassword("Choose another password than the present one.")
        await self.require_password(agent, old, address=address)
        hashed = await hash_password(new)
        await self._store.write(_set_password, agent.id, hashed)
        self._tell(agent.id)
        return await self.start(agent, "change_password", address)

    async def require_password(self, agent: Agent, typed: str, *, address: str) -> None:
        """Ask again who sits there. Raises WrongLogin, TooManyTries."""
        address = address[:64]
        pace, found = await self._store.write(_begin_try, agent.login, address, self._clock())
        if pace.wait_ms:
            raise TooManyTries(pace.wait_ms)
        if not await is_password(found.password_hash if found else None, typed[:_LONGEST_TYPED]):
            raise WrongLogin("The present password is wrong.")
        await self._store.write(sessions.forget_failures, login=agent.login, address=address)

    def _tell(self, agent_id: int) -> None:
        self._hints.publish([Hint(topic=agent_topic(agent_id), kind="login")])


def _begin_try(tx: Tx, login: str, address: str, now: int) -> tuple[Pace, Credentials | None]:
    """Count the try as failed before it is made, so that many at once cannot slip through."""
    pace = decide_pace(sessions.count_failures(tx, login=login, address=address, now=now), now)
    if pace.wait_ms:
        return pace, None
    sessions.add_failure(tx, login=login, address=address, now=now)
    return pace, accounts.find_credentials(tx, login)


def _set_password(tx: Tx, agent_id: int, password_hash: str) -> None:
    accounts.save(tx, agent_id, password_hash=password_hash, must_change=0)
    sessions.delete_of_agent(tx, agent_id)
