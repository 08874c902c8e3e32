"""Webhooks twice, late, shuffled and side by side: every question once, in order."""

import asyncio
from random import Random

import pytest

from bot.standin.events import at_time
from tests.contracts.line_house import LineDoor, answered, price, question


@pytest.mark.parametrize("copies", range(1, 21))
async def test_copies_at_once_change_nothing(door: LineDoor, copies: int):
    hana = door.customer()
    event = door.events.text(hana, question(5))
    receipts = await door.sender.send_copies(event, copies=copies)
    assert [receipt.status for receipt in receipts] == [200] * copies
    assert await door.seen_by(hana) == answered(5)
    assert await door.said(hana) == [
        ("customer", question(5)),
        ("bot", price(5)),
        ("bot", "解決しましたか？"),
    ]


async def test_a_copy_inside_one_call_changes_nothing(door: LineDoor):
    hana = door.customer()
    event = door.events.text(hana, question(0))
    await door.send(event, event, event)
    assert await door.seen_by(hana) == answered(0)


async def test_the_same_message_under_another_event_id_is_the_same(door: LineDoor):
    hana = door.customer()
    event = await door.ask_price(hana, 0)
    await door.send(event | {"webhookEventId": "01ARZ3NDEKTSV4RRFFQ69G5FAV"})
    assert await door.seen_by(hana) == answered(0)


async def test_a_copy_half_an_hour_later_changes_nothing(door: LineDoor):
    hana = door.customer()
    event = await door.ask_price(hana, 0)
    assert await door.seen_by(hana) == answered(0)
    door.clock.forward(minutes=29)
    await door.send(event, redelivery=True)
    assert await door.seen_by(hana) == answered(0)
    assert await door.states() == [("sent", "reply")]


async def test_a_redelivery_before_the_answer_renews_the_free_token(door: LineDoor):
    """LINE is away for a minute; the event comes again, and its answer costs nothing."""
    from bot.standin.faults import RATE_LIMIT

    hana = door.customer()
    start = door.clock()
    door.platform.faults.outage(from_at=start, until_at=start + 58_000, fault=RATE_LIMIT)
    event = await door.ask_price(hana, 0)

    async def is_held() -> bool:
        assert door.house.delivery is not None
        return door.house.delivery.health.paused_until > 0

    assert await door.until(is_held)
    door.clock.forward(seconds=59)
    row = (await door.rows("SELECT state, attempts FROM outbox"))[0]
    await door.send(event, redelivery=True)
    assert await door.seen_by(hana) == answered(0)
    # a row that was tried may not trust a renewed minute: it is pushed then
    expected = "push" if row["attempts"] else "reply"
    assert await door.states() == [("sent", expected)]


async def test_a_redelivery_after_the_answer_changes_nothing(door: LineDoor):
    hana = door.customer()
    event = await door.ask_price(hana, 0)
    assert await door.seen_by(hana) == answered(0)
    for _ in range(5):
        await door.send(event, redelivery=True)
    assert await door.seen_by(hana) == answered(0)
    assert len(await door.rows("SELECT * FROM outbox")) == 1


async def test_events_of_one_call_are_taken_in_the_order_of_their_times(door: LineDoor):
    hana = door.customer()
    now = door.clock()
    events = [
        at_time(door.events.text(hana, question(number)), now + number) for number in range(6)
    ]
    Random(3).shuffle(events)  # noqa: S311 - a seed makes it repeatable
    await door.send(*events)
    assert await door.seen_by(hana) == answered(0, 1, 2, 3, 4, 5)


async def test_calls_one_after_the_other_are_answered_in_that_order(door: LineDoor):
    hana = door.customer()
    for number in range(8):
        await door.ask_price(hana, number)
    assert await door.seen_by(hana) == answered(*range(8))


@pytest.mark.parametrize("seed", range(3))
async def test_shuffled_calls_side_by_side_lose_and_double_nothing(door: LineDoor, seed: int):
    """Twelve customers, six questions each, every event two or three times, all mixed."""
    random = Random(seed)  # noqa: S311 - a seed makes it repeatable
    people = [door.customer(f"客 {number}") for number in range(12)]
    wanted = {who: random.sample(range(10), 6) for who in people}
    events = [
        door.events.text(who, question(number))
        for who, numbers in wanted.items()
        for number in numbers
    ]
    calls = events + random.sample(events, len(events)) + random.sample(events, 20)
    random.shuffle(calls)
    for start in range(0, len(calls), 24):
        batch = calls[start : start + 24]
        sends = [door.sender.send(event, redelivery=True) for event in batch]
        assert {receipt.status for receipt in await asyncio.gather(*sends)} == {200}
    await door.settle(20)
    for who in people:
        shown = door.platform.texts_to(who)
        # the order told is the order in which we took the questions
        said = await door.said(who)
        asked = [text for sender, text in said if sender == "customer"]
        assert sorted(asked) == sorted(question(number) for number in wanted[who])
        order = [next(n for n in wanted[who] if question(n) == text) for text in asked]
        assert shown == answered(*order)


async def test_the_transcript_counts_without_a_gap(door: LineDoor):
    people = [door.customer(f"客 {number}") for number in range(5)]
    await asyncio.gather(*(door.ask_price(who, number) for who in people for number in range(4)))
    await door.settle()
    for customer in await door.rows("SELECT id, last_seq FROM customer"):
        rows = await door.rows(
            "SELECT seq FROM message WHERE customer_id = :id ORDER BY seq", id=customer["id"]
        )
        assert [row["seq"] for row in rows] == list(range(1, customer["last_seq"] + 1))
        assert customer["last_seq"] == 4 * 3
