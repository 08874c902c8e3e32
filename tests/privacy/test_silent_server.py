"""Whatever comes through a door: no log tells it, and no address in it is opened.

A real server at its most talkative, with every door tried and a word of its own for each.
"""

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.clock import now_ms
from bot.sqlite_store import SqliteStore
from bot.standin.platform import Platform
from bot.standin.sender import WebhookSender
from bot.standin.values import Content
from bot.standin.web import create_standin
from handoff.access import Role
from handoff.staff import add_agent
from tests.contracts.line_house import ALWAYS, write_knowledge

PASSWORD = "seven green bicycles"
SERVER = Path(__file__).parent / "watched_server.py"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))


@dataclass
class Doors:
    """Everybody who comes in, and the words that they leave."""

    url: str
    client: aiohttp.ClientSession
    sender: WebhookSender
    platform: Platform
    folder: Path
    token: str = ""
    words: dict[str, str] = field(default_factory=dict)

    def word(self, door: str, *, plain: bool = False) -> str:
        """A word that stands nowhere else, with an address that wants to be opened."""
        found = f"canary{len(self.words):03d}{'x' * 6}"
        self.words[door] = found
        return found if plain else f"{found} https://{found}.example/a?b=c"

    async def get(self, path: str, **how: Any) -> int:
        how.setdefault("headers", {"Accept": "text/html"})
        async with self.client.get(self.url + path, allow_redirects=False, **how) as answer:
            await answer.read()
            return answer.status

    async def post(self, path: str, **how: Any) -> tuple[int, bytes]:
        headers = {"Origin": self.url, "X-Madoguchi-Token": self.token, **how.pop("headers", {})}
        async with self.client.post(
            self.url + path, headers=headers, allow_redirects=False, **how
        ) as answer:
            return answer.status, await answer.read()


@asynccontextmanager
async def served(folder: Path, empty_database: Path) -> AsyncIterator[tuple[Doors, Any]]:
    data = folder / "data"
    data.mkdir()
    shutil.copy(empty_database, data / "madoguchi.db")
    store = await SqliteStore.open(data / "madoguchi.db")
    await add_agent(store, now_ms, login="boss", name="責任", role=Role.ADMIN, password=PASSWORD)
    await store.close()
    platform = Platform("line-secret", "line-token")
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(TestServer(create_standin(platform, phone=False)))
        base = str(line.make_url("/"))
        settings = {
            "data_dir": str(data),
            "knowledge": str(write_knowledge(folder / "knowledge")),
            "log_level": "debug",
            "talk": {"merge_ms": 0},
            "people": {"hours": {"chat": ALWAYS, "phone": ALWAYS}},
            "line": {
                "channel_secret": "line-secret",
                "channel_access_token": "line-token",
                "api_base": base,
                "api_data_base": base,
            },
        }
        (folder / "madoguchi.yaml").write_text(json.dumps(settings), encoding="utf-8")
        log = stack.enter_context((folder / "server.log").open("wb"))
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(SERVER), str(folder / "addresses"), "serve", "--port", "0",
            cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=log,
            env={**os.environ, "PYTHONPATH": str(SERVER.parents[2])},
        )  # fmt: skip
        assert process.stdout is not None
        async with asyncio.timeout(60):
            url = (await process.stdout.readline()).decode().split()[-1]
        jar = aiohttp.CookieJar(unsafe=True)
        client = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        sender = await stack.enter_async_context(WebhookSender(platform, url + "/line/webhook"))
        try:
            yield Doors(url, client, sender, platform, folder), base
        finally:
            process.terminate()
            assert await process.wait() == 0


async def come_by_line(doors: Doors) -> None:
    who = doors.platform.add_customer(doors.word("profile name")).chat_id
    events = doors.platform.events
    image = events.image(who)
    doors.platform.contents[str(image["message"]["id"])] = Content(
        body=PNG + doors.word("picture").encode(), content_type="image/png"
    )
    await doors.sender.send(events.follow(who), image)
    await doors.sender.send(events.text(who, doors.word("text")))
    gone = events.text(who, doors.word("unsent"))
    await doors.sender.send(gone)
    await doors.sender.send(events.unsend(who, str(gone["message"]["id"])))
    await doors.sender.send(events.postback(who, doors.word("postback", plain=True)))
    place = {"type": "location", "title": doors.word("place"), "address": doors.word("address"),
             "latitude": 1.0, "longitude": 2.0}  # fmt: skip
    await doors.sender.send(events.message(who, place))
    address = f"https://{doors.word('picture address', plain=True)}.example/"
    provider = {"type": "external", "originalContentUrl": address, "previewImageUrl": address}
    outside = {"type": "image", "contentProvider": provider}
    await doors.sender.send(events.message(who, outside))
    strange = events.event("newKind", who, {"x": doors.word("field")})
    await doors.sender.send(strange)
    for number, body in enumerate((doors.word("bad json"), json.dumps(doors.word("no object")))):
        status, _ = await doors.post(
            "/line/webhook", data=body, headers={"X-Line-Signature": f"{number}"}
        )
        assert status == 401
    await doors.sender.send(events.text(who, "担当者をお願いします"))
    await doors.sender.send(events.text(who, doors.word("form")))


async def come_by_web(doors: Doors) -> None:
    headers = {
        "User-Agent": doors.word("user agent"),
        "Referer": f"https://{doors.word('referer', plain=True)}.example/",
        "X-Forwarded-For": doors.word("forwarded", plain=True),
    }
    await doors.get(f"/chat?lang={doors.word('query', plain=True)}", headers=headers)
    await doors.get(f"/{doors.word('path', plain=True)}")
    await doors.get("/chat/faq", params={"q": doors.word("faq search")})
    await doors.post("/chat/suggest", json={"text": doors.word("suggest")})
    async with doors.client.ws_connect(
        doors.url + "/chat/ws", headers={"Origin": doors.url}
    ) as socket:
        await socket.send_json({"type": "hello", "site": doors.word("site")})
        token = ""
        async with asyncio.timeout(30):
            while not token:
                token = (await socket.receive_json()).get("token", "")
        doors.words["visitor token"] = token
        await socket.send_json(
            {"type": "send", "client_id": "client-00001", "text": doors.word("web text")}
        )
        await socket.send_json({"type": "send", "text": doors.word("bad frame")})
        await socket.send_str(doors.word("no frame"))
        await asyncio.sleep(0.2)
    form = aiohttp.FormData()
    form.add_field("file", PNG, filename=doors.word("file name", plain=True) + ".png")
    await doors.post("/chat/upload", data=form, headers={"Authorization": f"Bearer {token}"})
    await doors.post("/chat/send", data=doors.word("bad body"),
                     headers={"Content-Type": "application/json"})  # fmt: skip
    wrong = {"Origin": f"https://{doors.word('origin', plain=True)}.example"}
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await doors.client.ws_connect(doors.url + "/chat/ws", headers=wrong)


async def come_as_staff(doors: Doors) -> None:
    await doors.post("/login", data={"login": doors.word("login", plain=True),
                                     "password": doors.word("password")})  # fmt: skip
    await doors.post("/login", data={"login": "boss", "password": PASSWORD})
    async with doors.client.get(doors.url + "/account") as page:
        doors.token = (await page.text()).split('name="csrf" content="')[1].split('"')[0]
    doors.words["form token"] = doors.token
    doors.words["login cookie"] = max((one.value for one in doors.client.cookie_jar), key=len)
    doors.words["own password"] = PASSWORD
    await doors.get("/desk/api/conversations", params={"q": doors.word("desk search")})
    await doors.get("/callbacks", params={"q": doors.word("callback search")})
    await doors.get("/knowledge", params={"q": doors.word("knowledge search")})
    await doors.get("/results", params={"from": doors.word("results filter")})
    _, body = await doors.post("/desk/api/next", json={})
    number = json.loads(body)["conversation_id"]
    async with doors.client.get(f"{doors.url}/desk/api/conversations/{number}") as answer:
        seen = (await answer.json())["conversation"]["last_seq"]
    act = f"/desk/api/conversations/{number}/"
    status, _ = await doors.post(
        act + "reply",
        json={"text": doors.word("reply"), "client_id": "draft-00001", "seen_seq": seen},
    )
    assert status == 200
    status, _ = await doors.post(
        act + "note", json={"text": doors.word("note"), "client_id": "note-000001"}
    )
    assert status == 200
    await doors.post(act + "reply", json={"text": doors.word("bad reply"), "more": 1})
    await doors.get(f"/desk/conversations/{number}/customer.zip")
    await doors.post(act + "erase_customer", json={})


@pytest.mark.promise("P36")
@pytest.mark.promise("P41")
async def test_no_log_tells_what_came_in_and_no_address_in_it_is_opened(
    tmp_path: Path, empty_database: Path, blockbuster: Any
) -> None:
    blockbuster.deactivate()
    async with served(tmp_path, empty_database) as (doors, base):
        await come_by_line(doors)
        await come_by_web(doors)
        await come_as_staff(doors)
        # profile, picture and the reply go to LINE meanwhile
        await asyncio.sleep(6)
    log = (tmp_path / "server.log").read_text(encoding="utf-8")
    told = {door: word for door, word in doors.words.items() if word in log}
    assert told == {}
    for secret in ("line-secret", "line-token"):
        assert secret not in log
    lines = log.splitlines()
    # one line an event, and each door has left some
    assert [line for line in lines if not re.match(r"(timestamp=')?\d{4}-\d\d-\d\dT", line)] == []
    for event in ("line_webhook", "line_event", "line_call", "media_fetched"):
        assert any(event in line for line in lines), event
    asked = (tmp_path / "addresses").read_text(encoding="utf-8")
    assert [word for word in doors.words.values() if word in asked] == []
    hosts = set(re.findall(r"'([^']*)'", asked)) - {"", "localhost"}
    port = base.rstrip("/").rpartition(":")[2]
    # the stand-in for LINE's two hosts, and nobody else
    assert {host for host in hosts if not host.startswith("/")} <= {"127.0.0.1", "0.0.0.0", port}  # noqa: S104 - what may stand in a list
    assert port in asked
