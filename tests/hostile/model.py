"""A small model of what customers and staff may expect, against the whole house over HTTP."""

# ruff: noqa: FBT001 - drawn values

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import aiohttp
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule

from bot.standin.faults import ERROR_AFTER, RATE_LIMIT, RESET_BEFORE
from bot.standin.platform import Platform
from handoff.access import Role
from handoff.staff import add_agent
from tests.contracts.line_house import Clock, LineDoor, open_door, price

PASSWORD = "seven green bicycles"
LOGINS = ("anna", "ben")
UNKNOWN = 401


class World:
    """One house for all examples; each example brings customers of its own."""

    def __init__(self, folder: Path, empty_database: Path) -> None:
        self.runner = asyncio.Runner()
        self.folder = folder
        (folder / "data").mkdir(parents=True)
        shutil.copy(empty_database, folder / "data" / "madoguchi.db")
        self.clock = Clock()
        self.platform = Platform("line-secret", "line-token", clock=self.clock)
        self.door: LineDoor | None = None
        self.clients: dict[str, aiohttp.ClientSession] = {}
        self.tokens: dict[str, str] = {}

    def do(self, what: Any) -> Any:
        return self.runner.run(what)

    async def start(self) -> None:
        self._open = open_door(self.folder, self.platform, self.clock, talk={"form": []})
        self.door = await self._open.__aenter__()
        self.url = self.door.address.removesuffix("/line/webhook")
        for login in LOGINS:
            if login not in self.clients:
                await add_agent(
                    self.door.house.store, self.clock, login=login, name=login,
                    role=Role.ADMIN, password=PASSWORD,
                )  # fmt: skip
            await self._log_in(login)
        await self.door.run("UPDATE agent SET capacity = 100")

    async def _log_in(self, login: str) -> None:
        client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        await client.post(
            self.url + "/login", data={"login": login, "password": PASSWORD},
            headers={"Origin": self.url}, allow_redirects=False,
        )  # fmt: skip
        page = await (await client.get(self.url + "/account")).text()
        self.tokens[login] = page.split('name="csrf" content="')[1].split('"')[0]
        self.clients[login] = client

    async def stop(self) -> None:
        for client in self.clients.values():
            await client.close()
        await self._open.__aexit__(None, None, None)

    async def act(self, login: str, path: str, **body: Any) -> tuple[int, Any]:
        status, answer = await self._post(login, path, **body)
        if status == UNKNOWN:
            # an example's clock may have outrun the login
            await self.clients[login].close()
            await self._log_in(login)
            status, answer = await self._post(login, path, **body)
        return status, answer

    async def _post(self, login: str, path: str, **body: Any) -> tuple[int, Any]:
        async with self.clients[login].post(
            self.url + path, json=body,
            headers={"Origin": self.url, "X-Madoguchi-Token": self.tokens[login]},
        ) as answer:  # fmt: skip
            return answer.status, json.loads(await answer.read())


WORLD: list[World] = []


class Talks(RuleBasedStateMachine):
    """What was taken is answered once, an owner is one, what was taken back or erased is gone."""

    customers = Bundle("customers")

    def __init__(self) -> None:
        super().__init__()
        self.world = WORLD[0]
        assert self.world.door is not None
        self.line: Any = self.world.door
        #: by customer: prices that the bot owes, the owner, what agents said, the last event
        self.owed: dict[str, list[str]] = {}
        self.owner: dict[str, str] = {}
        self.said: dict[str, list[str]] = {}
        self.last: dict[str, Any] = {}
        self.with_people: set[str] = set()
        self.gone: list[str] = []
        #: what people said who were erased afterwards
        self.before: list[tuple[str, Any]] = []
        self.count = 0

    def do(self, what: Any) -> Any:
        return self.world.do(what)

    @rule(target=customers)
    def come(self) -> str:
        who = str(self.line.customer())
        self.owed[who], self.said[who] = [], []
        return who

    @rule(who=customers, number=st.integers(0, 9))
    def send(self, who: str, number: int) -> None:
        self.last[who] = self.do(self.world.door.ask_price(who, number))
        if who not in self.with_people:
            self.owed[who].append(price(number))

    @rule(who=customers, copies=st.integers(1, 3))
    def redeliver(self, who: str, copies: int) -> None:
        for _ in range(copies if who in self.last else 0):
            self.do(self.world.door.send(self.last[who], redelivery=True))

    @rule(who=customers)
    def ask_for_a_person(self, who: str) -> None:
        self.last[who] = self.do(self.world.door.ask(who, "担当者"))
        self.with_people.add(who)

    @rule(who=customers)
    def unsend(self, who: str) -> None:
        secret = f"取り消す言葉{len(self.gone)}{who[:8]}"
        event = self.do(self.world.door.ask(who, secret))
        taken_back = self.world.door.events.unsend(who, event["message"]["id"])
        self.do(self.world.door.send(taken_back))
        self.do(self.world.door.send(event, redelivery=True))
        self.gone.append(secret)
        self.with_people.add(who)  # unclear words may have brought people or questions

    @rule(who=customers, login=st.sampled_from(LOGINS), owing=st.booleans())
    def erase(self, who: str, login: str, owing: bool) -> None:
        """Somebody is forgotten, with whatever is owed; no delivery brings anything back."""
        secret = f"忘れる言葉{len(self.gone)}{who[:8]}"
        events = [self.last.pop(who, None), self.do(self.world.door.ask(who, secret))]
        # what is on its way at that moment may still arrive; with nothing on its way nothing does
        shown = None if owing else self._calm(who)
        status, _ = self._act(who, login, "erase_customer")
        assert status == 200, status
        self.gone.append(secret)
        self.owed[who], self.said[who] = [], []
        self.owner.pop(who, None)
        self.with_people.discard(who)
        self.before += [(who, event) for event in events if event]
        for _ in range(2):
            self._bring_back(who)
        assert self.do(self.world.door.said(who)) == []
        seen = self._calm(who)
        assert owing or seen == shown, (seen, shown)

    @rule(number=st.integers(0, 50))
    def redeliver_from_before(self, number: int) -> None:
        """Also when the person has come back since."""
        if self.before:
            self._bring_back(self.before[number % len(self.before)][0])

    def _bring_back(self, who: str) -> None:
        said = self.do(self.world.door.said(who))
        for _, event in [one for one in self.before if one[0] == who]:
            self.do(self.world.door.send(event, redelivery=True))
            # said before as well, and delivered only now for the first time
            self.count += 1
            message = {**event["message"], "id": f"late{self.count}"}
            key = f"late{self.count:022}"
            late = {**event, "webhookEventId": key, "message": message}
            self.do(self.world.door.send(late))
        assert self.do(self.world.door.said(who)) == said

    @rule(who=customers, login=st.sampled_from(LOGINS))
    def claim(self, who: str, login: str) -> None:
        status, answer = self._act(who, login, "claim")
        if status == 200:
            assert self.owner.get(who, login) == login, "two owners"
            self.owner[who] = login
            self.with_people.add(who)
        elif who in self.owner:
            assert (status, answer["owner"]) == (409, self.owner[who])

    @rule(who=customers, login=st.sampled_from(LOGINS), twice=st.booleans())
    def reply(self, who: str, login: str, twice: bool) -> None:
        self.count += 1
        text = f"お返事{self.count}です"
        key = f"reply-{who[:20]}-{self.count}"
        rows = self._conversations(who)
        seen = rows[0]["last_seq"] if rows else 0
        for _ in range(2 if twice else 1):
            status, _ = self._act(who, login, "reply", text=text, client_id=key, seen_seq=seen)
        assert (status == 200) == (self.owner.get(who) == login), (status, self.owner.get(who))
        if status == 200:
            self.said[who].append(text)

    @rule(
        who=customers, login=st.sampled_from(LOGINS), act=st.sampled_from(["release", "resolve"])
    )
    def let_go(self, who: str, login: str, act: str) -> None:
        more = {"ask_survey": True} if act == "resolve" else {}
        status, _ = self._act(who, login, act, **more)
        # both are admins, who may give back what a colleague has
        may = who in self.owner if act == "release" else self.owner.get(who) == login
        assert (status == 200) == may, (act, status)
        if status == 200:
            del self.owner[who]

    @rule(who=customers, score=st.sampled_from(["5", "1", "9"]))
    def survey(self, who: str, score: str) -> None:
        self.last[who] = self.do(self.world.door.ask(who, score))
        self.with_people.add(who)

    @rule(good=st.booleans())
    def save_knowledge(self, good: bool) -> None:
        path = self.world.folder / "knowledge" / "more.yaml"
        text = "entries:\n  - id: more\n    question: 桃は？\n    answer: 200円\n"
        path.write_text(text if good else text + "  - [", encoding="utf-8")
        self.do(self.world.door.house.library.reload())
        assert "price-0" in self.world.door.house.library.current.entries

    @rule(seconds=st.sampled_from([1, 20, 55]))
    def pass_time(self, seconds: int) -> None:
        self.world.clock.forward(seconds=seconds)

    @rule(fault=st.sampled_from([ERROR_AFTER, RESET_BEFORE, RATE_LIMIT]))
    def line_fails(self, fault: Any) -> None:
        self.world.platform.faults.script("push", fault)

    @rule()
    def restart(self) -> None:
        self.do(self.world.stop())
        self.do(self.world.start())

    def _conversations(self, who: str) -> list[dict[str, Any]]:
        """The newest one, if there is any."""
        found: list[dict[str, Any]] = self.do(self.world.door.rows(
            "SELECT c.id, c.last_seq FROM conversation c JOIN customer k ON k.id = c.customer_id"
            " WHERE k.external_id = :who ORDER BY c.id DESC LIMIT 1", who=who))  # fmt: skip
        return found

    def _act(self, who: str, login: str, act: str, **body: Any) -> tuple[int, Any]:
        rows = self._conversations(who)
        if not rows:
            return 404, {}
        path = f"/desk/api/conversations/{rows[0]['id']}/{act}"
        status, answer = self.do(self.world.act(login, path, **body))
        assert status < 500, answer
        return status, answer

    def _calm(self, who: str) -> list[str]:
        """LINE works again: what a customer sees once nothing is owed any more."""
        self.world.platform.faults.clear()
        self.world.clock.forward(seconds=40)
        seen: list[str] = self.do(self.world.door.seen_by(who))
        return seen

    def teardown(self) -> None:
        for number, who in enumerate(self.owed):
            # once is enough for all of them
            seen = self.do(self.world.door.seen_by(who)) if number else self._calm(who)
            for text in self.said[who]:
                assert sum(text in one for one in seen) == 1, (text, seen)
            for text in set(self.owed[who]):
                given = sum(text in one for one in seen)
                assert given >= 1, (text, seen)
        for secret in self.gone:
            assert secret not in self.world.door.stored_texts()
