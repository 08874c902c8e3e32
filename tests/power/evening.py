"""An evening at the desk over the simulated disk: many customers at once, the product's own store.

`live_through` runs intake, bot, claims and replies through `SqliteStore` with its pragmas and its
group commit; only what `sqlite3.connect` returns is replaced.
"""

import asyncio
import hashlib
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
from factories import KNOWLEDGE
from fakes import FakeClock, FakeDesk, Story

import bot.sqlite_store
from bot.hints import Hints
from bot.settings import TalkSettings
from bot.sqlite_store import SqliteStore
from tests.power.connection import DiskConnection
from tests.power.disk import Disk

#: Pages in the log before they move into the file: few, so that the power is cut in it as well.
_EARLY_CHECKPOINT = "PRAGMA wal_autocheckpoint=60"
_LINES = (
    "返品はいつまでできますか？",
    "送料はいくらですか？",
    "何日で届きますか？",
    "担当者と話したい",
    "返金はいつ入りますか？",
    "届いた商品が壊れていました",
)
_names = itertools.count()


@dataclass(eq=False)
class Evening:
    """What happened, for whoever cuts the power."""

    before: dict[str, bytes]
    disk: Disk
    #: what the database held after each commit, the first before any
    states: list[str] = field(default_factory=list)


def digest(rows_of: Callable[[str], list[Any]]) -> str:
    """Everything that the database holds, in one short text."""
    tables = rows_of("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    told = hashlib.sha256()
    for (name,) in tables:
        rows = sorted(repr(row) for row in rows_of(f"SELECT * FROM {name}"))
        told.update(repr((name, rows)).encode())
    return told.hexdigest()


def live_through(
    path: Path,
    *,
    seed: int,
    rounds: int = 6,
    customers: int = 8,
    pragmas: tuple[str, ...] = bot.sqlite_store.PRAGMAS,
) -> Evening:
    """Run the evening; `path` is a migrated database."""
    disk = Disk()
    evening = Evening(before={path.name: path.read_bytes()}, disk=disk)
    vfs = disk.deliver(f"power-{next(_names)}")
    writers = [*pragmas, _EARLY_CHECKPOINT]

    def connect(where: Path, wanted: tuple[str, ...]) -> DiskConnection:
        if wanted != bot.sqlite_store.PRAGMAS:
            return DiskConnection(where, wanted, vfs=vfs.name)
        return DiskConnection(where, tuple(writers), vfs=vfs.name, around_commit=_noting(evening))

    usual = bot.sqlite_store.connect
    bot.sqlite_store.connect = connect  # type: ignore[assignment] # as little of it as is used
    try:
        rng = random.Random(seed)  # noqa: S311 - no secret
        asyncio.run(_talk(path, evening, rng, rounds, customers))
    finally:
        bot.sqlite_store.connect = usual
        vfs.unregister()
    return evening


def _noting(evening: Evening) -> Callable[[DiskConnection, Callable[[], None]], None]:
    def around(connection: DiskConnection, commit: Callable[[], None]) -> None:
        def rows_of(sql: str) -> list[Any]:
            return list(connection.inner.cursor().execute(sql))

        # what the transaction is about to make durable, seen from inside it
        evening.states.append(digest(rows_of))
        evening.disk.note("begun", number=len(evening.states))
        commit()

    return around


async def _talk(
    path: Path, evening: Evening, rng: random.Random, rounds: int, customers: int
) -> None:
    plain = apsw.Connection(str(path))
    evening.states.append(digest(lambda sql: list(plain.cursor().execute(sql))))
    plain.close()
    store = await SqliteStore.open(path)
    story = Story(
        store=store, clock=FakeClock(), hints=Hints(), desk=FakeDesk(), knowledge=KNOWLEDGE,
        settings=TalkSettings(form=[]), channel="line",
    )  # fmt: skip
    for number in range(rounds):
        batches = [_send(story, evening, f"U{each}", rng) for each in range(customers)]
        await asyncio.gather(*batches)
        story.clock.pass_time(60_000)
        if number % 3 == 1 and (await story.conversation("U1"))["state"] != "assigned":
            await story.claim()
        elif number % 3 == 2:
            await story.resolve()
    await story.intake.close()
    await store.close()


async def _send(story: Story, evening: Evening, customer: str, rng: random.Random) -> None:
    event = story.event(rng.choice(_LINES), customer=customer)
    await story.intake.receive([event])
    evening.disk.note("acknowledged", key=event.event_key)
