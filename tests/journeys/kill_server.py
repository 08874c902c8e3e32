"""The real server as a process that can be killed, and those who go on talking to it."""

import asyncio
import json
import os
import re
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp

from bot.standin.platform import Platform
from bot.standin.sender import WebhookSender

PASSWORD = "seven green bicycles"
ALWAYS = {"week": {"mon-sun": "0:00-24:00"}, "holidays": "as usual"}
START_SECONDS = 40


@dataclass
class Server:
    """`madoguchi serve` on a folder; `url` changes with each life."""

    folder: Path
    platform: Platform
    line_base: str
    knowledge: Path
    process: asyncio.subprocess.Process | None = None
    url: str = ""
    lives: int = 0
    up: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def database(self) -> Path:
        return self.folder / "data" / "madoguchi.db"

    def write_settings(self) -> None:
        settings = {
            "data_dir": str(self.folder / "data"),
            "knowledge": str(self.knowledge),
            "log_level": "error",
            "talk": {"merge_ms": 200},
            "people": {"hours": {"chat": ALWAYS, "phone": ALWAYS}},
            "line": {
                "channel_secret": self.platform.channel_secret,
                "channel_access_token": next(iter(self.platform.access_tokens)),
                "api_base": self.line_base,
                "api_data_base": self.line_base,
                "timeout_seconds": 3,
            },
        }
        # JSON is YAML
        path = self.folder / "madoguchi.yaml"
        path.write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")

    async def start(self, failpoint: str = "") -> bool:
        """Whether it came up; a failpoint may kill it before it does."""
        self.lives += 1
        environment = {**os.environ, "MADOGUCHI_FAILPOINT": failpoint}
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server", "serve", "--port", "0",
            cwd=self.folder, env=environment, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            line = (await self.process.stdout.readline()).decode()
        if "serves on" not in line:
            await self.wait()
            return False
        self.url = line.split()[-1]
        self.up.set()
        return True

    async def kill(self) -> None:
        """kill -9, wherever it is."""
        assert self.process is not None
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.wait()

    async def wait(self) -> int:
        """Until it is dead; its exit code."""
        assert self.process is not None
        code = await self.process.wait()
        self.up.clear()
        return code

    async def kill_and_start(self) -> None:
        await self.kill()
        assert await self.start()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Read the database from outside."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=5)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


async def until(done: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether it comes true in time."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        if done():
            return True
        await asyncio.sleep(0.02)
    return done()


@dataclass
class Phone:
    """A LINE customer whose events LINE delivers again until they are acknowledged."""

    server: Server
    sender: WebhookSender
    chat_id: str

    @property
    def seen(self) -> list[str]:
        return self.server.platform.texts_to(self.chat_id)

    async def deliver(self, event: Any) -> None:
        """Until the answer is 200, over however many lives."""
        first = True
        while True:
            await self.server.up.wait()
            self.sender.url = self.server.url + "/line/webhook"
            receipt = await self.sender.send(event, redelivery=not first)
            if receipt.acknowledged:
                return
            first = False
            await asyncio.sleep(0.03)

    async def say(self, text: str) -> None:
        await self.deliver(self.server.platform.events.text(self.chat_id, text))

    async def tap(self, label: str) -> None:
        """Tap the newest button or quick reply with this label."""
        for message in reversed(self.server.platform.sent_to(self.chat_id)):
            found = _find_action(message, label)
            if found:
                event = self.server.platform.events.postback(self.chat_id, found)
                return await self.deliver(event)
        raise AssertionError(f"no button {label}: {self.seen}")


def _find_action(message: dict[str, Any], label: str) -> str:
    items = [item["action"] for item in message.get("quickReply", {}).get("items", [])]
    items += message.get("template", {}).get("actions", [])
    return next((str(one["data"]) for one in items if one["label"].startswith(label)), "")


@dataclass
class Tab:
    """A web visitor: resumes by seq, sends again until acknowledged, and notices every gap."""

    server: Server
    client: aiohttp.ClientSession
    token: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    acked: dict[str, int | None] = field(default_factory=dict)
    count: int = 0
    _socket: aiohttp.ClientWebSocketResponse | None = None
    _task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._live())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    @property
    def seen(self) -> list[tuple[str, str]]:
        return [(event["from"], event["text"]) for event in self.events]

    @property
    def last(self) -> int:
        return self.events[-1]["seq"] if self.events else 0

    async def _live(self) -> None:
        """Connect, be told what was missed, listen; again after every cut."""
        while True:
            await self.server.up.wait()
            with suppress(aiohttp.ClientError, OSError, TimeoutError):
                async with self.client.ws_connect(
                    self.server.url + "/chat/ws", headers={"Origin": self.server.url}
                ) as socket:
                    hello = {"type": "hello", "token": self.token, "after": self.last}
                    await socket.send_json(hello)
                    self._socket = socket
                    async for message in socket:
                        if message.type is not aiohttp.WSMsgType.TEXT:
                            break
                        self._hear(json.loads(message.data))
            self._socket = None
            await asyncio.sleep(0.05)

    def _hear(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "welcome":
            self.token = frame["token"]
        elif frame["type"] == "ack":
            self.acked[frame["client_id"]] = frame["seq"]
        elif frame["type"] == "events":
            for event in frame["events"]:
                if event["seq"] != self.last + 1:
                    self.wrong.append(f"{event['seq']} after {self.last}")
                self.events.append(event)

    async def _send(self, frame: dict[str, Any]) -> None:
        """Until it is acknowledged, and now and then once more."""
        self.count += 1
        frame["client_id"] = f"message-{self.count:04}"
        while frame["client_id"] not in self.acked:
            if self._socket is not None and self.token:
                with suppress(ConnectionError, aiohttp.ClientError):
                    await self._socket.send_json(frame)
            await until(lambda: frame["client_id"] in self.acked, 0.5)
        if self.count % 5 == 0 and self._socket is not None:
            with suppress(ConnectionError, aiohttp.ClientError):
                await self._socket.send_json(frame)

    async def say(self, text: str) -> None:
        await self._send({"type": "send", "text": text})

    async def tap(self, label: str) -> None:
        for event in reversed(self.events):
            for action in [*event.get("quick", []), *event.get("buttons", [])]:
                if action["label"].startswith(label) and action.get("code"):
                    return await self._send(
                        {"type": "choice", "code": action["code"], "label": action["label"]}
                    )
        raise AssertionError(f"no button {label}: {self.seen}")

    async def load_afresh(self) -> list[dict[str, Any]]:
        """The whole transcript, as a page that knows nothing but its token gets it."""
        fresh: list[dict[str, Any]] = []
        async with self.client.ws_connect(
            self.server.url + "/chat/ws", headers={"Origin": self.server.url}
        ) as socket:
            await socket.send_json({"type": "hello", "token": self.token, "after": 0})
            with suppress(TimeoutError):
                while len(fresh) < len(self.events):
                    frame = await socket.receive_json(timeout=30)
                    fresh += frame.get("events", []) if frame["type"] == "events" else []
        return fresh


@dataclass
class DeskPage:
    """An agent's browser; its login outlives the server's process."""

    server: Server
    client: aiohttp.ClientSession
    token: str = ""

    async def log_in(self, login: str) -> None:
        async def try_once() -> bool:
            answer = await self.client.post(
                self.server.url + "/login",
                data={"login": login, "password": PASSWORD},
                headers={"Origin": self.server.url},
                allow_redirects=False,
            )
            return answer.status == 303

        await self._again(try_once)

    async def act(self, conversation_id: int, act: str, **body: Any) -> None:
        """The same request until it is taken: 200, or 409 for what was done before."""

        async def try_once() -> bool:
            page = await self.client.get(self.server.url + "/account")
            text = await page.text()
            assert page.status == 200, text
            self.token = text.split('name="csrf" content="')[1].split('"')[0]
            answer = await self.client.post(
                f"{self.server.url}/desk/api/conversations/{conversation_id}/{act}",
                json=body,
                headers={"Origin": self.server.url, "X-Madoguchi-Token": self.token},
            )
            assert answer.status in {200, 409, 503}, await answer.text()
            return answer.status != 503

        await self._again(try_once)

    async def _again(self, try_once: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(60):
            while True:
                await self.server.up.wait()
                with suppress(aiohttp.ClientError, OSError):
                    if await try_once():
                        return
                await asyncio.sleep(0.05)


def without_reference(text: str) -> str:
    """A text with its reference number, which is drawn by chance, hidden."""
    return re.sub(r"M-[0-9A-Z]{4,}", "M-****", text)
