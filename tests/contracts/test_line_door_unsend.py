"""What a customer takes back is gone everywhere; what was sent as a file is kept as it is."""

from pathlib import Path
from typing import Any

import pytest

from bot.standin.faults import ERROR_BEFORE
from bot.standin.platform import Platform
from bot.standin.values import Content
from tests.contracts.line_house import Clock, LineDoor, open_door, question

SECRET = "合言葉はキツネノカミソリです"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def _id(event: Any) -> str:
    return str(event["message"]["id"])


async def test_unsend_after_the_answer(door: LineDoor):
    hana = door.customer()
    event = await door.ask(hana, SECRET)
    await door.settle()
    assert SECRET in door.stored_texts()
    unsend = door.events.unsend(hana, _id(event))
    await door.sender.send_copies(unsend, copies=3)
    # a redelivery of the message does not bring it back
    await door.send(event, redelivery=True)
    assert SECRET not in door.stored_texts()
    assert (await door.said(hana))[0] == ("customer", None)


async def test_unsend_overtakes_its_message(door: LineDoor):
    hana = door.customer()
    event = door.events.text(hana, SECRET)
    await door.ask_price(hana, 0)
    before = await door.seen_by(hana)
    await door.send(door.events.unsend(hana, _id(event)))
    await door.send(event)
    await door.send(event, redelivery=True)
    assert SECRET not in door.stored_texts()
    assert await door.seen_by(hana) == before


async def test_unsend_in_the_same_call(door: LineDoor):
    hana = door.customer()
    event = door.events.text(hana, SECRET)
    await door.send(event, door.events.unsend(hana, _id(event)))
    await door.settle()
    assert SECRET not in door.stored_texts()


async def test_unsend_before_anything_else_of_this_customer(door: LineDoor):
    hana = door.customer()
    event = door.events.text(hana, SECRET)
    await door.send(door.events.unsend(hana, _id(event)))
    await door.send(event)
    assert SECRET not in door.stored_texts()
    assert await door.seen_by(hana) == []


async def test_unsend_of_what_was_asked_back_about(door: LineDoor):
    """The words stand in the talk, in the label of the tap, in the handoff."""
    hana = door.customer()
    event = await door.ask(hana, SECRET)
    await door.ask(hana, SECRET + "ですよ")
    await door.ask(hana, "担当者をお願いします")
    await door.settle()
    second = await door.rows("SELECT source_key FROM message WHERE text = :t", t=SECRET + "ですよ")
    await door.send(
        door.events.unsend(hana, _id(event)), door.events.unsend(hana, second[0]["source_key"])
    )
    assert SECRET not in door.stored_texts()


async def test_unsend_of_a_form_answer(door: LineDoor):
    hana = door.customer()
    await door.ask(hana, "担当者をお願いします")
    event = await door.ask(hana, "キツネノカミソリ太郎")
    await door.settle()
    assert "キツネノカミソリ太郎" in (await door.conversation(hana))["form"]
    await door.send(door.events.unsend(hana, _id(event)))
    assert "キツネノカミソリ太郎" not in door.stored_texts()


async def test_unsend_of_a_survey_comment(door: LineDoor):
    hana = door.customer()
    await door.ask_price(hana, 0)
    await door.ask(hana, "1")
    await door.settle()
    agent = await door.agent()
    await door.ask(hana, "担当者をお願いします")
    number = (await door.conversation(hana))["id"]
    await door.desk.claim(agent, number)
    await door.desk.resolve(agent, number)
    await door.ask(hana, "5")
    event = await door.ask(hana, SECRET)
    await door.settle()
    assert SECRET in str(await door.rows("SELECT comment FROM survey"))
    await door.send(door.events.unsend(hana, _id(event)))
    assert SECRET not in door.stored_texts()


@pytest.mark.usefixtures("plain_logs")
async def test_unsend_of_a_parked_message(door: LineDoor, monkeypatch: pytest.MonkeyPatch):
    from bot import taking

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    hana, admin = door.customer(), await door.agent()
    monkeypatch.setattr(taking, "next_turn", broken)
    event = await door.ask(hana, SECRET)
    monkeypatch.undo()
    parked = await door.troubles.list_parked(admin)
    assert len(parked) == 1
    await door.send(door.events.unsend(hana, _id(event)))
    assert SECRET not in door.stored_texts()
    await door.troubles.retry(admin, parked[0].id)
    assert SECRET not in door.stored_texts()
    assert await door.seen_by(hana) == []


async def test_unsend_of_what_is_not_there_changes_nothing(door: LineDoor):
    hana, taro = door.customer(), door.customer("鈴木 太郎")
    event = await door.ask_price(hana, 0)
    # nobody takes back the words of somebody else
    await door.send(door.events.unsend(taro, _id(event)))
    await door.send(door.events.unsend(hana, "1"))
    assert (await door.said(hana))[0] == ("customer", question(0))


async def test_no_byte_of_it_is_left_in_the_files(
    tmp_path: Path, empty_database: Path, line_platform: Platform, moving_clock: Clock
):
    """Not in a free page and not in the log of changes: the files themselves are read."""

    def traces() -> list[str]:
        files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
        return [path.name for path in files if SECRET.encode() in path.read_bytes()]

    async with open_door(
        tmp_path, line_platform, moving_clock, empty_database=empty_database
    ) as door:
        hana = door.customer()
        event = await door.ask(hana, SECRET)
        await door.ask_price(hana, 0)
        await door.settle()
        assert traces() != []
        await door.send(door.events.unsend(hana, _id(event)))
    assert traces() == []


# ── files, stickers, places ─────────────────────────────────────────────────────────────────


async def _file(door: LineDoor) -> dict[str, Any]:
    return (await door.rows("SELECT * FROM attachment ORDER BY id DESC"))[0]


async def _becomes(door: LineDoor, state: str) -> dict[str, Any]:
    async def is_so() -> bool:
        door.house.intake._media_owed()
        return bool((await _file(door))["state"] == state)

    assert await door.until(is_so), await _file(door)
    return await _file(door)


async def _kept_bytes(door: LineDoor, row: dict[str, Any]) -> list[bytes]:
    folder = Path(door.house.settings.data_dir)
    return [path.read_bytes() for path in folder.rglob("*") if row["key"] in path.name]


async def test_a_picture_is_fetched_and_kept(door: LineDoor):
    hana = door.customer()
    event = door.events.image(hana)
    door.platform.contents[_id(event)] = Content(body=PNG, content_type="image/png")
    await door.send(event)
    row = await _becomes(door, "kept")
    assert (row["content_type"], row["size"]) == ("image/png", len(PNG))
    assert await _kept_bytes(door, row) == [PNG]
    shown = await door.seen_by(hana)
    assert [text[:20] for text in shown] == ["お送りいただいたものを受け取りました。恐"[:20]]


async def test_a_file_not_ready_yet_is_fetched_later(door: LineDoor):
    hana = door.customer()
    event = door.events.file(hana, "見積書.pdf")
    ready = Content(body=b"%PDF-1.7 x", content_type="application/pdf")
    ready.ready_at = door.clock() + 20_000
    door.platform.contents[_id(event)] = ready
    await door.send(event)

    async def was_tried() -> bool:
        return bool((await _file(door))["attempts"])

    assert await door.until(was_tried)
    assert (await _file(door))["state"] == "owed"
    door.clock.forward(seconds=60)
    row = await _becomes(door, "kept")
    assert (row["name"], row["size"]) == ("見積書.pdf", 10)


async def test_a_file_that_fails_on_the_way_is_fetched_again(door: LineDoor):
    hana = door.customer()
    event = door.events.image(hana)
    door.platform.contents[_id(event)] = Content(body=PNG, content_type="image/png")
    door.platform.faults.script("content", ERROR_BEFORE)
    await door.send(event)

    async def was_tried() -> bool:
        return bool(door.platform.faults.drawn)

    assert await door.until(was_tried)
    door.clock.forward(seconds=60)
    assert await _kept_bytes(door, await _becomes(door, "kept")) == [PNG]


async def test_a_picture_taken_back_is_gone(door: LineDoor):
    hana = door.customer()
    event = door.events.image(hana)
    door.platform.contents[_id(event)] = Content(body=PNG, content_type="image/png")
    await door.send(event)
    row = await _becomes(door, "kept")
    await door.send(door.events.unsend(hana, _id(event)))
    assert await door.rows("SELECT 1 FROM attachment WHERE state = 'kept'") == []
    assert (await door.said(hana))[0] == ("customer", None)
    from bot.shelf import drop_erased

    await drop_erased(door.house.store, door.house.shelf)
    assert await _kept_bytes(door, row) == []


async def test_a_picture_taken_back_before_it_was_fetched(door: LineDoor):
    hana = door.customer()
    event = door.events.image(hana)
    door.platform.contents[_id(event)] = Content(body=PNG, content_type="image/png", unsent=True)
    await door.send(event)
    await _becomes(door, "gone")


async def test_a_file_beyond_the_limit_is_noted_and_not_kept(door: LineDoor):
    hana = door.customer()
    event = door.events.file(hana, "大きい.zip", size=60 * 1024 * 1024)
    await door.send(event)
    row = await _becomes(door, "too_large")
    assert row["name"] == "大きい.zip"
    assert await _kept_bytes(door, row) == []


async def test_stickers_and_places_reach_the_desk_as_what_they_are(door: LineDoor):
    hana = door.customer()
    await door.send(door.events.sticker(hana, keywords=["ありがとう", "嬉しい"]))
    await door.send(door.events.location(hana, title="東京駅"))
    rows = await door.rows("SELECT kind, body FROM message WHERE sender = 'customer' ORDER BY seq")
    assert [row["kind"] for row in rows] == ["sticker", "location"]
    assert "ありがとう、嬉しい" in rows[0]["body"]
    assert "東京駅" in rows[1]["body"]
    assert "35.681000" in rows[1]["body"]
    assert [text[:5] for text in await door.seen_by(hana)] == ["ありがとう", "お送りいた"]
