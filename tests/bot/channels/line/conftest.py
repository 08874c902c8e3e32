"""A LINE platform on loopback, and the settings that aim us at it."""

from types import SimpleNamespace

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.channels.line.account import open_account
from bot.channels.line.api import LineSender
from bot.settings import LineSettings
from bot.standin.platform import Platform
from bot.standin.web import create_standin

START = 1795305600000


@pytest.fixture
def clock():
    """Call it for the time; set `at` to move it."""

    class Clock(SimpleNamespace):
        def __call__(self):
            return self.at

    return Clock(at=START)


@pytest.fixture
def platform(clock):
    return Platform("line-secret", "line-token", clock=clock, account_name="みどり商店")


@pytest.fixture
def hana(platform):
    return platform.add_customer("山田 花子").chat_id


@pytest.fixture
async def standin(platform):
    async with TestServer(create_standin(platform, phone=False)) as server:
        yield str(server.make_url("/"))


@pytest.fixture
def settings(standin):
    return LineSettings(
        channel_secret="line-secret",
        previous_channel_secret="second-secret",
        channel_access_token="line-token",
        api_base=standin,
        api_data_base=standin,
        timeout_seconds=0.3,
    )


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def account(session, settings):
    async with open_account(session, settings) as account:
        yield account


@pytest.fixture
def sender(session, settings, account):
    return LineSender(session, settings, account.count_left)
