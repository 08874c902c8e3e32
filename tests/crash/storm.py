"""Lets the server die at every point, lets it come to rest, and judges what is left."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.crash.checks import check_all, is_at_rest
from tests.crash.desk_people import Admin, Ambush, Case
from tests.crash.line_people import (
    AmbushedAsker,
    LineAsker,
    LineCaller,
    Mumbler,
    PoisonAsker,
    Regretful,
)
from tests.crash.lives import ROOT
from tests.crash.others import ClockMover, Eraser, Locker, Saver
from tests.crash.staff_page import StaffPage
from tests.crash.web_people import WebAsker, WebPerson
from tests.crash.world import BAD_CALLS, World

#: Seconds until everything that is owed must be done.
DRAIN_SECONDS = 90
#: Seconds in which a life must pass its point, or it is killed and tried again.
PATIENCE_SECONDS = 10
#: Points of other stories: a migration, a change published on the knowledge's page, old age.
ELSEWHERE = ("migrate.", "knowledge.before_write", "knowledge.after_write", "retention.")
#: Passed again and again by a server that only stands there.
OFTEN = {"group.before_commit": 0.05, "group.after_commit": 0.05, "delivery.before_mark": 0.1}


def list_points() -> list[str]:
    """The failpoints that the storm passes, as they are documented."""
    page = (ROOT / "docs" / "reference" / "failpoints.md").read_text(encoding="utf-8")
    points = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    return [point for point in points if not point.startswith(ELSEWHERE)]


@dataclass
class Cast:
    """Everybody who plays."""

    actors: list[Any]
    visitors: list[WebPerson]
    pages: list[StaffPage]


@dataclass
class Result:
    """What a storm came to."""

    seed: int
    hits: Counter[str] = field(default_factory=Counter)
    #: killed from outside, at any moment
    outside: int = 0
    seconds: float = 0.0
    stuck: str = ""

    @property
    def kills(self) -> int:
        return self.hits.total() + self.outside


async def gather_cast(world: World, stack: AsyncExitStack) -> Cast:
    """Invite everybody; the server must be up."""
    client = await stack.enter_async_context(aiohttp.ClientSession())
    pages = [StaffPage(world, login) for login in [*world.logins, "chief"]]
    for page in pages:
        stack.push_async_callback(page.close)
    await asyncio.gather(*(page.open() for page in pages))
    *agents, chief = pages
    visitors: list[WebPerson] = [WebAsker(world, f"web{n}", client) for n in range(2)]
    callers = [WebPerson(world, "caller-web", client)]
    cases = [Case(world, LineCaller(world, f"caller{n}"), agents) for n in range(2)]
    cases += [Case(world, person, agents) for person in callers]
    actors = [
        *(LineAsker(world, f"line{n}") for n in range(3)),
        PoisonAsker(world, "poison"),
        Mumbler(world, "mumbler"),
        Regretful(world, "regretful"),
        *visitors,
        *cases,
        Ambush(world, AmbushedAsker(world, "ambushed"), agents[0]),
        Admin(world, chief),
        Eraser(world, chief),
        Saver(world, "saver"),
        Locker(world),
        ClockMover(world),
    ]
    return Cast(actors, [*visitors, *callers], pages)


async def storm(
    world: World,
    *,
    kills: int,
    each: int = 3,
    progress: Callable[[str], None] = lambda _text: None,
) -> Result:
    """So many kills under load, every point hit so often; then rest and judgement."""
    result, started = Result(world.seed), time.monotonic()
    async with AsyncExitStack() as stack:
        assert await world.server.start()
        cast = await gather_cast(world, stack)
        world.platform.faults.randomly(BAD_CALLS, seed=world.seed)
        tasks = {asyncio.create_task(actor.live()): actor for actor in cast.actors}
        for visitor in cast.visitors:
            stack.push_async_callback(visitor.close)
        stack.callback(lambda: [task.cancel() for task in tasks])
        await _die_again_and_again(world, result, kills, each, tasks, progress)
        world.platform.faults.clear()
        world.over.set()
        result.stuck = await _come_to_rest(world, cast, tasks)
        if not result.stuck:
            await check_all(world, cast.actors, cast.visitors)
    result.seconds = time.monotonic() - started
    world.history.write()
    return result


async def _die_again_and_again(  # noqa: PLR0917 - called once, right above
    world: World, result: Result, kills: int, each: int,
    tasks: dict[asyncio.Task[None], Any], progress: Callable[[str], None],
) -> None:  # fmt: skip
    chance = world.chance("death")
    wanted = [point for point in list_points() for _ in range(each)]
    chance.shuffle(wanted)
    spare = max(0, kills - len(wanted))
    targets = wanted + [""] * spare
    chance.shuffle(targets)
    await world.server.kill()
    lives = 0
    while targets and (result.kills < kills or any(targets)):
        lives += 1
        target = targets.pop(0)
        # a crowd of points may hide one that is never passed
        if lives > kills * 2:
            world.history.broken("points", f"never passed: {sorted({target, *targets} - {''})}")
            break
        if await _one_life(world, result, target):
            targets.append(target)
        _raise_ended(tasks)
        if result.kills % 25 == 0:
            progress(f"{result.kills} kills, {len(world.history.violations)} violations")
    assert await world.server.start()


async def _one_life(world: World, result: Result, target: str) -> bool:
    """Whether it must be tried again: it did not pass the point."""
    chance, server = world.chance(f"life {server_number(world)}"), world.server
    probability = OFTEN.get(target, chance.choice((1.0, 0.4)))
    failpoint = f"{target}:{probability}" if target else ""
    up = await server.start(failpoint, seed=chance.getrandbits(32))
    # long enough for what agents and editors do; a life at any moment is short
    limit = PATIENCE_SECONDS if target else chance.uniform(0.1, 0.6)
    code = await server.wait(limit)
    if code is None:
        await server.kill()
        result.outside += 1
        return bool(target)
    if code != -9 or (not target and up):
        world.history.broken("died", f"ended by itself with {code} at {target or 'no point'}")
        return False
    result.hits[target] += 1
    return False


def server_number(world: World) -> int:
    """Which life comes next."""
    return world.server.count + 1


def _raise_ended(tasks: dict[asyncio.Task[None], Any]) -> None:
    """Whoever failed ends the storm at once."""
    for task in tasks:
        if task.done() and not task.cancelled():
            task.result()


def _place(task: asyncio.Task[None]) -> str:
    """Where a task waits: the functions from the outermost in, each with its line."""
    places = []
    coroutine: Any = task.get_coro()
    while getattr(coroutine, "cr_frame", None) is not None:
        places.append(f"{coroutine.cr_code.co_name}:{coroutine.cr_frame.f_lineno}")
        coroutine = coroutine.cr_await
    return " > ".join(places)


async def _come_to_rest(world: World, cast: Cast, tasks: dict[asyncio.Task[None], Any]) -> str:
    """Until nobody does anything and nothing is owed; what hangs, empty when nothing does."""
    _, hanging = await asyncio.wait(tasks, timeout=DRAIN_SECONDS)
    _raise_ended(tasks)
    if hanging:
        told = sorted(f"{tasks[task].name} in {_place(task)}" for task in hanging)
        return f"{told} wait for something"
    chief = cast.pages[-1]
    end = time.monotonic() + DRAIN_SECONDS
    owed = "the start"
    while time.monotonic() < end:
        await chief.retry_parked()
        owed = is_at_rest(world, cast.visitors)
        if not owed:
            return ""
        await asyncio.sleep(0.1)
    return owed
