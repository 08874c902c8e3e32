"""Each answer of LINE, and each way of getting none, has the one meaning the rules give it."""

from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.bubbles import Action, Bubble
from bot.channels.line.api import LineSender, judge_push, judge_reply
from bot.sending import Attempt, Outcome, Result, Route
from bot.standin import faults

KEY = "123e4567-e89b-42d3-a456-426614174000"
SENT = Outcome.SENT


def push(to, text="お待たせしました。", key=KEY):
    return Attempt(route=Route.PUSH, to=to, bubbles=(Bubble(text=text),), retry_key=key)


def reply(to, token, text="お待たせしました。"):
    return replace(push(to, text), route=Route.REPLY, reply_token=token)


@pytest.fixture
def token(platform, hana):
    event = platform.events.text(hana, "送料は？")
    platform.observe(event)
    return event["replyToken"]


@pytest.fixture(params=["reply", "push"])
def attempt(request, hana, token):
    return reply(hana, token) if request.param == "reply" else push(hana)


async def test_a_reply_reaches_the_customer_free_of_charge(platform, sender, hana, token):
    quick = (Action(label="解決した", code="solved:yes"),)
    attempt = replace(reply(hana, token), bubbles=(Bubble(text="**500円**です", quick=quick),))

    result = await sender.send(attempt)

    action = {"type": "postback", "label": "解決した", "data": "solved:yes"}
    assert platform.sent_to(hana) == [
        {
            "type": "text",
            "text": "500円です",
            "quickReply": {
                "items": [{"type": "action", "action": {**action, "displayText": "解決した"}}]
            },
        }
    ]
    assert result == Result(outcome=SENT, status=200, request_id=result.request_id)
    assert result.request_id == platform.accepted[0].request_id
    assert (platform.quota.used, platform.violations) == (0, [])


async def test_a_push_carries_its_key_and_the_agents_name(platform, sender, hana):
    attempt = replace(push(hana, "**そのまま**"), sender_name="佐藤")

    result = await sender.send(attempt)

    assert result == Result(outcome=SENT, status=200, request_id=result.request_id)
    sent = platform.accepted[0]
    assert sent.message == {"type": "text", "text": "**そのまま**", "sender": {"name": "佐藤"}}
    assert (sent.retry_key, platform.quota.used, platform.violations) == (KEY, 1, [])


async def test_a_long_answer_arrives_whole(platform, sender, hana):
    text = "長いお知らせの一文です。" * 1500
    result = await sender.send(push(hana, text))
    assert result.outcome is SENT
    assert "".join(platform.texts_to(hana)) == text
    assert platform.violations == []


async def test_a_push_repeated_with_its_key_is_said_once(platform, sender, hana):
    first = await sender.send(push(hana))
    again = await sender.send(push(hana))

    assert again == Result(outcome=SENT, status=409, request_id=first.request_id)
    assert platform.texts_to(hana) == ["お待たせしました。"]
    assert platform.violations == []


async def test_a_used_token_is_dead_and_so_is_an_old_one(platform, sender, clock, hana, token):
    dead = Result(outcome=Outcome.TOKEN_DEAD, status=400, detail="Invalid reply token")
    await sender.send(reply(hana, token))

    used = await sender.send(reply(hana, token))
    clock.at += 61_000
    old = await sender.send(reply(hana, "0123456789abcdef"))

    assert replace(used, request_id="") == replace(old, request_id="") == dead
    assert platform.texts_to(hana) == ["お待たせしました。"]


@pytest.mark.parametrize("token", [None, "", "a b", "改行", "x" * 257])
async def test_what_is_no_token_is_not_tried(platform, sender, hana, token):
    result = await sender.send(reply(hana, token))
    assert result == Result(outcome=Outcome.TOKEN_DEAD, detail="there is no reply token")


@pytest.mark.parametrize(
    ("attempt", "why"),
    [
        (push("../../v2/bot"), "the customer's id is no LINE id"),
        (push("U" + "0" * 32, key=""), "the retry key is no UUID"),
        (push("U" + "0" * 32, text=" "), "there is nothing to send"),
    ],
)
async def test_what_cannot_be_sent_never_leaves(platform, sender, attempt, why):
    assert await sender.send(attempt) == Result(outcome=Outcome.REFUSED, detail=why)
    assert platform.violations == []


@pytest.mark.parametrize(
    "case",
    [
        (faults.ERROR_BEFORE, Outcome.DOUBT, 0),
        (faults.ERROR_AFTER, Outcome.DOUBT, 1),
        (faults.BAD_GATEWAY_BEFORE, Outcome.DOUBT, 0),
        (faults.BAD_GATEWAY_AFTER, Outcome.DOUBT, 1),
        (faults.HANG_BEFORE, Outcome.DOUBT, 0),
        (faults.HANG_AFTER, Outcome.DOUBT, 1),
        (faults.RESET_BEFORE, Outcome.DOUBT, 0),
        (faults.RESET_AFTER, Outcome.DOUBT, 1),
        (faults.GARBAGE, Outcome.SENT, 1),
        (faults.RATE_LIMIT, Outcome.BUSY, 0),
        (faults.CONCURRENCY_LIMIT, Outcome.BUSY, 0),
        (faults.PERSON_LIMIT, Outcome.BUSY, 0),
        (faults.UNAUTHORIZED, Outcome.UNAUTHORISED, 0),
    ],
)
async def test_every_fault_has_its_meaning(platform, sender, attempt, case):
    fault, expected, reached = case
    platform.faults.script(attempt.route.value, fault)

    result = await sender.send(attempt)

    assert (result.outcome, len(platform.sent_to(attempt.to))) == (expected, reached)


async def test_a_push_in_doubt_is_settled_by_its_key(platform, sender, hana):
    platform.faults.script("push", faults.HANG_AFTER, faults.ERROR_BEFORE)

    outcomes = [(await sender.send(push(hana))).outcome for _ in range(3)]

    assert outcomes == [Outcome.DOUBT, Outcome.DOUBT, Outcome.SENT]
    assert platform.texts_to(hana) == ["お待たせしました。"]


async def test_a_reply_in_doubt_is_settled_by_its_token(platform, sender, hana, token):
    platform.faults.script("reply", faults.RESET_AFTER)

    first = await sender.send(reply(hana, token))
    again = await sender.send(reply(hana, token))

    assert (first.outcome, again.outcome) == (Outcome.DOUBT, Outcome.TOKEN_DEAD)
    assert platform.texts_to(hana) == ["お待たせしました。"]


async def test_a_used_up_month_is_told_from_a_rate_by_asking(platform, sender, hana, token):
    platform.quota.limit = 1
    platform.quota.used = 1
    month = await sender.send(push(hana))
    replied = await sender.send(reply(hana, token))
    platform.quota.limit = 2
    platform.faults.script("push", faults.RATE_LIMIT)
    rate = await sender.send(push(hana, key=KEY.replace("1", "2")))

    assert (month.outcome, month.detail) == (Outcome.QUOTA, "You have reached your monthly limit.")
    assert (replied.outcome, rate.outcome) == (Outcome.SENT, Outcome.BUSY)


async def test_a_quota_that_cannot_be_asked_counts_as_busy(platform, sender, hana):
    platform.faults.script("push", faults.MONTHLY_LIMIT)
    platform.faults.script("quota", faults.HANG_BEFORE)
    assert (await sender.send(push(hana))).outcome is Outcome.BUSY


async def test_the_quota_is_a_number_or_unknown(platform, sender):
    assert await sender.quota_left() is None
    platform.quota.limit, platform.quota.used = 200, 150
    assert await sender.quota_left() == 50
    platform.faults.script("quota", faults.ERROR_BEFORE)
    assert await sender.quota_left() is None


async def test_without_a_connection_nothing_can_have_been_sent(session, settings, hana):
    async def nobody():
        return None

    nowhere = settings.model_copy(update={"api_base": f"http://127.0.0.1:{unused_port()}"})
    result = await LineSender(session, nowhere, nobody).send(push(hana))
    assert result == Result(outcome=Outcome.BUSY, detail="no connection to LINE")


async def test_a_stranger_is_refused_and_what_line_says_is_told(sender):
    result = await sender.send(push("U" + "9" * 32))
    assert (result.outcome, result.status) == (Outcome.REFUSED, 400)
    assert result.detail == "Failed to send messages"


@pytest.mark.parametrize(
    ("status", "on_reply", "on_push"),
    [
        (200, SENT, SENT),
        (204, SENT, SENT),
        (302, Outcome.DOUBT, Outcome.DOUBT),
        (400, Outcome.TOKEN_DEAD, Outcome.REFUSED),
        (401, Outcome.UNAUTHORISED, Outcome.UNAUTHORISED),
        (403, Outcome.REFUSED, Outcome.REFUSED),
        (404, Outcome.REFUSED, Outcome.REFUSED),
        (408, Outcome.DOUBT, Outcome.DOUBT),
        (409, Outcome.REFUSED, SENT),
        (413, Outcome.REFUSED, Outcome.REFUSED),
        (429, Outcome.BUSY, Outcome.BUSY),
        (500, Outcome.DOUBT, Outcome.DOUBT),
        (503, Outcome.DOUBT, Outcome.DOUBT),
    ],
)
def test_the_table_of_statuses(status, on_reply, on_push):
    assert (judge_reply(status), judge_push(status)) == (on_reply, on_push)


@pytest.fixture
async def odd(session, settings):
    """A sender towards a server that answers as `answers` says."""
    answers = []

    async def answer(request):
        await request.read()
        return await answers.pop(0)(request)

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)

    async def nobody():
        return None

    async with TestServer(app) as server:
        aimed = settings.model_copy(update={"api_base": str(server.make_url("/"))})
        yield LineSender(session, aimed, nobody), answers


async def test_a_200_whose_body_never_ends_is_sent(odd, hana):
    sender, answers = odd

    async def begin(request):
        response = web.StreamResponse()
        response.content_length = 1000
        await response.prepare(request)
        await response.write(b'{"sent')
        request.transport.abort()
        return response

    answers.append(begin)
    result = await sender.send(push(hana))
    assert (result.outcome, result.status) == (SENT, 200)


async def test_a_redirect_is_not_followed(odd, hana):
    sender, answers = odd

    async def redirect(request):
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    answers.append(redirect)
    assert (await sender.send(push(hana))).outcome is Outcome.DOUBT
    assert answers == []


async def test_what_an_answer_says_is_short_and_printable(odd, hana):
    sender, answers = odd

    async def refuse(request):
        return web.json_response({"message": "no\n\x1b[2J" + "x" * 500}, status=403)

    answers.append(refuse)
    assert (await sender.send(push(hana))).detail == "no[2J" + "x" * 195


async def test_dots_are_shown_for_a_time_that_line_takes(platform, sender, clock, hana):
    assert await sender.show_loading(hana, seconds=7)
    assert platform.customers[hana].loading_until == clock.at + 5_000
    assert await sender.show_loading(hana, seconds=99)
    assert platform.customers[hana].loading_until == clock.at + 60_000
    assert not await sender.show_loading("nobody")
    platform.faults.script("loading", faults.RESET_BEFORE)
    assert not await sender.show_loading(hana)
    assert platform.violations == []
