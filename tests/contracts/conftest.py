"""Fixtures of the LINE door's stories."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from bot.standin.platform import Platform
from handoff.logs import name_error
from tests.contracts.line_house import Clock, LineDoor, open_door


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
    # nothing we sent broke LINE's rules, whatever the story was
    assert [str(one) for one in line_platform.violations] == []


@pytest.fixture
def plain_logs() -> Iterator[None]:
    """Errors as the running server logs them: a drawn traceback takes seconds."""
    usual = structlog.get_config()
    structlog.configure(processors=[name_error, structlog.processors.KeyValueRenderer()])
    yield
    structlog.configure(**usual)
