"""Fixtures of the staff pages' tests."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from handoff.access import Role
from tests.handoff.pages.house import Browser, build, staff
from tests.handoff.people_world import World


@pytest.fixture
async def server(world: World, tmp_path: Path) -> AsyncIterator[TestServer]:
    server = TestServer(await asyncio.to_thread(build, world, tmp_path))
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def stranger(server: TestServer) -> AsyncIterator[Browser]:
    browser = Browser(server)
    yield browser
    await browser.client.close()


@pytest.fixture
async def browsers(server: TestServer, world: World) -> AsyncIterator[dict[Role, Browser]]:
    """Somebody of each role, logged in."""
    found = {}
    for role in Role:
        await staff(world, role.value, role)
        found[role] = Browser(server)
        assert (await found[role].log_in(role.value)).status == 303
    yield found
    for browser in found.values():
        await browser.client.close()


@pytest.fixture
def agent(browsers: dict[Role, Browser]) -> Browser:
    return browsers[Role.AGENT]


@pytest.fixture
def admin(browsers: dict[Role, Browser]) -> Browser:
    return browsers[Role.ADMIN]
