"""The stand-in over HTTP: faults, signed webhooks, and the real SDK as its first caller."""

import asyncio
import base64
import hashlib
import hmac
import json
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.standin import faults
from bot.standin.events import at_time, group_source, room_source, without
from bot.standin.platform import Platform
from bot.standin.sender import Signature, WebhookSender, sign
from bot.standin.values import Content
from bot.standin.web import create_standin

HELLO = {"type": "text", "text": "こんにちは"}


class Bot:
    """A webhook that keeps what it got and answers as told."""

    def __init__(self):
        self.bodies = []
        self.signatures = []
        self.statuses = []
        self.seconds = 0.0
        self.server = None

    async def receive(self, request):
        self.bodies.append(await request.read())
        self.signatures.append(request.headers.get("x-line-signature"))
        await asyncio.sleep(self.seconds)
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    @property
    def events(self):
        return [event for body in self.bodies for event in json.loads(body)["events"]]


@pytest.fixture
async def bot():
    bot = Bot()
    app = web.Application()
    app.router.add_post("/line/webhook", bot.receive)
    async with TestServer(app) as server:
        bot.url = str(server.make_url("/line/webhook"))
        yield bot


@pytest.fixture
def platform():
    return Platform("secret", "token", account_name="みどり商店")


@pytest.fixture
async def standin(platform):
    async with TestServer(create_standin(platform)) as server:
        yield server


@pytest.fixture
async def client(standin):
    headers = {"Authorization": "Bearer token"}
    base = str(standin.make_url("/"))
    async with aiohttp.ClientSession(base, headers=headers) as client:
        yield client


@pytest.fixture
async def sender(platform, bot):
    async with WebhookSender(platform, bot.url, limit_seconds=0.5) as sender:
        yield sender


def push(client, to, key=None, timeout=0.3):
    return client.post(
        "v2/bot/message/push",
        json={"to": to, "messages": [HELLO]},
        headers={"X-Line-Retry-Key": key or str(uuid4())},
        timeout=aiohttp.ClientTimeout(total=timeout),
    )


async def outcome(client, to, key=None):
    """The status, or how the call broke."""
    try:
        async with push(client, to, key) as response:
            await response.json()
            return response.status
    except (TimeoutError, aiohttp.ServerDisconnectedError, ConnectionResetError) as error:
        return "late" if isinstance(error, TimeoutError) else "broken"
    except (aiohttp.ContentTypeError, UnicodeDecodeError):
        return response.status, "unreadable"
    except json.JSONDecodeError:
        return response.status, "unreadable"


# -- faults ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "seen", "repeated"),
    [
        (faults.ERROR_BEFORE, 500, 200),
        (faults.ERROR_AFTER, 500, 409),
        (faults.HANG_BEFORE, "late", 200),
        (faults.HANG_AFTER, "late", 409),
        (faults.RESET_BEFORE, "broken", 200),
        (faults.RESET_AFTER, "broken", 409),
        (faults.GARBAGE, (200, "unreadable"), 409),
        (faults.BAD_GATEWAY_BEFORE, (502, "unreadable"), 200),
        (faults.BAD_GATEWAY_AFTER, (502, "unreadable"), 409),
        (faults.RATE_LIMIT, 429, 200),
        (faults.CONCURRENCY_LIMIT, 429, 200),
        (faults.MONTHLY_LIMIT, 429, 200),
        (faults.PERSON_LIMIT, 429, 200),
        (faults.UNAUTHORIZED, 401, 200),
        (faults.Fault(kind=faults.FaultKind.SLOW, seconds=0.01), 200, 409),
    ],
)
async def test_a_repeat_after_a_fault_delivers_once(platform, client, fault, seen, repeated):
    hanako = platform.add_customer().chat_id
    key = str(uuid4())
    platform.faults.script("push", fault)

    assert await outcome(client, hanako, key) == seen
    assert await outcome(client, hanako, key) == repeated
    assert platform.texts_to(hanako) == ["こんにちは"]
    assert platform.violations == []


async def test_an_outage_covers_every_call_of_its_time(platform, client):
    moment = 1_790_000_000_000
    platform.clock = lambda: moment
    hanako = platform.add_customer().chat_id
    platform.faults.outage(from_at=moment, until_at=moment + 10, fault=faults.ERROR_BEFORE)
    during = await outcome(client, hanako)
    async with client.get("v2/bot/info") as response:
        info = response.status
    platform.clock = lambda: moment + 10
    assert (during, info, await outcome(client, hanako)) == (500, 500, 200)


async def test_an_after_fault_cannot_hide_a_refusal(platform, client):
    platform.faults.script("push", faults.ERROR_AFTER)
    assert await outcome(client, "U" + "0" * 32) == 400


async def test_a_script_lets_calls_pass_and_can_be_cleared(platform, client):
    hanako = platform.add_customer().chat_id
    platform.faults.script("push", None, faults.ERROR_BEFORE, faults.ERROR_BEFORE)
    assert [await outcome(client, hanako) for _ in range(2)] == [200, 500]
    platform.faults.clear()
    assert await outcome(client, hanako) == 200


async def test_a_stopping_server_waits_for_no_fault(platform):
    server = TestServer(create_standin(platform, phone=False))
    await server.start_server()
    platform.faults.script("info", faults.HANG_BEFORE)
    headers = {"Authorization": "Bearer token"}
    async with aiohttp.ClientSession(headers=headers) as client:
        url = server.make_url("/v2/bot/info")
        call = asyncio.create_task(client.get(url))
        while not platform.faults.drawn:
            await asyncio.sleep(0.01)
        async with asyncio.timeout(30):
            await server.close()
        with pytest.raises(aiohttp.ClientError):
            await call


def test_random_faults_come_again_with_the_same_seed():
    def drawn(seed):
        made = faults.Faults()
        made.randomly(faults.BAD_DAY, seed=seed)
        return [made.draw("push", 0) for _ in range(300)]

    assert drawn(7) == drawn(7) != drawn(8)
    assert set(drawn(7)) == {None, *faults.BAD_DAY}
    quiet = faults.Faults()
    quiet.randomly(faults.BAD_DAY, seed=7)
    assert {quiet.draw("profile", 0) for _ in range(300)} == {None}


def test_a_refusal_cannot_follow_an_acceptance():
    with pytest.raises(ValueError, match="cannot follow"):
        faults.Fault(kind=faults.FaultKind.RATE, after=True)


# -- webhooks -------------------------------------------------------------------------------


def test_signs_as_line_documents():
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    signature = sign(body, "8c570fa6dd201bb328f1c1eac23a96d8")
    assert signature == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


async def test_each_signature_mode_sends_what_it_says(platform, bot, sender):
    for mode in Signature:
        await sender.send(signature=mode)

    def digest(secret, body):
        return hmac.digest(secret, body, hashlib.sha256)

    body = bot.bodies[0]
    assert json.loads(body) == {"destination": platform.bot_user_id, "events": []}
    assert bot.signatures == [
        base64.b64encode(digest(b"secret", body)).decode(),
        None,
        "",
        base64.b64encode(digest(b"secretx", body)).decode(),
        digest(b"secret", body).hex(),
        "署名" + base64.b64encode(digest(b"secret", body)).decode(),
        base64.b64encode(digest(b"second-secret", body)).decode(),
    ]


async def test_one_call_carries_several_customers(platform, bot, sender):
    people = [platform.add_customer(name).chat_id for name in ("花子", "太郎")]
    receipt = await sender.send(*(platform.events.text(who, "返品したい") for who in people))
    assert (receipt.status, len(bot.bodies)) == (200, 1)
    assert [event["source"]["userId"] for event in bot.events] == people
    shown = [platform.lines_of(who)[0].message["text"] for who in people]
    assert shown == ["返品したい"] * 2


async def test_copies_are_the_same_event_marked_as_redelivered(platform, bot, sender):
    hanako = platform.add_customer().chat_id
    event = platform.events.text(hanako, "返品したい")
    await sender.send_copies(event, copies=3, at_once=False)
    assert [sent.pop("deliveryContext")["isRedelivery"] for sent in bot.events] == [
        False,
        True,
        True,
    ]
    assert len({event["webhookEventId"] for event in bot.events}) == 1
    assert len({event["replyToken"] for event in bot.events}) == 1
    assert len(platform.lines_of(hanako)) == 1


async def test_copies_can_arrive_at_once(platform, bot, sender):
    event = platform.events.text(platform.add_customer().chat_id, "返品したい")
    receipts = await sender.send_copies(event, copies=4)
    assert [receipt.status for receipt in receipts] == [200] * 4
    assert len({event["webhookEventId"] for event in bot.events}) == 1


async def test_gives_up_when_nobody_acknowledges(platform, bot, sender):
    bot.statuses = [503, 503]
    event = platform.events.text(platform.add_customer().chat_id, "返品したい")
    receipt = await sender.send_until_acknowledged(event, attempts=2, pause_seconds=0)
    assert (receipt.status, len(bot.bodies)) == (503, 2)


async def test_a_sender_needs_an_address_and_to_be_entered(platform, bot):
    with pytest.raises(RuntimeError, match="async with"):
        await WebhookSender(platform, bot.url).send()
    async with WebhookSender(platform) as sender:
        with pytest.raises(RuntimeError, match="address"):
            await sender.send()


async def test_redelivers_until_acknowledged(platform, bot, sender):
    bot.statuses = [503, 500]
    event = platform.events.text(platform.add_customer().chat_id, "返品したい")
    receipt = await sender.send_until_acknowledged(event, pause_seconds=0)
    assert (receipt.status, len(bot.bodies)) == (200, 3)


async def test_shuffled_and_parallel_deliveries_lose_nothing(platform, bot, sender):
    who = platform.add_customer().chat_id
    events = [platform.events.text(who, str(number)) for number in range(8)]
    await sender.send_each(events, shuffle_seed=3)
    shuffled = [event["message"]["text"] for event in bot.events]
    assert sorted(shuffled) == [str(number) for number in range(8)] != shuffled
    receipts = await sender.send_each(events, at_once=True)
    assert ([receipt.status for receipt in receipts], len(bot.events)) == ([200] * 8, 16)


async def test_gives_up_after_the_limit_and_tells_why(platform, bot, sender):
    bot.seconds = 1.0
    late = await sender.send()
    lost = await sender.send(url="http://127.0.0.1:9/")
    bot.seconds = 0.0
    bot.statuses = [403]
    refused = await sender.send()
    assert [(receipt.status, receipt.error) for receipt in (late, lost, refused)] == [
        (0, "request_timeout"),
        (0, "could_not_connect"),
        (403, "error_status_code"),
    ]


async def test_the_webhook_test_calls_the_webhook(platform, bot, client):
    async def ask(**body):
        async with client.post("v2/bot/channel/webhook/test", json=body) as response:
            told = await response.json()
            del told["timestamp"]
            return told

    platform.webhook_url = None
    async with client.post("v2/bot/channel/webhook/test") as response:
        assert response.status == 404
    platform.webhook_url = bot.url
    good = await ask()
    bot.statuses = [500]
    bad = await ask(endpoint=bot.url)
    assert good == {"success": True, "statusCode": 200, "reason": "OK", "detail": "200"}
    assert bad == {
        "success": False,
        "statusCode": 500,
        "reason": "ERROR_STATUS_CODE",
        "detail": "500",
    }


def test_every_kind_of_event_has_its_shape(platform):
    make, who = platform.events, "U" + "1" * 32
    group = group_source("C" + "2" * 32, who)
    with_token = [
        make.text(who, "a"),
        make.sticker(who, keywords=["ok"]),
        make.image(who),
        make.video(who),
        make.audio(who),
        make.file(who),
        make.location(who),
        make.edited(group, "1", "b"),
        make.follow(who),
        make.join(group),
        make.member_joined(group, who),
        make.postback(who, "yes", params={"date": "2026-11-21"}),
        make.video_play_complete(who),
        make.beacon(who),
        at_time(make.beacon(who, "stay"), 1),
        make.membership(who),
        make.account_link(who, nonce="0123456789"),
        make.event("somethingNew", who, {"somethingNew": {}}),
        make.message(who, {"type": "hologram"}),
    ]
    without_token = [
        make.unsend(who, "1"),
        make.unfollow(who),
        make.leave(group),
        make.member_left(room_source("R" + "3" * 32), who),
        make.account_link(who, nonce="0123456789", ok=False),
        make.delivery(who),
        make.module(),
        make.module("detached"),
        make.activated(who),
        make.deactivated(who),
        make.bot_suspended(),
        make.bot_resumed(),
    ]
    assert [event["type"] for event in with_token if "replyToken" not in event] == []
    assert [event["type"] for event in without_token if "replyToken" in event] == []
    ids = [event["webhookEventId"] for event in with_token + without_token]
    assert ({len(event_id) for event_id in ids}, len(set(ids))) == ({26}, 31)
    assert "userId" not in without(with_token[0], "source.userId")["source"]
    assert "mode" not in without(with_token[0], "mode")


# -- the SDK --------------------------------------------------------------------------------


async def test_the_sdk_can_talk_to_it(platform, standin):
    from linebot.v3.messaging import (
        ApiException,
        AsyncApiClient,
        AsyncMessagingApi,
        AsyncMessagingApiBlob,
        Configuration,
        PushMessageRequest,
        QuickReply,
        QuickReplyItem,
        ReplyMessageRequest,
        Sender,
        TextMessage,
    )
    from linebot.v3.messaging.models import PostbackAction

    customer = platform.add_customer()
    event = platform.events.text(customer.chat_id, "返品したい")
    platform.observe(event)
    platform.contents["77"] = Content(body=b"\x89PNG", content_type="image/png")
    action = PostbackAction(label="はい", data="yes", displayText="はい")
    message = TextMessage(
        text="返品ですね",
        sender=Sender(name="みどり商店"),
        quickReply=QuickReply(items=[QuickReplyItem(action=action)]),
    )
    host = str(standin.make_url("")).rstrip("/")
    async with AsyncApiClient(Configuration(host=host, access_token="token")) as client:
        api = AsyncMessagingApi(client)
        replied = await api.reply_message(
            ReplyMessageRequest(replyToken=event["replyToken"], messages=[message])
        )
        request = PushMessageRequest(to=customer.chat_id, messages=[message])
        key = str(uuid4())
        await api.push_message(request, x_line_retry_key=key)
        with pytest.raises(ApiException) as again:
            await api.push_message(request, x_line_retry_key=key)
        profile = await api.get_profile(customer.chat_id)
        quota = await api.get_message_quota_consumption()
        content = await AsyncMessagingApiBlob(client).get_message_content("77")

    first, second = platform.accepted
    assert replied.sent_messages[0].id == first.message_id
    assert again.value.status == 409
    assert again.value.headers["x-line-accepted-request-id"] == second.request_id
    assert (profile.display_name, quota.total_usage, bytes(content)) == (
        "山田 花子",
        1,
        b"\x89PNG",
    )
    assert (
        platform.sent_to(customer.chat_id)
        == [
            {
                "type": "text",
                "text": "返品ですね",
                "sender": {"name": "みどり商店"},
                "quickReply": {
                    "items": [
                        {
                            "type": "action",
                            "action": {
                                "type": "postback",
                                "label": "はい",
                                "data": "yes",
                                "displayText": "はい",
                            },
                        }
                    ]
                },
            }
        ]
        * 2
    )
    assert platform.violations == []
