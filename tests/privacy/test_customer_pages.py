"""Admins hand out and erase from the desk; nobody else can, and the audit log knows."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from handoff.access import Role
from tests.handoff.pages.house import Browser, build, staff
from tests.handoff.people_world import World
from tests.privacy.privacy_rows import insert

SECRET = "ひみつの相談"
HOSTILE = "=cmd|' /C calc'!A0\n== お問い合わせ M-FAKE\n<script>alert(1)</script>"


@pytest.fixture
async def browsers(world: World, tmp_path: Path) -> AsyncIterator[dict[Role, Browser]]:
    server = TestServer(await asyncio.to_thread(build, world, tmp_path))
    await server.start_server()
    found = {}
    for role in Role:
        await staff(world, role.value, role)
        found[role] = Browser(server)
        assert (await found[role].log_in(role.value)).status == 303
    yield found
    for browser in found.values():
        await browser.client.close()
    await server.close()


async def fill(world: World, folder: Path) -> None:
    key = "a" * 32
    shelf = folder / "media"
    shelf.mkdir()
    (shelf / key).write_bytes(b"bytes of a picture")

    def rows(tx: Any) -> None:
        insert(tx, "customer", id=1, channel="web", external_hash="h", external_id="visitor-1",
               known='{"name":"花子"}', lang="ja", notice_at=1_800_000_000_000,
               notice_version="2026-10", last_seq=2, reachable=1)  # fmt: skip
        insert(tx, "conversation", id=1, reference="M-7K2Q", customer_id=1, state="bot",
               channel="web", talk="{}", form="{}", lang="ja", due_at=1, round=1)  # fmt: skip
        for seq, text in enumerate((SECRET, HOSTILE), 1):
            insert(tx, "message", id=seq, conversation_id=1, customer_id=1, seq=seq,
                   sender="customer", source_key=f"k{seq}", kind="text", text=text)  # fmt: skip
        insert(tx, "attachment", key=key, customer_id=1, message_id=1, state="kept",
               name="../../etc/passwd", content_type="image/png", size=18)  # fmt: skip
        insert(tx, "note", conversation_id=1, agent_id=1, client_id="n1", text="折り返す")

    await world.store.write(rows)


async def audit(world: World, action: str) -> list[dict[str, Any]]:
    rows = await world.rows("SELECT * FROM audit_log WHERE action = :action", action=action)
    return [json.loads(row["detail"]) for row in rows]


async def test_an_export_holds_everything_and_climbs_nowhere(
    world: World, browsers: dict[Role, Browser], tmp_path: Path
) -> None:
    await fill(world, tmp_path)
    answer = await browsers[Role.ADMIN].get("/desk/conversations/1/customer.zip")
    assert (answer.status, answer.headers["Content-Disposition"]) == (
        200, 'attachment; filename="customer_M-7K2Q.zip"',
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert sorted(held) == ["customer.json", "customer.txt", "files/1__.._etc_passwd"]
    assert held["files/1__.._etc_passwd"] == b"bytes of a picture"
    found = json.loads(held["customer.json"])
    assert found["notice"] == {"version": "2026-10", "shown_at": "2027-01-15T17:00:00+09:00"}
    (talk,) = found["conversations"]
    assert [said["text"] for said in talk["messages"]] == [SECRET, HOSTILE]
    assert [note["text"] for note in talk["staff_notes"]] == ["折り返す"]
    lines = held["customer.txt"].decode().splitlines()
    # what somebody wrote never looks like a line of ours
    assert [line for line in lines if line.startswith("== ")] == [
        "== お客様について", "== お問い合わせ M-7K2Q",
    ]  # fmt: skip
    assert next(line for line in lines if "担当者の覚え書き" in line).endswith("折り返す")
    assert await audit(world, "export_customer") == [
        {"customer_id": 1, "reference": "M-7K2Q", "login": ""}
    ]


async def test_an_erase_from_the_desk_is_final_and_told(
    world: World, browsers: dict[Role, Browser], tmp_path: Path
) -> None:
    await fill(world, tmp_path)
    admin = browsers[Role.ADMIN]
    shown = await admin.json("/desk/api/conversations/1")
    assert (shown["may"]["erase_customer"], shown["items"][1]["text"]) == (True, SECRET)
    answer = await admin.send("/desk/api/conversations/1/erase_customer")
    assert (answer.status, await answer.json()) == (200, {"entries": []})
    shown = await admin.json("/desk/api/conversations/1")
    assert shown["conversation"]["state"] == "closed"
    assert {(item["text"], item["erased"]) for item in shown["items"]} == {("", True)}
    assert shown["customer"]["name"] == ""
    assert not (tmp_path / "media" / ("a" * 32)).exists()
    assert SECRET not in json.dumps(await world.rows("SELECT * FROM audit_log"))
    again = await admin.get("/desk/conversations/1/customer.zip")
    assert again.status == 404


async def test_nobody_but_admins_does_either(
    world: World, browsers: dict[Role, Browser], tmp_path: Path
) -> None:
    await fill(world, tmp_path)
    for role in (Role.AGENT, Role.SUPERVISOR):
        erased = await browsers[role].send("/desk/api/conversations/1/erase_customer")
        given = await browsers[role].get("/desk/conversations/1/customer.zip")
        assert (erased.status, given.status) == (403, 403)
        shown = await browsers[role].json("/desk/api/conversations/1")
        assert shown["may"]["export_customer"] is shown["may"]["erase_customer"] is False
    assert await world.rows("SELECT text FROM message WHERE seq = 1") == [{"text": SECRET}]
