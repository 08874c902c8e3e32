"""An agent takes a conversation: one winner, a silent bot, the right one next."""

import asyncio

import pytest

from bot.hints import DESK, customer_topic
from handoff.access import Role
from handoff.errors import AlreadyClaimed, AtCapacity, NotAllowed, NotOpen
from handoff.moves import InFlight
from tests.handoff.people_world import MORNING, World


async def test_of_fifty_who_claim_at_once_one_wins_and_the_others_hear_who(world: World):
    waiting = await world.waiting()
    agents = [await world.agent(f"agent{number}") for number in range(50)]

    results = await asyncio.gather(
        *(world.desk.claim(agent, waiting.id) for agent in agents), return_exceptions=True
    )

    winner = (await world.get(waiting.id)).agent_id
    names = {agent.id: agent.name for agent in agents}
    outcomes = [
        result.owner_name if isinstance(result, AlreadyClaimed) else result.conversation.agent_id
        for result in results
    ]
    assert sorted(outcomes, key=str) == sorted([winner, *[names[winner]] * 49], key=str)
    open_rows = await world.rows("SELECT agent_id FROM assignment WHERE released_at IS NULL")
    assert open_rows == [{"agent_id": winner}]
    assert await world.texts(waiting.id) == [
        ("customer", "助けてください"),
        ("system", f"担当の{names[winner]}がお答えします。"),
    ]


async def test_a_second_click_of_the_winner_changes_nothing(world: World):
    waiting = await world.waiting()
    agent = await world.agent("佐藤")
    first = await world.desk.claim(agent, waiting.id)
    second = await world.desk.claim(agent, waiting.id)
    assert (first.already, second.already) == (False, True)
    assert second.conversation == await world.get(waiting.id)
    assert len(await world.texts(waiting.id)) == 2


async def test_a_claim_withholds_what_the_bot_still_owes_and_names_what_is_on_its_way(
    world: World,
):
    waiting = await world.open(channel="line")
    sending = await world.bot_says(waiting.id, "もう送り始めた")
    await world.run("UPDATE outbox SET state = 'sending', lease_until = 1")
    await world.bot_says(waiting.id, "まだ送っていない")
    agent = await world.agent("佐藤")

    claimed = await world.desk.claim(agent, waiting.id)

    assert claimed.withheld == 1
    assert claimed.in_flight == (InFlight(outbox_id=1, first_seq=sending, last_seq=sending),)
    rows = await world.rows("SELECT sender, state FROM outbox ORDER BY id")
    assert rows == [
        {"sender": "bot", "state": "sending"},
        {"sender": "bot", "state": "cancelled"},
        {"sender": "system", "state": "pending"},
    ]


async def test_what_is_closed_is_not_claimed(world: World):
    closed = await world.open()
    await world.run("UPDATE conversation SET state = 'closed', closed_at = 1")
    with pytest.raises(NotOpen):
        await world.desk.claim(await world.agent("佐藤"), closed.id)


async def test_an_agent_switched_off_a_moment_ago_takes_nothing(world: World):
    waiting = await world.waiting()
    agent = await world.agent("佐藤")
    await world.run("UPDATE agent SET active = 0")
    with pytest.raises(NotAllowed):
        await world.desk.claim(agent, waiting.id)
    assert (await world.get(waiting.id)).agent_id is None


async def test_an_agent_with_a_given_password_does_nothing_before_changing_it(world: World):
    waiting = await world.waiting()
    agent = await world.agent("佐藤", Role.ADMIN, must_change=1)
    with pytest.raises(NotAllowed):
        await world.desk.claim(agent, waiting.id)


async def test_next_is_the_complaint_then_whoever_has_waited_longest(world: World):
    first = await world.waiting("最初")
    world.clock.forward(minutes=1)
    second = await world.waiting("次")
    world.clock.forward(minutes=1)
    complaint = await world.waiting("苦情", urgent=True)
    agent = await world.agent("佐藤")
    taken = [await world.desk.take_next(agent) for _ in range(4)]
    assert [one and one.conversation.id for one in taken] == [
        complaint.id,
        first.id,
        second.id,
        None,
    ]


async def test_next_is_of_an_own_team_and_within_capacity(world: World):
    await world.waiting("返品", team="returns")
    own = await world.waiting("一般")
    agent = await world.agent("佐藤", teams="default", capacity=1)
    taken = await world.desk.take_next(agent)
    assert taken is not None
    assert taken.conversation.id == own.id
    with pytest.raises(AtCapacity):
        await world.desk.take_next(agent)


async def test_who_is_called_back_at_an_agreed_time_is_not_next(world: World):
    await world.waiting()
    await world.run("UPDATE conversation SET wait_mode = 'callback'")
    assert await world.desk.take_next(await world.agent("佐藤")) is None


async def test_many_take_next_at_once_and_each_gets_another(world: World):
    for _ in range(10):
        await world.waiting()
    agents = [await world.agent(f"agent{number}") for number in range(12)]
    taken = await asyncio.gather(*(world.desk.take_next(agent) for agent in agents))
    ids = sorted(one.conversation.id for one in taken if one)
    assert ids == list(range(1, 11))


async def test_pages_of_colleagues_and_of_the_customer_are_told_after_the_commit(world: World):
    waiting = await world.waiting()
    agent = await world.agent("佐藤")
    topic = customer_topic(waiting.customer_id)
    with world.hints.listen(DESK, topic) as listener:
        await world.desk.claim(agent, waiting.id)
        told = await listener.next(timeout=0)
    assert {(hint.topic, hint.kind, hint.conversation_id, hint.seq) for hint in told} == {
        (DESK, "conversation", waiting.id, 2),
        (topic, "conversation", waiting.id, 2),
    }


async def test_every_claim_stands_in_the_audit_log_with_the_wait(world: World):
    waiting = await world.waiting()
    world.clock.forward(minutes=3)
    agent = await world.agent("佐藤")
    await world.desk.claim(agent, waiting.id)
    assert await world.audited() == [
        (None, "escalate", waiting.id),
        (agent.id, "claim", waiting.id),
    ]
    [row] = await world.rows("SELECT at, detail FROM audit_log WHERE action = 'claim'")
    assert row == {"at": MORNING + 180_000, "detail": '{"waited_ms":180000,"withheld":0}'}


async def test_a_claim_silences_what_the_bot_owes_from_an_earlier_conversation(world: World):
    earlier = await world.open(channel="line")
    await world.bot_says(earlier.id, "前の件のお返事")
    await world.run("UPDATE conversation SET state = 'closed', closed_at = 1, due_at = NULL")
    later = await world.open_again(earlier.customer_id, "別の件", channel="line")
    claimed = await world.desk.claim(await world.agent("佐藤"), later.id)
    assert claimed.withheld == 1
    rows = await world.rows("SELECT sender, state FROM outbox ORDER BY id")
    assert rows == [
        {"sender": "bot", "state": "cancelled"},
        {"sender": "system", "state": "pending"},
    ]
