"""The queue hands itself out where the settings say so."""

import pytest

from bot.store import Tx
from handoff.access import Agent, Presence, Role
from handoff.assigning import Assigner, order_by_room
from handoff.presence import AtDesk
from handoff.settling import CallOutcome
from tests.handoff.people_world import MORNING, World


def person(number: int, *, capacity: int, has: int, presence: Presence) -> AtDesk:
    agent = Agent(
        id=number, login=f"a{number}", name="", role=Role.AGENT, capacity=capacity, teams=()
    )
    return AtDesk(agent=agent, presence=presence, has=has, unanswered=0)


def test_the_agent_with_most_room_comes_first() -> None:
    people = [
        person(1, capacity=2, has=1, presence=Presence.AVAILABLE),
        person(2, capacity=4, has=1, presence=Presence.AVAILABLE),
        person(3, capacity=4, has=0, presence=Presence.AWAY),
        person(4, capacity=1, has=1, presence=Presence.AVAILABLE),
        person(5, capacity=4, has=1, presence=Presence.AVAILABLE),
    ]
    assert [agent.id for agent in order_by_room(people)] == [2, 5, 1]


async def test_everybody_who_waits_is_given_to_whoever_has_room(world: World) -> None:
    sato = await world.agent("sato", capacity=2)
    suzuki = await world.agent("suzuki", capacity=1)
    waiting = [(await world.waiting(f"{n}番")).id for n in range(4)]
    assigner = Assigner(world.store, world.desk, world.clock)
    assert await assigner.assign() == 3
    rows = await world.store.read(
        lambda tx: tx.all("SELECT id, state, agent_id FROM conversation ORDER BY id")
    )
    assert [tuple(row) for row in rows] == [
        (waiting[0], "assigned", sato.id),
        (waiting[1], "assigned", suzuki.id),
        (waiting[2], "assigned", sato.id),
        (waiting[3], "waiting", None),
    ]
    assert await assigner.assign() == 0


@pytest.mark.parametrize("outcome", [CallOutcome.NO_ANSWER, CallOutcome.REACHED, None])
async def test_whoever_is_not_called_any_more_stands_in_line_again(
    world: World, outcome: CallOutcome | None
) -> None:
    sato = await world.agent("sato")
    one = await _promised_a_call(world)
    assigner = Assigner(world.store, world.desk, world.clock)
    assert await assigner.assign() == 0
    if outcome is None:
        await world.desk.callback_cancel(sato, 1)
    else:
        await world.desk.callback_done(sato, 1, outcome=outcome)
    assert await world.position(one) == 1
    assert await assigner.assign() == 1
    assert (await world.get(one)).agent_id == sato.id


async def test_also_when_the_agent_who_called_is_gone(world: World) -> None:
    sato = await world.agent("sato")
    one = await _promised_a_call(world)
    await world.desk.claim(sato, one)
    await world.desk.callback_done(sato, 1, outcome=CallOutcome.NO_ANSWER)
    await world.desk.release(sato, one)
    assert await world.position(one) == 1


async def _promised_a_call(world: World) -> int:
    conversation = await world.waiting()

    def book(tx: Tx) -> None:
        (slot,) = world.front.slots(tx, conversation, now=world.clock())[:1]
        world.front.book(tx, conversation, slot=slot.code, phone="090-1234-5678", now=MORNING)

    await world.store.write(book)
    return conversation.id
