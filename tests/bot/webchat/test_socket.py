"""The chat over WebSocket, as pages see it."""

import asyncio
import json

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError
from echo_intake import append

from bot.channels.webchat.lobby import LOBBY
from bot.channels.webchat.pace import PAUSE_SECONDS, Pace
from bot.events import EventKind
from bot.hints import DESK, Hint, customer_topic
from bot.transcript import find_customer_id, list_shown

GREETING = {
    "seq": 1,
    "from": "bot",
    "kind": "text",
    "text": "こんにちは。",
    "at": 1_800_000_000_000,
    "quick": [{"label": "返品", "code": "entry:returns"}],
}


def said(events):
    return [(event["seq"], event["from"], event["text"]) for event in events]


async def customer_of(store, token):
    return await store.read(find_customer_id, "web", token.split(".")[1])


async def test_a_new_visitor_is_greeted_and_named(visitor, intake):
    welcome = await visitor.open(lang="ja", site="shop")
    assert welcome == {"type": "welcome", "token": visitor.token, "after": 0, "erased": []}
    assert await visitor.until(1) == [GREETING]
    (follow,) = intake.received
    assert follow.kind is EventKind.FOLLOW
    assert follow.lang == "ja"
    assert follow.detail == (("site", "shop"),)


async def test_a_message_is_acknowledged_with_its_seq(visitor):
    await visitor.open()
    await visitor.say("client-01", "ping")
    ack = await visitor.frame("ack")
    assert ack == {"type": "ack", "client_id": "client-01", "seq": 2}
    assert said(await visitor.until(3)) == [
        (1, "bot", "こんにちは。"),
        (2, "customer", "ping"),
        (3, "bot", "pong"),
    ]


async def test_the_same_message_again_is_the_same_message(visitor, store):
    await visitor.open()
    for _ in range(3):
        await visitor.say("client-01", "ping")
        assert (await visitor.frame("ack"))["seq"] == 2
    customer = await customer_of(store, visitor.token)
    assert [shown.text for shown in await store.read(list_shown, customer, after=0)] == [
        "こんにちは。",
        "ping",
        "pong",
    ]


async def test_a_tapped_button_carries_its_code(visitor, intake):
    await visitor.open()
    await visitor.socket.send_json(
        {"type": "choice", "client_id": "client-01", "code": "human", "label": "担当者に相談"}
    )
    assert (await visitor.frame("ack"))["seq"] == 2
    choice = intake.received[-1]
    assert (choice.kind, choice.choice, choice.text) == (
        EventKind.CHOICE,
        "human",
        "担当者に相談",
    )


@pytest.mark.parametrize("after", range(4))
async def test_a_page_that_returns_gets_exactly_what_it_missed(visitor, second_tab, after):
    await visitor.open()
    await visitor.say("client-01", "ping")
    whole = await visitor.until(3)
    await visitor.socket.close()
    second_tab.token = visitor.token
    assert (await second_tab.open(after=after))["after"] == after
    await second_tab.frame("state")
    assert second_tab.events == whole[after:]


async def test_two_tabs_see_the_same_and_greet_once(visitor, second_tab, intake):
    await visitor.open()
    second_tab.token = visitor.token
    await second_tab.open()
    assert second_tab.token == visitor.token
    await visitor.say("client-01", "ping")
    await second_tab.say("client-02", "hello")
    assert await visitor.until(4) == await second_tab.until(4)
    kinds = [event.kind for event in intake.received]
    assert kinds.count(EventKind.FOLLOW) == 1


async def test_many_missed_messages_come_in_order(visitor, second_tab, store):
    await visitor.open()
    await visitor.until(1)
    customer = await customer_of(store, visitor.token)

    def fill(tx):
        for number in range(250):
            append(tx, 1, customer, "bot", f"{number}", 5)

    await store.write(fill)
    second_tab.token = visitor.token
    await second_tab.open(after=1)
    events = await second_tab.until(250)
    assert [event["seq"] for event in events] == list(range(2, 252))


async def test_a_cursor_from_another_database_starts_again(visitor, second_tab):
    await visitor.open()
    await visitor.until(1)
    second_tab.token = visitor.token
    assert (await second_tab.open(after=999))["after"] == 0
    assert await second_tab.until(1) == [GREETING]


async def test_a_token_that_nobody_signed_makes_somebody_new(visitor, second_tab):
    await visitor.open()
    second_tab.token = visitor.token[:-2] + "xx"
    await second_tab.open(after=5)
    assert second_tab.token != visitor.token
    assert await second_tab.until(1) == [GREETING]


async def test_one_visitor_never_sees_another(visitor, second_tab, store):
    await visitor.open()
    await second_tab.open()
    await visitor.say("client-01", "SECRET OF A")
    await visitor.until(2)
    await second_tab.say("client-02", "ping")
    await second_tab.until(3)
    assert "SECRET" not in json.dumps(second_tab.frames)
    assert "SECRET" in json.dumps(visitor.frames)


async def test_an_erased_message_leaves_its_place(visitor, store, hints, clock):
    await visitor.open()
    await visitor.say("client-01", "my secret")
    await visitor.until(2)
    customer = await customer_of(store, visitor.token)

    def erase(tx):
        tx.run(
            "UPDATE message SET text = NULL, erased_at = :now, erased_how = 'erased'"
            " WHERE seq = 2",
            now=clock(),
        )

    await store.write(erase)
    hints.publish([Hint(topic=customer_topic(customer), kind="conversation")])
    assert await visitor.frame("erased") == {"type": "erased", "seqs": [2]}
    await visitor.socket.close()
    welcome = await visitor.open(after=2)
    assert welcome["erased"] == [2]


async def test_typing_goes_both_ways_and_stands_nowhere(visitor, store, hints):
    await visitor.open()
    await visitor.frame("state")
    customer = await customer_of(store, visitor.token)
    with hints.listen(DESK) as desk:
        await visitor.socket.send_json({"type": "typing"})
        assert await desk.next(2) == [
            Hint(topic=DESK, kind="typing", conversation_id=1, detail="on")
        ]
        await visitor.socket.send_json({"type": "read", "seq": 1})
        assert await desk.next(2) == [Hint(topic=DESK, kind="read", conversation_id=1, seq=1)]
    hints.publish([Hint(topic=customer_topic(customer), kind="typing")])
    assert await visitor.frame("typing") == {"type": "typing", "on": True}


async def test_the_state_comes_first_and_when_it_changes(visitor, store, hints):
    await visitor.open()
    state = await visitor.frame("state")
    assert state == {
        "type": "state",
        "answering": "bot",
        "reference": state["reference"],
        "read_seq": 1,
    }
    customer = await customer_of(store, visitor.token)

    def wait(tx):
        tx.run("UPDATE conversation SET state = 'waiting', waiting_since = 5")

    await store.write(wait)
    hints.publish([Hint(topic=customer_topic(customer), kind="conversation")])
    assert (await visitor.frame("state"))["answering"] == "waiting"


async def test_a_store_that_is_down_asks_to_send_again(visitor, intake):
    await visitor.open()
    intake.outage = 1
    await visitor.say("client-01", "ping")
    assert await visitor.frame("retry") == {"type": "retry", "client_id": "client-01"}
    await visitor.say("client-01", "ping")
    assert (await visitor.frame("ack"))["seq"] == 2


async def test_a_refusal_names_its_reason(visitor, intake):
    await visitor.open()
    intake.refusal = "too_many"
    await visitor.say("client-01", "ping")
    assert await visitor.frame("refused") == {
        "type": "refused",
        "client_id": "client-01",
        "code": "too_many",
    }


async def test_a_flood_is_answered_once(visitor, intake, clock):
    await visitor.open()
    await visitor.frame("state")
    for number in range(300):
        await visitor.say(f"client-{number:04d}", "x")
    await visitor.say("client-0000", "x")  # known, and refused like the others
    await visitor.socket.send_str("the end")  # its answer says that all of them were read
    answers = []
    while not answers or answers[-1]["type"] != "error":
        answers.append(await visitor.socket.receive_json(timeout=30))
    assert [one["type"] for one in answers].count("ack") == 20
    assert [one for one in answers if one["type"] == "slow"] == [
        {"type": "slow", "after_ms": 10_000}
    ]
    clock.now += 10_000
    await visitor.say("client-next", "x")
    assert (await visitor.frame("ack"))["client_id"] == "client-next"
    assert [frame["type"] for frame in visitor.frames].count("slow") == 0
    assert len(intake.received) == 1 + 20 + 1


async def test_a_flood_of_frames_is_read_slowly():
    pace, loop = Pace(), asyncio.get_running_loop()
    begun = loop.time()
    for _ in range(200):
        await pace.keep()
    assert loop.time() - begun < 0.1
    for _ in range(20):
        await pace.keep()
    assert loop.time() - begun >= 20 * PAUSE_SECONDS


@pytest.mark.parametrize(
    "origin",
    [None, "null", "https://evil.example", "https://shop.example", "http://127.0.0.1:1", "", "x"],
)
async def test_only_our_own_pages_open_a_socket(client, origin):
    headers = {"Origin": origin} if origin is not None else {}
    with pytest.raises(WSServerHandshakeError) as refused:
        await client.ws_connect("/chat/ws", headers=headers)
    assert refused.value.status == 403


@pytest.mark.parametrize(
    "first",
    ["", "{}x", '{"type":"send"}', '{"type":"hello","after":-1}', "[" * 5000, "null"],
)
async def test_a_socket_begins_with_a_hello(client, origin, first):
    socket = await client.ws_connect("/chat/ws", headers={"Origin": origin})
    await socket.send_str(first)
    assert await socket.receive_json(timeout=30) == {"type": "error", "code": "bad_frame"}
    assert (await socket.receive(timeout=30)).type is WSMsgType.CLOSE
    assert socket.close_code == 1008


async def test_nonsense_is_borne_for_a_while(visitor):
    await visitor.open()
    for _ in range(20):
        await visitor.socket.send_str('{"type":"unknown"}')
    await visitor.say("client-01", "ping")
    assert (await visitor.frame("ack"))["seq"] == 2
    await visitor.socket.send_str("nonsense")
    while (await visitor.socket.receive(timeout=30)).type is WSMsgType.TEXT:
        pass
    assert visitor.socket.close_code == 1008


async def test_a_frame_that_is_too_large_ends_the_line(visitor):
    await visitor.open()
    await visitor.say("client-01", "あ" * 6000)
    while (await visitor.socket.receive(timeout=30)).type is WSMsgType.TEXT:
        pass
    assert visitor.socket.close_code == 1009


async def test_text_comes_back_as_it_was_sent(visitor):
    await visitor.open()
    text = "👩‍👩‍👧‍👦 \u202eabc ｶﾞ が\u0301 <script>"
    await visitor.say("client-01", text)
    assert (await visitor.until(2))[1]["text"] == text
    await visitor.socket.send_str(
        '{"type":"send","client_id":"client-02","text":"a\\u0000b\\ud800c"}'
    )
    assert (await visitor.until(3))[2]["text"] == "a\ufffdb\ufffdc"


async def test_a_reader_that_reads_nothing_is_let_go(visitor, store, app, hints, monkeypatch):
    monkeypatch.setattr("bot.channels.webchat.socket.SEND_SECONDS", 0.2)
    await visitor.open()
    await visitor.frame("state")
    transport = visitor.socket._conn.transport
    transport.pause_reading()
    customer = await customer_of(store, visitor.token)
    lobby = app[LOBBY]

    def fill(tx):
        for number in range(300):
            append(tx, 1, customer, "bot", "長い" * 9000, 5, source=f"b{number}")

    await store.write(fill)
    hints.publish([Hint(topic=customer_topic(customer), kind="conversation")])
    async with asyncio.timeout(30):
        while lobby._sockets:
            await asyncio.sleep(0.02)
    transport.abort()


async def test_a_server_that_ends_says_so(visitor, app):
    await visitor.open()
    await visitor.frame("state")
    await app[LOBBY].close(app)
    while (await visitor.socket.receive(timeout=30)).type is WSMsgType.TEXT:
        pass
    assert visitor.socket.close_code == 1001


async def test_a_lost_hint_costs_only_time(visitor, store, monkeypatch):
    monkeypatch.setattr("bot.channels.webchat.socket.LOOK_SECONDS", 0.05)
    await visitor.open()
    await visitor.until(1)
    customer = await customer_of(store, visitor.token)
    await store.write(append, 1, customer, "bot", "no hint was given", 5)
    assert (await visitor.until(2))[1]["text"] == "no hint was given"
