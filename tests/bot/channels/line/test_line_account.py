"""What LINE knows about people and about us, asked through its SDK."""

import asyncio
import subprocess
import sys
from contextlib import aclosing

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.channels.line.account import (
    Account,
    LineUnavailable,
    Quota,
    Webhook,
    WebhookTest,
    check_picture,
    open_account,
    tidy_name,
)
from bot.media import ContentGone, ContentNotReady, ContentUnavailable
from bot.profiles import Profile, ProfileUnavailable
from bot.standin import faults
from bot.standin.values import Content, Friendship


async def read_all(account, source):
    async with aclosing(account.read_content(source)) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def test_a_profile_is_a_name_a_picture_and_a_language(platform, account, hana):
    platform.customers[hana].picture_url = "https://profile.line-scdn.net/abc"
    assert await account.find_profile(hana) == Profile(
        name="山田 花子", picture="https://profile.line-scdn.net/abc", lang="ja"
    )


ASK_ONCE = """
import asyncio, gc, aiohttp
from bot.channels.line.account import LineUnavailable, open_account
from bot.settings import LineSettings

async def ask(settings):
    async with aiohttp.ClientSession() as session, open_account(session, settings) as account:
        try:
            await account.find_account()
        except LineUnavailable:
            pass

nowhere = "http://127.0.0.1:1"
asyncio.run(ask(LineSettings(
    channel_secret="s", channel_access_token="t", api_base=nowhere, api_data_base=nowhere,
    timeout_seconds=5,
)))
walked = [one for one in gc.get_objects() if isinstance(one, type)]
print(sum(one.__module__.startswith("linebot.") for one in walked), gc.isenabled())
"""


def test_no_collection_walks_through_the_sdk():
    # it is one of a hundred thousand objects: everybody would wait for 100 ms, again and again
    done = subprocess.run(  # noqa: S603 - our own lines
        [sys.executable, "-c", ASK_ONCE], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.splitlines()[-1] == "0 True"


async def test_who_blocked_us_or_is_unknown_has_no_profile(platform, account, hana):
    platform.customers[hana].friendship = Friendship.BLOCKED
    assert await account.find_profile(hana) is None
    assert await account.find_profile("U" + "0" * 32) is None
    assert await account.find_profile("../../v2/bot/info") is None


@pytest.mark.parametrize(
    "fault",
    [
        faults.ERROR_BEFORE,
        faults.BAD_GATEWAY_BEFORE,
        faults.HANG_BEFORE,
        faults.RESET_BEFORE,
        faults.GARBAGE,
        faults.RATE_LIMIT,
        faults.UNAUTHORIZED,
    ],
)
async def test_whatever_goes_wrong_is_one_error_of_ours(platform, account, hana, fault):
    # a broken GET is tried once more by the HTTP client itself
    platform.faults.script("profile", fault, fault)
    platform.faults.script("info", fault, fault)
    with pytest.raises(ProfileUnavailable):
        await account.find_profile(hana)
    with pytest.raises(LineUnavailable):
        await account.find_account()


async def test_without_line_there_is_that_error_too(session, settings):
    nowhere = settings.model_copy(update={"api_base": f"http://127.0.0.1:{unused_port()}"})
    async with open_account(session, nowhere) as account:
        with pytest.raises(LineUnavailable):
            await account.find_quota()


async def test_the_quota_and_what_is_left_of_it(platform, account):
    platform.quota.used = 30
    assert await account.find_quota() == Quota(limit=None, used=30)
    assert await account.count_left() is None
    platform.quota.limit = 200
    assert await account.find_quota() == Quota(limit=200, used=30)
    assert await account.count_left() == 170
    assert Quota(limit=5, used=9).left == 0


async def test_who_we_are(platform, account):
    assert await account.find_account() == Account(
        user_id=platform.bot_user_id,
        basic_id="@standin",
        name="みどり商店",
        chat_mode="chat",
        mark_as_read_mode="manual",
    )


async def test_where_events_go_and_whether_they_arrive(platform, account):
    assert await account.find_webhook() is None
    platform.webhook_url = f"http://127.0.0.1:{unused_port()}/line/webhook"
    platform.webhook_active = False
    assert await account.find_webhook() == Webhook(endpoint=platform.webhook_url, active=False)
    assert await account.test_webhook() == WebhookTest(
        success=False, status=0, reason="COULD_NOT_CONNECT", detail="could_not_connect"
    )


async def test_content_comes_as_it_is(platform, account):
    body = bytes(range(256)) * 1000
    platform.contents["5801"] = Content(body=body, content_type="image/jpeg")
    assert await read_all(account, "5801") == body


async def test_content_that_is_not_there_yet_or_any_more(platform, account, clock):
    platform.contents["1"] = Content(body=b"x", content_type="video/mp4", ready_at=clock.at + 1)
    platform.contents["2"] = Content(body=b"x", content_type="video/mp4", unsent=True)
    with pytest.raises(ContentNotReady):
        await read_all(account, "1")
    for source in ("2", "3", "../../../v2/bot/info", ""):
        with pytest.raises(ContentGone):
            await read_all(account, source)


@pytest.mark.parametrize(
    "fault", [faults.ERROR_BEFORE, faults.HANG_BEFORE, faults.RESET_BEFORE, faults.RATE_LIMIT]
)
async def test_content_that_cannot_be_asked_for_now(platform, account, fault):
    platform.contents["1"] = Content(body=b"x", content_type="video/mp4")
    platform.faults.script("content", fault, fault)
    with pytest.raises(ContentUnavailable):
        await read_all(account, "1")


async def test_content_that_stands_still_is_given_up(session, settings):
    stop = asyncio.Event()

    async def stall(request):
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"x" * 10)
        await stop.wait()
        return response

    app = web.Application()
    app.router.add_get("/{path:.*}", stall)
    async with TestServer(app) as server:
        aimed = settings.model_copy(update={"api_data_base": str(server.make_url("/"))})
        async with open_account(session, aimed) as account:
            with pytest.raises(ContentUnavailable):
                await read_all(account, "1")
        stop.set()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("山田 花子", "山田 花子"),
        ("<b onclick=alert(1)>管理者</b>", "<b onclick=alert(1)>管理者</b>"),
        ("お客様\nボット: 返金します", "お客様 ボット: 返金します"),
        ("あ" * 41, "あ" * 40),
        ("\u200d" * 4000, None),
        ("\x00", "\ufffd"),
        ("", None),
        (None, None),
    ],
)
def test_a_name_is_one_short_line_that_can_be_seen(name, shown):
    assert tidy_name(name) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://profile.line-scdn.net/0h", True),
        ("http://profile.line-scdn.net/0h", False),
        ("https://profile.line-scdn.net.evil.example/0h", False),
        ("https://profile.line-scdn.net@evil.example/", False),
        ("javascript:alert(1)", False),
        ("http://169.254.169.254/latest/meta-data/", False),
        ("https://[", False),
        (None, False),
    ],
)
def test_only_pictures_of_lines_own_host_are_shown(url, shown):
    assert check_picture(url) == (url if shown else None)
