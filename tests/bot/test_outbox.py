import pytest
from factories import NOON

from bot.errors import NotFound
from bot.events import EventKind
from bot.outbox import (
    Outcome,
    free_quota,
    leave,
    mark_all,
    next_due,
    recover,
    send_again,
    take_owed,
)
from bot.sending_rules import Next, RowState

LEASE = 30_000
LONG = "送料はいくらですか？"


async def take(story, **fields):
    rows = await story.store.write(
        take_owed, "line", **{"now": story.clock.now, "lease_ms": LEASE, "limit": 64, **fields}
    )
    return [row.id for row in rows]


async def mark(story, row_id, state, **fields):
    outcome = Outcome(
        row_id=row_id, next=Next(state=state, **fields), route="push", error="", request_id=""
    )
    await story.store.write(mark_all, [outcome], now=story.clock.now)


async def states(story):
    rows = await story.rows("SELECT state FROM outbox ORDER BY id")
    return [row["state"] for row in rows]


async def change(story, sql):
    await story.store.write(lambda tx: tx.run(sql))


@pytest.fixture
async def two(story):
    """Two answers owed to one customer, one to another."""
    await story.say(LONG)
    await story.say(LONG)
    await story.say(LONG, customer="U2")
    return story


async def test_one_request_for_a_customer_at_a_time_and_in_order(two):
    assert await take(two) == [1, 3]
    assert await take(two) == []
    await mark(two, 1, RowState.SENT)
    assert await take(two) == [2]


async def test_one_that_is_tried_again_later_holds_back_what_follows(two):
    await take(two)
    await mark(two, 1, RowState.PENDING, next_at=NOON + 500)
    assert await take(two) == []
    assert await take(two, now=NOON + 500) == [1]


@pytest.mark.parametrize("state", [RowState.FAILED, RowState.IN_DOUBT, RowState.BLOCKED_QUOTA])
async def test_a_dead_row_frees_the_next(two, state):
    await take(two)
    await mark(two, 1, state)
    assert await take(two) == [2]


@pytest.mark.parametrize("body", ["{}", "not json", '{"bubbles":[{}]}', '{"bubbles":3}', "[]"])
async def test_a_row_that_nobody_can_read_stops_nobody(two, body):
    await two.store.write(lambda tx: tx.run("UPDATE outbox SET body = :b WHERE id = 1", b=body))
    assert await take(two) == [3]
    assert await take(two) == [2]
    assert await states(two) == ["failed", "sending", "sending"]


async def test_the_try_is_written_before_the_call(two):
    await take(two)
    (row,) = await two.rows("SELECT * FROM outbox WHERE id = 1")
    assert (row["state"], row["attempts"], row["first_attempt_at"], row["lease_until"]) == (
        "sending", 1, NOON, NOON + LEASE,
    )  # fmt: skip


async def test_when_the_month_is_used_up_pushes_are_held_and_replies_go_on(two):
    await change(two, "UPDATE outbox SET reply_token = NULL WHERE id = 1")
    assert await take(two, skip_push=True) == [3]
    assert await take(two, skip_push=True) == [2]
    assert await states(two) == ["blocked_quota", "sending", "sending"]
    await mark(two, 2, RowState.SENT)
    await two.store.write(free_quota, "line", now=NOON)
    assert await take(two) == [1]


async def test_what_waits_behind_another_is_not_due(two):
    await take(two)
    assert await two.store.read(next_due, "line") is None
    await mark(two, 1, RowState.PENDING, next_at=NOON + 700)
    assert await two.store.read(next_due, "line") == NOON + 700


async def test_the_claim_cancels_what_the_bot_owes_and_what_comes_back(two):
    await take(two)
    await two.claim()
    await mark(two, 1, RowState.PENDING, next_at=NOON)
    rows = await two.rows("SELECT sender, state FROM outbox WHERE customer_id = 1 ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [
        ("bot", "cancelled"), ("bot", "cancelled"), ("system", "pending"),
    ]  # fmt: skip


async def test_what_arrived_after_all_is_sent_also_after_the_claim(two):
    await take(two)
    await two.claim()
    await mark(two, 1, RowState.SENT)
    assert (await states(two))[0] == "sent"


async def test_a_bot_row_that_the_quota_held_is_not_sent_over_a_person(story):
    await story.say(LONG)
    await change(story, "UPDATE outbox SET state = 'blocked_quota'")
    story.clock.pass_time(1)
    await story.claim()
    await story.store.write(free_quota, "line", now=story.clock.now)
    assert await take(story) == []
    assert await take(story) == [2]  # the system's notice of the claim
    assert await states(story) == ["cancelled", "sending"]


async def test_nor_after_the_person_has_finished(story):
    await story.say(LONG)
    await change(story, "UPDATE outbox SET state = 'blocked_quota'")
    story.clock.pass_time(1)
    await story.claim()
    await story.resolve()
    await story.store.write(free_quota, "line", now=story.clock.now)
    await take(story)
    assert (await states(story))[0] == "cancelled"


async def test_after_a_restart_a_reply_is_in_doubt_and_a_push_is_not(two):
    await change(two, "UPDATE outbox SET token_at = token_at - 60000 WHERE id = 3")
    await take(two)
    count = await two.store.write(recover, "line", now=NOON + 5, lease_ms=LEASE)
    rows = await two.rows("SELECT id, state, reply_doubt FROM outbox ORDER BY id")
    assert (count, [tuple(row.values()) for row in rows]) == (
        2,
        [(1, "pending", 1), (2, "pending", 0), (3, "pending", 0)],
    )


async def test_where_everything_is_pushed_nothing_is_in_doubt_after_a_restart(two):
    await take(two)
    await two.store.write(recover, "line", now=NOON, lease_ms=LEASE, exactly_once=True)
    rows = await two.rows("SELECT DISTINCT reply_doubt FROM outbox")
    assert rows == [{"reply_doubt": 0}]


async def test_a_doubt_outlives_a_restart(two):
    await change(two, "UPDATE outbox SET reply_doubt = 1, reply_token = NULL WHERE id = 1")
    await take(two)
    await two.store.write(recover, "line", now=NOON, lease_ms=LEASE, exactly_once=True)
    assert await two.rows("SELECT reply_doubt FROM outbox WHERE id = 1") == [{"reply_doubt": 1}]


@pytest.mark.parametrize("state", ["failed", "in_doubt", "blocked_quota"])
async def test_staff_sends_again_under_a_new_key_or_leaves_it(two, state):
    await change(two, f"UPDATE outbox SET state = '{state}' WHERE id IN (1, 3)")
    (before,) = await two.rows("SELECT retry_key FROM outbox WHERE id = 1")
    await two.store.write(send_again, 1, now=NOON)
    await two.store.write(leave, 3)
    (after,) = await two.rows("SELECT retry_key, reply_token FROM outbox WHERE id = 1")
    assert after["retry_key"] != before["retry_key"]
    assert after["reply_token"] is None
    assert await states(two) == ["pending", "pending", "cancelled"]
    with pytest.raises(NotFound):
        await two.store.write(leave, 3)
    with pytest.raises(NotFound):
        await two.store.write(send_again, 1, now=NOON)


async def test_an_unfollow_leaves_what_is_on_its_way(two):
    await take(two)
    await two.say(kind=EventKind.UNFOLLOW, source_key="")
    assert await states(two) == ["sending", "cancelled", "sending"]


async def test_what_staff_sends_again_is_theirs_and_passes_a_claim(two):
    await change(two, "UPDATE outbox SET state = 'failed' WHERE id = 1")
    await two.store.write(send_again, 1, now=NOON)
    assert await two.rows("SELECT sender, state FROM outbox WHERE id = 1") == [
        {"sender": "system", "state": "pending"}
    ]


@pytest.mark.parametrize("looks_for", [take_owed, next_due])
async def test_what_is_owed_is_found_without_walking_through_all_that_was_sent(story, looks_for):
    class Explaining:
        """Answers every question with SQLite's plan for it."""

        def __init__(self, tx):
            self.tx, self.plans = tx, []

        def all(self, sql, **values):
            self.plans += self.tx.all(f"EXPLAIN QUERY PLAN {sql}", **values)
            return []

        def one(self, sql, **values):
            self.all(sql, **values)

    def explain(tx):
        asked = Explaining(tx)
        more = {"now": NOON, "lease_ms": LEASE, "limit": 64} if looks_for is take_owed else {}
        looks_for(asked, "line", **more)
        return [plan["detail"] for plan in asked.plans]

    plan = await story.store.write(explain)
    assert [step for step in plan if "ix_outbox_owed" in step]
    assert [step for step in plan if step.startswith("SCAN") and "INDEX" not in step] == []
