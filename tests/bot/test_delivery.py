import asyncio
from contextlib import asynccontextmanager

import pytest
from fakes import FakePlatform

from bot.clock import DAY_MS
from bot.delivery import Delivery
from bot.hints import DESK
from bot.phrases import Phrases
from bot.sending import Outcome
from bot.sending_rules import Rules
from handoff.trouble_rows import list_undelivered

FEE = "送料はいくらですか？"
TOLD = ["全国一律500円です。", "解決しましたか？"]
LATE = "通信の不具合により、お返事が遅くなりました。申し訳ございません。"


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def deliver(story, platform, hints, clock):
    """Runs the delivery until the outbox is as expected; time passes as it asks for it."""

    @asynccontextmanager
    async def running(**rules):
        delivery = Delivery(story.store, hints, platform, clock, Phrases(), Rules(**rules))
        task = asyncio.create_task(delivery.run())
        try:
            yield delivery
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await delivery.drain(1)

    async def until(*expected, jump=0, **rules):
        async with running(**rules) as delivery, asyncio.timeout(30):
            while tuple(await states(story)) != expected:
                if platform.attempts:
                    clock.pass_time(jump or 100)
                    jump = 0
                delivery.wake()
                await asyncio.sleep(0.005)
            return delivery

    until.running = running
    return until


async def states(story):
    rows = await story.rows("SELECT state FROM outbox ORDER BY id")
    return [row["state"] for row in rows]


async def test_an_answer_travels_by_the_free_token(story, platform, deliver):
    await story.say(FEE)
    await deliver("sent")
    (attempt,) = platform.attempts
    assert platform.said == [("reply", "U1", TOLD)]
    assert attempt.reply_token == "t-e1"


async def test_a_dead_token_is_followed_by_a_push(story, platform, deliver):
    platform.script = [Outcome.TOKEN_DEAD]
    await story.say(FEE)
    await deliver("sent")
    assert platform.said == [("reply", "U1", TOLD), ("push", "U1", TOLD)]


async def test_a_reply_in_doubt_is_repeated_with_its_token(story, platform, deliver):
    platform.script = [Outcome.DOUBT, Outcome.TOKEN_DEAD]
    await story.say(FEE)
    await deliver("sent")
    assert [(one.route, one.reply_token) for one in platform.attempts] == [
        ("reply", "t-e1"), ("reply", "t-e1"),
    ]  # fmt: skip


async def test_a_doubt_that_outlives_the_token_is_resent_with_a_mark(story, platform, deliver):
    platform.script = [Outcome.DOUBT]
    await story.say(FEE)
    await deliver("sent", jump=60_000)
    marked = ["（再送）" + TOLD[0], TOLD[1]]
    assert platform.said[-1] == ("push", "U1", marked)
    keys = {one.retry_key for one in platform.attempts}
    assert len(keys) == 1


async def test_the_mark_is_in_the_customers_language(story, platform, deliver):
    platform.script = [Outcome.DOUBT]
    await story.say("How long can I return an item?")
    await deliver("sent", jump=60_000)
    assert platform.said[-1][2][0] == "(sent again) Within 8 days of delivery."


async def test_a_resend_in_doubt_is_never_replied(story, platform, deliver):
    platform.script = [Outcome.DOUBT, Outcome.DOUBT]
    await story.say(FEE, key="k")

    async with deliver.running() as delivery, asyncio.timeout(30):
        while not platform.attempts:
            await asyncio.sleep(0.005)
        story.clock.pass_time(60_000)
        while len(platform.attempts) < 2:
            delivery.wake()
            await asyncio.sleep(0.005)
        await story.say(FEE, key="k")  # a redelivery
        while "sent" not in await states(story):
            story.clock.pass_time(600)
            delivery.wake()
            await asyncio.sleep(0.005)
    assert [one.route.value for one in platform.attempts] == ["reply", "push", "push"]


async def test_where_an_agent_decides_the_row_says_so(story, platform, deliver):
    platform.script = [Outcome.DOUBT]
    await story.say(FEE)
    with story.hints.listen(DESK) as listener:
        await deliver("in_doubt", jump=60_000, resend_in_doubt=False)
        assert "delivery" in [hint.kind for hint in await listener.next(1)]
    assert platform.said == [("reply", "U1", TOLD)]


async def test_everything_is_pushed_where_that_is_the_rule(story, platform, deliver):
    platform.script = [Outcome.DOUBT, Outcome.DOUBT]
    await story.say(FEE)
    await deliver("sent", exactly_once=True)
    assert platform.said == [("push", "U1", TOLD)] * 3
    assert len({one.retry_key for one in platform.attempts}) == 1


async def test_a_sender_that_raises_is_a_doubt_and_ends_nothing(story, platform, deliver):
    platform.script = [UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), Outcome.SENT]
    await story.say(FEE)
    await deliver("sent")
    assert len(platform.attempts) == 2


async def test_a_row_that_cannot_be_read_does_not_end_the_sending(story, platform, deliver):
    await story.say(FEE)
    await story.say(FEE, customer="U2")
    await story.store.write(
        lambda tx: tx.run("UPDATE outbox SET body = 'no json', next_at = next_at - 1 WHERE id = 1")
    )
    await deliver("failed", "sent")
    assert platform.said == [("reply", "U2", TOLD)]
    (failed, *_) = await story.store.read(list_undelivered)
    assert (failed.state, failed.text) == ("failed", "")


async def test_a_customers_messages_arrive_in_order(story, platform, deliver):
    platform.script = [Outcome.BUSY, Outcome.DOUBT, Outcome.TOKEN_DEAD, Outcome.DOUBT]
    for number in range(5):
        await story.say(f"{number}番目の話。")
    await deliver(*["sent"] * 5)
    first = {}
    for attempt in platform.attempts:
        first.setdefault(attempt.retry_key, len(first))
    rows = await story.rows("SELECT retry_key FROM outbox ORDER BY id")
    assert [first[row["retry_key"]] for row in rows] == list(range(5))


async def test_too_many_requests_slow_the_whole_channel(story, platform, deliver):
    platform.script = [Outcome.BUSY]
    await story.say(FEE)
    async with deliver.running() as delivery, asyncio.timeout(30):
        while not delivery.health.paused_until:
            await asyncio.sleep(0.005)
        paused = delivery.health.paused_until - story.clock.now
        await story.say(FEE, customer="U2")
        delivery.wake()
        await asyncio.sleep(0.05)
    assert 900 <= paused <= 1_100
    assert len(platform.attempts) == 1
    assert delivery.health.failing_since is not None


async def test_a_used_up_month_holds_pushes_and_lets_replies_go(story, platform, deliver):
    platform.script = [Outcome.QUOTA]
    platform.left = 0
    await story.say(FEE, reply_token=None)
    delivery = await deliver("blocked_quota")
    assert delivery.health.quota_used_up
    await story.say(FEE, reply_token=None)
    await story.say(FEE)
    async with deliver.running() as later, asyncio.timeout(30):
        later.health.quota_used_up = True
        later.health.quota_checked_at = story.clock.now
        while await states(story) != ["blocked_quota", "blocked_quota", "sent"]:
            later.wake()
            await asyncio.sleep(0.005)
        assert len(platform.attempts) == 2
        platform.left = 5
        while (await states(story))[:3] != ["sent"] * 3:
            story.clock.pass_time(300_001)
            later.wake()
            await asyncio.sleep(0.005)


async def test_what_a_dead_process_was_sending_is_taken_up(story, platform, deliver):
    await story.say(FEE)
    await story.store.write(
        lambda tx: tx.run(
            "UPDATE outbox SET state = 'sending', attempts = 1, first_attempt_at = next_at,"
            " lease_until = next_at + 30000"
        )
    )
    platform.script = [Outcome.TOKEN_DEAD]
    await deliver("sent")
    assert platform.said == [("reply", "U1", TOLD)]


@pytest.mark.parametrize("meanwhile", [Outcome.BUSY, Outcome.UNAUTHORISED])
async def test_a_push_in_doubt_is_not_repeated_when_its_key_is_forgotten(
    story, platform, deliver, meanwhile
):
    """LINE took it and the answer was lost; then LINE was not to be reached for a day."""
    platform.script = [Outcome.DOUBT, meanwhile]
    await story.say(FEE, reply_token=None)
    async with deliver.running() as delivery, asyncio.timeout(30):
        while len(platform.attempts) < 2:
            story.clock.pass_time(100)
            delivery.wake()
            await asyncio.sleep(0.005)
    story.clock.pass_time(DAY_MS)
    await deliver("in_doubt")
    assert len(platform.attempts) == 2


async def test_a_push_that_was_only_refused_is_sent_however_late(story, platform, deliver):
    platform.script = [Outcome.UNAUTHORISED]
    await story.say(FEE, reply_token=None)
    async with deliver.running(), asyncio.timeout(30):
        while not platform.attempts or (await states(story)) != ["pending"]:
            await asyncio.sleep(0.005)
    story.clock.pass_time(DAY_MS)
    await deliver("sent", "sent")
    assert [texts for _, _, texts in platform.said] == [TOLD, TOLD, [LATE]]


async def test_nor_is_one_that_was_on_its_way_when_the_server_stopped_for_days(
    story, platform, deliver
):
    await story.say(FEE, reply_token=None)
    await story.store.write(
        lambda tx: tx.run(
            "UPDATE outbox SET state = 'sending', attempts = 1, first_attempt_at = next_at,"
            " lease_until = next_at + 30000"
        )
    )
    story.clock.pass_time(3 * DAY_MS)
    await deliver("in_doubt")
    assert platform.attempts == []


async def test_nor_one_in_doubt_that_then_met_a_used_up_month(story, platform, deliver):
    platform.script = [Outcome.DOUBT, Outcome.QUOTA]
    platform.left = 0
    await story.say(FEE, reply_token=None)
    await deliver("blocked_quota")
    platform.left = 5
    story.clock.pass_time(10 * DAY_MS)
    await deliver("in_doubt")
    assert len(platform.attempts) == 2


@pytest.mark.parametrize("met", [Outcome.BUSY, Outcome.DOUBT])
async def test_a_clock_set_back_holds_nothing_up(story, platform, deliver, met):
    """What was to be tried again in a second would otherwise be tried again tomorrow."""
    platform.script = [met]
    await story.say(FEE)
    async with deliver.running() as delivery, asyncio.timeout(30):
        while not platform.attempts or (await states(story)) != ["pending"]:
            await asyncio.sleep(0.005)
        story.clock.pass_time(-DAY_MS)
        await story.say(FEE)
        while await states(story) != ["sent", "sent"]:
            story.clock.pass_time(10)
            delivery.wake()
            await asyncio.sleep(0.005)
    assert [texts[-1] for _, _, texts in platform.said] == [TOLD[1]] * 3


async def test_nor_does_it_while_the_server_is_down(story, platform, deliver):
    await story.say(FEE)
    story.clock.pass_time(-DAY_MS)
    await deliver("sent")


async def test_a_late_answer_says_so_once(story, platform, deliver):
    platform.script = [Outcome.BUSY]
    await story.say(FEE)
    await story.say(FEE)
    story.clock.pass_time(600_000)
    await deliver("sent", "sent", "sent", jump=2_000)
    assert [texts for _, _, texts in platform.said[-3:]] == [TOLD, TOLD, [LATE]]


async def test_to_an_erased_customer_nothing_is_sent(story, platform, deliver):
    await story.say(FEE)
    await story.store.write(lambda tx: tx.run("UPDATE customer SET external_id = NULL"))
    await deliver("cancelled")
    assert platform.attempts == []


async def test_nothing_is_sent_over_a_person(story, platform, deliver):
    await story.say(FEE)
    await story.claim()
    await deliver("cancelled", "sent")
    assert platform.said == [("push", "U1", ["担当の佐藤がお答えします。"])]


async def test_an_idle_outbox_costs_no_writes(story, platform, deliver, monkeypatch):
    """What waits behind a slow request must not be looked at fifty times a second."""
    released = asyncio.Event()

    async def hang(attempt):
        await released.wait()
        return await FakePlatform.send(platform, attempt)

    monkeypatch.setattr(platform, "send", hang)
    await story.say(FEE)
    await story.say(FEE)
    async with deliver.running():
        await asyncio.sleep(0.1)
        rounds = 0
        write = story.store.write

        async def counted(fn, *args, **kwargs):
            nonlocal rounds
            rounds += 1
            return await write(fn, *args, **kwargs)

        monkeypatch.setattr(story.store, "write", counted)
        await asyncio.sleep(0.4)
        released.set()
    assert rounds <= 2
