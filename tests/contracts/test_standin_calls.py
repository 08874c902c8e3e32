"""The platform without HTTP: what calls answer, who saw what, what breaks the contract."""

import ast
import json
from pathlib import Path
from uuid import uuid4

import pytest

import bot.standin
from bot.standin.calls import answer_call
from bot.standin.events import group_source, redelivered, standby
from bot.standin.platform import Platform
from bot.standin.values import Call, Content, Friendship

HELLO = {"type": "text", "text": "こんにちは"}
MINUTE = 60_000
HOUR = 60 * MINUTE


class Clock:
    def __init__(self):
        self.now = 1_790_000_000_000

    def __call__(self):
        return self.now


class Api:
    """The bot's side: calls in, answers out."""

    def __init__(self, platform, token="token"):
        self.platform = platform
        self.token = token

    def call(self, method, path, body=None, **headers):
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = b"" if body is None else json.dumps(body).encode()
        call = Call(method=method, path=path, headers=sent, body=data)
        return answer_call(self.platform, call)

    def reply(self, token, *messages, **headers):
        body = {"replyToken": token, "messages": list(messages)}
        return self.call("POST", "/v2/bot/message/reply", body, **headers)

    def push(self, to, *messages, key=None):
        headers = {"X_Line_Retry_Key": key or str(uuid4())}
        body = {"to": to, "messages": list(messages)}
        return self.call("POST", "/v2/bot/message/push", body, **headers)

    def get(self, path):
        return self.call("GET", path)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def platform(clock):
    return Platform("secret", "token", clock=clock)


@pytest.fixture
def api(platform):
    return Api(platform)


@pytest.fixture
def hanako(platform):
    return platform.add_customer("山田 花子").chat_id


def say(platform, who, text="返品したい"):
    event = platform.events.text(who, text)
    platform.observe(event)
    return event


def problems(platform):
    return [str(violation) for violation in platform.violations]


# -- replies --------------------------------------------------------------------------------


def test_a_reply_reaches_the_customer_once(platform, api, hanako):
    token = say(platform, hanako)["replyToken"]

    first = api.reply(token, HELLO, {"type": "sticker", "packageId": "446", "stickerId": "1988"})
    again = api.reply(token, HELLO)

    assert first.status == 200
    assert [sorted(sent) for sent in first.json()["sentMessages"]] == [["id", "quoteToken"]] * 2
    assert (again.status, again.json()) == (400, {"message": "Invalid reply token"})
    assert platform.texts_to(hanako) == ["こんにちは", "sticker"]
    assert problems(platform) == []


def test_a_reply_token_lives_one_minute(platform, api, clock, hanako):
    in_time, late = say(platform, hanako), say(platform, hanako)
    clock.now += MINUTE
    assert api.reply(in_time["replyToken"], HELLO).status == 200
    clock.now += 1
    assert api.reply(late["replyToken"], HELLO).json() == {"message": "Invalid reply token"}


def test_a_redelivery_renews_an_unused_token_until_the_event_is_20_minutes_old(
    platform, api, clock, hanako
):
    used, unused = say(platform, hanako), say(platform, hanako)
    api.reply(used["replyToken"], HELLO)
    clock.now += 20 * MINUTE
    platform.observe(redelivered(used))
    platform.observe(redelivered(unused))
    assert api.reply(used["replyToken"], HELLO).status == 400
    assert api.reply(unused["replyToken"], HELLO).status == 200

    old = say(platform, hanako)
    clock.now += 20 * MINUTE + 1
    platform.observe(redelivered(old))
    assert api.reply(old["replyToken"], HELLO).status == 400


def test_a_bad_reply_sends_nothing_and_keeps_its_token(platform, api, hanako):
    token = say(platform, hanako)["replyToken"]

    refused = api.reply(token, HELLO, {"type": "text", "text": ""})

    assert refused.status == 400
    assert refused.json()["details"] == [
        {"message": "must be 1 to 5000 characters long, is 0", "property": "messages[1].text"}
    ]
    assert platform.sent_to(hanako) == []
    assert api.reply(token, HELLO).status == 200
    assert problems(platform) == [
        "reply: messages[1].text: must be 1 to 5000 characters long, is 0"
    ]


def test_a_reply_takes_no_retry_key(platform, api, hanako):
    token = say(platform, hanako)["replyToken"]
    assert api.reply(token, HELLO, X_Line_Retry_Key=str(uuid4())).status == 400
    assert problems(platform) == ["reply: a retry key, which replies do not take"]


# -- pushes ---------------------------------------------------------------------------------


def test_a_retry_key_makes_a_push_happen_once_a_day(platform, api, clock, hanako):
    key = str(uuid4())
    first = api.push(hanako, HELLO, key=key)
    clock.now += 24 * HOUR - 1
    again = api.push(hanako, HELLO, key=key)
    clock.now += 1
    next_day = api.push(hanako, HELLO, key=key)

    assert (first.status, again.status, next_day.status) == (200, 409, 200)
    assert again.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert again.json()["sentMessages"] == first.json()["sentMessages"]
    assert platform.texts_to(hanako) == ["こんにちは", "こんにちは"]
    assert problems(platform) == []


def test_misused_retry_keys_are_violations(platform, api, hanako):
    key = str(uuid4())
    api.push(hanako, HELLO, key=key)
    changed = api.push(hanako, {"type": "text", "text": "別の文"}, key=key)
    no_uuid = api.push(hanako, HELLO, key="1")
    body = {"to": hanako, "messages": [HELLO]}
    none = api.call("POST", "/v2/bot/message/push", body)

    assert (changed.status, no_uuid.status, none.status) == (409, 400, 200)
    assert problems(platform) == [
        "push: a retry key used again with another body",
        "push: a retry key that is not a UUID",
        "push: no retry key",
    ]


def test_a_push_to_somebody_who_blocked_us_is_taken_and_reaches_nobody(platform, api):
    blocked = platform.add_customer(friendship=Friendship.BLOCKED).chat_id
    assert api.push(blocked, HELLO).status == 200
    assert platform.sent_to(blocked) == []
    assert [sent.delivered for sent in platform.accepted] == [False]
    assert platform.quota.used == 0


def test_a_stranger_is_reached_for_seven_days_after_writing(platform, api, clock):
    stranger = platform.add_customer(friendship=Friendship.STRANGER).chat_id
    api.push(stranger, {"type": "text", "text": "届かない"})
    say(platform, stranger)
    clock.now += 7 * 24 * HOUR
    api.push(stranger, {"type": "text", "text": "届く"})
    clock.now += 1
    api.push(stranger, {"type": "text", "text": "もう届かない"})
    assert platform.texts_to(stranger) == ["届く"]


def test_a_push_to_nobody_is_a_violation(platform, api):
    answer = api.push("U" + "0" * 32, HELLO)
    assert (answer.status, answer.json()) == (400, {"message": "Failed to send messages"})
    assert problems(platform) == ["push: to somebody who does not exist"]


def test_the_month_counts_each_recipient_of_a_push_and_no_reply(platform, api, hanako):
    group = platform.add_group(members=5).chat_id
    platform.quota.limit = 6
    event = platform.events.text(group_source(group, hanako), "みんなで相談")
    platform.observe(event)

    assert api.push(hanako, HELLO, HELLO).status == 200
    assert api.push(group, HELLO).status == 200
    over = api.push(hanako, HELLO)
    assert api.reply(event["replyToken"], HELLO).status == 200

    assert (over.status, over.json()) == (429, {"message": "You have reached your monthly limit."})
    assert api.get("/v2/bot/message/quota").json() == {"type": "limited", "value": 6}
    assert api.get("/v2/bot/message/quota/consumption").json() == {"totalUsage": 6}
    assert platform.texts_to(group) == ["こんにちは", "こんにちは"]
    platform.quota.limit = None
    assert api.get("/v2/bot/message/quota").json() == {"type": "none"}


def test_quick_replies_nobody_sees_are_a_violation_yet_taken(platform, api, hanako):
    action = {"type": "message", "label": "はい", "text": "はい"}
    chips = {"quickReply": {"items": [{"type": "action", "action": action}]}}
    place = {"type": "location", "title": "店", "address": "東京", "latitude": 1, "longitude": 2}
    answer = api.push(hanako, HELLO | chips, place)
    assert [sorted(sent) for sent in answer.json()["sentMessages"]] == [
        ["id", "quoteToken"],
        ["id"],
    ]
    assert problems(platform) == [
        "push: messages[0].quickReply: only the last message's are shown"
    ]


def test_a_bad_push_sends_nothing(platform, api, hanako):
    assert api.push(hanako, *[HELLO] * 6).status == 400
    assert platform.sent_to(hanako) == []
    assert problems(platform) == ["push: messages: must hold 1 to 5 items, holds 6"]


# -- the contract ---------------------------------------------------------------------------


def test_calls_without_a_valid_token_are_refused(platform, hanako):
    body = json.dumps({"to": hanako, "messages": [HELLO]}).encode()
    call = Call(method="POST", path="/v2/bot/message/push", body=body)
    assert answer_call(platform, call).status == 401
    assert Api(platform, "never").push(hanako, HELLO).status == 401
    platform.revoke_token("token")
    assert Api(platform).push(hanako, HELLO).status == 401
    assert problems(platform) == [
        "push: no Authorization header",
        "push: an access token that was never valid",
    ]


def test_what_is_no_call_of_line_is_noted(platform, api, hanako):
    assert api.call("POST", "/v2/bot/message/send", {}).status == 404
    assert api.call("GET", "/v2/bot/message/push").status == 404
    assert api.call("POST", "/v2/bot/message/push", HELLO, Content_Type="text/plain").status == 415
    call = Call(
        method="POST",
        path="/v2/bot/message/push",
        headers={"authorization": "Bearer token", "content-type": "application/json"},
        body=b"{",
    )
    assert answer_call(platform, call).status == 400
    huge = [{"type": "text", "text": "あ" * 2_100_000}]
    assert api.push(hanako, *huge).status == 413
    assert problems(platform) == [
        "unknown: POST /v2/bot/message/send is no call of LINE's",
        "unknown: GET /v2/bot/message/push is no call of LINE's",
        "push: a Content-Type other than application/json",
        "push: a body that is not JSON",
        "push: a body of more than 2 MB",
    ]


def test_sending_while_another_module_has_the_chat_is_a_violation(platform, api, hanako):
    platform.observe(standby(platform.events.text(hanako, "担当者はいますか")))
    api.push(hanako, HELLO)
    say(platform, hanako)
    api.push(hanako, HELLO)
    assert problems(platform) == ["push: sent while another module has the chat"]


def test_a_quote_belongs_to_its_chat(platform, api, hanako):
    taro = platform.add_customer("佐藤 太郎").chat_id
    quote = say(platform, hanako)["message"]["quoteToken"]
    assert api.push(hanako, HELLO | {"quoteToken": quote}).status == 200
    assert api.push(taro, HELLO | {"quoteToken": quote}).status == 400
    token = say(platform, taro)["replyToken"]
    assert api.reply(token, HELLO | {"quoteToken": quote}).status == 400
    assert problems(platform) == [
        "push: messages[0].quoteToken: not of this chat",
        "reply: messages[0].quoteToken: not of this chat",
    ]


def test_more_calls_a_second_than_allowed_get_429(platform, api, clock, hanako):
    platform.rates.per_second["info"] = 2
    statuses = [api.get("/v2/bot/info").status for _ in range(3)]
    clock.now += 1000
    assert [*statuses, api.get("/v2/bot/info").status] == [200, 200, 429, 200]
    assert problems(platform) == ["info: more calls a second than LINE allows"]


# -- around the messages --------------------------------------------------------------------


def test_profiles_are_hidden_from_us_as_line_hides_them(platform, api, hanako):
    blocked = platform.add_customer(friendship=Friendship.BLOCKED).chat_id
    shy = platform.add_customer(shows_profile=False).chat_id
    assert api.get(f"/v2/bot/profile/{hanako}").json() == {
        "userId": hanako,
        "displayName": "山田 花子",
        "language": "ja",
    }
    others = [api.get(f"/v2/bot/profile/{who}").status for who in (blocked, shy, "U1")]
    assert others == [404, 404, 404]


def test_loading_dots_end_with_the_next_message(platform, api, clock, hanako):
    body = {"chatId": hanako, "loadingSeconds": 5}
    assert api.call("POST", "/v2/bot/chat/loading/start", body).status == 202
    assert platform.customers[hanako].loading_until == clock.now + 5000
    api.push(hanako, HELLO)
    assert platform.customers[hanako].loading_until == 0


def test_loading_dots_go_to_known_people_only(platform, api):
    path = "/v2/bot/chat/loading/start"
    assert api.call("POST", path, {"chatId": "U" + "0" * 32}).status == 400
    assert api.call("POST", path, {"chatId": "C" + "0" * 32}).status == 400
    assert problems(platform) == [
        "loading: to somebody who does not exist",
        "loading: chatId: must be the id of a person",
    ]


def test_an_account_without_chat_marks_as_read_by_itself(platform, api, hanako):
    platform.chat_mode = "bot"
    token = say(platform, hanako)["message"]["markAsReadToken"]
    path = "/v2/bot/chat/markAsRead"
    assert [line.read for line in platform.lines_of(hanako)] == [True]
    assert api.call("POST", path, {"markAsReadToken": token}).status == 400
    assert api.call("POST", path, {}).status == 400
    assert problems(platform) == [
        "mark_as_read: markAsReadToken: the account marks everything as read by itself",
        "mark_as_read: markAsReadToken: is required",
    ]


def test_a_link_token_is_for_known_people(api, hanako):
    assert list(api.call("POST", f"/v2/bot/user/{hanako}/linkToken").json()) == ["linkToken"]
    assert api.call("POST", "/v2/bot/user/U1/linkToken").status == 404


def test_messages_can_be_checked_without_sending(platform, api, hanako):
    path = "/v2/bot/message/validate/reply"
    assert api.call("POST", path, {"messages": [HELLO]}).status == 200
    assert api.call("POST", path, {"messages": [{"type": "text"}]}).status == 400
    assert platform.sent_to(hanako) == []


def test_a_read_mark_covers_everything_up_to_its_message(platform, api, hanako):
    tokens = [say(platform, hanako, text)["message"]["markAsReadToken"] for text in "abc"]
    answer = api.call("POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": tokens[1]})
    assert answer.status == 200
    assert [line.read for line in platform.lines_of(hanako)] == [True, True, False]
    api.call("POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": tokens[2]})
    assert [line.read for line in platform.lines_of(hanako)] == [True, True, True]
    assert api.call("POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": "x"}).status == 400
    assert problems(platform) == ["mark_as_read: markAsReadToken: unknown"]


def test_content_is_late_then_there_then_gone(platform, api, clock, hanako):
    event = platform.events.image(hanako)
    platform.observe(event)
    path = f"/v2/bot/message/{event['message']['id']}/content"
    assert api.get(path).status == 404

    picture = Content(body=b"\x89PNG", content_type="image/png", ready_at=clock.now + 1000)
    platform.contents[event["message"]["id"]] = picture
    assert api.get(path).status == 202
    assert api.get(path + "/transcoding").json() == {"status": "processing"}
    clock.now += 1000
    ready = api.get(path)
    assert (ready.status, ready.body, ready.content_type) == (200, b"\x89PNG", "image/png")
    assert api.get(path + "/preview").body == b"\x89PNG"
    assert api.get(path + "/transcoding").json() == {"status": "succeeded"}

    platform.observe(platform.events.unsend(hanako, event["message"]["id"]))
    assert (api.get(path).status, api.get(path + "/transcoding").status) == (410, 410)
    assert api.get("/v2/bot/message/1/content/transcoding").status == 404
    assert [line.message for line in platform.lines_of(hanako)] == [{"type": "unsent"}]


def test_blocking_and_coming_back_change_the_friendship(platform, api, hanako):
    platform.observe(platform.events.unfollow(hanako))
    api.push(hanako, HELLO)
    welcome = platform.events.follow(hanako, unblocked=True)
    platform.observe(welcome)
    api.reply(welcome["replyToken"], {"type": "text", "text": "おかえりなさい"})
    assert platform.texts_to(hanako) == ["おかえりなさい"]


def test_bot_and_webhook_address(platform, api):
    assert api.get("/v2/bot/info").json() == {
        "userId": platform.bot_user_id,
        "basicId": "@standin",
        "displayName": "窓口テスト",
        "chatMode": "chat",
        "markAsReadMode": "manual",
    }
    path = "/v2/bot/channel/webhook/endpoint"
    assert api.get(path).status == 404
    assert api.call("PUT", path, {"endpoint": "https://bot.example/line/webhook"}).status == 200
    platform.webhook_active = False
    assert api.get(path).json() == {
        "endpoint": "https://bot.example/line/webhook",
        "active": False,
    }
    assert api.call("PUT", path, {"endpoint": "ftp://bot.example"}).status == 400
    assert problems(platform) == ["set_webhook: endpoint: is no webhook address"]


def test_events_without_source_or_id_are_taken_note_of_as_far_as_they_go(platform, hanako):
    platform.observe(platform.events.account_link(None, nonce="0123456789", ok=False))
    bare = platform.events.text(hanako, "返品したい")
    content = bare["message"]
    for key in ("quoteToken", "markAsReadToken"):
        del content[key]
    del bare["webhookEventId"]
    platform.observe(bare)
    platform.observe(platform.events.event("somethingNew", hanako))
    assert [line.message for line in platform.lines_of(hanako)] == [content]


def test_the_judge_stands_alone():
    """It imports nothing else of the product, so a mistake there cannot excuse itself here."""
    folder = Path(bot.standin.__file__).parent
    imported = {
        name
        for file in folder.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in _imported(node)
    }
    ours = {name for name in imported if name.split(".")[0] in {"bot", "faq", "handoff", "server"}}
    assert {name for name in ours if not name.startswith("bot.standin")} == set()
    assert {name for name in imported if name.startswith(("linebot", "sqlmodel"))} == set()


def _imported(node):
    if isinstance(node, ast.ImportFrom):
        return [node.module]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
