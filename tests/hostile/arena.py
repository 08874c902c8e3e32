"""The real server as a process, LINE's stand-in, people with logins, and what they complain of."""

import asyncio
import json
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer

from bot.clock import now_ms
from bot.schema import upgrade_sqlite
from bot.sqlite_store import SqliteStore
from bot.standin.platform import Platform
from bot.standin.sender import sign
from bot.standin.web import create_standin
from handoff.access import Role
from handoff.staff import add_agent
from tests.contracts.line_house import ALWAYS, write_knowledge

PASSWORD = "seven green bicycles"
SECRET = "line-secret"
START_SECONDS = 40
#: An answer that takes longer is a hang: far beyond everything that a busy machine explains.
PATIENCE = aiohttp.ClientTimeout(total=60)
_BUSY = 503
_FAULT = 500


@dataclass
class Arena:
    """What every door needs."""

    folder: Path
    platform: Platform
    url: str
    web: aiohttp.ClientSession
    process: asyncio.subprocess.Process
    #: what must hold and did not: door, case, what was seen
    complaints: list[str] = field(default_factory=list)
    #: answers by door and status
    seen: Counter[tuple[str, int]] = field(default_factory=Counter)
    good_customers: list[tuple[str, int]] = field(default_factory=list)
    count: int = 0

    def complain(self, door: str, case: str, what: str) -> None:
        self.complaints.append(f"{door} <- {case}: {what}"[:600])

    def number(self) -> int:
        self.count += 1
        return self.count

    async def ask(
        self, door: str, case: str, method: str, path: str, **more: Any
    ) -> tuple[int, bytes]:
        """One request; a fault of the server's, a hang or a broken connection is a complaint."""
        more["headers"] = {"Origin": self.url, **more.get("headers", {})}
        client = more.pop("client", self.web)
        if isinstance(more.get("data"), bytes):
            # the client warns of large bodies that are no files
            more["data"] = BytesIO(more["data"])
        try:
            async with client.request(
                method, self.url + path, allow_redirects=False, timeout=PATIENCE, **more
            ) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.complain(door, case, f"{type(error).__name__}: {error}")
            return 0, b""
        self.note(door, case, answer.status, body)
        return answer.status, body

    def note(self, door: str, case: str, status: int, body: bytes = b"") -> None:
        self.seen[door, status] += 1
        if status >= _FAULT and status != _BUSY:
            self.complain(door, case, f"{status} {body[:200]!r}")

    def expect(self, door: str, case: str, given: Any, wanted: Any) -> None:
        if given != wanted:
            self.complain(door, case, f"{given!r:.250} instead of {wanted!r:.250}")

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read the database from outside."""
        path = self.folder / "data" / "madoguchi.db"
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def log_text(self) -> str:
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    async def webhook(self, door: str, case: str, body: bytes, **headers: str) -> int:
        """A call as LINE signs it; given headers win."""
        given = {"x-line-signature": sign(body, SECRET), **headers}
        if "Content-Type" not in given:
            given["Content-Type"] = "application/json; charset=utf-8"
        status, _ = await self.ask(door, case, "POST", "/line/webhook", data=body, headers=given)
        return status

    def calls(self, *events: Any) -> bytes:
        """A body of LINE's with these events."""
        envelope = {"destination": self.platform.bot_user_id, "events": list(events)}
        return json.dumps(envelope).encode()

    def customer(self, name: str = "山田 花子") -> str:
        return str(self.platform.add_customer(name).chat_id)

    async def log_in(self, login: str, password: str = PASSWORD) -> "Staff":
        """Somebody of the staff in a browser of their own."""
        client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        form = {"login": login, "password": password}
        status, body = await self.ask("login", login, "POST", "/login", data=form, client=client)
        assert status == 303, body
        async with client.get(self.url + "/account") as page:
            token = (await page.text()).split('name="csrf" content="')[1].split('"')[0]
        return Staff(self, client, token)

    async def visit(self) -> "Visitor":
        """A new visitor of the web chat."""
        _, body = await self.ask("hello", "new", "POST", "/chat/hello", json={"type": "hello"})
        return Visitor(self, json.loads(body)["token"])


@dataclass
class Staff:
    """A login."""

    arena: Arena
    client: aiohttp.ClientSession
    token: str

    async def get(self, door: str, case: str, path: str, **more: Any) -> tuple[int, bytes]:
        headers = {"Accept": "text/html"} if "/api/" not in path else {}
        return await self.arena.ask(
            door, case, "GET", path, client=self.client, headers=headers, **more
        )

    async def post(self, door: str, case: str, path: str, **more: Any) -> tuple[int, bytes]:
        headers = {"X-Madoguchi-Token": self.token, **more.pop("headers", {})}
        return await self.arena.ask(
            door, case, "POST", path, client=self.client, headers=headers, **more
        )


@dataclass
class Visitor:
    """A visitor of the web chat over HTTP."""

    arena: Arena
    token: str
    count: int = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def client_id(self) -> str:
        self.count += 1
        return f"hostile-{self.count:04}"

    async def post(self, door: str, case: str, path: str, **more: Any) -> tuple[int, bytes]:
        headers = {**self.headers, **more.pop("headers", {})}
        return await self.arena.ask(door, case, "POST", path, headers=headers, **more)

    async def poll(self, after: int = 0) -> list[dict[str, Any]]:
        _, body = await self.arena.ask(
            "poll", str(after), "GET", f"/chat/poll?after={after}&wait=0", headers=self.headers
        )
        return list(json.loads(body)["events"]) if body else []


@asynccontextmanager
async def open_arena(folder: Path) -> AsyncIterator[Arena]:
    """Start everything; at the end the server must still live and stop as it should."""
    (folder / "data").mkdir(parents=True)
    await asyncio.to_thread(upgrade_sqlite, folder / "data" / "madoguchi.db")
    write_knowledge(folder / "knowledge")
    platform = Platform(SECRET, "line-token")
    await _add_staff(folder)
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(TestServer(create_standin(platform, phone=False)))
        _write_settings(folder, platform, str(line.make_url("/")))
        process, url = await start_server(folder)
        stack.push_async_callback(stop_server, process)
        connector = aiohttp.TCPConnector(limit=50)
        client = await stack.enter_async_context(
            aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        )
        yield Arena(folder, platform, url, client, process)


async def start_server(folder: Path) -> tuple[asyncio.subprocess.Process, str]:
    with (folder / "server.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server", "serve", "--port", "0",
            cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=log,
            env={**os.environ, "MADOGUCHI_FAILPOINT": "",
                 # the server alone: without asserts this process would judge nothing
                 "PYTHONOPTIMIZE": os.environ.get("MADOGUCHI_TEST_OPTIMIZE", "")},
        )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(START_SECONDS):
        line = (await process.stdout.readline()).decode()
    assert "serves on" in line, line
    return process, line.split()[-1]


async def stop_server(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    async with asyncio.timeout(30):
        code = await process.wait()
    assert code == 0, f"the server ended with {code}"


async def _add_staff(folder: Path) -> None:
    store = await SqliteStore.open(folder / "data" / "madoguchi.db")
    for login, role in (("sato", Role.AGENT), ("suzuki", Role.SUPERVISOR), ("chief", Role.ADMIN)):
        await add_agent(store, now_ms, login=login, name=login, role=role, password=PASSWORD)
    await store.write(lambda tx: tx.run("UPDATE agent SET capacity = 100"))
    await store.close()


def _write_settings(folder: Path, platform: Platform, line_base: str) -> None:
    settings = {
        "port": 0,
        "data_dir": str(folder / "data"),
        "knowledge": str(folder / "knowledge"),
        "log_level": "info",
        "knowledge_page": {"git": "off"},
        "chat": {"burst": 1000},
        "talk": {"merge_ms": 0, "form": []},
        "people": {"hours": {"chat": ALWAYS, "phone": ALWAYS}, "max_waiting": 1000},
        "line": {
            "channel_secret": platform.channel_secret,
            "channel_access_token": next(iter(platform.access_tokens)),
            "api_base": line_base,
            "api_data_base": line_base,
            "timeout_seconds": 5,
        },
    }
    # JSON is YAML
    path = folder / "madoguchi.yaml"
    path.write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")


async def each(work: list[Callable[[], Awaitable[None]]], *, at_once: int = 6) -> None:
    """Do all of it, some at a time, in order of the list."""
    waiting = iter(work)

    async def go_on() -> None:
        for one in waiting:
            await one()

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(go_on())
