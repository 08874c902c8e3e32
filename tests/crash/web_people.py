"""Web visitors with two tabs over real WebSockets, which are cut and resume."""

import asyncio
import json
from contextlib import suppress
from typing import Any, Self

import aiohttp

from tests.contracts.line_house import price, question
from tests.crash.line_people import PRICES
from tests.crash.world import World
from tests.journeys.kill_server import until


class Tab:
    """One page: resumes by seq and notices every gap."""

    def __init__(
        self, world: World, client: aiohttp.ClientSession, token: str | None = None
    ) -> None:
        self.world = world
        self.token = token
        self.events: list[dict[str, Any]] = []
        self.erased: set[int] = set()
        self.acked: dict[str, int | None] = {}
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        #: cleared while the laptop is shut
        self.online = asyncio.Event()
        self.online.set()
        self._client = client
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._live())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    @property
    def last(self) -> int:
        return self.events[-1]["seq"] if self.events else 0

    async def _live(self) -> None:
        while True:
            await self.world.server.up.wait()
            await self.online.wait()
            with suppress(aiohttp.ClientError, OSError, TimeoutError):
                await self._listen()
            self.socket = None
            await asyncio.sleep(0.03)

    async def _listen(self) -> None:
        """Connect, be told what was missed, listen until it is cut."""
        url = self.world.server.url
        async with self._client.ws_connect(f"{url}/chat/ws", headers={"Origin": url}) as socket:
            await socket.send_json({"type": "hello", "token": self.token, "after": self.last})
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break
                self._hear(json.loads(message.data))
                self.socket = socket

    def _hear(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "welcome":
            self.token = frame["token"]
        elif frame["type"] == "ack":
            self.acked[frame["client_id"]] = frame["seq"]
        elif frame["type"] == "events":
            for event in frame["events"]:
                if event["seq"] != self.last + 1:
                    self.world.history.broken("I4", f"{event['seq']} after {self.last}")
                self.events.append(event)

    async def send(self, frame: dict[str, Any]) -> bool:
        """Whether it went out at all."""
        with suppress(ConnectionError, aiohttp.ClientError):
            if self.socket is not None and self.token:
                await self.socket.send_json(frame)
                return True
        return False

    async def cut(self) -> None:
        """The network is gone in the middle of something."""
        if self.socket is not None:
            transport = self.socket._response.connection
            if transport is not None and transport.transport is not None:
                transport.transport.abort()

    async def load_afresh(self) -> list[dict[str, Any]]:
        """The whole transcript, as a page that knows nothing but its token gets it."""
        fresh: list[dict[str, Any]] = []
        url = self.world.server.url
        async with self._client.ws_connect(f"{url}/chat/ws", headers={"Origin": url}) as socket:
            await socket.send_json({"type": "hello", "token": self.token, "after": 0})
            with suppress(TimeoutError):
                while len(fresh) < len(self.events):
                    frame = await socket.receive_json(timeout=30)
                    fresh += frame.get("events", []) if frame["type"] == "events" else []
        return fresh


class WebPerson:
    """Somebody with a browser and two tabs."""

    def __init__(self, world: World, name: str, client: aiohttp.ClientSession) -> None:
        self.world = world
        self.name = name
        self.chance = world.chance(name)
        self.first = Tab(world, client)
        self.second = Tab(world, client)
        self.sent: list[str] = []
        self._count = 0

    @property
    def tabs(self) -> tuple[Tab, Tab]:
        return self.first, self.second

    @property
    def seen(self) -> list[str]:
        return [event["text"] for event in self.first.events if event["from"] != "customer"]

    async def open(self) -> None:
        """Open the second tab with the first one's token."""
        await self.first.__aenter__()
        while not self.first.token:
            await asyncio.sleep(0.02)
        self.second.token = self.first.token
        await self.second.__aenter__()

    async def close(self) -> None:
        for tab in self.tabs:
            if tab._task is not None:
                await tab.__aexit__()

    async def say(self, text: str) -> None:
        await self._send({"type": "send", "text": text}, text)

    async def tap(self, code: str, label: str) -> None:
        await self._send({"type": "choice", "code": code, "label": label}, label)

    async def _send(self, frame: dict[str, Any], text: str) -> None:
        """Until it is acknowledged, and now and then once more."""
        self._count += 1
        client_id = frame["client_id"] = f"{self.name}-{self._count:06}"
        history, tab = self.world.history, self.first
        history.note("invoke", self.name, "web")
        while client_id not in tab.acked:
            if await tab.send(frame):
                await until(lambda: client_id in tab.acked or tab.socket is None, 0.5)
            else:
                await asyncio.sleep(0.03)
        history.note("ok", self.name, "web")
        self.sent.append(text)
        if self.chance.random() < 0.2:
            await self.chance.choice(self.tabs).send(frame)

    def offered(self, label: str) -> tuple[str, str]:
        """Code and label of the newest button that begins so, empty when there is none."""
        for event in reversed(self.first.events):
            for action in [*event.get("quick", []), *event.get("buttons", [])]:
                if action["label"].startswith(label) and action.get("code"):
                    return action["code"], action["label"]
        return "", ""

    async def until_seen(self, count: int) -> None:
        while len(self.seen) < count:
            await asyncio.sleep(0.02)

    def newest(self) -> int:
        """The newest seq of this visitor, from the database."""
        visitor = (self.first.token or "").split(".")[1]
        sql = "SELECT last_seq FROM customer WHERE external_id = :visitor"
        rows = self.world.server.rows(sql, visitor=visitor)
        return int(rows[0][0]) if rows else -1

    async def check_views(self) -> None:
        """No gap, both tabs equal, equal to a fresh load; each text once and in order."""
        broken = self.world.history.broken
        for tab in self.tabs:
            if [event["seq"] for event in tab.events] != [*range(1, len(tab.events) + 1)]:
                broken("I4", f"{self.name}: a gap or a double")
        if self.first.events != self.second.events:
            broken("I4", f"{self.name}: the tabs differ")
        if await self.first.load_afresh() != self.first.events:
            broken("I4", f"{self.name}: a fresh load differs")
        said = [event["text"] for event in self.first.events if event["from"] == "customer"]
        if said != self.sent:
            broken("I5", f"{self.name}: {len(self.sent)} sent, {len(said)} stand there")


class WebAsker(WebPerson):
    """Asks for one price after the other."""

    def __init__(self, world: World, name: str, client: aiohttp.ClientSession) -> None:
        super().__init__(world, name, client)
        self.asked: list[int] = []

    async def live(self) -> None:
        await self.open()
        while not self.world.over.is_set():
            numbers = self.chance.sample(range(10), 10)
            if self.asked and numbers[0] == self.asked[-1]:
                numbers.reverse()
            for number in numbers:
                await self.say(question(number))
                self.asked.append(number)
                if self.chance.random() < 0.05:
                    await self.chance.choice(self.tabs).cut()
                await asyncio.sleep(self.chance.uniform(0.02, 0.3))
                if self.world.over.is_set():
                    return

    def check(self) -> None:
        seen = [text for text in self.seen if text in PRICES]
        expected = [price(number) for number in self.asked]
        if seen != expected:
            self.world.history.broken(
                "I5", f"{self.name}: {len(expected)} asked, {len(seen)} answered"
            )
