"""Whoever else disturbs: a saver of good and broken knowledge, a locked database, a clock."""

import asyncio
import re
import sqlite3

from tests.crash.line_people import LinePerson, find_text
from tests.crash.staff_page import StaffPage
from tests.crash.world import World

SPECIAL = "本日の目玉商品は何番ですか？"
#: What is said by those who are erased.
CANARY = "わすれてほしい"
_FOUND = re.compile(r"本日の目玉商品は第(\d+)番です。")
_GOOD = """lang: ja
category: 目玉
entries:
  - id: special
    question: {question}
    variants: [目玉商品の番号, 本日の目玉]
    answer: 本日の目玉商品は第{number}番です。
"""
_BROKEN = (
    "lang: ja\ncategory: 目玉\nentries:\n  - id: [special\n    answer: 第{number}番が壊れた\n"
)


class Saver(LinePerson):
    """Saves good and broken files in turn, and asks what is served."""

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world, name)
        self.saved = 0
        self.served = 0
        self._file = world.knowledge / "special.yaml"
        self.save()

    def save(self, *, good: bool = True) -> None:
        """As an editor does: whole, under another name first."""
        if good:
            self.saved += 1
        text = (_GOOD if good else _BROKEN).format(question=SPECIAL, number=self.saved)
        draft = self._file.with_suffix(".part")
        draft.write_text(text, encoding="utf-8")
        draft.rename(self._file)

    async def live(self) -> None:
        life, good = 0, True
        while not self.world.over.is_set():
            await self.world.server.up.wait()
            # a new life is soon told something new: it may not last
            good = life != self.world.server.count or not good
            life = self.world.server.count
            self.save(good=good)
            await asyncio.sleep(self.chance.uniform(0.3, 1.0))
            await self.ask()
        self.save()
        await self._until_newest()

    async def ask(self) -> None:
        """A newer version than was saved, or an older one than before, was never served."""
        before = len(self.seen)
        await self.deliver(self.text(SPECIAL))
        await self.until_seen(before + 1)
        for found in _FOUND.finditer("\n".join(self.seen[before:])):
            number = int(found[1])
            if not self.served <= number <= self.saved:
                self.world.history.broken(
                    "I10", f"version {number} after {self.served} of {self.saved}"
                )
            self.served = max(self.served, number)

    async def _until_newest(self) -> None:
        for _ in range(60):
            await self.ask()
            if self.served == self.saved:
                return
            await asyncio.sleep(0.5)
        self.world.history.broken("I10", f"version {self.saved} is never served, {self.served} is")

    def check(self) -> None:
        if "壊れた" in "\n".join(self.seen):
            self.world.history.broken("I10", "a broken file was served")


class Locker:
    """Somebody else holds the database now and then."""

    name = "locker"

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance = world.chance(self.name)

    async def live(self) -> None:
        while not self.world.over.is_set():
            await asyncio.sleep(self.chance.uniform(2, 4))
            seconds = self.chance.uniform(0.1, 0.4)
            await asyncio.to_thread(self._hold)
            await asyncio.sleep(seconds)
            await asyncio.to_thread(self._let_go)

    def _hold(self) -> None:
        self._connection = sqlite3.connect(
            self.world.server.database, isolation_level=None, check_same_thread=False, timeout=5
        )
        self._connection.execute("PRAGMA wal_autocheckpoint=0")
        self._connection.execute("BEGIN IMMEDIATE")
        self.world.history.note("info", self.name, "lock")

    def _let_go(self) -> None:
        self._connection.execute("ROLLBACK")
        self._connection.close()

    def check(self) -> None:
        """Whatever it did shows at the others."""


class ClockMover:
    """Sets the clock forward, and a little back."""

    name = "clock"

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance = world.chance(self.name)

    async def live(self) -> None:
        while not self.world.over.is_set():
            await asyncio.sleep(self.chance.uniform(1, 3))
            self.world.clock.move(self.chance.choice((500, 2_000, 9_000, -300, -4_000)))
            self.world.history.note("info", self.name, "move")

    def check(self) -> None:
        """Whatever it did shows at the others."""


class Eraser:
    """People who are erased, and whose events come once more afterwards."""

    name = "eraser"

    def __init__(self, world: World, chief: StaffPage) -> None:
        self.world = world
        self.chief = chief
        #: who is gone, and how many messages had come by then
        self.gone: list[tuple[LinePerson, int]] = []

    async def live(self) -> None:
        while not self.world.over.is_set():
            person = LinePerson(self.world, f"erased{len(self.gone)}")
            event = person.text(f"{CANARY}という者です")
            await person.deliver(event)
            await person.rest(0.0, 0.3)
            rows = self.world.server.rows(
                "SELECT o.id FROM conversation o JOIN customer c ON c.id = o.customer_id"
                " WHERE c.external_id = :key",
                key=person.chat_id,
            )
            if not rows:
                self.world.history.broken("I1", f"{person.name}: acknowledged and unknown")
                continue
            await self.chief.act(int(rows[0][0]), "erase_customer")
            # a call that was on its way may still arrive
            await asyncio.sleep(1.3)
            self.gone.append((person, len(person.seen)))
            await person.deliver(event, redelivery=True)

    def check(self) -> None:
        """Nothing to them any more, nothing of them anywhere."""
        broken = self.world.history.broken
        for person, count in self.gone:
            if len(person.seen) != count:
                broken("I9", f"{person.name} was written to: {person.seen[count:]}")
            known = "SELECT 1 FROM customer WHERE external_id = :key"
            if self.world.server.rows(known, key=person.chat_id):
                broken("I9", f"{person.name} is back")
        for place, rows in find_text(self.world, CANARY):
            broken("I9", f"erased and still in {place}: {rows}")
