"""Logging in by an account at an identity provider: authorization code, PKCE, state and nonce."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Protocol

from bot.clock import MINUTE_MS, Clock
from bot.errors import BadInput
from bot.store import Store, Tx
from handoff import accounts, audit, outside_rows
from handoff.access import Agent, Role, Verb, require
from handoff.errors import OutsideFailed, OutsideUnknown
from handoff.logins import LoggedIn, Logins
from handoff.outside_values import Claims, challenge_of, derive
from handoff.settings import OidcSettings
from handoff.staff import parse_login, parse_name

#: From the button to the way back.
RETURN_MS = 10 * MINUTE_MS
_LONGEST_COOKIE = 2_000
_LONGEST_CODE = 2_000
#: No password fits it: whoever is made here comes by the provider alone.
_NO_PASSWORD = "-"  # noqa: S105 - what stands where a hash would


class Provider(Protocol):
    """The identity provider, as far as we need it."""

    async def authorize_url(self, *, state: str, nonce: str, challenge: str) -> str:
        """Where the browser goes. Raises OutsideUnreachable."""
        ...

    async def exchange(self, code: str, *, verifier: str, nonce: str) -> Claims:
        """Who came back with this code. Raises OutsideFailed, OutsideUnreachable."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A browser that is sent to the provider, and the cookie it takes along."""

    url: str
    cookie: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """A browser that came back."""

    agent: Agent
    wanted: str
    #: it was to bind the account, and nobody logs in
    bound: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Trip:
    """What the cookie says."""

    state: str
    expires_at: int
    #: the agent who binds an outside account to the own one; 0: somebody logs in
    binds: int
    wanted: str


class OutsideLogins:
    """Log-ins that an identity provider vouches for."""

    def __init__(  # noqa: PLR0917 - called once, where everything is wired
        self,
        store: Store,
        logins: Logins,
        settings: OidcSettings,
        clock: Clock,
        provider: Provider,
        signing_key: bytes,
    ) -> None:
        self._store = store
        self._logins = logins
        self._settings = settings
        self._clock = clock
        self._provider = provider
        self._key = hmac.digest(signing_key, b"outside login", hashlib.sha256)

    def name_in(self, lang: str) -> str:
        """What the button calls the provider."""
        names = self._settings.name
        return names.get(lang) or next(iter(names.values()), self._settings.issuer)

    async def send(self, wanted: str, *, binds: Agent | None = None) -> Sent:
        """Begin: nothing is stored, the cookie holds it all. Raises OutsideUnreachable."""
        trip = _Trip(
            state=secrets.token_urlsafe(32),
            expires_at=self._clock() + RETURN_MS,
            binds=binds.id if binds else 0,
            wanted=wanted,
        )
        url = await self._provider.authorize_url(
            state=trip.state,
            nonce=derive(self._key, "nonce", trip.state),
            challenge=challenge_of(derive(self._key, "verifier", trip.state)),
        )
        return Sent(url=url, cookie=self._seal(trip))

    async def is_bound(self, agent: Agent) -> bool:
        """Whether this agent can log in by the provider already."""
        require(agent, Verb.CHANGE_OWN_PASSWORD)
        issuer = self._settings.issuer
        return await self._store.read(outside_rows.is_bound, agent.id, issuer=issuer)

    async def unbind(self, agent: Agent) -> None:
        """Forget this agent's account at the provider."""
        require(agent, Verb.CHANGE_OWN_PASSWORD)
        now = self._clock()

        def unbind(tx: Tx) -> None:
            if outside_rows.unbind(tx, agent.id):
                audit.record(tx, "outside_unbind", now=now, agent_id=agent.id)

        await self._store.write(unbind)

    async def receive(
        self, cookie: str, *, state: str, code: str, issuer: str, here: Agent | None
    ) -> Returned:
        """The way back. `here` is who is logged in in this browser.

        Raises OutsideFailed, OutsideUnknown, OutsideUnreachable.
        """
        trip = self._open(cookie)
        known = hmac.compare_digest(trip.state.encode(), state.encode("utf-8", "replace"))
        if not known or not code or len(code) > _LONGEST_CODE:
            raise OutsideFailed("another state")
        if issuer and issuer != self._settings.issuer:
            raise OutsideFailed("another issuer")
        if trip.binds and (here is None or here.id != trip.binds):
            raise OutsideFailed("another agent")
        claims = await self._provider.exchange(
            code,
            verifier=derive(self._key, "verifier", trip.state),
            nonce=derive(self._key, "nonce", trip.state),
        )
        agent = await self._store.write(self._match, trip, claims)
        return Returned(agent=agent, wanted=trip.wanted, bound=bool(trip.binds))

    async def log_in(self, agent: Agent, *, address: str, replaces: str | None = None) -> LoggedIn:
        """Let the agent in. Raises CodeNeeded for a second factor of ours, WrongLogin."""
        return await self._logins.start(agent, "login_outside", address, replaces, ask_code=True)

    def _match(self, tx: Tx, trip: _Trip, claims: Claims) -> Agent:
        """Whose account it is; one return is worth one login."""
        now, issuer = self._clock(), self._settings.issuer
        if not outside_rows.spend_state(tx, trip.state, now=now, expires_at=trip.expires_at):
            raise OutsideFailed("came back before")
        found = outside_rows.find_bound(tx, issuer=issuer, subject=claims.subject)
        if trip.binds:
            if found is not None and found.id != trip.binds:
                raise OutsideFailed("bound to somebody else")
            return found or self._bind(tx, trip.binds, claims, now)
        if found is None:
            found = self._match_mail(tx, claims, now) or self._create(tx, claims, now)
        if found is None or not found.active:
            raise OutsideUnknown
        return found

    def _match_mail(self, tx: Tx, claims: Claims, now: int) -> Agent | None:
        """The account whose login name is the verified address."""
        known = accounts.find_credentials(tx, claims.mail) if claims.mail else None
        if known is None or not known.agent.active:
            return None
        if outside_rows.is_bound(tx, known.agent.id, issuer=self._settings.issuer):
            # the address was given to another person
            raise OutsideUnknown
        return self._bind(tx, known.agent.id, claims, now)

    def _bind(self, tx: Tx, agent_id: int, claims: Claims, now: int) -> Agent:
        issuer = self._settings.issuer
        agent = accounts.get_agent(tx, agent_id)
        taken = outside_rows.is_bound(tx, agent_id, issuer=issuer)
        if taken or not outside_rows.bind(
            tx, agent_id, issuer=issuer, subject=claims.subject, now=now
        ):
            raise OutsideFailed("bound already")
        audit.record(tx, "outside_bind", now=now, agent_id=agent_id)
        return agent

    def _create(self, tx: Tx, claims: Claims, now: int) -> Agent | None:
        domain = claims.mail.rpartition("@")[2]
        if not self._settings.create or domain not in {d.lower() for d in self._settings.domains}:
            return None
        try:
            login = parse_login(claims.mail)
        except BadInput:
            return None
        role = self._role_of(claims)
        agent_id = accounts.insert(
            tx,
            login=login,
            name=_name_of(claims),
            role=role,
            password_hash=_NO_PASSWORD,
            must_change=False,
            now=now,
        )
        if agent_id is None:
            return None
        audit.record(tx, "staff_add", now=now, agent_id=None, added=agent_id, role=role.value)
        return self._bind(tx, agent_id, claims, now)

    def _role_of(self, claims: Claims) -> Role:
        """The highest role that a group of theirs has; else the one of the settings."""
        named = {self._settings.roles[one] for one in claims.groups & set(self._settings.roles)}
        fitting = [role for role in Role if role.value in named]
        return fitting[-1] if fitting else Role(self._settings.create)

    def _seal(self, trip: _Trip) -> str:
        wanted = base64.urlsafe_b64encode(trip.wanted.encode()).decode()
        told = f"{trip.state}.{trip.expires_at}.{trip.binds}.{wanted}"
        return f"{told}.{derive(self._key, 'seal', told)}"

    def _open(self, cookie: str) -> _Trip:
        told, _, seal = cookie[:_LONGEST_COOKIE].rpartition(".")
        right = derive(self._key, "seal", told).encode()
        if not hmac.compare_digest(right, seal.encode("utf-8", "replace")):
            raise OutsideFailed("no cookie of ours")
        state, expires_at, binds, wanted = told.split(".")
        if int(expires_at) <= self._clock():
            raise OutsideFailed("too late")
        return _Trip(
            state=state,
            expires_at=int(expires_at),
            binds=int(binds),
            wanted=base64.urlsafe_b64decode(wanted).decode(),
        )


def _name_of(claims: Claims) -> str:
    try:
        return parse_name(claims.name)
    except BadInput:
        return parse_name(claims.mail.partition("@")[0][:60])
