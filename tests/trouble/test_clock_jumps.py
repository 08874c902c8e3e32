"""The clock is put forward or back by a day: order, limits and timers stand it."""

import pytest

from bot.burst import Bursts
from bot.clock import DAY_MS, MINUTE_MS
from bot.closing import list_due
from handoff import sessions
from handoff.throttle import decide_pace

PRICE = "送料はいくらですか？"


@pytest.mark.parametrize("jump", [DAY_MS, -DAY_MS])
async def test_what_is_said_stays_in_the_order_in_which_it_was_said(story, jump):
    said = []
    for number in range(6):
        text = f"{PRICE} {number}"
        await story.say(text)
        said.append(text)
        story.clock.pass_time(jump if number % 2 else -jump)
    lines = await story.lines()
    assert [line["text"] for line in lines if line["sender"] == "customer"] == said
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))


async def test_a_day_forward_settles_everything_once(story):
    for customer in ("U1", "U2", "U3"):
        await story.say("担当者と話したい", customer=customer)
    await story.wait(DAY_MS)
    before = [await story.transcript(customer) for customer in ("U1", "U2", "U3")]
    # no storm: looked at again and again, nothing more is said at this time
    for _ in range(5):
        await story.wait(1)
    after = [await story.transcript(customer) for customer in ("U1", "U2", "U3")]
    assert after == before
    assert await story.store.read(list_due, now=story.clock.now) == []


async def test_a_day_back_repeats_nothing(story):
    await story.say(PRICE)
    await story.wait(DAY_MS)
    before = await story.transcript()
    await story.wait(-DAY_MS)
    for _ in range(5):
        await story.wait(MINUTE_MS)
    assert await story.transcript() == before
    # and whoever writes now is served at once
    await story.say(PRICE)
    assert len(await story.transcript()) > len(before) + 1


def test_a_limit_does_not_last_until_the_clock_is_there_again():
    bursts, now = Bursts(limit=20, span_ms=10_000), 10 * DAY_MS
    assert [bursts.take("visitor", now=now) for _ in range(20)] == [0] * 20
    assert bursts.take("visitor", now=now) > 0
    assert bursts.take("visitor", now=now - DAY_MS) == 0
    # it still limits: nineteen more, then not
    assert [bursts.take("visitor", now=now - DAY_MS) for _ in range(19)] == [0] * 19
    assert bursts.take("visitor", now=now - DAY_MS) > 0
    assert bursts.take("visitor", now=now + DAY_MS) == 0


async def test_failed_logins_of_a_wrong_tomorrow_lock_nobody_out(store, clock):
    who = {"login": "hana", "address": "192.0.2.7"}

    def fail(tx):
        for _ in range(40):
            sessions.add_failure(tx, **who, now=clock.now)

    def pace(tx):
        return decide_pace(sessions.count_failures(tx, **who, now=clock.now), clock.now)

    await store.write(fail)
    assert (await store.read(pace)).wait_ms > 0
    clock.pass_time(-DAY_MS)
    assert (await store.read(pace)).wait_ms == 0
    # guessing is slow at that time too
    await store.write(fail)
    assert (await store.read(pace)).wait_ms > 0
