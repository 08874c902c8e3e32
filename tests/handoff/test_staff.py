"""What administrators do with accounts, and what is refused."""

import pytest

from bot.errors import BadInput, NotFound
from handoff.access import Agent, Role
from handoff.errors import LoginTaken
from tests.handoff.people_world import World


@pytest.fixture
async def boss(world: World) -> Agent:
    return await world.agent("管理者", Role.ADMIN)


async def test_an_added_agent_logs_in_once_with_the_password_that_is_shown(
    world: World, boss: Agent
):
    added = await world.staff.add_agent(boss, login="Suzuki", name="鈴木", role=Role.SUPERVISOR)
    begun = await world.logins.log_in("suzuki", added.one_time_password, address="203.0.113.7")
    assert (begun.agent.name, begun.agent.role, begun.agent.must_change) == (
        "鈴木",
        Role.SUPERVISOR,
        True,
    )
    with pytest.raises(LoginTaken):
        await world.staff.add_agent(boss, login="suzuki", name="別の鈴木", role=Role.AGENT)
    assert (boss.id, "staff_add", None) in await world.audited()


async def test_details_are_kept_in_one_form(world: World, boss: Agent):
    suzuki = await world.agent("鈴木")
    await world.staff.set_details(
        boss, suzuki.id, name=" 鈴木 花子 ", teams=("returns", "default", "returns"), capacity=3
    )
    [found] = [one for one in await world.staff.list_agents(boss) if one.id == suzuki.id]
    assert (found.name, found.teams, found.capacity) == ("鈴木 花子", ("default", "returns"), 3)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "a\u202eb"},
        {"teams": ("nobody",)},
        {"teams": ("default,returns",)},
        {"capacity": 0},
        {"capacity": 101},
    ],
)
async def test_details_that_cannot_be_are_refused(
    world: World, boss: Agent, changes: dict[str, object]
):
    asked = {"name": "鈴木", "teams": (), "capacity": 5, **changes}
    with pytest.raises(BadInput):
        await world.staff.set_details(boss, boss.id, **asked)  # type: ignore[arg-type] - on purpose
    assert await world.rows("SELECT name, teams, capacity FROM agent") == [
        {"name": "管理者", "teams": "", "capacity": 5}
    ]


async def test_nobody_is_not_changed(world: World, boss: Agent):
    for call in (
        world.staff.set_role(boss, 99, Role.AGENT),
        world.staff.set_active(boss, 99, active=False),
        world.staff.reset_password(boss, 99),
        world.staff.set_details(boss, 99, name="x", teams=(), capacity=1),
    ):
        with pytest.raises(NotFound):
            await call
    assert await world.audited() == []
