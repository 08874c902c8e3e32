"""What is no longer needed goes, kind by kind; what is open or counted stays."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.clock import DAY_MS
from faq.knowledge import build_knowledge
from handoff.access import Agent
from handoff.doors import Doors
from handoff.gap_gathering import Gathering
from handoff.results import SurveyWanted
from handoff.retention import apply_retention
from handoff.settings import RetentionSettings
from tests.handoff.people_world import MORNING, World
from tests.privacy.privacy_rows import insert

# notes are an agent's
pytestmark = pytest.mark.usefixtures("admin")

KEEP = RetentionSettings()
WORDS = "むかしの言葉"
PHONE = "+819012345678"
OLD = MORNING - 181 * DAY_MS
YOUNG = MORNING - 179 * DAY_MS


def talk(tx: Any, number: int, *, at: int, state: str = "closed") -> None:
    """One customer with one conversation of every kind of row."""
    own: dict[str, Any] = {"conversation_id": number}
    over = at if state == "closed" else None
    due = None if over else at
    insert(
        tx, "customer", id=number, channel="line", external_hash=f"U{number}", lang="ja",
        external_id=f"U{number}", name=f"{WORDS}名", known=asjson({"name": WORDS}), seen_at=at,
        last_seq=2, reachable=1,
    )  # fmt: skip
    insert(
        tx, "conversation", id=number, reference=f"M-{number}", customer_id=number, state=state,
        channel="line", lang="ja", talk=asjson({"question": WORDS}), round=1, opened_at=at,
        form=asjson({"order": WORDS}), changed_at=at, closed_at=over, due_at=due,
        waiting_since=due,
    )  # fmt: skip
    said = {"customer_id": number, "kind": "text", "sent_at": at, "occurred_at": at, **own}
    insert(
        tx, "message", seq=1, sender="customer", source_key="s1", text=WORDS,
        body=asjson({"choice": "solved"}), **said,
    )  # fmt: skip
    insert(
        tx, "message", seq=2, sender="bot", source_key="s2", text=f"{WORDS}答え", entry_id="e1",
        body=asjson({"announcement": "a1", "buttons": [{"label": WORDS}]}), **said,
    )  # fmt: skip
    insert(
        tx, "outbox", channel="line", customer_id=number, cause_key=f"k{number}", sender="bot",
        retry_key=f"k{number}", body=asjson({"bubbles": [{"text": WORDS}]}), state="sent",
        first_seq=2, last_seq=2, sent_at=at, **own,
    )  # fmt: skip
    insert(tx, "note", agent_id=1, client_id=f"n{number}", text=WORDS, **own)
    insert(tx, "callback", phone=PHONE, from_at=1, until_at=2, state="done", **own)
    insert(
        tx, "survey", round=1, channel="line", handled_by="agent", agent_id=1, state="answered",
        score=5, comment=WORDS, asked_at=at, answered_at=at, **own,
    )  # fmt: skip


def asjson(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


async def sweep(world: World, keep: RetentionSettings = KEEP) -> dict[str, int]:
    return await apply_retention(world.store, keep, world.clock, pause=0)


async def where(world: World, *, customer: int) -> set[str]:
    """Tables in which this customer's words still stand."""
    found = set()
    for table, column in {
        "customer": "id", "conversation": "id", "message": "customer_id", "outbox": "customer_id",
        "note": "conversation_id", "survey": "conversation_id", "callback": "conversation_id",
    }.items():  # fmt: skip
        rows = await world.rows(f"SELECT * FROM {table} WHERE {column} = :id", id=customer)
        if any(
            word in str(value) for row in rows for value in row.values() for word in (WORDS, PHONE)
        ):
            found.add(table)
    return found


ALL = {"customer", "conversation", "message", "outbox", "note", "survey", "callback"}


async def test_words_go_and_counts_stay(world: World, admin: Agent) -> None:
    def fill(tx: Any) -> None:
        talk(tx, 1, at=OLD)
        talk(tx, 2, at=YOUNG)
        talk(tx, 3, at=OLD, state="waiting")

    await world.store.write(fill)
    before = await world.results.get_page(admin, SurveyWanted())
    columns = "id, seq, sender, entry_id, sent_at, conversation_id, source_key"
    messages = await world.rows(f"SELECT {columns} FROM message ORDER BY id")
    assert await where(world, customer=1) == ALL
    assert await sweep(world) == {"conversations": 1, "profiles": 1}
    assert [await where(world, customer=one) for one in (1, 2, 3)] == [set(), ALL, ALL]
    after = await world.results.get_page(admin, SurveyWanted())
    assert (after.total, after.by_agent, after.by_entry, after.by_channel, len(after.rows)) == (
        before.total, before.by_agent, before.by_entry, before.by_channel, len(before.rows),
    )  # fmt: skip
    assert await world.rows(f"SELECT {columns} FROM message ORDER BY id") == messages
    bodies = await world.rows("SELECT body, erased_how FROM message WHERE customer_id = 1")
    # what helped and which announcement was told is counted from here
    assert bodies == [
        {"body": '{"choice":"solved"}', "erased_how": "expired"},
        {"body": '{"announcement":"a1"}', "erased_how": "expired"},
    ]
    assert await sweep(world) == {}


async def test_what_was_taken_up_again_keeps_its_words_until_it_is_over(world: World) -> None:
    await world.store.write(talk, 1, at=OLD)
    await world.run(
        "UPDATE conversation SET state = 'closed', changed_at = :now WHERE id = 1", now=YOUNG
    )
    assert await sweep(world) == {"profiles": 1}
    assert await where(world, customer=1) == ALL - {"customer"}
    world.clock.forward(ms=3 * DAY_MS)
    assert await sweep(world) == {"conversations": 1}
    # somebody taps an old button, and says something in what was over
    said = {"conversation_id": 1, "customer_id": 1, "seq": 3, "sender": "customer", "text": WORDS}
    await world.store.write(insert, "message", **said)
    await world.run("UPDATE conversation SET changed_at = :now", now=world.clock.now + 1)
    world.clock.forward(ms=181 * DAY_MS)
    assert await sweep(world) == {"conversations": 1}
    assert await where(world, customer=1) == set()


async def test_zero_keeps_for_good(world: World) -> None:
    await world.store.write(talk, 1, at=1)
    forever = RetentionSettings(texts=0, raw_events=0, files=0, event_keys=0, audit=0)
    assert await sweep(world, forever) == {}
    assert await where(world, customer=1) == ALL


def test_days_that_would_break_a_promise_are_refused() -> None:
    for wrong in ({"event_keys": 3}, {"audit": 30}, {"texts": -1}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            RetentionSettings(**wrong)


async def test_events_lose_their_words_first_and_their_keys_last(world: World) -> None:
    held = (("parked", 401), ("done", 401), ("done", 399), ("kept", 31), ("parked", 29))

    def fill(tx: Any) -> None:
        for number, (state, days) in enumerate(held):
            insert(
                tx, "inbox", channel="line", event_key=f"e{number}", kind="message", state=state,
                content=None if state == "done" else WORDS, received_at=MORNING - days * DAY_MS,
            )  # fmt: skip

    await world.store.write(fill)
    assert await sweep(world) == {"events": 2, "event_keys": 2}
    assert await world.rows("SELECT event_key, state, content FROM inbox ORDER BY id") == [
        {"event_key": "e2", "state": "done", "content": None},
        {"event_key": "e3", "state": "done", "content": None},
        {"event_key": "e4", "state": "parked", "content": WORDS},
    ]


async def test_files_go_but_not_those_of_an_open_conversation(world: World) -> None:
    def fill(tx: Any) -> None:
        talk(tx, 1, at=OLD)
        talk(tx, 2, at=OLD, state="bot")
        for number, (customer, message, days) in enumerate(
            [(1, 1, 91), (1, 1, 89), (2, 3, 91), (2, None, 91)]
        ):
            insert(
                tx, "attachment", key=f"f{number}", customer_id=customer, message_id=message,
                state="kept", name="x", created_at=MORNING - days * DAY_MS,
            )  # fmt: skip

    await world.store.write(fill)
    keep = RetentionSettings(texts=0)
    assert await sweep(world, keep) == {"files": 2}
    states = await world.rows("SELECT key, state FROM attachment ORDER BY id")
    assert [row["state"] for row in states] == ["erased", "kept", "kept", "erased"]


async def test_undecided_questions_wait_for_their_decision(world: World) -> None:
    decided = {1: ("open", None), 2: ("out", OLD), 3: ("out", YOUNG)}

    def fill(tx: Any) -> None:
        for number, (state, at) in decided.items():
            talk(tx, number, at=OLD)
            insert(tx, "gap", id=number, state=state, decided_at=at)
            first = 2 * number - 1
            insert(
                tx, "gap_question", key=f"M-{number}:1", gap_id=number, conversation_id=number,
                customer_id=number, message_id=first, last_message_id=first, considered="[]",
                reference=f"M-{number}", text=WORDS, why="unanswered", asked_at=OLD, state="open",
            )  # fmt: skip

    await world.store.write(fill)
    assert await sweep(world) == {"conversations": 3, "profiles": 3, "questions": 1}
    left = "SELECT gap_id FROM gap_question ORDER BY gap_id"
    assert await world.rows(left) == [{"gap_id": 1}, {"gap_id": 3}]
    # what is read again, because somebody wrote, does not drop what cannot be found any more
    doors = Doors(world.settings).of_team(None)
    gathering = Gathering(world.store, lambda: build_knowledge([], []), doors, world.clock)
    await gathering.run()
    assert await world.rows(left) == [{"gap_id": 1}, {"gap_id": 3}]
    assert await world.rows("SELECT id FROM gap ORDER BY id") == [{"id": 1}, {"id": 2}, {"id": 3}]


async def test_the_audit_log_goes_when_it_is_old_and_not_before(world: World) -> None:
    def fill(tx: Any) -> None:
        for days in (1096, 1094):
            insert(tx, "audit_log", at=MORNING - days * DAY_MS, detail="{}")

    await world.store.write(fill)
    assert await sweep(world) == {"audit": 1}


async def test_a_crash_in_the_middle_is_taken_up_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(tx: Any) -> None:
        for number in range(1, 31):
            talk(tx, number, at=OLD - number)

    await world.store.write(fill)
    passed = 0

    def die(name: str) -> None:
        nonlocal passed
        passed += name == "retention.mid"
        if passed == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("handoff.retention.hit", die)
        with pytest.raises(KeyboardInterrupt):
            await sweep(world)
    left = await world.rows("SELECT id FROM conversation WHERE expired_at IS NULL")
    assert len(left) == 15
    # each conversation went whole or not at all
    for row in left:
        assert await where(world, customer=row["id"]) == ALL
    assert await sweep(world) == {"conversations": 15, "profiles": 30}
    for number in range(1, 31):
        assert await where(world, customer=number) == set()


async def test_chats_go_on_while_thousands_of_rows_go(world: World) -> None:
    """No unit of ours takes more than a few rows: others' units stand between them."""

    def fill(tx: Any) -> None:
        for number in range(1, 201):
            talk(tx, number, at=OLD - number)

    await world.store.write(fill)
    sizes: list[int] = []
    write: Callable[..., Any] = world.store.write

    class Watched:
        read = world.store.read

        async def write(self, fn: Any, ids: Any, **values: Any) -> Any:
            sizes.append(len(ids))
            return await write(fn, ids, **values)

        async def empty_log(self) -> bool:
            return await world.store.empty_log()

    await apply_retention(Watched(), KEEP, world.clock, pause=0)
    assert (sizes.count(5), max(sizes)) == (40, 100)
