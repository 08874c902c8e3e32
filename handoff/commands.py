"""What `madoguchi staff …` does: each returns the lines to print."""

from bot.clock import Clock
from bot.errors import NotFound
from bot.hints import Hints
from bot.store import Store, Tx
from handoff import accounts
from handoff.access import Role
from handoff.desktalk import DeskTalk
from handoff.settings import PeopleSettings
from handoff.staff import Staff, add_agent, reset_second_factor


async def staff_add(
    store: Store,
    clock: Clock,
    *,
    login: str,
    role: Role,
    name: str = "",
    password: str | None = None,
) -> list[str]:
    """Add an account; without a password a one-time password is among the lines.

    Raises LoginTaken, WeakPassword, BadInput.
    """
    added = await add_agent(store, clock, login=login, name=name, role=role, password=password)
    lines = [f"Added {added.agent.login} ({added.agent.name}) as {added.agent.role}."]
    if added.one_time_password:
        lines += [
            f"One-time password: {added.one_time_password}",
            "It is shown only here and has to be changed at the first login.",
        ]
    return lines


async def staff_list(store: Store) -> list[str]:
    """Everybody, one line each: login, role, state, name."""
    agents = await store.read(accounts.list_agents)
    if not agents:
        return ["There are no accounts yet. Add one: madoguchi staff add LOGIN --role admin"]
    width = max(len(agent.login) for agent in agents)
    return [
        f"{agent.login:<{width}}  {agent.role:<10}  {_state(agent.active)}  {agent.name}"
        for agent in agents
    ]


def _state(active: bool) -> str:  # noqa: FBT001 - the only thing it is about
    return "active  " if active else "disabled"


async def staff_disable(
    store: Store,
    hints: Hints,
    settings: PeopleSettings,
    clock: Clock,
    talk: DeskTalk,
    *,
    login: str,
) -> list[str]:
    """Switch an account off: logins end, conversations go back. Raises NotFound, LastAdmin."""
    agent_id = await store.read(_find_id, login)
    await Staff(store, hints, settings, clock, talk).switch(agent_id, active=False, by=None)
    return [f"Disabled {accounts.normalise_login(login)}. Every login of it has ended."]


async def staff_reset_second_factor(store: Store, clock: Clock, *, login: str) -> list[str]:
    """Remove a second factor: logins end. Raises NotFound."""
    agent_id = await store.read(_find_id, login)
    name = accounts.normalise_login(login)
    if await store.write(reset_second_factor, agent_id, by=None, now=clock()):
        return [f"{name} has no second factor any more. Every login of it has ended."]
    return [f"{name} had no second factor. Every login of it has ended."]


def _find_id(tx: Tx, login: str) -> int:
    found = accounts.find_credentials(tx, login)
    if found is None:
        raise NotFound(f"There is no account named {accounts.normalise_login(login)}.")
    return found.agent.id
