"""LINE customers whose events LINE delivers again until they are acknowledged, and later too."""

import asyncio
import re
from collections import Counter
from typing import Any

from tests.contracts.line_house import FRUITS, price, question
from tests.crash.newborn import POISON
from tests.crash.world import World

PRICES = frozenset(price(number) for number in range(len(FRUITS)))
#: Stands before what was sent once more because nobody could know.
RESENT = "再送"
#: So many questions somebody asks before an answer comes.
PATIENCE = 8
#: Answers of a webhook that LINE may get.
FINE = frozenset({0, 200, 503})


class LinePerson:
    """Somebody with a phone."""

    def __init__(self, world: World, name: str, *, user_id: str | None = None) -> None:
        self.world = world
        self.name = name
        self.chance = world.chance(name)
        chat = world.platform.add_customer(name, user_id=user_id)
        self.chat_id = chat.chat_id

    @property
    def seen(self) -> list[str]:
        return self.world.platform.texts_to(self.chat_id)

    def text(self, text: str) -> Any:
        return self.world.platform.events.text(self.chat_id, text)

    async def deliver(self, *events: Any, redelivery: bool = False) -> None:
        """Until the answer is 200, over however many lives."""
        history, server = self.world.history, self.world.server
        history.note("invoke", self.name, "webhook", events=len(events))
        while True:
            await server.up.wait()
            url = server.url + "/line/webhook"
            receipt = await self.world.sender.send(*events, redelivery=redelivery, url=url)
            if receipt.status:
                history.waits.append(receipt.seconds)
            if receipt.status not in FINE:
                history.broken("I11", f"webhook answered {receipt.status}: {receipt.body[:200]}")
            if receipt.acknowledged:
                history.note("ok", self.name, "webhook")
                return
            history.note("info", self.name, "webhook", status=receipt.status)
            redelivery = True
            await asyncio.sleep(self.chance.uniform(0.03, 0.08))

    async def rest(self, least: float = 0.02, most: float = 0.3) -> None:
        await asyncio.sleep(self.chance.uniform(least, most))

    async def until_seen(self, count: int) -> None:
        """Until so many messages stand on the phone."""
        while len(self.seen) < count:
            await asyncio.sleep(0.02)

    def offered(self, label: str) -> tuple[str, str]:
        """Code and label of the newest button that begins so, empty when there is none."""
        for message in reversed(self.world.platform.sent_to(self.chat_id)):
            actions = [item["action"] for item in message.get("quickReply", {}).get("items", [])]
            actions += message.get("template", {}).get("actions", [])
            for action in actions:
                if action["label"].startswith(label):
                    return action["data"], action["label"]
        return "", ""


class LineAsker(LinePerson):
    """Asks for one price after the other, and is answered each once and in order."""

    #: whether somebody else brings the answers in another order
    ordered = True

    def __init__(self, world: World, name: str, *, user_id: str | None = None) -> None:
        super().__init__(world, name, user_id=user_id)
        self.asked: list[int] = []
        self._delivered: list[Any] = []

    async def live(self) -> None:
        while not self.world.over.is_set():
            numbers = self.chance.sample(range(10), 10)
            if self.asked and numbers[0] == self.asked[-1]:
                numbers.reverse()
            while numbers and not self.world.over.is_set():
                count = self.chance.choice((1, 1, 1, 2, 3))
                await self.ask(numbers[:count])
                del numbers[:count]
                await self.rest()
                await self.until_answered(len(self.asked) - PATIENCE)

    async def until_answered(self, count: int) -> None:
        """Nobody asks on and on while LINE is silent: so many answers must have come."""
        while sum("円です" in text for text in self.seen) < count:
            if self.world.over.is_set():
                return
            await asyncio.sleep(0.02)

    async def ask(self, numbers: list[int]) -> None:
        """Several questions come in one call, at times in another order than they were written."""
        pairs = [(number, self.text(question(number))) for number in numbers]
        if self.chance.random() < 0.1:
            pairs.reverse()
        await self.deliver(*(event for _, event in pairs))
        # in one call it is the time of the event that counts
        pairs.sort(key=lambda pair: pair[1]["timestamp"])
        self.asked += [number for number, _ in pairs]
        self._delivered += [event for _, event in pairs]
        if self.chance.random() < 0.25:
            # acknowledged, and delivered once more
            await self.deliver(self.chance.choice(self._delivered[-20:]), redelivery=True)

    def check(self) -> None:
        """Each answer once, in the order of the questions; doubtful ones only if marked."""
        broken = self.world.history.broken
        expected = [price(number) for number in self.asked]
        marked = [text for text in self.seen if RESENT in text]
        self.world.history.counts["marked as sent again"] += len(marked)
        seen = [text for text in self.seen if text in PRICES]
        again = Counter(found[0] for text in marked if (found := _PRICE.search(text)))
        lost = Counter(expected) - Counter(seen) - again
        if lost:
            broken("I1", f"{self.name}: lost {dict(lost)}")
        doubled = Counter(seen) - Counter(expected)
        if doubled:
            broken("I2", f"{self.name}: doubled {dict(doubled)}")
        if self.ordered and not (lost or doubled or marked) and seen != expected:
            at = next(
                i for i, pair in enumerate(zip(seen, expected, strict=True)) if len(set(pair)) > 1
            )
            broken(
                "I8",
                f"{self.name}: out of order at {at}: {seen[at : at + 3]} {expected[at : at + 3]}",
            )


_PRICE = re.compile("|".join(sorted(PRICES)))


class PoisonAsker(LineAsker):
    """Whose events raise when they first come; an admin has them tried again."""

    ordered = False

    def __init__(self, world: World, name: str) -> None:
        super().__init__(
            world, name, user_id=f"U{POISON}{world.chance(name).getrandbits(104):026x}"
        )

    async def ask(self, numbers: list[int]) -> None:
        event = self.text(question(numbers[0]))
        await self.deliver(event)
        self.asked.append(numbers[0])
        await self.rest(0.1, 0.4)


class Mumbler(LinePerson):
    """Says what nobody understands, and waits for an answer each time: timers must not die."""

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world, name)
        self.said = 0

    async def live(self) -> None:
        while not self.world.over.is_set():
            before = len(self.seen)
            self.said += 1
            await self.deliver(
                self.text(self.chance.choice(("むにゃぽよ", "ほげふが", "ぴよりん")))
            )
            await self.until_seen(before + 1)
            await self.rest(0.0, 0.1)

    def check(self) -> None:
        if len(self.seen) < self.said:
            self.world.history.broken(
                "I1", f"{self.name}: {self.said} lines, {len(self.seen)} answers"
            )


class Regretful(LinePerson):
    """Takes back what was said: before it is delivered, after, or with a redelivery."""

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world, name)
        self.canaries: list[str] = []

    async def live(self) -> None:
        while not self.world.over.is_set():
            await self.regret(self.chance.choice(("before", "after", "again")))
            await self.rest()

    async def regret(self, when: str) -> None:
        canary = f"ひみつ{self.chance.getrandbits(40):010x}"
        self.canaries.append(canary)
        said = self.text(canary)
        unsend = self.world.platform.events.unsend(self.chat_id, said["message"]["id"])
        order = [unsend, said] if when == "before" else [said, unsend]
        for event in order:
            await self.deliver(event)
        if when == "again":
            await self.deliver(said, redelivery=True)

    def check(self) -> None:
        broken = self.world.history.broken
        seen = "\n".join(self.seen)
        for canary in self.canaries:
            if canary in seen:
                broken("I9", f"{self.name}: what was taken back was said to the customer")
        for place, rows in find_text(self.world, "ひみつ"):
            broken("I9", f"{self.name}: taken back and still in {place}: {rows}")


def find_text(world: World, text: str) -> list[tuple[str, Any]]:
    """Where a text still stands in the database."""
    found = []
    for table, column in _TEXT_COLUMNS:
        sql = f"SELECT {column} FROM {table} WHERE instr({column}, :text) > 0 LIMIT 2"
        rows = world.server.rows(sql, text=text)
        found += [(f"{table}.{column}", rows)] if rows else []
    return found


_TEXT_COLUMNS = (
    ("message", "text"), ("message", "body"), ("message", "decision"), ("inbox", "content"),
    ("outbox", "body"), ("conversation", "talk"), ("conversation", "form"), ("survey", "comment"),
    ("customer", "known"),
)  # fmt: skip


class LineCaller(LinePerson):
    """Somebody who says, taps and sees, for those who play a story."""

    async def say(self, text: str) -> None:
        await self.deliver(self.text(text))

    async def tap(self, code: str, label: str) -> None:
        await self.deliver(self.world.platform.events.postback(self.chat_id, code))


class AmbushedAsker(LineAsker):
    """Asks when told to; its answers may be withheld."""

    prices = PRICES
