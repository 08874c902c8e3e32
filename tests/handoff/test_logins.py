"""Logging in: sessions that end, guessing that slows, nobody locked out."""

import asyncio
from dataclasses import replace

import pytest

from bot.clock import HOUR_MS, MINUTE_MS
from handoff.access import Agent, Presence, Role
from handoff.errors import TooManyTries, WeakPassword, WrongLogin
from handoff.logins import agent_topic
from handoff.staff import add_agent
from tests.handoff.people_world import MORNING, World

PASSWORD = "mikan to neko 42"
OTHER = "fuyu no yoru wa nagai"
HOME = "203.0.113.7"
ELSEWHERE = "198.51.100.9"


@pytest.fixture
async def sato(world: World) -> Agent:
    added = await add_agent(
        world.store, world.clock, login="Sato", name="佐藤", role=Role.ADMIN, password=PASSWORD
    )
    # already at work, so that a login changes nothing about the account
    await world.run("UPDATE agent SET presence = 'available', seen_at = :now", now=world.clock())
    return replace(added.agent, presence=Presence.AVAILABLE, seen_at=world.clock())


async def log_in(world: World, password: str = PASSWORD, address: str = HOME, **more: str):
    return await world.logins.log_in("sato", password, address=address, **more)


async def test_a_login_name_is_one_whatever_its_width_and_case(world: World, sato: Agent):
    for typed in ("sato", "SATO", "ｓａｔｏ", " Sato "):
        begun = await world.logins.log_in(typed, PASSWORD, address=HOME)
        assert begun.agent == sato


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("sato", "wrong password!"),
        ("nobody", PASSWORD),
        ("sato", ""),
        ("", ""),
        ("s\ud83d", "\ud83d"),
    ],
)
async def test_wrong_name_and_wrong_password_read_alike(
    world: World, sato: Agent, login: str, password: str
):
    with pytest.raises(WrongLogin) as refused:
        await world.logins.log_in(login, password, address=HOME)
    assert str(refused.value) == "Login name or password is wrong."


async def test_the_database_holds_no_token_password_or_typed_name(world: World, sato: Agent):
    begun = await log_in(world)
    with pytest.raises(WrongLogin):
        await world.logins.log_in("my secret typed into the wrong box", "x", address=HOME)
    kept = str(
        [
            await world.rows(f"SELECT * FROM {t}")
            for t in ("login_session", "login_failure", "agent", "audit_log")
        ]
    )
    assert [text in kept for text in (begun.token, PASSWORD, "wrong box")] == [False] * 3
    assert "argon2id$v=19$m=19456,t=2,p=1" in kept


async def test_a_quiet_login_ends_after_half_an_hour_and_use_keeps_it(world: World, sato: Agent):
    token = (await log_in(world)).token
    for _ in range(3):
        world.clock.forward(minutes=29)
        assert await world.logins.find_agent(token) == sato
    world.clock.forward(minutes=30)
    assert await world.logins.find_agent(token) is None


async def test_a_page_that_merely_stays_open_keeps_nothing_alive(world: World, sato: Agent):
    token = (await log_in(world)).token
    found = []
    for _ in range(4):
        world.clock.forward(minutes=10)
        found.append(await world.logins.find_agent(token, touch=False))
    assert found == [sato, sato, None, None]


async def test_every_login_ends_after_twelve_hours(world: World, sato: Agent):
    begun = await log_in(world)
    assert begun.expires_at == MORNING + 12 * HOUR_MS
    while world.clock() + 20 * MINUTE_MS < begun.expires_at:
        world.clock.forward(minutes=20)
        assert await world.logins.find_agent(begun.token) == sato
    world.clock.forward(minutes=20)
    assert await world.logins.find_agent(begun.token) is None


@pytest.mark.parametrize("token", [None, "", "x", "a" * 43, "a" * 100_000, "é\ud83d"])
async def test_an_invented_token_is_nobody(world: World, sato: Agent, token: str | None):
    await log_in(world)
    assert await world.logins.find_agent(token) is None


async def test_a_login_gives_a_new_token_and_ends_the_one_it_replaces(world: World, sato: Agent):
    first = await log_in(world)
    second = await log_in(world, replaces=first.token)
    assert first.token != second.token
    assert await world.logins.find_agent(first.token) is None
    assert await world.logins.find_agent(second.token) == sato


async def test_logging_out_ends_this_login_and_tells_its_open_pages(world: World, sato: Agent):
    here, there = await log_in(world), await log_in(world)
    with world.hints.listen(agent_topic(sato.id)) as listener:
        await world.logins.log_out(here.token)
        assert [hint.kind for hint in await listener.next(0)] == ["login"]
    assert await world.logins.find_agent(here.token) is None
    assert await world.logins.find_agent(there.token) == sato
    assert await world.logins.log_out_everywhere(sato) == 1
    assert await world.logins.find_agent(there.token) is None


async def test_a_disabled_agents_logins_end_at_once_and_the_password_is_worth_nothing(
    world: World, sato: Agent
):
    token = (await log_in(world)).token
    boss = await world.agent("管理者", Role.ADMIN)
    with world.hints.listen(agent_topic(sato.id)) as listener:
        await world.staff.set_active(boss, sato.id, active=False)
        assert [hint.kind for hint in await listener.next(0)] == ["login"]
    assert await world.logins.find_agent(token) is None
    with pytest.raises(WrongLogin):
        await log_in(world)
    await world.staff.set_active(boss, sato.id, active=True)
    assert await world.logins.find_agent(token) is None
    assert (await log_in(world)).agent == sato


async def test_a_new_password_ends_every_login_and_begins_one(world: World, sato: Agent):
    old = await log_in(world)
    begun = await world.logins.change_password(sato, old=PASSWORD, new=OTHER, address=HOME)
    assert await world.logins.find_agent(old.token) is None
    assert await world.logins.find_agent(begun.token) == sato
    with pytest.raises(WrongLogin):
        await log_in(world)
    assert (await log_in(world, OTHER)).agent == sato


async def test_a_password_is_changed_only_with_the_old_one(world: World, sato: Agent):
    with pytest.raises(WrongLogin):
        await world.logins.change_password(sato, old="guess", new=OTHER, address=HOME)
    with pytest.raises(WeakPassword):
        await world.logins.change_password(sato, old=PASSWORD, new=PASSWORD, address=HOME)
    assert (await log_in(world)).agent == sato


async def test_a_reset_password_is_for_one_login_and_must_be_changed(world: World, sato: Agent):
    token = (await log_in(world)).token
    boss = await world.agent("管理者", Role.ADMIN)
    given = (await world.staff.reset_password(boss, sato.id)).one_time_password
    assert await world.logins.find_agent(token) is None
    begun = await log_in(world, given)
    assert begun.agent.must_change
    changed = await world.logins.change_password(begun.agent, old=given, new=OTHER, address=HOME)
    assert not changed.agent.must_change


async def fail(world: World, times: int, address: str = HOME) -> list[str]:
    """Guess so many times; what came of each."""
    outcomes = []
    for number in range(times):
        try:
            await log_in(world, f"guess number {number}", address)
        except TooManyTries as error:
            outcomes.append(f"wait {error.wait_ms}")
        except WrongLogin:
            outcomes.append("wrong")
    return outcomes


async def test_guessing_is_slowed_more_and_more_and_ends_with_a_minute(world: World, sato: Agent):
    assert await fail(world, 6) == [*["wrong"] * 5, "wait 1000"]
    waits = []
    for _ in range(8):
        [outcome] = await fail(world, 1)
        waits.append(int(outcome.removeprefix("wait ")))
        world.clock.forward(ms=waits[-1])
        assert await fail(world, 1) == ["wrong"]
    assert waits == [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]


async def test_many_guesses_at_once_do_not_slip_through(world: World, sato: Agent):
    outcomes = await asyncio.gather(*(fail(world, 1) for _ in range(20)))
    assert [outcome for [outcome] in outcomes].count("wrong") == 5


async def test_who_guesses_elsewhere_does_not_keep_the_owner_out(world: World, sato: Agent):
    await fail(world, 8, ELSEWHERE)
    assert (await log_in(world)).agent == sato
    with pytest.raises(TooManyTries):
        await log_in(world, address=ELSEWHERE)


async def test_after_waiting_the_right_password_works_and_the_count_begins_anew(
    world: World, sato: Agent
):
    await fail(world, 5)
    with pytest.raises(TooManyTries):
        await log_in(world)
    world.clock.forward(ms=1_000)
    assert (await log_in(world)).agent == sato
    assert await fail(world, 5) == ["wrong"] * 5


async def test_guessing_from_many_addresses_is_answered_slowly_and_never_refused(
    world: World, sato: Agent
):
    for number in range(31):
        await fail(world, 1, f"198.51.100.{number}")
    assert world.pauses == [2.0]
    assert (await log_in(world)).agent == sato
    assert world.pauses == [2.0, 2.0]


async def test_one_address_that_tries_many_names_is_slowed(world: World, sato: Agent):
    for number in range(31):
        with pytest.raises(WrongLogin):
            await world.logins.log_in(f"name{number}", "guess", address=ELSEWHERE)
    with pytest.raises(TooManyTries):
        await world.logins.log_in("another", "guess", address=ELSEWHERE)
    assert (await log_in(world)).agent == sato


async def test_failures_are_forgotten_after_a_quarter_of_an_hour(world: World, sato: Agent):
    await fail(world, 6)
    world.clock.forward(minutes=15)
    assert await fail(world, 5) == ["wrong"] * 5
    [row] = await world.rows("SELECT COUNT(*) AS n FROM login_failure")
    assert row == {"n": 5}


async def test_logins_are_audited(world: World, sato: Agent):
    begun = await log_in(world)
    await world.logins.log_out(begun.token)
    assert await world.audited() == [
        (None, "staff_add", None),
        (sato.id, "login", None),
        (sato.id, "logout", None),
    ]


async def test_logging_out_twice_or_with_an_invented_token_is_nothing(world: World, sato: Agent):
    token = (await log_in(world)).token
    for one in (token, token, "invented", "x" * 100_000):
        await world.logins.log_out(one)
    assert [action for _, action, _ in await world.audited()] == ["staff_add", "login", "logout"]


async def test_who_has_a_login_cannot_guess_the_password_with_it(world: World, sato: Agent):
    for _ in range(5):
        with pytest.raises(WrongLogin):
            await world.logins.change_password(sato, old="guess", new=OTHER, address=HOME)
    with pytest.raises(TooManyTries):
        await world.logins.change_password(sato, old=PASSWORD, new=OTHER, address=HOME)


async def test_an_account_switched_off_while_its_password_is_checked_does_not_get_in(
    world: World, sato: Agent
):
    async def switch_off(_: float) -> None:
        await world.run("UPDATE agent SET active = 0")

    # the pause lies between reading the account and beginning the login
    for number in range(30):
        await fail(world, 1, f"198.51.100.{number}")
    world.logins._pause = switch_off
    with pytest.raises(WrongLogin):
        await log_in(world)
    assert await world.rows("SELECT * FROM login_session") == []


async def test_who_logs_in_has_come_to_work(world: World, sato: Agent):
    await world.run("UPDATE agent SET presence = 'offline', seen_at = NULL")
    begun = await log_in(world)
    assert begun.agent == sato
    await world.run("UPDATE agent SET presence = 'away'")
    begun = await log_in(world)
    assert begun.agent == replace(sato, presence=Presence.AWAY)
