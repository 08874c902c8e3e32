"""Who is there, and whose customers go back to the queue."""

import pytest

from bot.conversation import State
from bot.hints import DESK, customer_topic
from handoff.access import Agent, Presence, Role
from handoff.errors import LastAdmin, NotAllowed, NotYours
from tests.handoff.people_world import MORNING, World


@pytest.fixture
async def sato(world: World) -> Agent:
    """Has conversation 1, in which the customer waits for an answer."""
    agent = await world.agent("佐藤")
    waiting = await world.waiting()
    await world.desk.claim(agent, waiting.id)
    return agent


async def sweep(world: World, *, after_minutes: int = 0) -> int:
    """Sweep every minute, as the running server does; how many conversations went back."""
    gone = await world.presence.sweep()
    for _ in range(after_minutes):
        world.clock.forward(minutes=1)
        gone += await world.presence.sweep()
    return gone


async def there(world: World) -> list[tuple[str, str, int, int]]:
    return [
        (one.agent.name, one.presence.value, one.has, one.unanswered)
        for one in await world.presence.list_at_desk()
    ]


async def test_an_agent_who_is_gone_loses_the_waiting_customer_to_the_queue(
    world: World, sato: Agent
):
    customer = customer_topic((await world.get(1)).customer_id)
    assert await sweep(world, after_minutes=9) == 0
    with world.hints.listen(DESK, customer) as listener:
        assert await sweep(world, after_minutes=1) == 1
        told = {(hint.topic, hint.kind) for hint in await listener.next(0)}
    found = await world.get(1)
    assert (found.state, found.agent_id, found.waiting_since) == (State.WAITING, None, MORNING)
    assert await world.rows("SELECT agent_id, went, released_at FROM assignment") == [
        {"agent_id": sato.id, "went": "absent", "released_at": world.clock()}
    ]
    assert (await world.texts(1))[-1] == ("system", "別の担当者におつなぎします。")
    assert (await world.audited())[-1] == (None, "absent", 1)
    assert told == {(DESK, "conversation"), (customer, "conversation"), (DESK, "presence")}


async def test_also_when_the_clock_was_set_back_meanwhile(world: World, sato: Agent):
    """The last sign of life lies in the future, and nobody gives another one."""
    assert await sweep(world, after_minutes=5) == 0
    world.clock.forward(minutes=-24 * 60)
    assert await there(world) == [("佐藤", "offline", 1, 1)]
    assert await sweep(world, after_minutes=9) == 0
    assert await sweep(world, after_minutes=2) == 1
    assert (await world.get(1)).state is State.WAITING


async def test_a_clock_set_back_takes_nothing_from_whoever_is_there(world: World, sato: Agent):
    assert await sweep(world, after_minutes=5) == 0
    world.clock.forward(minutes=-24 * 60)
    for _ in range(20):
        await world.presence.beat(sato)
        assert await sweep(world, after_minutes=1) == 0
    assert await there(world) == [("佐藤", "available", 1, 1)]


async def test_the_place_counts_from_what_the_customer_wrote_last_unanswered(
    world: World, sato: Agent
):
    await world.desk.reply(sato, 1, text="はい", client_id="f1", seen_seq=1)
    world.clock.forward(minutes=3)
    await world.says(1, "もう一つ")
    assert await sweep(world, after_minutes=20) == 1
    assert (await world.get(1)).waiting_since == MORNING + 180_000


async def test_a_sign_of_life_keeps_everything(world: World, sato: Agent):
    for _ in range(5):
        assert await sweep(world, after_minutes=9) == 0
        await world.presence.beat(sato)
    assert await sweep(world, after_minutes=9) == 0
    world.clock.forward(minutes=1, ms=-1)
    assert await sweep(world) == 0
    world.clock.forward(ms=1)
    assert await sweep(world) == 1


async def test_after_a_restart_agents_have_their_time_to_come_back(world: World, sato: Agent):
    world.clock.forward(minutes=60)
    restarted = World(world.store, clock=world.clock)
    assert await sweep(restarted, after_minutes=9) == 0
    assert await sweep(restarted, after_minutes=1) == 1


async def test_a_server_that_slept_does_not_call_everybody_gone(world: World, sato: Agent):
    assert await sweep(world, after_minutes=5) == 0
    world.clock.forward(minutes=60)
    assert await sweep(world, after_minutes=9) == 0
    await world.presence.beat(sato)
    assert await sweep(world, after_minutes=9) == 0
    assert await sweep(world, after_minutes=1) == 1


async def test_who_was_answered_stays_until_the_customer_writes_again(world: World, sato: Agent):
    await world.desk.reply(sato, 1, text="はい", client_id="f1", seen_seq=1)
    assert await sweep(world, after_minutes=60) == 0
    await world.says(1, "もう一つ")
    assert await sweep(world) == 1


async def test_a_late_reply_of_who_was_gone_names_the_new_owner(world: World, sato: Agent):
    await sweep(world, after_minutes=10)
    suzuki = await world.agent("鈴木")
    await world.desk.take_next(suzuki)
    with pytest.raises(NotYours) as refused:
        await world.desk.reply(sato, 1, text="遅れました", client_id="f1", seen_seq=4)
    assert refused.value.owner_name == "鈴木"


async def test_the_list_of_who_is_there_follows_the_pages_and_the_choice(
    world: World, sato: Agent
):
    assert await there(world) == [("佐藤", "available", 1, 1)]
    await world.presence.set_presence(sato, Presence.AWAY)
    assert await there(world) == [("佐藤", "away", 1, 1)]
    world.clock.forward(minutes=2)
    assert await there(world) == [("佐藤", "offline", 1, 1)]
    await world.presence.beat(sato)
    assert await there(world) == [("佐藤", "away", 1, 1)]


async def test_colleagues_are_told_when_somebody_is_back_and_not_at_every_beat(
    world: World, sato: Agent
):
    with world.hints.listen(DESK) as listener:
        world.clock.forward(minutes=1)
        await world.presence.beat(sato)
        assert await listener.next(0) == []
        world.clock.forward(minutes=2)
        await world.presence.beat(sato)
        assert [hint.kind for hint in await listener.next(0)] == ["presence"]


async def test_an_account_switched_off_gives_back_everything_it_has(world: World, sato: Agent):
    await world.desk.reply(sato, 1, text="はい", client_id="f1", seen_seq=1)
    boss = await world.agent("管理者", Role.ADMIN)
    await world.staff.set_active(boss, sato.id, active=False)
    assert (await world.get(1)).state is State.WAITING
    assert await there(world) == [("管理者", "available", 0, 0)]


async def test_the_last_administrator_stays_one(world: World, sato: Agent):
    boss = await world.agent("管理者", Role.ADMIN)
    with pytest.raises(LastAdmin):
        await world.staff.set_active(boss, boss.id, active=False)
    with pytest.raises(LastAdmin):
        await world.staff.set_role(boss, boss.id, Role.SUPERVISOR)
    await world.staff.set_role(boss, sato.id, Role.ADMIN)
    await world.staff.set_role(boss, boss.id, Role.AGENT)
    roles = {
        agent.name: agent.role
        for agent in await world.staff.list_agents((await world.presence.list_at_desk())[0].agent)
    }
    assert roles == {"佐藤": Role.ADMIN, "管理者": Role.AGENT}


async def test_only_administrators_manage_the_staff(world: World, sato: Agent):
    for call in (
        world.staff.list_agents(sato),
        world.staff.add_agent(sato, login="x", name="x", role=Role.ADMIN),
        world.staff.set_role(sato, sato.id, Role.ADMIN),
        world.staff.set_active(sato, sato.id, active=True),
        world.staff.reset_password(sato, sato.id),
        world.staff.set_details(sato, sato.id, name="x", teams=(), capacity=9),
    ):
        with pytest.raises(NotAllowed):
            await call
    [row] = await world.rows("SELECT role, capacity FROM agent")
    assert row == {"role": "agent", "capacity": 5}
