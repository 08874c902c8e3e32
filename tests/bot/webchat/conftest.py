"""A web chat over a real database, with a clock that only tests move."""

import shutil
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from echo_intake import HELLO, EchoIntake

from bot.appkeys import CHAT, CLOCK, DATA_DIR, HINTS, INTAKE, PUBLIC_URL, SECRET, STORE, TALK
from bot.bubbles import Bubble
from bot.channels.webchat.pages import add_routes
from bot.hints import Hints
from bot.schema import upgrade_sqlite
from bot.settings import ChatSettings, TalkSettings
from bot.sqlite_store import SqliteStore
from bot.web import install


@dataclass
class FakeClock:
    now: int = 1_800_000_000_000

    def __call__(self):
        return self.now


@dataclass
class Visitor:
    """One page: speaks the protocol and remembers what it was told."""

    client: object
    token: str | None = None
    socket: object = None
    frames: list = field(default_factory=list)
    events: list = field(default_factory=list)

    async def open(self, after=0, **fields):
        self.socket = await self.client.ws_connect(
            "/chat/ws", headers={"Origin": str(self.client.make_url("")).rstrip("/")}
        )
        hello = {"type": "hello", "token": self.token, "after": after, **fields}
        await self.socket.send_json(hello)
        welcome = await self.frame("welcome")
        self.token = welcome["token"]
        return welcome

    async def frame(self, kind):
        """The next frame of a kind; what passes by is remembered."""
        while True:
            frame = await self.socket.receive_json(timeout=30)
            self.frames.append(frame)
            if frame["type"] == "events":
                self.events += frame["events"]
            if frame["type"] == kind:
                return frame

    async def until(self, count):
        """The events, once there are so many."""
        while len(self.events) < count:
            await self.frame("events")
        return self.events

    async def say(self, client_id, text):
        await self.socket.send_json({"type": "send", "client_id": client_id, "text": text})


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    upgrade_sqlite(path)
    return path


@pytest.fixture
async def store(tmp_path, empty_database):
    path = tmp_path / "chat.db"
    shutil.copy(empty_database, path)
    store = await SqliteStore.open(path)
    yield store
    await store.close()


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def hints():
    return Hints()


@pytest.fixture
def intake(store, hints, clock):
    return EchoIntake(store, hints, clock, script={"hello": HELLO, "ping": (Bubble(text="pong"),)})


@pytest.fixture
def app(store, hints, intake, clock, tmp_path):
    app = web.Application()
    app[STORE] = store
    app[INTAKE] = intake
    app[HINTS] = hints
    app[CLOCK] = clock
    app[CHAT] = ChatSettings(sites=["https://shop.example"])
    app[TALK] = TalkSettings()
    app[DATA_DIR] = tmp_path
    app[PUBLIC_URL] = ""
    app[SECRET] = b"k" * 32
    install(app)
    add_routes(app)
    return app


@pytest.fixture
async def client(app):
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
def origin(client):
    return str(client.make_url("")).rstrip("/")


@pytest.fixture
async def visitor(client):
    visitor = Visitor(client)
    yield visitor
    if visitor.socket:
        await visitor.socket.close()


@pytest.fixture
async def second_tab(client):
    visitor = Visitor(client)
    yield visitor
    if visitor.socket:
        await visitor.socket.close()
