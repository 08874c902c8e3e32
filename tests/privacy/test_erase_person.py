"""One command erases a person from every store, and nothing brings them back."""

import asyncio
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.clock import DAY_MS
from bot.errors import NotFound
from bot.hints import DESK, customer_topic
from bot.standin.platform import Content, Platform
from handoff import customer_commands, customer_rows
from handoff.appkeys import CUSTOMERS, GATHERING
from handoff.customer_commands import Named
from tests.contracts.line_house import Clock, LineDoor, open_door

pytestmark = pytest.mark.promise("P39")

CANARY = "カナリア"
PHONE = "090-1234-5678"
PNG = b"\x89PNG\r\n\x1a\n" + CANARY.encode() * 40


def _id(event: Any) -> str:
    return str(event["message"]["id"])


async def fill(door: LineDoor) -> tuple[str, dict[str, Any]]:
    """Somebody who has left a trace in every store; LINE's id, and every event as it came."""
    hana = door.customer(f"{CANARY}花子")
    agent = await door.agent()
    events: dict[str, Any] = {}
    await door.send(door.events.follow(hana))
    events["gap"] = await door.ask(hana, f"{CANARY}隙間の置き場はどこでしょうか")
    events["human"] = await door.ask(hana, "担当者をお願いします")
    events["name"] = await door.ask(hana, f"{CANARY}名前太郎")
    number = (await door.conversation(hana))["id"]
    picture = door.events.image(hana)
    door.platform.contents[_id(picture)] = Content(body=PNG, content_type="image/png")
    await door.send(picture)
    events["picture"] = picture
    assert await door.until(lambda: kept(door))
    await door.desk.claim(agent, number)
    last = (await door.conversation(hana))["last_seq"]
    await door.desk.reply(
        agent, number, text=f"{CANARY}様、返信です", client_id="c1", seen_seq=last
    )
    await door.desk.note(agent, number, text=f"{CANARY}様は急ぎ", client_id="n1")
    await door.run(
        "INSERT INTO callback (conversation_id, phone, from_at, until_at, state, created_at)"
        " VALUES (:id, '+819012345678', 1, 2, 'due', 1)",
        id=number,
    )
    await door.desk.resolve(agent, number)
    await door.ask(hana, "5")
    events["comment"] = await door.ask(hana, f"{CANARY}感想")
    await door.settle()
    await door.run(
        "UPDATE customer SET name = :name, picture = :name WHERE external_id = :id",
        name=f"{CANARY}表示名",
        id=hana,
    )
    held = {"customer_key": hana, "text": f"{CANARY}保留"}
    await door.run(
        "INSERT INTO inbox (channel, event_key, kind, state, error, content, attempts,"
        " received_at, occurred_at) VALUES ('line', 'parked-1', 'message', 'parked', 'KeyError',"
        " :content, 1, 1, 1)",
        content=json.dumps(held, ensure_ascii=False, separators=(",", ":")),
    )
    await door.house.app[GATHERING].run()
    return hana, events


async def kept(door: LineDoor) -> bool:
    door.house.intake._media_owed()
    return bool(await door.rows("SELECT 1 FROM attachment WHERE state = 'kept'"))


def traces(folder: Path, *words: str) -> list[tuple[str, str]]:
    files = [path for path in (folder / "data").rglob("*") if path.is_file()]
    return [
        (path.name, word)
        for path in files
        for word in words
        if word.encode() in path.read_bytes()
        or json.dumps(word)[1:-1].encode() in path.read_bytes()
    ]


async def person_of(door: LineDoor, hana: str) -> customer_rows.Person:
    person = await door.house.store.read(customer_rows.find_by_outside_id, "line", hana)
    assert person is not None
    return person


async def test_nothing_of_a_person_is_left_in_any_file(door: LineDoor, tmp_path: Path) -> None:
    hana, _ = await fill(door)
    pictures = {row["key"] for row in await door.rows("SELECT key FROM attachment")}
    assert {name for name, _ in traces(tmp_path, CANARY, hana)} >= {"madoguchi.db-wal"}
    stores = {
        line.split('"')[1]
        for line in door.stored_texts().split("INSERT INTO ")
        if CANARY in line or "+8190123" in line
    }
    assert stores == {
        "customer", "conversation", "message", "outbox", "survey", "note", "callback",
        "gap_question", "inbox",
    }  # fmt: skip
    await door.house.app[CUSTOMERS].erase(await person_of(door, hana))
    assert await door.house.store.empty_log()
    assert traces(tmp_path, CANARY, hana, "+819012345678", PHONE) == []
    left = {path.name for path in (tmp_path / "data" / "media").iterdir()}
    assert (pictures != set(), left & pictures) == (True, set())


async def test_others_keep_everything(door: LineDoor) -> None:
    taro = door.customer("鈴木 太郎")
    await door.ask(taro, "担当者をお願いします")
    await door.ask(taro, "鈴木です")
    await door.settle()
    hana, _ = await fill(door)
    await door.run("UPDATE customer SET name = '鈴木 太郎' WHERE external_id = :id", id=taro)
    before = (await door.said(taro), await door.conversation(taro))
    await door.house.app[CUSTOMERS].erase(await person_of(door, hana))
    assert (await door.said(taro), await door.conversation(taro)) == before
    assert await door.rows("SELECT name FROM customer WHERE external_id = :id", id=taro) == [
        {"name": "鈴木 太郎"}
    ]


async def test_no_delivery_brings_a_person_back(door: LineDoor, tmp_path: Path) -> None:
    hana, events = await fill(door)
    # one that LINE could not deliver to us until now
    late = door.events.text(hana, f"{CANARY}遅れ")
    door.clock.forward(seconds=5)
    await door.house.app[CUSTOMERS].erase(await person_of(door, hana))
    count = len(await door.rows("SELECT id FROM message"))
    sent = len(door.platform.texts_to(hana))
    for event in events.values():
        await door.send(event)
        await door.send({**event, "webhookEventId": f"again-{event['webhookEventId']}"[:26]})
    await door.send(late)
    await door.send(door.events.unsend(hana, _id(events["comment"])))
    await door.settle()
    assert await door.house.store.empty_log()
    assert traces(tmp_path, CANARY, hana) == []
    assert len(await door.rows("SELECT id FROM message")) == count
    assert len(door.platform.texts_to(hana)) == sent


async def test_who_writes_anew_starts_afresh(door: LineDoor) -> None:
    hana, _ = await fill(door)
    await door.house.app[CUSTOMERS].erase(await person_of(door, hana))
    door.clock.forward(minutes=1)
    sent = len(door.platform.texts_to(hana))
    await door.ask_price(hana, 3)
    assert (await door.seen_by(hana))[sent:][0] == "バナナは103円です。"
    assert [text for _, text in await door.said(hana) if text and CANARY in text] == []
    (row,) = await door.rows("SELECT known, external_id FROM customer")
    assert row == {"known": "{}", "external_id": hana}


async def test_an_open_conversation_ends_and_its_pages_are_told(door: LineDoor) -> None:
    hana, agent = door.customer(), await door.agent()
    await door.ask(hana, "担当者をお願いします")
    number = (await door.conversation(hana))["id"]
    await door.desk.claim(agent, number)
    await door.settle()
    person = await person_of(door, hana)
    with (
        door.house.hints.listen(DESK) as desk,
        door.house.hints.listen(customer_topic(person.customer_id)) as own,
    ):
        await door.house.app[CUSTOMERS].erase(person, agent=agent)
        told = [(await desk.next()), (await own.next())]
    assert [[(one.kind, one.conversation_id) for one in hints] for hints in told] == [
        [("erased", number)], [("erased", number)],
    ]  # fmt: skip
    (row,) = await door.rows(
        "SELECT c.state, c.agent_id, c.closed_how, c.due_at, s.went FROM conversation c"
        " JOIN assignment s ON s.conversation_id = c.id"
    )
    assert row == {
        "state": "closed", "agent_id": None, "closed_how": "erased", "due_at": None,
        "went": "erased",
    }  # fmt: skip
    (entry,) = await door.rows(
        "SELECT agent_id, detail FROM audit_log WHERE action = 'erase_customer'"
    )
    assert (entry["agent_id"], json.loads(entry["detail"])) == (
        agent.id,
        {
            "customer_id": person.customer_id, "reference": person.reference, "login": "",
            "conversations": 1, "files": 0, "entries": 0,
        },
    )  # fmt: skip


async def test_what_was_owed_is_never_sent(door: LineDoor) -> None:
    hana = door.customer()
    await door.ask_price(hana, 1)
    await door.settle()
    await door.run("UPDATE outbox SET state = 'pending', sent_at = NULL, next_at = :at",
                   at=door.clock() + DAY_MS)  # fmt: skip
    await door.house.app[CUSTOMERS].erase(await person_of(door, hana))
    assert await door.rows("SELECT DISTINCT state, body FROM outbox") == [
        {"state": "cancelled", "body": '{"bubbles":[],"sender_name":null}'}
    ]


async def test_the_command_line_exports_and_erases_beside_a_server(
    door: LineDoor, tmp_path: Path
) -> None:
    hana, _ = await fill(door)
    settings, clock = door.house.settings, door.clock
    reference = (await door.conversation(hana))["reference"]
    out = tmp_path / "given" / "export.zip"
    await customer_commands.export_customer(
        settings, Named(reference=reference), out=out, clock=clock
    )
    held = await asyncio.to_thread(read_zip, out)
    everything = held["customer.json"].decode() + held["customer.txt"].decode()
    for words in ("隙間", "名前太郎", "様、返信です", "様は急ぎ", "感想", "表示名", "保留"):
        assert everything.count(f"{CANARY}{words}") >= 2, words
    assert [name for name in held if name.startswith("files/")] != []
    assert oct(out.stat().st_mode)[-3:] == "600"
    with door.house.hints.listen(DESK) as desk:
        lines = await customer_commands.erase_customer(settings, Named(line_id=hana), clock=clock)
        told = await desk.next(timeout=30)
    assert lines[0].startswith(f"Erased {reference}: 1 conversations, 1 files.")
    assert {one.kind for one in told} == {"erased"}
    assert await door.until(lambda: is_clean(tmp_path), 20)
    with pytest.raises(NotFound, match="Nothing is held"):
        await customer_commands.export_customer(
            settings, Named(reference=reference), out=out.with_name("b"), clock=clock
        )


async def is_clean(folder: Path) -> bool:
    return traces(folder, CANARY) == []


def read_zip(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_copies_in_the_knowledge_are_named(door: LineDoor) -> None:
    hana = door.customer()
    await door.ask(hana, "スイカの値段")
    await door.settle()
    erased = await door.house.app[CUSTOMERS].erase(await person_of(door, hana))
    assert erased.entries == ("price-4",)


async def test_erasing_twice_does_no_harm(door: LineDoor) -> None:
    hana, _ = await fill(door)
    person = await person_of(door, hana)
    await door.house.app[CUSTOMERS].erase(person)
    before = door.stored_texts()
    again = await door.house.app[CUSTOMERS].erase(replace(person, reference=""))
    assert again.forgotten.files == ()
    changed = set(door.stored_texts().splitlines()) - set(before.splitlines())
    assert {line.split('"')[1] for line in changed if '"' in line} <= {"audit_log", "customer"}


async def test_a_restart_finds_nothing(
    tmp_path: Path, empty_database: Path, line_platform: Platform, moving_clock: Clock
) -> None:
    async with open_door(
        tmp_path, line_platform, moving_clock, empty_database=empty_database
    ) as door:
        hana, _ = await fill(door)
        await door.house.app[CUSTOMERS].erase(await person_of(door, hana))
    assert traces(tmp_path, CANARY, hana) == []
