"""Transfer, release, resolve, reopen: nobody loses a place, nothing is in two hands."""

import pytest

from bot.conversation import State, WaitMode
from bot.errors import BadInput, NotFound
from handoff.access import Agent, Role
from handoff.errors import AlreadyClaimed, NotAllowed, NotOpen, NotThere, NotYours, OpenElsewhere
from tests.handoff.people_world import MORNING, World


@pytest.fixture
async def sato(world: World) -> Agent:
    """Took conversation 1 a minute after it began to wait."""
    agent = await world.agent("佐藤")
    waiting = await world.waiting()
    world.clock.forward(minutes=1)
    await world.desk.claim(agent, waiting.id)
    return agent


async def assignments(world: World) -> list[tuple[int, str, str | None]]:
    rows = await world.rows("SELECT agent_id, came, went FROM assignment ORDER BY id")
    return [(row["agent_id"], row["came"], row["went"]) for row in rows]


async def answer(world: World, agent: Agent, client_id: str = "f1") -> None:
    seen = (await world.get(1)).last_seq
    await world.desk.reply(agent, 1, text="はい", client_id=client_id, seen_seq=seen)


async def test_a_transfer_gives_it_to_a_colleague_and_the_customer_hears_the_name(
    world: World, sato: Agent
):
    suzuki = await world.agent("鈴木")
    await world.desk.transfer(sato, 1, to_agent=suzuki.id)
    assert (await world.get(1)).agent_id == suzuki.id
    assert await assignments(world) == [
        (sato.id, "claimed", "transferred"),
        (suzuki.id, "transferred", None),
    ]
    assert (await world.texts(1))[-1] == ("system", "担当の鈴木がお答えします。")
    with pytest.raises(NotYours) as refused:
        await world.desk.transfer(sato, 1, to_agent=sato.id)
    assert refused.value.owner_name == "鈴木"


async def test_a_transfer_to_somebody_who_is_not_there_is_refused(world: World, sato: Agent):
    suzuki = await world.agent("鈴木", online=False)
    with pytest.raises(NotThere) as refused:
        await world.desk.transfer(sato, 1, to_agent=suzuki.id)
    assert refused.value.name == "鈴木"
    with pytest.raises(NotFound):
        await world.desk.transfer(sato, 1, to_agent=99)
    assert (await world.get(1)).agent_id == sato.id


async def test_a_transfer_to_a_team_puts_it_into_that_teams_queue(world: World, sato: Agent):
    await world.desk.transfer(sato, 1, to_team="returns")
    found = await world.get(1)
    assert (found.state, found.team, found.agent_id) == (State.WAITING, "returns", None)
    assert found.waiting_since == MORNING
    assert await assignments(world) == [(sato.id, "claimed", "transferred")]
    assert (await world.texts(1))[-1] == ("system", "別の担当者におつなぎします。")


@pytest.mark.parametrize(
    "target", [{}, {"to_agent": 1, "to_team": "returns"}, {"to_team": "nobody"}]
)
async def test_a_transfer_names_one_colleague_or_one_team(
    world: World, sato: Agent, target: dict[str, object]
):
    with pytest.raises(BadInput):
        await world.desk.transfer(sato, 1, **target)  # type: ignore[arg-type] - on purpose


async def test_a_released_conversation_gets_its_place_back(world: World, sato: Agent):
    world.clock.forward(minutes=1)
    later = await world.waiting("あとから")
    await world.desk.release(sato, 1)
    assert (await world.get(1)).waiting_since == MORNING
    assert [(await world.position(one)) for one in (1, later.id)] == [1, 2]


async def test_after_an_answer_the_place_counts_from_what_the_customer_wrote_next(
    world: World, sato: Agent
):
    await answer(world, sato)
    world.clock.forward(minutes=5)
    await world.says(1, "もう一つ")
    wrote_at = world.clock()
    world.clock.forward(minutes=5)
    await world.says(1, "まだですか")
    await world.desk.release(sato, 1)
    assert (await world.get(1)).waiting_since == wrote_at


async def test_who_waits_for_nothing_begins_to_wait_at_the_release(world: World, sato: Agent):
    await answer(world, sato)
    world.clock.forward(minutes=5)
    await world.desk.release(sato, 1)
    assert (await world.get(1)).waiting_since == world.clock()


async def test_a_colleague_does_not_release_it_and_a_supervisor_does(world: World, sato: Agent):
    with pytest.raises(NotYours):
        await world.desk.release(await world.agent("鈴木"), 1)
    await world.desk.release(await world.agent("責任者", Role.SUPERVISOR), 1)
    assert (await world.get(1)).state is State.WAITING


async def test_a_resolved_conversation_asks_how_it_went(world: World, sato: Agent):
    await answer(world, sato)
    await world.desk.resolve(sato, 1)
    found = await world.get(1)
    assert (found.state, found.agent_id, found.resolved_at) == (
        State.RESOLVED,
        None,
        world.clock(),
    )
    assert await assignments(world) == [(sato.id, "claimed", "resolved")]
    assert await world.rows("SELECT round, agent_id, state FROM survey") == [
        {"round": 1, "agent_id": sato.id, "state": "asked"}
    ]


async def test_resolving_twice_or_by_another_is_refused(world: World, sato: Agent):
    with pytest.raises(NotYours):
        await world.desk.resolve(await world.agent("鈴木"), 1)
    await world.desk.resolve(sato, 1, ask_survey=False)
    with pytest.raises(NotOpen):
        await world.desk.resolve(sato, 1)
    assert await world.rows("SELECT * FROM survey") == []


async def close(world: World) -> None:
    await world.run("UPDATE conversation SET state = 'closed', closed_at = 1 WHERE id = 1")


async def test_a_reopened_conversation_is_a_new_handling(world: World, sato: Agent):
    await answer(world, sato)
    await world.desk.resolve(sato, 1)
    suzuki = await world.agent("鈴木")
    world.clock.forward(minutes=1)
    reopened = (await world.desk.reopen(suzuki, 1)).conversation
    assert (reopened.state, reopened.agent_id, reopened.round) == (
        State.ASSIGNED,
        suzuki.id,
        2,
    )
    assert (reopened.waiting_since, reopened.first_response_at) == (world.clock(), None)
    assert await world.rows("SELECT round, state FROM survey") == [{"round": 1, "state": "lapsed"}]
    await world.desk.resolve(suzuki, 1)
    assert await world.rows("SELECT round, state FROM survey ORDER BY round") == [
        {"round": 1, "state": "lapsed"},
        {"round": 2, "state": "asked"},
    ]


async def test_a_closed_one_is_reopened_while_the_customer_has_no_other(world: World, sato: Agent):
    await world.desk.resolve(sato, 1)
    await close(world)
    assert (await world.desk.reopen(sato, 1)).conversation.closed_at is None


async def test_a_closed_one_stays_closed_beside_an_open_one_which_is_named(
    world: World, sato: Agent
):
    await world.desk.resolve(sato, 1)
    await close(world)
    other = await world.open_again((await world.get(1)).customer_id, "別の件")
    with pytest.raises(OpenElsewhere) as refused:
        await world.desk.reopen(sato, 1)
    assert (refused.value.reference, refused.value.conversation_id) == (
        other.reference,
        other.id,
    )


async def test_what_is_open_is_claimed_and_not_reopened(world: World, sato: Agent):
    with pytest.raises(AlreadyClaimed):
        await world.desk.reopen(await world.agent("鈴木"), 1)
    await world.desk.release(sato, 1)
    with pytest.raises(NotOpen):
        await world.desk.reopen(sato, 1)


async def test_after_a_resolve_the_next_escalation_is_a_new_handling(world: World, sato: Agent):
    await answer(world, sato)
    await world.desk.resolve(sato, 1)
    world.clock.forward(minutes=1)
    found = await world.escalate(1)
    assert (found.state, found.round, found.waiting_since, found.first_response_at) == (
        State.WAITING,
        2,
        world.clock(),
        None,
    )


async def test_a_reviewed_conversation_leaves_the_review_list(world: World, sato: Agent):
    await world.run("UPDATE conversation SET review = 1")
    supervisor = await world.agent("責任者", Role.SUPERVISOR)
    await world.desk.review_done(supervisor, 1)
    assert (await world.get(1)).review is False
    assert (await world.audited())[-1] == (supervisor.id, "review_done", 1)


async def test_a_supervisor_takes_over_by_transfer_and_a_transfer_to_the_owner_is_nothing(
    world: World, sato: Agent
):
    boss = await world.agent("責任者", Role.SUPERVISOR)
    await world.desk.transfer(boss, 1, to_agent=sato.id)
    assert await assignments(world) == [(sato.id, "claimed", None)]
    await world.desk.transfer(boss, 1, to_agent=boss.id)
    assert (await world.get(1)).agent_id == boss.id


async def test_a_promised_call_stays_promised_through_a_release(world: World, sato: Agent):
    await world.run("UPDATE conversation SET wait_mode = 'callback'")
    await world.desk.release(sato, 1)
    assert (await world.get(1)).wait_mode is WaitMode.CALLBACK
    assert await world.position(1) == 0


async def test_what_waits_or_is_over_is_neither_released_nor_transferred(
    world: World, sato: Agent
):
    await world.desk.release(sato, 1)
    with pytest.raises(NotYours):
        await world.desk.release(sato, 1)
    await world.desk.claim(sato, 1)
    await world.desk.resolve(sato, 1)
    with pytest.raises(NotOpen):
        await world.desk.transfer(sato, 1, to_team="returns")


async def test_an_account_switched_off_reopens_nothing(world: World, sato: Agent):
    await world.desk.resolve(sato, 1)
    await world.run("UPDATE agent SET active = 0")
    with pytest.raises(NotAllowed):
        await world.desk.reopen(sato, 1)
