"""The whole house behind its LINE door, a LINE platform on loopback, and a clock to move."""

import asyncio
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp.test_utils import TestServer

from bot.clock import to_ms
from bot.standin.platform import Platform
from bot.standin.sender import Receipt, WebhookSender
from bot.standin.web import create_standin
from handoff.access import Agent, Role
from handoff.appkeys import DESK, TROUBLES
from handoff.composition import open_house
from handoff.configuration import load_settings
from handoff.house import House
from handoff.staff import add_agent

#: a Tuesday morning
MORNING = to_ms(datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo")))
FRUITS = (
    "りんご", "みかん", "ぶどう", "バナナ", "スイカ", "いちご", "メロン", "キウイ", "レモン", "柿",
)  # fmt: skip
ALWAYS = {"week": {"mon-sun": "0:00-24:00"}, "holidays": "as usual"}
SOLVED = "解決しましたか？\n1. 解決した\n2. 解決しない\n3. 担当者に相談"
LATE = "通信の不具合により、お返事が遅くなりました。申し訳ございません。"


def question(number: int) -> str:
    return f"{FRUITS[number]}はいくらですか？"


def price(number: int) -> str:
    return f"{FRUITS[number]}は{100 + number}円です。"


def answered(*numbers: int) -> list[str]:
    """What a customer sees who asked for these prices."""
    return [text for number in numbers for text in (price(number), SOLVED)]


def write_knowledge(folder: Path) -> Path:
    """A fruit shop's price list."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = "".join(
        f"  - id: price-{number}\n    question: {question(number)}\n"
        f"    variants: [{name}の値段, {name}の価格]\n    answer: {price(number)}\n"
        for number, name in enumerate(FRUITS)
    )
    head = "lang: ja\ncategory: 値段\nentries:\n"
    (folder / "prices.yaml").write_text(head + entries, encoding="utf-8")
    return folder


@dataclass
class Clock:
    """Runs like a real clock from a Tuesday morning on; tests push it forward."""

    started: float = field(default_factory=time.monotonic)
    ahead_ms: int = 0

    def __call__(self) -> int:
        return MORNING + self.ahead_ms + int((time.monotonic() - self.started) * 1000)

    def forward(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        self.ahead_ms += int((seconds + 60 * minutes + 3600 * hours) * 1000)


@dataclass
class LineDoor:
    """What tests say and look at."""

    house: House
    platform: Platform
    sender: WebhookSender
    clock: Clock
    address: str

    @property
    def events(self) -> Any:
        return self.platform.events

    def customer(self, name: str = "山田 花子", **more: Any) -> str:
        return str(self.platform.add_customer(name, **more).chat_id)

    async def send(self, *events: Any, **how: Any) -> Receipt:
        receipt = await self.sender.send(*events, **how)
        assert receipt.status == 200, receipt
        return receipt

    async def ask(self, who: str, text: str, **more: Any) -> Any:
        event = self.events.text(who, text, **more)
        await self.send(event)
        return event

    async def ask_price(self, who: str, number: int) -> Any:
        return await self.ask(who, question(number))

    async def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        found = await self.house.store.read(lambda tx: tx.all(sql, **values))
        return [dict(row) for row in found]

    async def run(self, sql: str, **values: Any) -> int:
        return await self.house.store.write(lambda tx: tx.run(sql, **values))

    async def until(self, done: Callable[[], Awaitable[bool]], seconds: float = 30) -> bool:
        """Whether it comes true in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if await done():
                return True
            self.wake()
            await asyncio.sleep(0.02)
        return await done()

    def wake(self) -> None:
        assert self.house.delivery is not None
        self.house.delivery.wake()

    async def settle(self, seconds: float = 30) -> None:
        """Until nothing is owed to anybody."""

        async def is_quiet() -> bool:
            return not await self.rows(
                "SELECT 1 FROM outbox WHERE state IN ('pending', 'sending')"
            )

        if not await self.until(is_quiet, seconds):
            raise AssertionError(await self.rows("SELECT * FROM outbox WHERE state <> 'sent'"))

    async def seen_by(self, who: str) -> list[str]:
        """What the customer has been shown once nothing is owed any more."""
        await self.settle()
        return list(self.platform.texts_to(who))

    async def states(self) -> list[tuple[str, str | None]]:
        """Every outbox row: where it stands and how it went."""
        rows = await self.rows("SELECT state, route FROM outbox ORDER BY id")
        return [(row["state"], row["route"]) for row in rows]

    async def conversation(self, who: str) -> dict[str, Any]:
        """The customer's newest."""
        rows = await self.rows(
            "SELECT c.* FROM conversation c JOIN customer k ON k.id = c.customer_id"
            " WHERE k.external_id = :who ORDER BY c.id DESC LIMIT 1",
            who=who,
        )
        return rows[0]

    async def said(self, who: str) -> list[tuple[str, str | None]]:
        """The transcript: sender and text."""
        rows = await self.rows(
            "SELECT m.sender, m.text FROM message m JOIN customer k ON k.id = m.customer_id"
            " WHERE k.external_id = :who ORDER BY m.seq",
            who=who,
        )
        return [(row["sender"], row["text"]) for row in rows]

    async def agent(self, login: str = "sato", name: str = "佐藤") -> Agent:
        added = await add_agent(
            self.house.store,
            self.clock,
            login=login,
            name=name,
            role=Role.ADMIN,
            password="seven green bicycles",
        )
        return added.agent

    @property
    def desk(self) -> Any:
        return self.house.app[DESK]

    @property
    def troubles(self) -> Any:
        return self.house.app[TROUBLES]

    def stored_texts(self) -> str:
        """Every value of every table, as one text."""
        path = self.house.settings.database_path()
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            dump = "\n".join(connection.iterdump())
        connection.close()
        return dump


@asynccontextmanager
async def open_door(
    folder: Path,
    platform: Platform,
    clock: Clock,
    *,
    empty_database: Path | None = None,
    talk: dict[str, Any] | None = None,
    **line: Any,
) -> AsyncIterator[LineDoor]:
    """A served house that is aimed at a served platform; `line` adds LINE settings."""
    data = folder / "data"
    if empty_database and not data.exists():
        data.mkdir(parents=True)
        shutil.copy(empty_database, data / "madoguchi.db")
    async with AsyncExitStack() as stack:
        standin = TestServer(create_standin(platform, phone=False))
        await standin.start_server()
        stack.push_async_callback(standin.close)
        base = str(standin.make_url("/"))
        settings = await asyncio.to_thread(
            load_settings,
            None,
            data_dir=data,
            knowledge=write_knowledge(folder / "knowledge"),
            talk={"merge_ms": 0, **(talk or {})},
            people={"hours": {"chat": ALWAYS, "phone": ALWAYS}},
            line={
                "channel_secret": platform.channel_secret,
                "channel_access_token": next(iter(platform.access_tokens)),
                "api_base": base,
                "api_data_base": base,
                "timeout_seconds": 0.4,
                **line,
            },
        )
        house = await stack.enter_async_context(open_house(settings, clock=clock))
        server = TestServer(house.app)
        await server.start_server()
        stack.push_async_callback(server.close)
        address = str(server.make_url("/line/webhook"))
        sender = await stack.enter_async_context(WebhookSender(platform, address))
        yield LineDoor(house, platform, sender, clock, address)
