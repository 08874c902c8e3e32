"""Agents who want the same conversations, reply twice, hand over, and an admin who mends."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tests.crash.staff_page import StaffPage
from tests.crash.world import World

HUMAN = "担当者と話したいです"


class Admin:
    """Looks at the page of troubles again and again."""

    name = "chief"

    def __init__(self, world: World, page: StaffPage) -> None:
        self.world = world
        self.page = page

    async def live(self) -> None:
        while not self.world.over.is_set():
            await self.world.server.up.wait()
            await self.page.retry_parked()
            await asyncio.sleep(0.15)

    def check(self) -> None:
        """What it did shows at those whose events raised."""


@dataclass
class Case:
    """A customer who asks for a person, again and again, and the agents who want the case."""

    world: World
    #: LinePerson or WebPerson: says, sees, is offered
    person: Any
    agents: list[StaffPage]
    replies: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    surveys: list[tuple[int, str]] = field(default_factory=list)
    rounds: int = 0
    _code: str = ""

    @property
    def name(self) -> str:
        return str(self.person.name)

    async def live(self) -> None:
        if hasattr(self.person, "open"):
            await self.person.open()
        while not self.world.over.is_set():
            await self.story()

    async def story(self) -> None:
        """From the wish for a person to the survey."""
        number = await self._call()
        owner = await self._stampede(number)
        await self._reply(number, owner)
        kind = self.person.chance.choice(("release", "transfer", "stay"))
        if kind == "release":
            await owner.act(number, "release")
            owner = await self._stampede(number)
            await self._reply(number, owner)
        elif kind == "transfer":
            owner = await self._transfer(number, owner)
            await self._reply(number, owner)
        await owner.act(number, "resolve", ask_survey=True)
        await self._answer_survey(number)

    async def _call(self) -> int:
        """Wait in the queue; the conversation's number."""
        await self.person.say(HUMAN)
        while True:
            rows = self.world.server.rows(
                "SELECT id FROM conversation WHERE state = 'waiting' AND customer_id ="
                " (SELECT id FROM customer WHERE external_id = :key)",
                key=self._key(),
            )
            if rows:
                return int(rows[0][0])
            await asyncio.sleep(0.02)

    def _key(self) -> str:
        if hasattr(self.person, "chat_id"):
            return str(self.person.chat_id)
        return (self.person.first.token or "").split(".")[1]

    async def _stampede(self, number: int) -> StaffPage:
        """Everybody claims in one tick: one wins, the others are told who."""
        self.rounds += 1
        told = await asyncio.gather(*(agent.act(number, "claim") for agent in self.agents))
        winners = [agent for agent, answer in zip(self.agents, told, strict=True) if answer.ok]
        if len(winners) != 1:
            names = [agent.login for agent in winners]
            self.world.history.broken("I6", f"{self.name}: conversation {number} went to {names}")
        for answer in told:
            if not answer.ok and winners and answer.body.get("owner") != winners[0].login:
                self.world.history.broken("I6", f"{self.name}: a loser was told {answer.body}")
        return winners[0] if winners else self.agents[0]

    async def _reply(self, number: int, owner: StaffPage) -> None:
        for _ in range(self.person.chance.randint(1, 2)):
            text = f"{self.name}への返信{len(self.replies) + 1}番"
            body = {
                "text": text,
                "client_id": f"{self.name}-{len(self.replies):08}",
                "seen_seq": self._seen(number),
            }
            twice = 2 if self.person.chance.random() < 0.5 else 1
            told = await asyncio.gather(
                *(owner.act(number, "reply", **body) for _ in range(twice))
            )
            if not any(answer.ok for answer in told):
                self.world.history.broken(
                    "I3", f"{self.name}: the owner's reply was refused: {told[0].body}"
                )
                return
            self.replies.append(text)

    def _seen(self, number: int) -> int:
        sql = "SELECT last_seq FROM conversation WHERE id = :id"
        return int(self.world.server.rows(sql, id=number)[0][0])

    async def _transfer(self, number: int, owner: StaffPage) -> StaffPage:
        """To a colleague; what the former owner still writes is refused."""
        heir = self.person.chance.choice([agent for agent in self.agents if agent is not owner])
        await heir.post("/desk/api/presence", "presence", {"presence": "available"})
        told = await owner.act(number, "transfer", to_agent=heir.id, to_team=None)
        sql = "SELECT agent_id FROM conversation WHERE id = :id"
        if self.world.server.rows(sql, id=number) != [(heir.id,)]:
            # a clock that jumped has made the heir look absent: refused, nothing changed
            if told.ok:
                self.world.history.broken("I6", f"{self.name}: transferred and not there")
            return owner
        text = f"{self.name}への遅い返信{len(self.refused)}番"
        self.refused.append(text)
        late = {
            "text": text,
            "client_id": f"{self.name}-late-{len(self.refused):06}",
            "seen_seq": self._seen(number),
        }
        if (await owner.act(number, "reply", **late)).ok:
            self.world.history.broken(
                "I6", f"{self.name}: {owner.login} still replied in {number}"
            )
        return heir

    async def _answer_survey(self, number: int) -> None:
        while (button := self.person.offered("5"))[0] in ("", self._code):
            await asyncio.sleep(0.02)
        self._code = button[0]
        await self.person.tap(*button)
        comment = f"{self.name}の感想{len(self.surveys)}"
        await self.person.say(comment)
        self.surveys.append((number, comment))
        sql = "SELECT state FROM conversation WHERE id = :id"
        while self.world.server.rows(sql, id=number) != [("closed",)]:
            await asyncio.sleep(0.02)

    def check(self) -> None:
        broken = self.world.history.broken
        mine = {*self.replies, *self.refused}
        seen = [text for text in self.person.seen if text in mine]
        if seen != self.replies:
            broken(
                "I3",
                f"{self.name}: replied {len(self.replies)}, seen {len(seen)}:"
                f" {_differ(seen, self.replies)}",
            )
        for number, comment in self.surveys:
            sql = "SELECT score FROM survey WHERE conversation_id = :id AND comment = :comment"
            if self.world.server.rows(sql, id=number, comment=comment) != [(5,)]:
                broken("I5", f"{self.name}: the survey of {number} is lost or doubled")


def _differ(seen: list[str], expected: list[str]) -> str:
    at = next((i for i, (a, b) in enumerate(zip(seen, expected, strict=False)) if a != b), None)
    at = min(len(seen), len(expected)) if at is None else at
    return f"{seen[at : at + 2]} for {expected[at : at + 2]}"


class Ambush:
    """An agent takes over while the bot's answers are on their way."""

    def __init__(self, world: World, person: Any, agent: StaffPage) -> None:
        self.world = world
        self.person = person
        self.agent = agent
        self.name = f"ambush of {person.name}"

    async def live(self) -> None:
        while not self.world.over.is_set():
            await self.strike()
            await self.person.rest()

    async def strike(self) -> None:
        """Three questions, and a claim in the middle of their answers."""
        person = self.person
        await person.ask(person.chance.sample(range(10), 3))
        number = self._open()
        if number is None:
            return
        told = await self.agent.act(number, "claim")
        silent_from = len(person.seen)
        await asyncio.sleep(person.chance.uniform(0.1, 0.4))
        body = {
            "text": "お待たせしました。",
            "client_id": f"ambush-{number:06}-{silent_from}",
            "seen_seq": 0,
        }
        body["seen_seq"] = self.world.server.rows(
            "SELECT last_seq FROM conversation WHERE id = :id", id=number
        )[0][0]
        await self.agent.act(number, "reply", **body)
        if told.ok and not told.body["already"]:
            after = [text for text in person.seen[silent_from:] if text in person.prices]
            if len(after) > len(told.body["in_flight"]):
                self.world.history.broken(
                    "I7", f"{self.name}: the bot spoke after the claim: {after}"
                )
        await self.agent.act(number, "resolve", ask_survey=False)

    def _open(self) -> int | None:
        rows = self.world.server.rows(
            "SELECT id FROM conversation WHERE state = 'bot' AND customer_id ="
            " (SELECT id FROM customer WHERE external_id = :key)",
            key=self.person.chat_id,
        )
        return int(rows[0][0]) if rows else None

    def check(self) -> None:
        """Nothing twice; what the bot did not say any more may be missing."""
        seen = [text for text in self.person.seen if text in self.person.prices]
        if len(seen) > len(self.person.asked):
            self.world.history.broken(
                "I2", f"{self.name}: {len(seen)} answers to {len(self.person.asked)}"
            )
