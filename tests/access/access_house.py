"""The real application on a real socket, and everybody who might knock at it."""

import asyncio
import hashlib
import hmac
import json
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession, DummyCookieJar, TCPConnector

from bot.appkeys import SECRET
from bot.channels.line.signature import sign
from bot.clock import MINUTE_MS, now_ms
from handoff import accounts
from handoff.access import Role
from handoff.appkeys import LOGINS, STAFF
from handoff.composition import open_house
from handoff.configuration import load_settings
from handoff.house import House
from handoff.serving import listening
from handoff.staff import add_agent
from tests.handoff.pages.house import DELIVERY, PASSWORD, RETURNS

STAFF_ROLES = {
    "agent": Role.AGENT,
    "other_team": Role.AGENT,
    "supervisor": Role.SUPERVISOR,
    "admin": Role.ADMIN,
    "first_password": Role.ADMIN,
    "disabled": Role.ADMIN,
    "stale": Role.ADMIN,
}
CAST = ("nobody", "visitor_a", "visitor_b", *STAFF_ROLES)
NEW_PASSWORD = "nine quiet harbours"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(600)
CHANNEL_SECRET = "a-secret-of-the-channel"


@dataclass
class Clock:
    """The real time, which tests may move."""

    offset: int = 0

    def __call__(self) -> int:
        return now_ms() + self.offset


@dataclass(kw_only=True)
class Person:
    """Somebody's browser: a login, a visitor's token, or neither."""

    house: "AccessHouse"
    name: str
    agent_id: int = 0
    #: the login's token, as the cookie has it
    login: str = ""
    #: the visitor's token
    bearer: str = ""

    @property
    def csrf(self) -> str:
        """What the pages of this login hold."""
        return csrf_of(self.house, self.login)

    def headers(self, **more: str) -> dict[str, str]:
        """What this browser sends along with every request of ours."""
        found = {"Origin": self.house.origin, "Accept": "application/json"}
        if self.login:
            found["Cookie"] = f"madoguchi={self.login}"
            found["X-Madoguchi-Token"] = self.csrf
        if self.bearer:
            found["Authorization"] = f"Bearer {self.bearer}"
        return {**found, **more}

    async def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> ClientResponse:
        """One request, answered and read."""
        given = self.headers(**(headers or {}))
        given = {name: value for name, value in given.items() if value != ""}
        answer = await self.house.http.request(
            method, self.house.origin + path, headers=given, allow_redirects=False, **more
        )
        await answer.read()
        return answer

    async def page(self, path: str) -> ClientResponse:
        return await self.ask("GET", path, headers={"Accept": "text/html"})

    async def send(self, path: str, **body: Any) -> ClientResponse:
        return await self.ask("POST", path, json=body)

    async def form(self, path: str, **fields: Any) -> ClientResponse:
        return await self.ask("POST", path, data={"csrf": self.csrf, **fields})

    async def socket(self, path: str, **headers: str) -> Any:
        given = {name: value for name, value in self.headers(**headers).items() if value != ""}
        return await self.house.http.ws_connect(self.house.origin + path, headers=given)


def csrf_of(house: "AccessHouse", token: str) -> str:
    """The token of a login's pages; tests see elsewhere that the pages hold the same."""
    key = house.house.app[SECRET]
    return hmac.new(key, f"csrf:{token}".encode(), hashlib.sha256).hexdigest()


@dataclass(kw_only=True)
class AccessHouse:
    """The served application, its clock, and who stands before it."""

    house: House
    http: ClientSession
    clock: Clock
    origin: str
    people: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    async def log_in(self, name: str) -> Person:
        """One more browser of somebody of the staff."""
        known = self.people[name]
        begun = await self.house.app[LOGINS].log_in(name, PASSWORD, address="192.0.2.1")
        return Person(house=self, name=name, agent_id=known.agent_id, login=begun.token)

    async def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        found = await self.house.store.read(lambda tx: tx.all(sql, **values))
        return [dict(row) for row in found]

    async def run(self, sql: str, **values: Any) -> int:
        return await self.house.store.write(lambda tx: tx.run(sql, **values))

    async def signed(self, body: bytes, secret: str = CHANNEL_SECRET) -> ClientResponse:
        """A call as LINE makes it."""
        headers = {
            "X-Line-Signature": sign(body, secret).decode(),
            "Content-Type": "application/json",
        }
        path = f"{self.origin}/line/webhook"
        return await self.http.post(path, data=body, headers=headers)

    async def add(self, name: str, role: Role = Role.AGENT, **columns: Any) -> Person:
        """Somebody new of the staff, logged in."""
        added = await add_agent(
            self.house.store, self.clock, login=name, name=name, role=role, password=PASSWORD
        )
        if columns:
            await self.house.store.write(lambda tx: accounts.save(tx, added.agent.id, **columns))
        self.people[name] = Person(house=self, name=name, agent_id=added.agent.id)
        self.people[name] = await self.log_in(name)
        return self.people[name]

    async def visit(self, name: str, *texts: str) -> Person:
        """A visitor of the web chat who says something."""
        person = Person(house=self, name=name)
        welcome = await person.send("/chat/hello", lang="ja")
        person.bearer = (await welcome.json())["token"]
        for number, text in enumerate(texts):
            said = await person.send(
                "/chat/send", type="send", client_id=f"{name}-{number:08}", text=text
            )
            assert said.status == 200, await said.text()
        self.people[name] = person
        return person

    async def upload(self, person: Person, name: str) -> str:
        """The key of a file that a visitor sent."""
        headers = {"X-Client-Id": f"{person.name}-file", "X-File-Name": name}
        answer = await person.ask("POST", "/chat/upload", data=PNG, headers=headers)
        assert answer.status == 200, await answer.text()
        [row] = await self.rows("SELECT key FROM attachment WHERE name = :name", name=name)
        return str(row["key"])


@asynccontextmanager
async def open_access(
    folder: Path, empty_database: Path, **settings: Any
) -> AsyncIterator[AccessHouse]:
    """The application with its doors open, and nobody in it yet."""
    async with AsyncExitStack() as stack:
        given = await asyncio.to_thread(_prepare, folder, empty_database, settings)
        clock = Clock()
        house = await stack.enter_async_context(open_house(given, clock=clock))
        address = await stack.enter_async_context(listening(house.app, "127.0.0.1", 0))
        http = await stack.enter_async_context(
            ClientSession(cookie_jar=DummyCookieJar(), connector=TCPConnector(limit=0))
        )
        access = AccessHouse(house=house, http=http, clock=clock, origin=address.url)
        access.people["nobody"] = Person(house=access, name="nobody")
        yield access


def _prepare(folder: Path, empty_database: Path, settings: dict[str, Any]) -> Any:
    data, knowledge = folder / "data", folder / "knowledge"
    data.mkdir()
    knowledge.mkdir()
    shutil.copy(empty_database, data / "madoguchi.db")
    (knowledge / "returns.yaml").write_text(RETURNS, encoding="utf-8")
    (knowledge / "delivery.yaml").write_text(DELIVERY, encoding="utf-8")
    always = {"week": {"mon-sun": "0:00-24:00"}, "holidays": "as usual"}
    team = {"name": {"ja": "係", "en": "Team"}}
    return load_settings(
        None,
        **{
            "data_dir": data,
            "knowledge": knowledge,
            "knowledge_page": {"git": "off"},
            "talk": {"merge_ms": 0},
            "people": {
                "hours": {"chat": always, "phone": always},
                "teams": {"default": team, "returns": team},
            },
            # nobody answers there: what is owed to LINE waits
            "line": {
                "channel_secret": CHANNEL_SECRET,
                "channel_access_token": "nobody-takes-it",
                "api_base": "http://127.0.0.1:9",
                "api_data_base": "http://127.0.0.1:9",
            },
            **settings,
        },
    )


async def add_cast(access: AccessHouse) -> None:
    """Everybody of CAST; two visitors have said and sent something."""
    for name in ("visitor_a", "visitor_b"):
        await access.visit(name, f"返品期限 {name}-secret")
        await access.upload(access[name], f"{name}-file.png")
    for name, role in STAFF_ROLES.items():
        teams = "returns" if name == "other_team" else "default"
        await access.add(name, role, teams=teams)
    await access.run("UPDATE agent SET must_change = 1 WHERE login = 'first_password'")
    boss = await access.house.store.read(accounts.get_agent, access["admin"].agent_id)
    await access.house.app[STAFF].set_active(boss, access["disabled"].agent_id, active=False)
    # its login was not used for longer than the settings allow
    await access.run(
        "UPDATE login_session SET seen_at = seen_at - :idle WHERE agent_id = :id",
        idle=31 * MINUTE_MS,
        id=access["stale"].agent_id,
    )


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
