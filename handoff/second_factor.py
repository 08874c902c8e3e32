"""The second factor of a login: added with a code, asked for after the password, removed."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from bot.clock import Clock
from bot.hints import Hint, Hints
from bot.store import Store, Tx
from handoff import accounts, audit, second_rows, sessions
from handoff.access import Agent, Verb, require
from handoff.errors import FactorThere, TicketEnded, TooManyTries, WrongCode
from handoff.logins import LoggedIn, Logins, agent_topic
from handoff.throttle import Pace, decide_pace
from handoff.totp import DIGITS, SECRET_BYTES, find_step, parse_code

CODES = 10
#: So many wrong codes, and the password is asked for again.
MOST_TRIES = 5
_CODE_BYTES = 10
_LONGEST_TOKEN = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What an account has."""

    enrolled: bool
    codes_left: int
    #: the password has to be typed again before a change; who only comes from outside has none
    has_password: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrolled:
    """A second factor that is in force; the codes are shown once."""

    begun: LoggedIn
    codes: tuple[str, ...]


class SecondFactors:
    """The staff's second factors. Secrets are computed, never stored.

    What lies in the database is a random seed; the secret is its HMAC under a key that lies in
    the data folder. Whoever reads the database alone can make no code.
    """

    def __init__(
        self, store: Store, hints: Hints, logins: Logins, clock: Clock, signing_key: bytes
    ) -> None:
        self._store = store
        self._hints = hints
        self._logins = logins
        self._clock = clock
        self._key = hmac.digest(signing_key, b"second factor", hashlib.sha256)

    async def get_standing(self, agent: Agent) -> Standing:
        """What this agent has."""

        def look(tx: Tx) -> Standing:
            return Standing(
                enrolled=second_rows.is_enrolled(tx, agent.id),
                codes_left=second_rows.count_codes(tx, agent.id),
                has_password=accounts.get_credentials(tx, agent.id).has_password,
            )

        return await self._store.read(look)

    async def begin(self, agent: Agent, *, password: str, address: str) -> None:
        """Make a secret to put into an app. Raises WrongLogin, TooManyTries, FactorThere."""
        require(agent, Verb.CHANGE_OWN_PASSWORD)
        await self._require_password(agent, password, address)
        seed, now = secrets.token_hex(SECRET_BYTES), self._clock()
        if not await self._store.write(second_rows.begin, agent.id, seed=seed, now=now):
            raise FactorThere

    async def find_secret(self, agent: Agent) -> bytes | None:
        """The secret that waits for its first code; nobody is shown one that is in force."""
        require(agent, Verb.CHANGE_OWN_PASSWORD)
        factor = await self._store.read(second_rows.find_factor, agent.id)
        if factor is None or factor.confirmed:
            return None
        return self._secret(agent.id, factor.seed)

    async def confirm(self, agent: Agent, *, code: str, address: str) -> Enrolled:
        """Put the new second factor in force; other logins end. Raises WrongCode, FactorThere."""
        require(agent, Verb.CHANGE_OWN_PASSWORD)
        now, codes = self._clock(), _new_codes()

        def confirm(tx: Tx) -> None:
            factor = second_rows.find_factor(tx, agent.id)
            if factor is None or factor.confirmed:
                raise FactorThere
            step = find_step(self._secret(agent.id, factor.seed), parse_code(code), now)
            if step is None:
                raise WrongCode
            second_rows.confirm(tx, agent.id, seed=factor.seed, step=step, now=now)
            second_rows.replace_codes(tx, agent.id, [self._hash(agent.id, c) for c in codes])
            sessions.delete_of_agent(tx, agent.id)
            audit.record(tx, "second_factor_add", now=now, agent_id=agent.id)

        await self._store.write(confirm)
        return Enrolled(begun=await self._renew(agent, address), codes=codes)

    async def renew_codes(
        self, agent: Agent, *, password: str, code: str, address: str
    ) -> tuple[str, ...]:
        """Ten new recovery codes; the old ones end. Raises WrongLogin, WrongCode, TooManyTries."""
        await self._require_both(agent, password, code, address)
        now, codes = self._clock(), _new_codes()

        def renew(tx: Tx) -> None:
            if not second_rows.is_enrolled(tx, agent.id):
                raise WrongCode
            second_rows.replace_codes(tx, agent.id, [self._hash(agent.id, c) for c in codes])
            audit.record(tx, "recovery_codes", now=now, agent_id=agent.id)

        await self._store.write(renew)
        return codes

    async def remove(self, agent: Agent, *, password: str, code: str, address: str) -> LoggedIn:
        """Forget the second factor; other logins end. Raises as `renew_codes` does."""
        await self._require_both(agent, password, code, address)
        now = self._clock()

        def remove(tx: Tx) -> None:
            second_rows.remove(tx, agent.id)
            sessions.delete_of_agent(tx, agent.id)
            audit.record(tx, "second_factor_remove", now=now, agent_id=agent.id)

        await self._store.write(remove)
        return await self._renew(agent, address)

    async def is_waiting(self, ticket: str | None) -> bool:
        """Whether the second step of this login can be taken."""
        if not ticket or len(ticket) > _LONGEST_TOKEN:
            return False
        found = await self._store.read(second_rows.find_ticket, ticket, now=self._clock())
        return found is not None

    async def log_in(
        self, ticket: str, code: str, *, address: str, replaces: str | None = None
    ) -> LoggedIn:
        """The second step. Raises WrongCode, TooManyTries, TicketEnded."""
        ticket = ticket[:_LONGEST_TOKEN]
        pace, agent = await self._store.write(_try_ticket, ticket, self._clock())
        if pace.wait_ms:
            raise TooManyTries(pace.wait_ms)
        if agent is None:
            raise TicketEnded
        await self._use(agent, code, ticket=ticket)
        return await self._logins.start(agent, "login_second", address, replaces)

    async def _require_both(self, agent: Agent, password: str, code: str, address: str) -> None:
        require(agent, Verb.CHANGE_OWN_PASSWORD)
        if not (await self.get_standing(agent)).enrolled:
            raise WrongCode
        await self._require_password(agent, password, address)
        pace = await self._store.write(_begin_code, agent.id, self._clock())
        if pace.wait_ms:
            raise TooManyTries(pace.wait_ms)
        await self._use(agent, code)

    async def _require_password(self, agent: Agent, password: str, address: str) -> None:
        if (await self.get_standing(agent)).has_password:
            await self._logins.require_password(agent, password, address=address)

    async def _use(self, agent: Agent, code: str, *, ticket: str | None = None) -> None:
        """Use up a code, and with it the ticket. Raises WrongCode, TicketEnded."""
        now = self._clock()

        def use(tx: Tx) -> bool:
            if not self._is_right(tx, agent.id, parse_code(code), now):
                audit.record(tx, "second_factor_wrong", now=now, agent_id=agent.id)
                return False
            if ticket is not None and not second_rows.spend_ticket(tx, ticket):
                raise TicketEnded
            sessions.forget_failures(tx, login=_code_key(agent.id), address=_code_key(agent.id))
            return True

        if not await self._store.write(use):
            raise WrongCode

    def _is_right(self, tx: Tx, agent_id: int, code: str, now: int) -> bool:
        factor = second_rows.find_factor(tx, agent_id)
        if factor is None or not factor.confirmed:
            return False
        if len(code) == DIGITS:
            step = find_step(self._secret(agent_id, factor.seed), code, now)
            return step is not None and second_rows.use_step(tx, agent_id, step=step)
        if not second_rows.use_code(tx, agent_id, self._hash(agent_id, code), now=now):
            return False
        left = second_rows.count_codes(tx, agent_id)
        audit.record(tx, "recovery_code", now=now, agent_id=agent_id, left=left)
        return True

    async def _renew(self, agent: Agent, address: str) -> LoggedIn:
        self._hints.publish([Hint(topic=agent_topic(agent.id), kind="login")])
        return await self._logins.start(agent, "login", address)

    def _secret(self, agent_id: int, seed: str) -> bytes:
        told = f"secret:{agent_id}:{seed}".encode()
        return hmac.digest(self._key, told, hashlib.sha256)[:SECRET_BYTES]

    def _hash(self, agent_id: int, code: str) -> str:
        told = f"recovery:{agent_id}:{parse_code(code)}".encode("utf-8", "replace")
        return hmac.new(self._key, told, hashlib.sha256).hexdigest()


def _new_codes() -> tuple[str, ...]:
    """80 random bits each, in a shape that can be copied by hand."""
    raw = [base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode() for _ in range(CODES)]
    return tuple("-".join(one[at : at + 4] for at in range(0, len(one), 4)) for one in raw)


def _code_key(agent_id: int) -> str:
    """Wrong codes count per account, from wherever they come: who tries knows the password.

    In capitals, which no login name has.
    """
    return f"CODE:{agent_id}"


def _begin_code(tx: Tx, agent_id: int, now: int) -> Pace:
    """Count the try as failed before it is made."""
    key = _code_key(agent_id)
    pace = decide_pace(sessions.count_failures(tx, login=key, address=key, now=now), now)
    if not pace.wait_ms:
        sessions.add_failure(tx, login=key, address=key, now=now)
    return pace


def _try_ticket(tx: Tx, ticket: str, now: int) -> tuple[Pace, Agent | None]:
    agent_id = second_rows.find_ticket(tx, ticket, now=now)
    if agent_id is None:
        return Pace(wait_ms=0, slow_ms=0), None
    pace = _begin_code(tx, agent_id, now)
    if pace.wait_ms or second_rows.try_ticket(tx, ticket, most=MOST_TRIES, now=now) is None:
        return pace, None
    return pace, accounts.get_agent(tx, agent_id)
