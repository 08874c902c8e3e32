import json
import sqlite3
from random import SystemRandom

import pytest
from factories import NOON

from bot.bubbles import Action, Bubble, Ours
from bot.messages import AlreadyThere, Heard, Reply, append_customer, append_ours
from bot.opening import take_conversation, take_customer
from bot.references import parse_reference
from bot.rows import get_conversation, get_customer

QUICK = (Action(label="はい", code="yes"),)


@pytest.fixture
async def opened(store):
    """A conversation on each channel with its customer."""

    def make(tx, channel):
        customer = take_customer(tx, channel, "U1", lang="ja", now=NOON)
        conversation = take_conversation(
            tx, customer, lang="ja", now=NOON, due_at=NOON + 9, random=SystemRandom()
        )
        return conversation.id, customer.id

    return {channel: await store.write(make, channel) for channel in ("line", "web")}


def append(tx, ids, count=1, *, cause="m:1", sender="bot", **reply):
    conversation, customer = get_conversation(tx, ids[0]), get_customer(tx, ids[1])
    messages = [Ours(bubble=Bubble(text=f"{n}", quick=QUICK)) for n in range(count)]
    return append_ours(
        tx,
        conversation,
        customer,
        sender=sender,
        messages=messages,
        reply=Reply(cause_key=cause, **reply),
        now=NOON,
        agent_id=3 if sender == "agent" else None,
    )


def listed(tx, sql):
    return [tuple(row) for row in tx.all(sql)]


async def test_twelve_messages_are_three_requests_and_only_the_first_is_free(store, opened):
    last = await store.write(append, opened["line"], 12, token="t", token_at=NOON)
    rows = await store.read(
        listed,
        "SELECT cause_key, part_no, first_seq, last_seq, reply_token, state FROM outbox",
    )
    assert last == 12
    assert rows == [
        ("1:m:1", 0, 1, 5, "t", "pending"),
        ("1:m:1", 1, 6, 10, None, "pending"),
        ("1:m:1", 2, 11, 12, None, "pending"),
    ]


async def test_each_request_has_its_own_key_before_the_first_try(store, opened):
    await store.write(append, opened["line"], 12)
    keys = await store.read(listed, "SELECT DISTINCT retry_key FROM outbox")
    assert [len(key) for (key,) in keys] == [36, 36, 36]


async def test_what_is_owed_is_the_bubble_as_it_was(store, opened):
    await store.write(append, opened["line"], sender_name="佐藤")
    ((body,),) = await store.read(listed, "SELECT body FROM outbox")
    assert json.loads(body) == {
        "bubbles": [{"text": "0", "quick": [{"label": "はい", "code": "yes"}]}],
        "sender_name": "佐藤",
    }


async def test_the_web_reads_the_table_and_is_sent_nothing(store, opened):
    await store.write(append, opened["web"])
    assert await store.read(listed, "SELECT * FROM outbox") == []


async def test_the_same_cause_is_never_answered_twice(store, opened):
    await store.write(append, opened["line"], 2)
    with pytest.raises(sqlite3.IntegrityError):
        await store.write(append, opened["line"], 2)
    assert await store.read(listed, "SELECT seq, text FROM message") == [(1, "0"), (2, "1")]
    assert await store.write(append, opened["line"], cause="m:2") == 3  # no gap


async def test_seq_counts_each_customers_messages_without_a_gap(store, opened):
    def hear(tx, key):
        conversation = get_conversation(tx, opened["line"][0])
        return append_customer(
            tx, conversation, Heard(source_key=key, text=key, occurred_at=NOON), now=NOON
        )

    assert await store.write(hear, "a") == (1, 1)
    await store.write(append, opened["line"], 2)
    with pytest.raises(AlreadyThere):
        await store.write(hear, "a")
    assert (await store.write(hear, "b"))[1] == 4
    assert await store.write(append, opened["web"]) == 1
    rows = await store.read(listed, "SELECT last_seq, customer_seq, agent_seq FROM conversation")
    assert rows == [(4, 4, 0), (1, 0, 0)]


async def test_an_agents_message_is_counted_as_such(store, opened):
    await store.write(append, opened["line"], sender="agent", cause="a:1")
    rows = await store.read(listed, "SELECT agent_seq FROM conversation WHERE id = 1")
    assert rows == [(1,)]


async def test_to_whom_cannot_be_reached_nothing_is_owed(store, opened):
    await store.write(lambda tx: tx.run("UPDATE customer SET reachable = 0"))
    await store.write(append, opened["line"])
    assert await store.read(listed, "SELECT state FROM outbox") == [("cancelled",)]


async def test_references_are_distinct_and_readable(store, opened):
    rows = await store.read(listed, "SELECT reference FROM conversation")
    assert len(set(rows)) == 2
    assert [parse_reference(reference) for (reference,) in rows] == [one for (one,) in rows]
