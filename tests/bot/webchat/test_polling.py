"""The chat over plain requests, where WebSockets are blocked."""

import asyncio
from contextlib import ExitStack
from ipaddress import ip_network

import pytest

from bot.channels.webchat.lobby import LOBBY
from bot.hints import DESK, Hint, customer_topic
from bot.transcript import find_customer_id
from bot.web import PROXIES


class Poller:
    def __init__(self, client, origin):
        self.client = client
        self.headers = {"Origin": origin}
        self.token = None

    async def hello(self, **fields):
        answer = await self.client.post(
            "/chat/hello", json={"token": self.token, **fields}, headers=self.headers
        )
        welcome = await answer.json()
        if answer.status == 200:
            self.token = welcome["token"]
            self.headers["Authorization"] = f"Bearer {self.token}"
        return welcome

    async def send(self, frame):
        return await self.client.post("/chat/send", json=frame, headers=self.headers)

    async def say(self, client_id, text):
        return await self.send({"type": "send", "client_id": client_id, "text": text})

    async def poll(self, after=0, wait=""):
        answer = await self.client.get(f"/chat/poll?after={after}{wait}", headers=self.headers)
        return await answer.json()


@pytest.fixture
def poller(client, origin):
    return Poller(client, origin)


def said(told):
    return [(one["seq"], one["from"], one["text"]) for one in told["events"]]


async def test_a_talk_without_sockets(poller):
    welcome = await poller.hello(lang="ja")
    assert welcome == {"type": "welcome", "token": poller.token, "after": 0, "erased": []}
    answer = await poller.say("client-01", "ping")
    assert (answer.status, await answer.json()) == (
        200,
        {"type": "ack", "client_id": "client-01", "seq": 2},
    )
    told = await poller.poll()
    assert said(told) == [(1, "bot", "こんにちは。"), (2, "customer", "ping"), (3, "bot", "pong")]
    assert told["state"]["answering"] == "bot"
    assert said(await poller.poll(after=2)) == [(3, "bot", "pong")]


async def test_a_poll_waits_for_what_comes(poller, hints, store):
    await poller.hello()
    customer = await store.read(find_customer_id, "web", poller.token.split(".")[1])
    waiting = asyncio.create_task(poller.poll(after=1))
    while not hints.count(customer_topic(customer)):
        await asyncio.sleep(0)
    await poller.say("client-01", "ping")
    assert said(await waiting)[0] == (2, "customer", "ping")


async def test_a_poll_that_waits_in_vain_comes_back_empty(poller, monkeypatch):
    monkeypatch.setattr("bot.channels.webchat.polling.POLL_SECONDS", 0.05)
    await poller.hello()
    told = await poller.poll(after=1)
    assert (told["events"], told["erased"], told["state"]["answering"]) == ([], [], "bot")


async def test_a_poll_hears_of_typing(poller, hints, store):
    await poller.hello()
    customer = await store.read(find_customer_id, "web", poller.token.split(".")[1])
    waiting = asyncio.create_task(poller.poll(after=1))
    while not hints.count(customer_topic(customer)):
        await asyncio.sleep(0)
    hints.publish([Hint(topic=customer_topic(customer), kind="typing")])
    told = await waiting
    assert (told["events"], told["typing"]) == ([], True)


async def test_a_poll_does_not_hold_up_the_end(poller, app, hints, store):
    await poller.hello()
    customer = await store.read(find_customer_id, "web", poller.token.split(".")[1])
    waiting = asyncio.create_task(poller.poll(after=1))
    while not hints.count(customer_topic(customer)):
        await asyncio.sleep(0)
    await app[LOBBY].close(app)
    async with asyncio.timeout(15):
        assert (await waiting)["events"] == []


async def test_typing_reaches_the_desk(poller, hints):
    await poller.hello()
    with hints.listen(DESK) as desk:
        assert (await poller.send({"type": "typing", "on": False})).status == 204
        assert await desk.next(2) == [
            Hint(topic=DESK, kind="typing", conversation_id=1, detail="off")
        ]


async def test_a_flood_of_typing_does_not_wake_the_desk_each_time(poller, hints, clock):
    await poller.hello()
    with hints.listen(DESK) as desk:
        for _ in range(30):
            await poller.send({"type": "typing"})
            assert [hint.kind for hint in await desk.next(2)] == ["typing"]
        assert (await poller.send({"type": "typing"})).status == 204
        assert await desk.next(0) == []
        clock.now += 10_000
        await poller.send({"type": "read", "seq": 1})
        assert [hint.kind for hint in await desk.next(2)] == ["read"]


async def test_a_visitor_has_so_many_pages_and_no_more(poller, client, hints, store):
    await poller.hello()
    customer = await store.read(find_customer_id, "web", poller.token.split(".")[1])
    with ExitStack() as pages:
        for _ in range(50):
            pages.enter_context(hints.listen(customer_topic(customer)))
        assert (await client.get("/chat/poll", headers=poller.headers)).status == 429
        socket = await client.ws_connect("/chat/ws", headers=poller.headers)
        await socket.send_json({"type": "hello", "token": poller.token})
        assert await socket.receive_json() == {"type": "error", "code": "unavailable"}
    assert said(await poller.poll()) == [(1, "bot", "こんにちは。")]


async def test_socket_and_poll_are_one_visitor(poller, visitor):
    await visitor.open()
    await visitor.say("client-01", "ping")
    await visitor.until(3)
    poller.token = visitor.token
    await poller.hello(after=1)
    assert (await poller.poll(after=1))["events"] == visitor.events[1:]
    answer = await poller.say("client-01", "ping")
    assert (await answer.json())["seq"] == 2


async def test_every_trouble_has_its_status(poller, intake, clock):
    await poller.hello()
    intake.outage = 1
    down = await poller.say("client-01", "ping")
    assert (down.status, (await down.json())["type"]) == (503, "retry")
    intake.refusal = "too_many"
    refused = await poller.say("client-01", "ping")
    assert (refused.status, (await refused.json())["type"]) == (409, "refused")
    for number in range(18):
        await poller.say(f"client-1{number:02d}", "x")
    slow = await poller.say("client-02", "ping")
    assert (slow.status, slow.headers["Retry-After"]) == (429, "10")


async def test_a_script_cannot_make_visitors_without_end(poller, app):
    app._state[PROXIES] = (ip_network("127.0.0.0/8"),)
    poller.headers["X-Forwarded-For"] = "203.0.113.9"
    for _ in range(60):
        poller.token = None
        await poller.hello()
    known, poller.token = poller.token, None
    assert (await poller.hello())["error"]["code"] == "store_unavailable"
    poller.token = known
    assert (await poller.hello())["token"] == known
    poller.token = None
    poller.headers["X-Forwarded-For"] = "203.0.113.10"
    assert (await poller.hello())["token"] != known


@pytest.mark.parametrize("bearer", ["", "Bearer", "Bearer x", "Basic x", "Bearer v1.a.b"])
async def test_without_a_token_there_is_nothing(client, origin, bearer):
    headers = {"Authorization": bearer, "Origin": origin}
    frame = {"type": "send", "client_id": "client-01", "text": "x"}
    assert (await client.get("/chat/poll", headers=headers)).status == 401
    assert (await client.post("/chat/send", json=frame, headers=headers)).status == 401
    assert (await client.get("/chat/file/" + "a" * 32, headers=headers)).status == 401


@pytest.mark.parametrize("path", ["/chat/hello", "/chat/send", "/chat/upload"])
@pytest.mark.parametrize(
    "origin", [None, "null", "", "https://evil.example", "https://shop.example", "http://x:1"]
)
async def test_only_our_own_pages_post(client, path, origin):
    headers = {"Origin": origin} if origin is not None else {}
    assert (await client.post(path, json={}, headers=headers)).status == 403


@pytest.mark.parametrize("after", ["-1", "x", "1&after=2", "9" * 30, "１"])
async def test_a_cursor_is_a_number(poller, after):
    await poller.hello()
    told = await poller.poll(after=after)
    assert told["error"]["code"] == "bad_input"


async def test_only_json_is_read(client, origin):
    answer = await client.post(
        "/chat/hello",
        data="{}",
        headers={"Origin": origin, "Content-Type": "text/plain"},
    )
    assert answer.status == 415
