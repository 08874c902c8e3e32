"""A second factor: a code after the password, once, and never by guessing."""

import asyncio
import re

import pytest

from handoff.access import Agent, Role, Verb, is_allowed, needs_second_factor
from handoff.errors import (
    CodeNeeded,
    FactorThere,
    NotAllowed,
    TicketEnded,
    TooManyTries,
    WrongCode,
    WrongLogin,
)
from handoff.logins import Logins
from handoff.second_factor import CODES, SecondFactors
from handoff.settings import PeopleSettings
from handoff.staff import add_agent
from handoff.totp import STEP_MS, code_of, step_at
from tests.handoff.people_world import World

PASSWORD = "mikan to neko 42"
HOME = "203.0.113.7"
KEY = b"k" * 32


@pytest.fixture
async def sato(world: World) -> Agent:
    added = await add_agent(
        world.store, world.clock, login="sato", name="佐藤", role=Role.ADMIN, password=PASSWORD
    )
    return added.agent


@pytest.fixture
def second(world: World) -> SecondFactors:
    return SecondFactors(world.store, world.hints, world.logins, world.clock, KEY)


def code_now(world: World, secret: bytes, steps: int = 0) -> str:
    return code_of(secret, step_at(world.clock()) + steps)


async def enrol(
    world: World, second: SecondFactors, agent: Agent
) -> tuple[bytes, tuple[str, ...]]:
    """The secret and the recovery codes, in the next step, so that a new code is there."""
    await second.begin(agent, password=PASSWORD, address=HOME)
    secret = await second.find_secret(agent)
    assert secret is not None
    done = await second.confirm(agent, code=code_now(world, secret), address=HOME)
    world.clock.forward(ms=STEP_MS)
    return secret, done.codes


async def ask(world: World, password: str = PASSWORD) -> str:
    """The ticket after a right password."""
    with pytest.raises(CodeNeeded) as needed:
        await world.logins.log_in("sato", password, address=HOME)
    return needed.value.ticket


async def test_a_code_is_asked_for_once_there_is_a_second_factor(world, second, sato):
    secret, codes = await enrol(world, second, sato)
    assert len(set(codes)) == CODES
    assert all(re.fullmatch(r"(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}", code) for code in codes)
    ticket = await ask(world)
    assert await world.logins.find_agent(ticket) is None
    begun = await second.log_in(ticket, code_now(world, secret), address=HOME)
    found = await world.logins.find_agent(begun.token)
    assert found is not None
    assert found.id == sato.id
    assert begun.token != ticket


async def test_nothing_is_asked_for_before_the_first_code_was_typed(world, second, sato):
    await second.begin(sato, password=PASSWORD, address=HOME)
    assert (await world.logins.log_in("sato", PASSWORD, address=HOME)).agent.id == sato.id
    with pytest.raises(WrongCode):
        await second.confirm(sato, code="000000", address=HOME)
    assert not (await second.get_standing(sato)).enrolled


async def test_a_code_is_worth_one_login(world, second, sato):
    secret, _ = await enrol(world, second, sato)
    code = code_now(world, secret)
    await second.log_in(await ask(world), code, address=HOME)
    with pytest.raises(WrongCode):
        await second.log_in(await ask(world), code, address=HOME)
    # nor is an older one that was still good
    with pytest.raises(WrongCode):
        await second.log_in(await ask(world), code_now(world, secret, -1), address=HOME)
    ticket = await ask(world)
    assert await second.log_in(ticket, code_now(world, secret, 1), address=HOME)


async def test_the_code_of_the_enrolment_is_used_up(world, second, sato):
    secret, _ = await enrol(world, second, sato)
    with pytest.raises(WrongCode):
        await second.log_in(await ask(world), code_now(world, secret, -1), address=HOME)


async def test_two_logins_at_once_share_no_code(world, second, sato):
    secret, _ = await enrol(world, second, sato)
    tickets = [await ask(world) for _ in range(3)]
    code = code_now(world, secret)
    tries = [second.log_in(ticket, code, address=HOME) for ticket in tickets]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["LoggedIn", "WrongCode", "WrongCode"]


async def test_a_ticket_is_worth_one_login_and_five_minutes(world, second, sato):
    secret, codes = await enrol(world, second, sato)
    ticket = await ask(world)
    await second.log_in(ticket, code_now(world, secret), address=HOME)
    with pytest.raises(TicketEnded):
        await second.log_in(ticket, codes[0], address=HOME)
    late = await ask(world)
    assert await second.is_waiting(late)
    world.clock.forward(minutes=5)
    assert not await second.is_waiting(late)
    with pytest.raises(TicketEnded):
        await second.log_in(late, codes[0], address=HOME)
    # the recovery code was not lost with it
    assert await second.log_in(await ask(world), codes[0], address=HOME)


async def test_a_ticket_ends_with_the_password_it_was_given_for(world, second, sato):
    secret, _ = await enrol(world, second, sato)
    ticket = await ask(world)
    await world.logins.change_password(
        sato, old=PASSWORD, new="fuyu no yoru wa nagai", address=HOME
    )
    with pytest.raises(TicketEnded):
        await second.log_in(ticket, code_now(world, secret), address=HOME)


async def test_a_disabled_account_gets_in_with_no_ticket(world, second, sato):
    secret, _ = await enrol(world, second, sato)
    other = await world.agent("boss", Role.ADMIN)
    ticket = await ask(world)
    await world.staff.set_active(other, sato.id, active=False)
    with pytest.raises(TicketEnded):
        await second.log_in(ticket, code_now(world, secret), address=HOME)


async def test_guessing_slows_whatever_address_it_comes_from(world, second, sato):
    """Who guesses codes knows the password: new tickets and addresses buy nothing."""
    secret, _ = await enrol(world, second, sato)
    outcomes = []
    for number in range(30):
        # the password step itself would wait too; from ever new addresses it does not
        with pytest.raises(CodeNeeded) as needed:
            await world.logins.log_in("sato", PASSWORD, address=f"198.51.100.{number}")
        try:
            await second.log_in(needed.value.ticket, "12345a", address=f"198.51.100.{number}")
        except (WrongCode, TooManyTries) as error:
            outcomes.append(type(error).__name__)
        world.clock.forward(ms=500)
    assert outcomes[:5] == ["WrongCode"] * 5
    assert outcomes.count("WrongCode") < 12
    world.clock.forward(minutes=1)
    assert await second.log_in(await ask(world), code_now(world, secret), address=HOME)


async def test_a_ticket_takes_five_wrong_codes(world, second, sato):
    secret, _ = await enrol(world, second, sato)
    ticket = await ask(world)
    for _ in range(5):
        world.clock.forward(ms=10_000)
        with pytest.raises(WrongCode):
            await second.log_in(ticket, "12345a", address=HOME)
    world.clock.forward(ms=60_000)
    with pytest.raises(TicketEnded):
        await second.log_in(ticket, code_now(world, secret), address=HOME)


async def test_a_recovery_code_works_once_however_it_is_typed(world, second, sato):
    _, codes = await enrol(world, second, sato)
    typed = codes[3].lower().replace("-", " ")
    await second.log_in(await ask(world), typed, address=HOME)
    assert (await second.get_standing(sato)).codes_left == CODES - 1
    with pytest.raises(WrongCode):
        await second.log_in(await ask(world), codes[3], address=HOME)


async def test_new_recovery_codes_end_the_old_ones(world, second, sato):
    secret, old = await enrol(world, second, sato)
    new = await second.renew_codes(
        sato, password=PASSWORD, code=code_now(world, secret), address=HOME
    )
    with pytest.raises(WrongCode):
        await second.log_in(await ask(world), old[0], address=HOME)
    assert await second.log_in(await ask(world), new[0], address=HOME)


async def test_removal_takes_password_and_code(world, second, sato):
    secret, codes = await enrol(world, second, sato)
    code = code_now(world, secret)
    with pytest.raises(WrongLogin):
        await second.remove(sato, password="not the password", code=code, address=HOME)
    with pytest.raises(WrongCode):
        await second.remove(sato, password=PASSWORD, code="12345a", address=HOME)
    assert (await second.get_standing(sato)).enrolled
    other = (await second.log_in(await ask(world), codes[0], address=HOME)).token
    begun = await second.remove(sato, password=PASSWORD, code=code, address=HOME)
    found = await world.logins.find_agent(begun.token)
    assert found is not None
    assert found.id == sato.id
    assert await world.logins.find_agent(other) is None
    assert (await world.logins.log_in("sato", PASSWORD, address=HOME)).agent.id == sato.id


async def test_adding_one_takes_the_password_and_ends_other_logins(world, second, sato):
    other = (await world.logins.log_in("sato", PASSWORD, address=HOME)).token
    with pytest.raises(WrongLogin):
        await second.begin(sato, password="not the password", address=HOME)
    await enrol(world, second, sato)
    assert await world.logins.find_agent(other) is None
    with pytest.raises(FactorThere):
        await second.begin(sato, password=PASSWORD, address=HOME)
    assert await second.find_secret(sato) is None


async def test_the_database_alone_makes_no_code(world, second, sato):
    secret, codes = await enrol(world, second, sato)
    tables = ("second_factor", "recovery_code", "login_ticket", "audit_log")
    ticket = await ask(world)
    kept = str([await world.rows(f"SELECT * FROM {table}") for table in tables])
    seed = (await world.rows("SELECT seed FROM second_factor"))[0]["seed"]
    assert bytes.fromhex(seed) != secret
    told = (secret.hex(), ticket, *codes, *(code.replace("-", "") for code in codes))
    assert [one for one in told if one in kept] == []
    # with another key of the data folder the same rows make other codes
    other = SecondFactors(world.store, world.hints, world.logins, world.clock, b"o" * 32)
    for code in (code_now(world, secret), codes[0]):
        with pytest.raises(WrongCode):
            await other.log_in(ticket, code, address=HOME)
    assert await second.log_in(ticket, codes[0], address=HOME)


async def test_a_seed_is_worth_nothing_on_another_account(world, second, sato):
    secret, _ = await enrol(world, second, sato)
    await add_agent(
        world.store, world.clock, login="ito", name="伊藤", role=Role.AGENT, password=PASSWORD
    )
    await world.run(
        "INSERT INTO second_factor (agent_id, seed, begun_at, confirmed_at, last_step)"
        " SELECT 2, seed, begun_at, confirmed_at, 0 FROM second_factor"
    )
    with pytest.raises(CodeNeeded) as needed:
        await world.logins.log_in("ito", PASSWORD, address=HOME)
    with pytest.raises(WrongCode):
        await second.log_in(needed.value.ticket, code_now(world, secret), address=HOME)


async def test_an_admin_resets_a_colleagues_and_not_the_own(world, second, sato):
    _, codes = await enrol(world, second, sato)
    token = (await second.log_in(await ask(world), codes[0], address=HOME)).token
    waiting = await ask(world)
    boss = await world.agent("boss", Role.ADMIN)
    leader = await world.agent("leader", Role.SUPERVISOR)
    with pytest.raises(NotAllowed):
        await world.staff.reset_second_factor(leader, sato.id)
    with pytest.raises(NotAllowed):
        await world.staff.reset_second_factor(sato, sato.id)
    assert await world.staff.list_enrolled(boss) == {sato.id}
    await world.staff.reset_second_factor(boss, sato.id)
    assert await world.logins.find_agent(token) is None
    assert not await second.is_waiting(waiting)
    assert await world.staff.list_enrolled(boss) == frozenset()
    last = (await world.rows("SELECT * FROM audit_log ORDER BY id DESC LIMIT 1"))[0]
    assert (last["action"], last["agent_id"]) == ("staff_second_factor", boss.id)
    assert (await world.logins.log_in("sato", PASSWORD, address=HOME)).agent.id == sato.id


@pytest.mark.parametrize(
    ("policy", "asked"),
    [("optional", set()), ("admins", {Role.ADMIN}), ("everybody", set(Role))],
)
def test_who_must_have_one(policy, asked):
    assert {role for role in Role if needs_second_factor(role, policy)} == asked


async def test_who_must_have_one_may_only_add_it(world, second, sato):
    strict = Logins(world.store, world.hints, PeopleSettings(second_factor="admins"), world.clock)
    token = (await strict.log_in("sato", PASSWORD, address=HOME)).token
    found = await strict.find_agent(token)
    assert found is not None
    assert [verb for verb in Verb if is_allowed(found, verb)] == [Verb.CHANGE_OWN_PASSWORD]
    factors = SecondFactors(world.store, world.hints, strict, world.clock, KEY)
    await factors.begin(found, password=PASSWORD, address=HOME)
    secret = await factors.find_secret(found)
    assert secret is not None
    done = await factors.confirm(found, code=code_now(world, secret), address=HOME)
    now = await strict.find_agent(done.begun.token)
    assert now is not None
    assert [verb for verb in Verb if is_allowed(now, verb)] == list(Verb)


async def test_each_step_is_written_down(world, second, sato):
    secret, codes = await enrol(world, second, sato)
    await second.log_in(await ask(world), codes[0], address=HOME)
    with pytest.raises(WrongCode):
        await second.log_in(await ask(world), "000000x", address=HOME)
    await second.remove(sato, password=PASSWORD, code=code_now(world, secret), address=HOME)
    actions = [row["action"] for row in await world.rows("SELECT action FROM audit_log")]
    assert actions[1:] == [
        "second_factor_add",
        "login",
        "recovery_code",
        "login_second",
        "second_factor_wrong",
        "second_factor_remove",
        "login",
    ]
