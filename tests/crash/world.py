"""A folder, a LINE platform with bad days, a server that can die, and the clock of all."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from aiohttp.test_utils import TestServer

from bot.clock import now_ms
from bot.schema import upgrade_sqlite
from bot.sqlite_store import SqliteStore
from bot.standin.faults import (
    ERROR_AFTER,
    ERROR_BEFORE,
    HANG_AFTER,
    RATE_LIMIT,
    RESET_AFTER,
    RESET_BEFORE,
    SLOW,
)
from bot.standin.platform import Platform
from bot.standin.sender import WebhookSender
from bot.standin.web import create_standin
from handoff.access import Role
from handoff.staff import add_agent
from tests.contracts.line_house import ALWAYS, write_knowledge
from tests.crash.history import History
from tests.crash.lives import Lives, Nursery
from tests.crash.moved_clock import MovedClock
from tests.journeys.kill_server import PASSWORD

#: What goes wrong with calls to LINE while the storm lasts.
BAD_CALLS = {
    ERROR_BEFORE: 0.05,
    ERROR_AFTER: 0.05,
    RESET_BEFORE: 0.02,
    RESET_AFTER: 0.03,
    HANG_AFTER: 0.01,
    SLOW: 0.01,
    RATE_LIMIT: 0.005,
}


@dataclass
class World:
    """What all who play have in common."""

    seed: int
    server: Lives
    platform: Platform
    sender: WebhookSender
    history: History
    clock: MovedClock
    knowledge: Path
    agents: int
    #: nobody begins anything new
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def chance(self, name: str) -> Random:
        """Somebody's own dice."""
        return Random(f"{self.seed}:{name}")  # noqa: S311 - repeatable on purpose

    @property
    def logins(self) -> list[str]:
        return [f"agent{number}" for number in range(self.agents)]


@asynccontextmanager
async def open_world(
    folder: Path,
    nursery: Nursery,
    *,
    seed: int,
    agents: int = 4,
    mutant: str = "",
    history: History | None = None,
    delivery: str = "free_first",
    empty_database: Path | None = None,
) -> AsyncIterator[World]:
    """A folder with a database and staff, a platform, and no life yet."""
    (folder / "data").mkdir(parents=True)
    clock = MovedClock(folder / "clock")
    platform = Platform("line-secret", "line-token", clock=clock)
    database = folder / "data" / "madoguchi.db"
    if empty_database is None:
        await asyncio.to_thread(upgrade_sqlite, database)
    else:
        shutil.copy(empty_database, database)
    knowledge = write_knowledge(folder / "knowledge")
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(TestServer(create_standin(platform, phone=False)))
        sender = await stack.enter_async_context(WebhookSender(platform))
        _write_settings(folder, platform, str(line.make_url("/")), delivery)
        server = Lives(folder, nursery, mutant)
        world = World(
            seed, server, platform, sender, history or History(), clock, knowledge, agents
        )
        await _add_staff(world)
        try:
            yield world
        finally:
            await server.kill()


async def _add_staff(world: World) -> None:
    store = await SqliteStore.open(world.server.database)
    staff = [(login, Role.AGENT) for login in world.logins] + [("chief", Role.ADMIN)]
    for login, role in staff:
        await add_agent(store, now_ms, login=login, name=login, role=role, password=PASSWORD)
    # nobody is full
    await store.write(lambda tx: tx.run("UPDATE agent SET capacity = 100"))
    await store.close()


def _write_settings(folder: Path, platform: Platform, line_base: str, delivery: str) -> None:
    settings = {
        "port": 0,
        "data_dir": str(folder / "data"),
        "knowledge": str(folder / "knowledge"),
        "log_level": "error",
        "chat": {"burst": 1000},
        "talk": {"merge_ms": 100, "form": []},
        "people": {
            "hours": {"chat": ALWAYS, "phone": ALWAYS},
            "max_waiting": 1000,
        },
        "line": {
            "channel_secret": platform.channel_secret,
            "channel_access_token": next(iter(platform.access_tokens)),
            "api_base": line_base,
            "api_data_base": line_base,
            "timeout_seconds": 1,
            "delivery": delivery,
        },
    }
    # JSON is YAML
    path = folder / "madoguchi.yaml"
    path.write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")
