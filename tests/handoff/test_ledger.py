"""The ledger: whatever came in is answered, with people, waiting or over, and nothing else."""

import pytest

from bot.errors import MadoguchiError
from bot.forgetting import forget_person
from bot.messages import FLOOD
from bot.settings import TalkSettings
from handoff.access import Agent, Role
from handoff.errors import NotAllowed
from handoff.ledger import CLASSES, Ledger
from handoff.ledger_rows import STATES, UNACCOUNTED
from tests.factories import TOKYO

RETURN = "返品はいつまでできますか？"
DAY = 86_400_000
SUPERVISOR = Agent(id=1, login="s", name="鈴木", role=Role.SUPERVISOR)


@pytest.fixture
def ledger(store, clock):
    return Ledger(store, clock, TalkSettings(), zone=TOKYO)


async def today(ledger):
    """What came in today, without the classes that have nothing."""
    balance = await ledger.get_balance(SUPERVISOR)
    found = {name: counts[0] for name, counts in balance.came.items() if counts[0]}
    assert sum(found.values()) == balance.received[0]
    return found


async def agent_says(story, text="承知しました"):
    def say(tx, now):
        open_one = story._conversation(tx)
        tx.run(
            "UPDATE customer SET last_seq = last_seq + 1 WHERE id = :id", id=open_one.customer_id
        )
        tx.run(
            "INSERT INTO message (conversation_id, customer_id, seq, sender, source_key, kind,"
            " text, agent_id, sent_at, occurred_at) SELECT :id, id, last_seq, 'agent', :key,"
            " 'text', :text, 1, :now, :now FROM customer WHERE id = :customer",
            id=open_one.id,
            customer=open_one.customer_id,
            key=f"a-{now}",
            text=text,
            now=now,
        )
        tx.run(
            "UPDATE conversation SET agent_seq = (SELECT last_seq FROM customer"
            " WHERE id = :customer) WHERE id = :id",
            id=open_one.id,
            customer=open_one.customer_id,
        )

    await story.store.write(say, story.clock())


async def test_a_question_with_a_known_answer_is_answered_by_the_bot(story, ledger):
    await story.say(RETURN)
    await story.say("ありがとう")
    await story.say("意味のない長い文章をここに書いておきます。")
    assert await today(ledger) == {"bot": 3}


async def test_a_message_that_came_twice_counts_once(story, ledger):
    await story.say(RETURN, key="same")
    await story.say(RETURN, key="same")
    await story.say(RETURN, key="other", source_key="s-same")
    assert await today(ledger) == {"bot": 1}


async def test_from_the_queue_to_the_end_a_message_is_in_one_class(story, ledger, clock):
    await story.say(RETURN)
    clock.pass_time(5_000)
    await story.tap("human")
    await story.say("急いでいます")
    await story.say("もう一つあります")
    assert await today(ledger) == {"bot": 1, "queued": 3}
    clock.pass_time(5_000)
    await story.claim()
    assert await today(ledger) == {"bot": 1, "claimed": 3}
    await agent_says(story)
    assert await today(ledger) == {"bot": 1, "person": 3}
    clock.pass_time(5_000)
    await story.say("わかりました")
    assert await today(ledger) == {"bot": 1, "person": 3, "claimed": 1}
    clock.pass_time(1)
    await story.resolve(ask_survey=False)
    assert await today(ledger) == {"bot": 1, "person": 3, "ended": 1}


async def test_who_leaves_the_queue_waits_for_nobody(story, ledger, clock):
    await story.tap("human")
    await story.say("ひとこと")
    await story.say("もうひとこと")
    clock.pass_time(90_000)
    await story.tap("back")
    assert await today(ledger) == {"bot": 3, "ended": 1}


async def test_a_line_that_waits_for_its_rest_is_answered_with_it(story, ledger, clock):
    await story.say("すみません")
    assert await today(ledger) == {"continuing": 1}
    clock.pass_time(500)
    await story.say("返品期限は？")
    assert await today(ledger) == {"bot": 2}


async def test_what_is_settled_by_time_is_answered(story, ledger):
    await story.say("すみません、あの")
    await story.wait(5_000)
    assert await today(ledger) == {"bot": 1}


async def test_a_flood_is_told_apart(story, ledger):
    for _ in range(FLOOD):
        await story.say(RETURN)
    found = await today(ledger)
    assert set(found) == {"bot", "flood"}
    assert found["bot"] + found["flood"] == FLOOD


async def test_what_is_taken_back_before_anybody_answered_needs_no_answer(story, ledger):
    first = await story.say("あの")
    await story.unsend(first)
    await story.unsend("late")
    await story.say("見ないで", key="late")
    assert await today(ledger) == {"taken_back": 2, "notice": 2}


async def test_friends_and_blocks_are_notices(story, ledger):
    await story.follow()
    assert await today(ledger) == {"notice": 1}


async def test_another_module_has_the_talk(story, ledger):
    await story.say(RETURN, standby=True)
    assert await today(ledger) == {"standby": 1}


async def test_an_event_that_raised_waits_until_an_admin_decides(story, ledger, monkeypatch):
    def fail(*_args, **_more):
        raise ValueError

    monkeypatch.setattr("bot.intake.take_event", fail)
    await story.say(RETURN)
    assert await today(ledger) == {"parked": 1}
    await story.rows("SELECT 1")
    await story.store.write(lambda tx: tx.run("UPDATE inbox SET state = 'done', content = NULL"))
    assert await today(ledger) == {"dismissed": 1}


async def test_who_was_erased_leaves_nothing_unaccounted_for(story, ledger, clock, store):
    late = story.event(RETURN, key="late")
    await story.say(RETURN)
    clock.pass_time(1_000)
    await store.write(lambda tx: forget_person(tx, 1, now=clock()))
    clock.pass_time(1_000)
    await story.intake.receive([late])
    assert await today(ledger) == {"bot": 1, "dismissed": 1}


async def test_after_the_end_nothing_is_owed(story, ledger, clock):
    await story.tap("human")
    await story.claim()
    await agent_says(story)
    await story.resolve()
    clock.pass_time(1_000)
    await story.tap("score:1:1:5")
    await story.say("", content="sticker")
    found = await today(ledger)
    assert UNACCOUNTED not in found
    assert sum(found.values()) == 3


async def test_a_lost_answer_is_unaccounted_for(story, ledger, store):
    await story.say(RETURN)
    await store.write(lambda tx: tx.run("DELETE FROM message WHERE sender = 'bot'"))
    assert await today(ledger) == {"unaccounted": 1}
    (item,) = (await ledger.list_behind(SUPERVISOR, UNACCOUNTED, 1, page=0)).items
    assert (item.kind, item.conversation_id) == ("text", 1)


async def test_a_lost_message_is_unaccounted_for(story, ledger, store):
    await story.say(RETURN)
    await story.say("送料")
    await store.write(lambda tx: (tx.run("DELETE FROM outbox"), tx.run("DELETE FROM message")))
    assert await today(ledger) == {"unaccounted": 2}
    found = (await ledger.list_behind(SUPERVISOR, UNACCOUNTED, 1, page=0)).items
    assert [(item.kind, item.reference) for item in found] == [("message", None)] * 2


async def test_an_answer_to_another_question_later_hides_no_loss(story, ledger, store, clock):
    await story.say(RETURN)
    await store.write(lambda tx: tx.run("DELETE FROM message WHERE sender = 'bot'"))
    clock.pass_time(120_000)
    await story.say("送料")
    assert await today(ledger) == {"bot": 1, "unaccounted": 1}


async def test_columns_are_today_seven_and_thirty_days(story, ledger, clock):
    await story.say(RETURN)
    for days in (1, 6, 23, 1):
        clock.pass_time(days * DAY)
        await story.say(RETURN)
    balance = await ledger.get_balance(SUPERVISOR)
    assert balance.came["bot"] == (1, 2, 3)
    assert balance.received == (1, 2, 3)
    assert balance.goes["pending"] == (1, 2, 3)
    assert len((await ledger.list_behind(SUPERVISOR, "bot", 7, page=0)).items) == 2


async def test_sends_are_counted_by_state_and_sent_is_the_rest(story, ledger, store, clock):
    for number in range(7):
        await story.say(RETURN, customer=f"U{number}")
    made = clock()
    clock.pass_time(61_000)

    def spread(tx):
        for number, state in enumerate(STATES, start=1):
            tx.run(
                "UPDATE outbox SET state = :state, sent_at = 1, lease_until = 1 WHERE id = :id",
                id=number,
                state=state,
            )

    await store.write(spread)
    balance = await ledger.get_balance(SUPERVISOR)
    assert balance.goes == dict.fromkeys(STATES, (1, 1, 1))
    assert balance.oldest_owed_at == made
    for state in STATES:
        (item,) = (await ledger.list_behind(SUPERVISOR, state, 1, page=0)).items
        assert (item.outbox_id, item.kind) == (STATES.index(state) + 1, "bot")


async def test_every_number_opens_as_many_things_as_it_says(story, ledger, clock):
    await story.follow()
    for number in range(60):
        await story.say(RETURN, customer=f"U{number}")
    await story.tap("human")
    balance = await ledger.get_balance(SUPERVISOR)
    for name in CLASSES:
        count = balance.came[name][0]
        pages = [await ledger.list_behind(SUPERVISOR, name, 1, page=page) for page in (0, 1)]
        assert sum(len(page.items) for page in pages) == count, name
    first, second = [await ledger.list_behind(SUPERVISOR, "bot", 1, page=n) for n in (0, 1)]
    assert (first.more, second.more) == (True, False)


async def test_agents_have_no_ledger(ledger):
    agent = Agent(id=2, login="a", name="佐藤", role=Role.AGENT)
    with pytest.raises(NotAllowed):
        await ledger.get_balance(agent)
    with pytest.raises(MadoguchiError):
        await ledger.list_behind(agent, "bot", 1, page=0)


async def test_the_counts_read_no_more_than_their_time(story, ledger, store):
    """With a million messages the page must not walk through what is older than it shows."""

    def plans(tx):
        seen = []

        class Watching:
            def all(self, sql, /, **values):
                seen.extend(row["detail"] for row in tx.all(f"EXPLAIN QUERY PLAN {sql}", **values))
                return tx.all(sql, **values)

            def one(self, sql, /, **values):
                (row,) = self.all(sql, **values)
                return row

        from handoff import ledger_rows

        spans = ledger_rows.Spans(today=3, week=2, month=1)
        rule = ledger_rows.Rule(flood=1, flood_span_ms=1, together_ms=1)
        ledger_rows.count_all(Watching(), spans, rule)
        return seen

    scans = [line for line in await store.read(plans) if line.startswith("SCAN")]
    assert [line for line in scans if "USING" not in line and "subquery" not in line] == []
