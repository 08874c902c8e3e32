"""`madoguchi staff`: accounts from the command line."""

import pytest

from bot.errors import BadInput, NotFound
from handoff.access import Role
from handoff.commands import (
    staff_add,
    staff_disable,
    staff_list,
    staff_reset_second_factor,
)
from handoff.errors import CodeNeeded, LastAdmin, LoginTaken, WeakPassword, WrongLogin
from tests.handoff.people_world import World

PASSWORD = "mikan to neko 42"


async def add(world: World, login: str, role: Role = Role.ADMIN, **more: str) -> list[str]:
    return await staff_add(world.store, world.clock, login=login, role=role, **more)


async def disable(world: World, login: str) -> list[str]:
    parts = (world.store, world.hints, world.settings, world.clock, world.talk)
    return await staff_disable(*parts, login=login)


async def test_a_one_time_password_is_printed_once_works_and_must_be_changed(world: World):
    lines = await add(world, "Sato", name="佐藤")
    assert lines[0] == "Added sato (佐藤) as admin."
    given = lines[1].removeprefix("One-time password: ")
    begun = await world.logins.log_in("sato", given, address="203.0.113.7")
    assert (begun.agent.name, begun.agent.must_change) == ("佐藤", True)


async def test_a_given_password_is_not_printed(world: World):
    assert await add(world, "sato", password=PASSWORD) == ["Added sato (sato) as admin."]
    begun = await world.logins.log_in("sato", PASSWORD, address="203.0.113.7")
    assert not begun.agent.must_change


async def test_a_login_is_taken_whatever_its_width_and_case(world: World):
    await add(world, "sato")
    with pytest.raises(LoginTaken):
        await add(world, "ＳＡＴＯ")


@pytest.mark.parametrize(
    ("login", "more", "error"),
    [
        ("", {}, BadInput),
        ("two words", {}, BadInput),
        ("a" * 61, {}, BadInput),
        ("tab\there", {}, BadInput),
        ("sato", {"name": "two\nlines"}, BadInput),
        ("sato", {"name": "あ" * 61}, BadInput),
        ("sato", {"password": "too short"}, WeakPassword),
        ("sato", {"password": ""}, WeakPassword),
    ],
)
async def test_what_cannot_be_an_account_is_refused(
    world: World, login: str, more: dict[str, str], error: type[Exception]
):
    with pytest.raises(error):
        await add(world, login, **more)
    assert await world.rows("SELECT * FROM agent") == []


async def test_the_list_says_who_there_is_and_what_to_do_when_nobody(world: World):
    assert await staff_list(world.store) == [
        "There are no accounts yet. Add one: madoguchi staff add LOGIN --role admin"
    ]
    await add(world, "sato", name="佐藤")
    await add(world, "suzuki", Role.AGENT, name="鈴木")
    await disable(world, "SUZUKI")
    assert await staff_list(world.store) == [
        "sato    admin       active    佐藤",
        "suzuki  agent       disabled  鈴木",
    ]


async def test_a_disabled_account_does_not_log_in(world: World):
    await add(world, "sato", password=PASSWORD)
    await add(world, "boss", password="fuyu no yoru wa nagai")
    assert await disable(world, "sato") == ["Disabled sato. Every login of it has ended."]
    with pytest.raises(WrongLogin):
        await world.logins.log_in("sato", PASSWORD, address="203.0.113.7")


async def test_neither_the_last_admin_nor_nobody_is_disabled(world: World):
    await add(world, "sato")
    with pytest.raises(LastAdmin):
        await disable(world, "sato")
    with pytest.raises(NotFound):
        await disable(world, "nobody")


async def test_a_lost_second_factor_is_reset(world: World):
    await add(world, "sato", password=PASSWORD)
    token = (await world.logins.log_in("sato", PASSWORD, address="203.0.113.7")).token
    await world.run(
        "INSERT INTO second_factor (agent_id, seed, begun_at, confirmed_at, last_step)"
        " SELECT id, :seed, 1, 1, 0 FROM agent",
        seed="0" * 40,
    )
    with pytest.raises(CodeNeeded):
        await world.logins.log_in("sato", PASSWORD, address="203.0.113.7")
    told = [
        await staff_reset_second_factor(world.store, world.clock, login=login)
        for login in ("Sato", "sato")
    ]
    assert told == [
        ["sato has no second factor any more. Every login of it has ended."],
        ["sato had no second factor. Every login of it has ended."],
    ]
    assert await world.logins.find_agent(token) is None
    assert await world.logins.log_in("sato", PASSWORD, address="203.0.113.7")
    with pytest.raises(NotFound):
        await staff_reset_second_factor(world.store, world.clock, login="nobody")
