"""What a customer sees of the database."""

import pytest
from echo_intake import add_agent, append, assign

from bot.bubbles import Action
from bot.outside import external_hash
from bot.store import get
from bot.transcript import (
    Answering,
    Attached,
    Shown,
    Situation,
    find_customer_id,
    find_situation,
    forget_upload,
    list_erased,
    list_shown,
)

NOW = 1_800_000_000_000


def _customer(tx, name="visitor"):
    return get(
        tx,
        "INSERT INTO customer (channel, external_hash, external_id, lang, reachable, last_seq,"
        " known, created_at, seen_at) VALUES ('web', :hash, :name, 'ja', 1, 0, '{}', 1, 1)"
        " RETURNING id",
        hash=external_hash("web", name),
        name=name,
    )["id"]


def _conversation(tx, customer, *, reference="M-7K2Q", state="bot"):
    return get(
        tx,
        "INSERT INTO conversation (reference, customer_id, channel, state, lang, talk, urgent,"
        " form, round, last_seq, customer_seq, agent_seq, opened_at, changed_at, due_at, review,"
        " waiting_since) VALUES (:reference, :id, 'web', :state, 'ja', '{}', 0, '{}', 1, 0, 0, 0,"
        " 1, 1, 1, 0, 1) RETURNING id",
        reference=reference,
        id=customer,
        state=state,
    )["id"]


def _story(tx):
    """One customer, two conversations, an agent, a file, a note, and somebody else."""
    customer, other = _customer(tx), _customer(tx, "other")
    old = _conversation(tx, customer, reference="M-OLD2", state="closed")
    new = _conversation(tx, customer)
    agent = add_agent(tx, "田中", NOW)
    append(tx, old, customer, "customer", "返品したい", NOW + 1, source="client-1")
    body = {"quick": [{"label": "はい", "code": "yes"}], "secret": "staff only"}
    append(tx, old, customer, "bot", "こちらです", NOW + 2, body=body)
    message, _ = append(
        tx, new, customer, "customer", "", NOW + 3, source="client-2", kind="image"
    )
    assign(tx, new, agent)
    append(tx, new, customer, "agent", "確認します", NOW + 4, agent=agent)
    append(tx, new, customer, "customer", "やめます", NOW + 5, source="client-3")
    append(tx, new, customer, "system", "終了しました", NOW + 6)
    tx.run(
        "UPDATE message SET text = NULL, erased_at = :at, erased_how = 'unsent' WHERE seq = 5",
        at=NOW + 9,
    )
    tx.run(
        "INSERT INTO attachment (key, customer_id, message_id, state, name, content_type, size,"
        " attempts, created_at) VALUES ('k1', :customer, :message, 'kept', 'a.png', 'image/png',"
        " 10, 0, 1)",
        customer=customer,
        message=message,
    )
    tx.run(
        "INSERT INTO note (conversation_id, agent_id, client_id, text, after_seq, at)"
        " VALUES (:conversation, :agent, 'n', 'NOTE FOR STAFF', 3, 1)",
        conversation=new,
        agent=agent,
    )
    append(
        tx, _conversation(tx, other, reference="M-OTHR"), other, "customer", "OTHER", NOW,
        source="client-9",
    )  # fmt: skip
    return customer


STORY = [
    Shown(
        seq=1, sender="customer", kind="text", text="返品したい", sent_at=NOW + 1,
        client_id="client-1",
    ),
    Shown(
        seq=2, sender="bot", kind="text", text="こちらです", sent_at=NOW + 2,
        quick=(Action(label="はい", code="yes"),),
    ),
    Shown(
        seq=3, sender="customer", kind="image", text="", sent_at=NOW + 3, client_id="client-2",
        files=(
            Attached(key="k1", name="a.png", content_type="image/png", size=10, state="kept"),
        ),
    ),
    Shown(seq=4, sender="agent", kind="text", text="確認します", sent_at=NOW + 4, name="田中"),
    Shown(
        seq=5, sender="customer", kind="text", text="", sent_at=NOW + 5, client_id="client-3",
        erased="unsent",
    ),
    Shown(seq=6, sender="system", kind="text", text="終了しました", sent_at=NOW + 6),
]  # fmt: skip


async def test_a_customer_sees_everything_of_theirs_and_nothing_else(store):
    customer = await store.write(_story)
    assert await store.read(list_shown, customer, after=0) == STORY


@pytest.mark.parametrize("after", range(7))
async def test_a_cursor_gives_exactly_the_rest(store, after):
    customer = await store.write(_story)
    assert await store.read(list_shown, customer, after=after) == STORY[after:]
    assert await store.read(list_shown, customer, after=after, limit=2) == STORY[after : after + 2]


async def test_what_was_erased_is_told_to_pages_that_may_show_it(store):
    customer = await store.write(_story)
    assert await store.read(list_erased, customer, upto=6) == [5]
    assert await store.read(list_erased, customer, upto=4) == []
    assert await store.read(list_erased, customer, upto=6, since=NOW + 10) == []


async def test_the_situation_names_the_agent_and_what_was_read(store):
    customer = await store.write(_story)
    situation = await store.read(find_situation, customer)
    assert situation == Situation(
        answering=Answering.AGENT,
        conversation_id=2,
        reference="M-7K2Q",
        agent="田中",
        lang="ja",
        read_seq=4,
    )


@pytest.mark.parametrize(
    ("state", "answering"),
    [
        ("bot", Answering.BOT),
        ("waiting", Answering.WAITING),
        ("resolved", Answering.BOT),
        ("closed", Answering.CLOSED),
    ],
)
async def test_every_state_says_who_answers(store, state, answering):
    def story(tx):
        customer = _customer(tx)
        _conversation(tx, customer, state=state)
        return customer

    customer = await store.write(story)
    assert (await store.read(find_situation, customer)).answering == answering


async def test_nobody_waits_before_a_conversation(store):
    assert await store.read(find_situation, await store.write(_customer)) == Situation()


async def test_an_erased_visitor_is_not_found_again(store):
    customer = await store.write(_customer)
    assert await store.read(find_customer_id, "web", "visitor") == customer
    assert await store.read(find_customer_id, "line", "visitor") is None

    def erase(tx):
        tx.run("UPDATE customer SET external_id = NULL, erased_at = 5")

    await store.write(erase)
    assert await store.read(find_customer_id, "web", "visitor") is None


async def test_only_an_upload_without_a_message_is_forgotten(store):
    await store.write(_story)
    assert await store.write(forget_upload, "k1") is False
