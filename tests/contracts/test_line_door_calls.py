"""Whose calls LINE's door takes, and what it makes of every kind of event."""

import asyncio
import json
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.channels.line.webhook import LINE_DOOR
from bot.standin.events import group_source, room_source, standby, without
from bot.standin.platform import Platform
from bot.standin.sender import Signature, WebhookSender, sign
from tests.contracts.line_house import Clock, LineDoor, answered, open_door, price, question

FORGED = [Signature.MISSING, Signature.EMPTY, Signature.WRONG, Signature.HEX, Signature.NON_ASCII]


async def test_a_genuine_call_is_answered(door: LineDoor):
    hana = door.customer()
    await door.ask_price(hana, 3)
    assert await door.seen_by(hana) == answered(3)
    assert await door.states() == [("sent", "reply")]


@pytest.mark.parametrize("signature", FORGED)
async def test_a_forged_call_is_refused_and_nothing_is_kept(door: LineDoor, signature: Signature):
    hana = door.customer()
    event = door.events.text(hana, question(0))
    receipt = await door.sender.send(event, signature=signature)
    assert (receipt.status, receipt.body) == (401, "")
    assert await door.rows("SELECT * FROM inbox") == []
    assert await door.rows("SELECT * FROM customer") == []
    # the same event by LINE itself is still new
    await door.send(event)
    assert await door.seen_by(hana) == answered(0)


async def test_the_second_secret_counts_during_a_rotation_only(
    tmp_path: Path, empty_database: Path, line_platform: Platform, moving_clock: Clock
):
    async with open_door(
        tmp_path,
        line_platform,
        moving_clock,
        empty_database=empty_database,
        previous_channel_secret="second-secret",
    ) as door:
        hana = door.customer()
        event = door.events.text(hana, question(0))
        await door.send(event, signature=Signature.SECOND_SECRET)
        await door.ask_price(hana, 1)
        assert await door.seen_by(hana) == answered(0, 1)
    async with open_door(tmp_path, line_platform, moving_clock) as door:
        late = door.events.text(hana, question(2))
        receipt = await door.sender.send(late, signature=Signature.SECOND_SECRET)
        assert receipt.status == 401
    assert line_platform.violations == []


async def test_the_header_may_be_spelled_otherwise(door: LineDoor):
    hana = door.customer()
    async with WebhookSender(door.platform, door.address, header_name="X-LINE-SIGNATURE") as other:
        receipt = await other.send(door.events.text(hana, question(4)))
    assert receipt.status == 200
    assert await door.seen_by(hana) == answered(4)


async def test_the_verify_button_of_the_console(door: LineDoor):
    receipt = await door.sender.send()
    assert (receipt.status, receipt.body) == (200, "")
    assert await door.rows("SELECT * FROM inbox") == []


async def test_the_old_verify_button_is_never_answered(door: LineDoor):
    nobody = "U" + "deadbeef" * 4
    first = door.events.text(nobody, "Hello, world") | {"replyToken": "0" * 32}
    second = door.events.sticker(nobody) | {"replyToken": "f" * 32}
    await door.send(first, second)
    await door.settle()
    assert door.platform.accepted == []
    assert await door.rows("SELECT * FROM customer") == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"events":{}}',
        b'{"events":"x"}',
        b"\xff\xfe{",
        b"[" * 100_000,
        b'{"events":[' + b"9" * 5000,
    ],
)
async def test_a_genuine_body_that_is_no_call_gets_400(door: LineDoor, body: bytes):
    assert (await door.sender.send_bytes(body)).status == 400
    # kept for an admin, once, however often it comes
    assert (await door.sender.send_bytes(body)).status == 400
    kept = await door.rows("SELECT state, kind FROM inbox")
    assert kept == [{"state": "kept", "kind": "other"}]


async def test_a_body_beyond_a_megabyte_gets_413(door: LineDoor):
    body = BytesIO(b" " * (1024 * 1024 + 1))
    signature = {"X-Line-Signature": sign(body.getvalue(), door.platform.channel_secret)}
    async with (
        ClientSession() as client,
        client.post(door.address, data=body, headers=signature) as answer,
    ):
        assert answer.status == 413
    assert await door.rows("SELECT * FROM inbox") == []


def silent_events(door: LineDoor, hana: str) -> dict[str, dict]:
    """Every kind that we keep and do not answer."""
    events, group, room = door.events, "C" + "1" * 32, "R" + "2" * 32
    unknown = "U" + "3" * 32
    return {
        "edited": events.edited(group_source(group, hana), "1", "直しました"),
        "join": events.join(group_source(group)),
        "leave": events.leave(group_source(group)),
        "member joined": events.member_joined(group_source(group), hana),
        "member left": events.member_left(room_source(room), hana),
        "group talk": events.text(group_source(group, hana), question(0)),
        "group talk of nobody": events.text(group_source(group), question(0)),
        "room talk": events.text(room_source(room, hana), question(0)),
        "film watched": events.video_play_complete(hana),
        "beacon": events.beacon(hana),
        "beacon stay": events.beacon(hana, "stay"),
        "membership": events.membership(hana),
        "link": events.account_link(hana, nonce="n" * 20),
        "failed link": events.account_link(None, nonce="n" * 20, ok=False),
        "delivery": events.delivery(hana),
        "module": events.module(),
        "activated": events.activated(hana),
        "suspended": events.bot_suspended(),
        "resumed": events.bot_resumed(),
        "new kind": events.event("teleport", hana, {"teleport": {"to": "Mars"}}),
        "no source": without(events.text(hana, question(0)), "source"),
        "no userId": without(events.text(hana, question(0)), "source.userId"),
        "no type": without(events.text(hana, question(0)), "type"),
        "no message": without(events.text(unknown, question(0)), "message"),
        "no text": without(events.text(hana, question(0)), "message.text"),
        "odd id": events.text("../../etc/passwd", question(0)),
        "unsend of nothing": events.event("unsend", unknown, {"unsend": {}}, token=False),
        "postback of nothing": events.event("postback", hana, {"postback": {}}),
    }


KINDS = [
    "edited", "join", "leave", "member joined", "member left", "group talk",
    "group talk of nobody", "room talk", "film watched", "beacon", "beacon stay", "membership",
    "link", "failed link", "delivery", "module", "activated", "suspended", "resumed", "new kind",
    "no source", "no userId", "no type", "no message", "no text", "odd id", "unsend of nothing",
    "postback of nothing",
]  # fmt: skip


async def test_kinds_without_an_answer_are_kept_between_two_that_have_one(door: LineDoor):
    """Each odd event stands between two questions of others; all come in one call."""
    hana, taro = door.customer(), door.customer("鈴木 太郎")
    odd = silent_events(door, hana)
    assert list(odd) == KINDS
    first, last = door.events.text(taro, question(0)), door.events.text(taro, question(1))
    await door.send(first, *odd.values(), last)
    assert await door.seen_by(taro) == answered(0, 1)
    assert door.platform.sent_to(hana) == []
    kept = await door.rows("SELECT COUNT(*) AS n FROM inbox WHERE state = 'kept'")
    assert kept == [{"n": len(KINDS)}]
    # a second delivery changes nothing
    await door.send(first, *odd.values(), last, redelivery=True)
    assert await door.seen_by(taro) == answered(0, 1)
    assert await door.rows("SELECT COUNT(*) AS n FROM inbox") == [{"n": len(KINDS) + 2}]


async def test_what_is_missing_costs_no_answer(door: LineDoor):
    """No mode, no id, no time, no context, no quote token: the question is there."""
    hana = door.customer()
    lacking = [
        "mode", "webhookEventId", "timestamp", "deliveryContext", "message.quoteToken",
        "message.id", "message.markAsReadToken",
    ]  # fmt: skip
    for number, path in enumerate(lacking):
        await door.send(without(door.events.text(hana, question(number)), path))
        assert await door.seen_by(hana) == answered(*range(number + 1)), path


async def test_an_event_without_id_is_known_again_by_its_content(door: LineDoor):
    hana = door.customer()
    event = without(door.events.text(hana, question(0)), "webhookEventId")
    for _ in range(3):
        await door.send(event, redelivery=True)
    assert await door.seen_by(hana) == answered(0)


async def test_a_question_without_reply_token_is_answered_by_push(door: LineDoor):
    hana = door.customer()
    await door.send(without(door.events.text(hana, question(0)), "replyToken"))
    assert await door.seen_by(hana) == answered(0)
    assert await door.states() == [("sent", "push")]


async def test_several_customers_in_one_call_each_hear_their_own(door: LineDoor):
    people = [door.customer(f"客 {number}") for number in range(10)]
    await door.send(*(door.events.text(who, question(n)) for n, who in enumerate(people)))
    await door.settle()
    assert [door.platform.texts_to(who) for who in people] == [answered(n) for n in range(10)]


async def test_standby_is_listened_to_and_never_answered(door: LineDoor):
    hana = door.customer()
    await door.send(standby(door.events.text(hana, question(0))))
    await door.send(standby(door.events.follow(hana)))
    await door.send(standby(door.events.postback(hana, "human")))
    await door.settle()
    assert door.platform.accepted == []
    assert [sender for sender, _ in await door.said(hana)] == ["customer", "customer"]
    # the chat is ours again
    await door.ask_price(hana, 1)
    assert await door.seen_by(hana) == answered(1)


@pytest.mark.usefixtures("plain_logs")
async def test_a_poison_event_is_parked_and_costs_the_others_nothing(
    door: LineDoor, monkeypatch: pytest.MonkeyPatch
):
    hana, taro = door.customer(), door.customer("鈴木 太郎")
    admin = await door.agent()
    poison = "この文で処理が落ちる"
    await _poisoned(door, monkeypatch, poison)
    events = [
        door.events.text(hana, question(0)),
        door.events.text(taro, poison),
        door.events.text(hana, question(1)),
    ]
    await door.send(*events)
    assert await door.seen_by(hana) == answered(0, 1)
    assert await door.seen_by(taro) == []
    parked = await door.troubles.list_parked(admin)
    assert [(one.channel, one.error) for one in parked] == [("line", "ZeroDivisionError")]
    # LINE brings it again: it stays where it is, once
    await door.send(*events, redelivery=True)
    assert len(await door.troubles.list_parked(admin)) == 1
    # still broken: parked again; mended: answered, by push because its token is long dead
    assert await door.troubles.retry(admin, parked[0].id) is False
    monkeypatch.undo()
    door.clock.forward(minutes=10)
    again = await door.troubles.list_parked(admin)
    assert await door.troubles.retry(admin, again[0].id) is True
    assert await door.troubles.list_parked(admin) == []
    heard = await door.seen_by(taro)
    assert len(heard) == 1
    assert heard[0].startswith("恐れ入りますが、ご質問の内容をつかみきれませんでした。")
    assert await door.seen_by(hana) == answered(0, 1)


async def _poisoned(door: LineDoor, monkeypatch: pytest.MonkeyPatch, poison: str) -> None:
    """From now on this text makes the bot's turn raise."""
    from bot import taking

    sane = taking.next_turn

    def raising(talk, said, mind):
        return 1 // 0 if said.text == poison else sane(talk, said, mind)

    monkeypatch.setattr(taking, "next_turn", raising)


async def test_calls_of_another_account_are_not_ours(door: LineDoor):
    hana = door.customer()

    async def knows_itself() -> bool:
        return door.house.app[LINE_DOOR].account_id == door.platform.bot_user_id

    assert await door.until(knows_itself)
    await door.ask_price(hana, 0)
    stray = door.events.text(hana, question(1))
    envelope = {"destination": "U" + "9" * 32, "events": [stray]}
    receipt = await door.sender.send_bytes(json.dumps(envelope).encode())
    assert receipt.status == 200
    assert await door.seen_by(hana) == answered(0)
    assert await door.rows("SELECT COUNT(*) AS n FROM inbox") == [{"n": 1}]


async def test_the_door_answers_while_line_hangs(door: LineDoor):
    """The 200 waits for the commit alone, never for a call to LINE."""
    from bot.standin.faults import HANG_BEFORE

    hana = door.customer()
    door.platform.faults.script("reply", HANG_BEFORE)
    receipts = await asyncio.gather(
        *(door.send(door.events.text(hana, question(n))) for n in range(3))
    )
    assert max(receipt.seconds for receipt in receipts) < 1
    assert sorted(await door.seen_by(hana)) == sorted(answered(0, 1, 2))
    assert price(0) in door.platform.texts_to(hana)
