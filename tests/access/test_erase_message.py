"""A supervisor erases one thing that a customer should not have written."""

import asyncio
from typing import Any

import pytest

from tests.access.access_house import AccessHouse, Person

SECRET = "visitor_a-secret"
FILE = "visitor_a-file.png"


async def messages(access: AccessHouse) -> list[dict[str, Any]]:
    return await access.rows(
        "SELECT m.id, m.sender, m.conversation_id AS conversation, m.kind FROM message m"
        " WHERE m.conversation_id = 1 ORDER BY m.seq"
    )


async def everything(access: AccessHouse) -> str:
    """Every cell of every table."""
    tables = await access.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    return str([await access.rows(f'SELECT * FROM "{one["name"]}"') for one in tables])


async def erase(person: Person, message: int, conversation: int = 1) -> int:
    path = f"/desk/api/conversations/{conversation}/erase_message"
    return (await person.send(path, message_id=message)).status


@pytest.mark.promise("P40")
async def test_its_words_and_files_are_gone_and_its_place_remains(access: AccessHouse) -> None:
    supervisor, visitor = access["supervisor"], access["visitor_a"]
    ours = [one for one in await messages(access) if one["sender"] == "customer"]
    assert [one["kind"] for one in ours] == ["text", "image"]
    page = await visitor.socket("/chat/ws")
    await page.send_json({"type": "hello", "token": visitor.bearer, "lang": "ja", "after": 99})
    assert (await page.receive_json(timeout=60))["type"] == "welcome"
    for one in ours:
        # twice does no harm
        assert [await erase(supervisor, one["id"]) for _ in range(2)] == [200, 200]
    assert SECRET not in await everything(access)
    assert (await access.rows("SELECT state FROM attachment ORDER BY id"))[0] == {
        "state": "erased"
    }
    assert FILE not in await everything(access)
    found = await (await supervisor.ask("GET", "/desk/api/conversations/1")).json()
    shown = [item for item in found["items"] if item.get("sender") == "customer"]
    assert [(one["text"], one["erased_how"], one["files"]) for one in shown] == [
        ("", "erased", [])
    ] * 2
    again = await (await visitor.ask("GET", "/chat/poll?after=0&wait=0")).text()
    assert (SECRET in again, FILE in again) == (False, False)
    told: set[int] = set()
    async with asyncio.timeout(60):
        while len(told) < len(ours):
            frame = await page.receive_json()
            told |= set(frame["seqs"]) if frame["type"] == "erased" else set()
    await page.close()
    acts = await access.rows("SELECT * FROM audit_log WHERE action = 'erase_message' ORDER BY id")
    assert [(one["agent_id"], one["conversation_id"], one["detail"]) for one in acts] == [
        (supervisor.agent_id, 1, f'{{"message_id":{one["id"]}}}') for one in ours for _ in "12"
    ]


async def test_nothing_else_can_be_erased_by_it(access: AccessHouse) -> None:
    before = await everything(access)
    rows = await messages(access)
    said = next(one["id"] for one in rows if one["sender"] == "customer")
    bots = next(one["id"] for one in rows if one["sender"] == "bot")
    boss = access["admin"]
    told = [
        await erase(access["agent"], said),
        await erase(boss, said, conversation=2),
        await erase(boss, bots),
        await erase(boss, 0),
        await erase(boss, 999_999),
    ]
    assert told == [403, 404, 404, 400, 404]
    assert await everything(access) == before


async def test_who_may_not_is_not_offered_it(access: AccessHouse) -> None:
    offered = {}
    for name in ("agent", "supervisor", "admin"):
        found = await access[name].ask("GET", "/desk/api/conversations/1")
        offered[name] = (await found.json())["may"]["erase_message"]
    assert offered == {"agent": False, "supervisor": True, "admin": True}
