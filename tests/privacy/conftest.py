"""Fixtures of the privacy tests: the staff's world, and the whole house behind its LINE door."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sqlite_store import SqliteStore
from bot.standin.platform import Platform
from handoff.access import Agent, Role
from handoff.staff import add_agent
from tests.contracts.line_house import Clock, LineDoor, open_door
from tests.handoff.people_world import World


@pytest.fixture
async def world(empty_database: Path, tmp_path: Path) -> AsyncIterator[World]:
    path = tmp_path / "people.sqlite3"
    shutil.copy(empty_database, path)
    store = await SqliteStore.open(path)
    yield World(store)
    await store.close()


@pytest.fixture
async def admin(world: World) -> Agent:
    added = await add_agent(
        world.store,
        world.clock,
        login="admin",
        name="管理",
        role=Role.ADMIN,
        password="seven green bicycles",
    )
    return added.agent


@pytest.fixture
def moving_clock() -> Clock:
    return Clock()


@pytest.fixture
def line_platform(moving_clock: Clock) -> Platform:
    return Platform("line-secret", "line-token", clock=moving_clock, account_name="くだもの店")


@pytest.fixture
async def door(
    tmp_path: Path, empty_database: Path, line_platform: Platform, moving_clock: Clock
) -> AsyncIterator[LineDoor]:
    async with open_door(
        tmp_path, line_platform, moving_clock, empty_database=empty_database
    ) as opened:
        yield opened
