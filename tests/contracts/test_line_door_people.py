"""Claim, reply, survey and typed numbers, as the customer's phone shows them."""

import asyncio
from pathlib import Path

import pytest

from bot.standin.faults import ERROR_AFTER, HANG_BEFORE, RATE_LIMIT
from bot.standin.platform import Platform
from bot.standin.values import Friendship
from handoff.errors import AlreadyUsed, NewerMessages
from tests.contracts.line_house import SOLVED, Clock, LineDoor, answered, open_door, price

CLAIMED = "担当の佐藤がお答えします。"
SURVEY = "今回の対応はいかがでしたか？ 1〜5でお聞かせください。"


async def _wait_for_people(door: LineDoor, who: str) -> int:
    """The customer asks for a person; the conversation's id."""
    await door.ask(who, "担当者をお願いします")
    await door.settle()
    return int((await door.conversation(who))["id"])


async def test_an_agents_reply_is_pushed_in_the_agents_name(door: LineDoor):
    hana, agent = door.customer(), await door.agent()
    number = await _wait_for_people(door, hana)
    before = len(await door.seen_by(hana))
    taken = await door.desk.claim(agent, number)
    seen = taken.conversation.last_seq
    await door.desk.reply(agent, number, text="**お調べ**します。", client_id="r1", seen_seq=seen)
    shown = (await door.seen_by(hana))[before:]
    assert shown == [CLAIMED, "**お調べ**します。"]
    assert door.platform.sent_to(hana)[-1] == {
        "type": "text",
        "text": "**お調べ**します。",
        "sender": {"name": "佐藤"},
    }
    assert (await door.states())[-2:] == [("sent", "push"), ("sent", "push")]


async def test_a_double_click_and_a_lost_answer_send_one_reply(door: LineDoor):
    hana, agent = door.customer(), await door.agent()
    number = await _wait_for_people(door, hana)
    taken = await door.desk.claim(agent, number)
    before = len(await door.seen_by(hana))
    door.platform.faults.script("push", ERROR_AFTER)
    seen = taken.conversation.last_seq
    replies = await asyncio.gather(
        *(
            door.desk.reply(agent, number, text="はい。", client_id="same", seen_seq=seen)
            for _ in range(5)
        )
    )
    assert len({reply.seq for reply in replies}) == 1
    door.clock.forward(seconds=2)
    assert (await door.seen_by(hana))[before:] == ["はい。"]
    with pytest.raises(AlreadyUsed):
        await door.desk.reply(agent, number, text="別の文", client_id="same", seen_seq=seen)


async def test_a_reply_to_what_was_not_seen_is_held_back(door: LineDoor):
    hana, agent = door.customer(), await door.agent()
    number = await _wait_for_people(door, hana)
    taken = await door.desk.claim(agent, number)
    seen = taken.conversation.last_seq
    await door.ask(hana, "やっぱり青がいいです")
    with pytest.raises(NewerMessages) as refused:
        await door.desk.reply(agent, number, text="赤ですね。", client_id="r1", seen_seq=seen)
    assert [one.text for one in refused.value.messages] == ["やっぱり青がいいです"]
    shown = await door.seen_by(hana)
    assert "赤ですね。" not in shown


async def _until_refused(door: LineDoor) -> None:
    """LINE has said no to the first row, and it is owed again."""

    async def is_owed_again() -> bool:
        rows = await door.rows("SELECT state FROM outbox WHERE attempts > 0")
        return bool(door.platform.faults.drawn) and [row["state"] for row in rows] == ["pending"]

    assert await door.until(is_owed_again)


async def test_after_a_claim_the_bot_says_nothing_more(door: LineDoor):
    """Its answers are still owed when the agent takes over: they are withheld."""
    hana, agent = door.customer(), await door.agent()
    start = door.clock()
    door.platform.faults.outage(from_at=start, until_at=start + 20_000, fault=RATE_LIMIT)
    await door.ask_price(hana, 0)
    await door.ask(hana, "担当者をお願いします")
    await _until_refused(door)
    number = int((await door.conversation(hana))["id"])
    taken = await door.desk.claim(agent, number)
    assert taken.withheld + len(taken.in_flight) == 2
    door.clock.forward(seconds=40)
    await door.ask_price(hana, 1)  # for the agent now
    assert await door.seen_by(hana) == [CLAIMED]
    states = [state for state, _ in await door.states()]
    assert sorted(states) == ["cancelled", "cancelled", "sent"]


async def test_a_bot_answer_in_flight_at_the_claim_is_not_tried_again(door: LineDoor):
    hana, agent = door.customer(), await door.agent()
    door.platform.faults.script("reply", HANG_BEFORE)
    await door.ask_price(hana, 0)

    async def is_sending() -> bool:
        return bool(door.platform.faults.drawn)

    assert await door.until(is_sending)
    number = int((await door.conversation(hana))["id"])
    taken = await door.desk.claim(agent, number)
    assert (taken.withheld, len(taken.in_flight)) == (0, 1)
    assert await door.seen_by(hana) == [CLAIMED]


async def test_a_bot_answer_of_a_dead_process_is_silent_after_the_claim(
    tmp_path: Path, empty_database: Path, line_platform: Platform, moving_clock: Clock
):
    async with open_door(
        tmp_path, line_platform, moving_clock, empty_database=empty_database
    ) as door:
        hana, agent = door.customer(), await door.agent()
        line_platform.faults.script("reply", *[RATE_LIMIT] * 3)
        await door.ask_price(hana, 0)
        await _until_refused(door)
        # as a process leaves it that dies during the call
        await door.run("UPDATE outbox SET state = 'sending', lease_until = 1")
        number = int((await door.conversation(hana))["id"])
        taken = await door.desk.claim(agent, number)
        assert len(taken.in_flight) == 1
    line_platform.faults.clear()
    moving_clock.forward(seconds=5)
    async with open_door(tmp_path, line_platform, moving_clock) as door:
        assert await door.seen_by(hana) == [CLAIMED]
    assert line_platform.violations == []


async def test_a_bot_answer_held_by_the_quota_is_silent_after_the_claim(door: LineDoor):
    hana, agent = door.customer(), await door.agent()
    door.platform.quota.limit = 0
    door.platform.reply_tokens.lifetime_ms = -1
    await door.ask_price(hana, 0)
    await door.settle()
    assert await door.states() == [("blocked_quota", None)]
    await door.desk.claim(agent, int((await door.conversation(hana))["id"]))
    await door.settle()
    door.platform.quota.limit = 100
    door.clock.forward(minutes=11)

    async def is_told() -> bool:
        return CLAIMED in door.platform.texts_to(hana)

    assert await door.until(is_told)
    assert price(0) not in await door.seen_by(hana)


async def test_the_survey_is_answered_by_tapping_and_typing(door: LineDoor):
    hana, agent = door.customer(), await door.agent()
    number = await _wait_for_people(door, hana)
    await door.desk.claim(agent, number)
    before = len(await door.seen_by(hana))
    await door.desk.resolve(agent, number)
    asked = (await door.seen_by(hana))[before:]
    assert len(asked) == 1
    assert asked[0].startswith(SURVEY)
    items = door.platform.sent_to(hana)[-1]["quickReply"]["items"]
    five = next(item["action"] for item in items if item["action"]["label"].startswith("5"))
    tap = door.events.postback(hana, five["data"])
    await door.send(tap)
    await door.send(tap, redelivery=True)
    await door.ask(hana, "とても親切でした")
    shown = (await door.seen_by(hana))[before + 1 :]
    assert [text.splitlines()[0] for text in shown] == [
        "ありがとうございます。よろしければ、一言お聞かせください。",
        "ご回答ありがとうございました。またいつでもご相談ください。",
    ]
    surveys = await door.rows("SELECT state, score, comment FROM survey")
    assert surveys == [{"state": "answered", "score": 5, "comment": "とても親切でした"}]
    assert (await door.conversation(hana))["state"] == "closed"


async def test_the_survey_is_answered_by_a_typed_number(door: LineDoor):
    hana, agent = door.customer(), await door.agent()
    number = await _wait_for_people(door, hana)
    await door.desk.claim(agent, number)
    await door.desk.resolve(agent, number)
    await door.settle()
    await door.ask(hana, "２")
    await door.settle()
    surveys = await door.rows("SELECT state, score FROM survey")
    assert surveys == [{"state": "answered", "score": 2}]
    assert (await door.conversation(hana))["review"] == 1


async def test_quick_replies_stand_on_the_last_bubble_and_can_be_typed(door: LineDoor):
    hana = door.customer()
    await door.ask_price(hana, 0)
    assert await door.seen_by(hana) == answered(0)
    first, last = door.platform.sent_to(hana)
    assert "quickReply" not in first
    labels = [item["action"]["label"] for item in last["quickReply"]["items"]]
    assert labels == ["解決した", "解決しない", "担当者に相談"]
    assert last["text"] == SOLVED
    # a PC shows no buttons: the number does the same as the tap
    await door.ask(hana, "1")
    assert (await door.seen_by(hana))[2] == "解決してよかったです。ご利用ありがとうございました。"
    assert (await door.conversation(hana))["state"] == "resolved"


async def test_a_number_reaches_the_people_too(door: LineDoor):
    hana = door.customer()
    await door.ask_price(hana, 0)
    await door.settle()
    await door.ask(hana, "３番")
    await door.settle()
    assert (await door.conversation(hana))["state"] == "waiting"


async def test_whoever_blocked_us_is_marked_and_costs_nothing(door: LineDoor):
    hana = door.customer()
    await door.ask_price(hana, 0)
    assert await door.seen_by(hana) == answered(0)
    start = door.clock()
    door.platform.faults.outage(from_at=start, until_at=start + 5_000, fault=RATE_LIMIT)
    await door.ask_price(hana, 1)

    async def was_refused() -> bool:
        return bool(door.platform.faults.drawn)

    assert await door.until(was_refused)
    await door.send(door.events.unfollow(hana))
    door.clock.forward(seconds=10)
    await door.settle()
    assert [state for state, _ in await door.states()] == ["sent", "cancelled"]
    assert await door.rows("SELECT reachable FROM customer") == [{"reachable": 0}]
    # back again: greeted, and answered
    await door.send(door.events.follow(hana, unblocked=True))
    shown = (await door.seen_by(hana))[2:]
    assert len(shown) == 1
    assert shown[0].startswith("こんにちは。お問い合わせ窓口です。")
    await door.ask_price(hana, 2)
    assert (await door.seen_by(hana))[3:] == answered(2)


async def test_a_push_to_somebody_who_blocked_unnoticed_is_sent_and_unseen(door: LineDoor):
    """LINE takes it with a 200: accepted is not read, and it is not tried again."""
    hana = door.customer()
    door.platform.customers[hana].friendship = Friendship.BLOCKED
    door.platform.reply_tokens.lifetime_ms = -1
    await door.ask_price(hana, 0)
    assert await door.seen_by(hana) == []
    assert await door.states() == [("sent", "push")]
    assert [sent.delivered for sent in door.platform.accepted] == [False, False]
    assert door.platform.quota.used == 0


async def test_follow_greets_once(door: LineDoor):
    hana = door.customer()
    event = door.events.follow(hana)
    await door.sender.send_copies(event, copies=5)
    shown = await door.seen_by(hana)
    assert len(shown) == 1
    assert shown[0].startswith("こんにちは。お問い合わせ窓口です。")
    assert await door.states() == [("sent", "reply")]


async def test_a_stranger_without_profile_is_served_like_everybody(door: LineDoor):
    who = door.customer("見えない人", shows_profile=False, friendship=Friendship.STRANGER)
    await door.ask_price(who, 0)
    assert await door.seen_by(who) == answered(0)


async def test_claims_against_bot_turns(door: LineDoor):
    """Fifty customers write while fifty claims are made: from each claim on no bot call begins."""
    agent = await door.agent()
    people = [door.customer(f"客 {number}") for number in range(50)]
    await door.send(*(door.events.text(who, "担当者をお願いします") for who in people))
    await door.settle()
    numbers = [int((await door.conversation(who))["id"]) for who in people]
    # back with the bot, so that its next answer and the claim meet
    await door.send(*(door.events.postback(who, "back") for who in people))
    await door.settle()

    async def meet(who: str, number: int) -> None:
        asking = asyncio.create_task(door.ask_price(who, number % 10))
        for _ in range(number % 7):
            await asyncio.sleep(0)
        await asyncio.sleep((number % 5) * 0.004)
        await door.desk.claim(agent, number)
        await asking

    await asyncio.gather(*(meet(who, number) for who, number in zip(people, numbers, strict=True)))
    await door.settle()
    begun_later = await door.rows(
        "SELECT o.id FROM outbox o JOIN conversation c ON c.id = o.conversation_id"
        " WHERE o.sender = 'bot' AND o.state <> 'cancelled' AND o.first_attempt_at > c.claimed_at"
    )
    assert begun_later == []
    said_later = await door.rows(
        "SELECT m.id FROM message m JOIN conversation c ON c.id = m.conversation_id"
        " WHERE m.sender = 'bot' AND m.sent_at > c.claimed_at"
    )
    assert said_later == []
    states = {row["state"] for row in await door.rows("SELECT state FROM conversation")}
    assert states == {"assigned"}
    for who in people:
        assert CLAIMED in door.platform.texts_to(who)
