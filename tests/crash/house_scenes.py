"""Small stories of agents, an admin, saved knowledge and a web page at the worst moment."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp

from bot.clock import DAY_MS
from bot.standin.faults import ERROR_BEFORE
from tests.contracts.line_house import question
from tests.crash.checks import is_at_rest
from tests.crash.desk_people import Case
from tests.crash.line_people import (
    PRICES,
    AmbushedAsker,
    LineAsker,
    LineCaller,
    LinePerson,
    PoisonAsker,
    find_text,
)
from tests.crash.others import CANARY, SPECIAL, Saver
from tests.crash.scene_steps import PASS_SECONDS, ask, patience, settle
from tests.crash.staff_page import StaffPage
from tests.crash.web_people import WebAsker
from tests.crash.world import World
from tests.journeys.kill_server import until


async def poison_between(world: World) -> None:
    """An event that raises between two good ones, all in one call; then it is tried again."""
    first, bad, last = (
        LineAsker(world, "first"),
        PoisonAsker(world, "poison"),
        LineAsker(world, "last"),
    )
    events = [person.text(question(1)) for person in (first, bad, last)]
    await first.deliver(*events)
    for person in (first, bad, last):
        person.asked.append(1)
    async with _staff(world, "chief") as (chief,):
        await chief.retry_parked()
        await settle(world)
    for person in (first, bad, last):
        person.check()


async def stampede(world: World) -> None:
    """Everybody wants the same conversation, three times over."""
    async with _staff(world, *world.logins) as agents:
        for number in range(3):
            case = Case(world, LineCaller(world, f"caller{number}"), agents)
            await case._stampede(await case._call())
    await settle(world)


async def doubled_reply(world: World) -> None:
    """The same reply twice at once and once more later."""
    async with _staff(world, world.logins[0]) as agents:
        case = Case(world, LineCaller(world, "caller"), agents)
        number = await case._call()
        await agents[0].act(number, "claim")
        body = {
            "text": "お調べしました。",
            "client_id": "draft-0001",
            "seen_seq": case._seen(number),
        }
        for _ in range(2):
            await asyncio.gather(*(agents[0].act(number, "reply", **body) for _ in range(2)))
        case.replies.append("お調べしました。")
        await settle(world)
        case.check()


async def taken_over(world: World) -> None:
    """An agent claims while the bot's answer waits for LINE to come back."""
    async with _staff(world, world.logins[0]) as (agent,):
        person = AmbushedAsker(world, "ambushed")
        for endpoint in ("reply", "push"):
            world.platform.faults.script(endpoint, *[ERROR_BEFORE] * 3)
        await ask(person, 1, 2)
        sql = "SELECT id FROM conversation WHERE state = 'bot'"
        number = world.server.rows(sql)[0][0]
        told = await agent.act(number, "claim")
        silent_from = len(person.seen)
        await settle(world)
        after = [text for text in person.seen[silent_from:] if text in PRICES]
        if len(after) > len(told.body["in_flight"]):
            world.history.broken("I7", f"the bot spoke after the claim: {after}")


async def half_saved(world: World) -> None:
    """A file of which one entry can be read and the other is broken."""
    saver = Saver(world, "saver")
    await world.server.kill()
    await world.server.start()
    path = world.knowledge / "special.yaml"
    text = path.read_text(encoding="utf-8").replace("第1番", "第9番が壊れた")
    path.write_text(text + "  - id: broken\n    question: 壊れた質問ですか？\n", encoding="utf-8")
    async with asyncio.timeout(PASS_SECONDS):
        while not await _problems(world):
            await asyncio.sleep(0.05)
    await saver.deliver(saver.text(SPECIAL))
    await settle(world)
    saver.check()


async def _problems(world: World) -> float:
    """Of how many problems the server knows, as it tells a monitor on this machine."""
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{world.server.url}/metrics") as answer,
    ):
        found = re.search(
            r"^madoguchi_knowledge_problems (\S+)", await answer.text(), re.MULTILINE
        )
    return float(found[1]) if found else 0.0


async def cut_and_resumed(world: World) -> None:
    """A page is cut off, misses an answer, and comes back."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(aiohttp.ClientSession())
        person = WebAsker(world, "web", client)
        stack.push_async_callback(person.close)
        await person.open()
        for number in (1, 2):
            await until(lambda: person.second.last == person.newest(), patience(world))
            person.second.online.clear()
            await person.second.cut()
            await until(lambda: person.second.socket is None, patience(world))
            await person.say(question(number))
            person.asked.append(number)
            await until(lambda: person.first.last == person.newest(), patience(world))
            await world.server.kill()
            person.second.online.set()
            await world.server.start()
        if not await until(lambda: not is_at_rest(world, [person]), patience(world)):
            world.history.broken("I4", is_at_rest(world, [person]))
        await settle(world)
        person.check()


async def killed_while_forgetting(world: World) -> None:
    """The server dies among the steps that remove what became old, and again in the next life."""
    people = [LinePerson(world, f"old{number}") for number in range(12)]
    for person in people:
        await person.deliver(person.text(f"{CANARY}という者です"))
    await settle(world)
    # the talks lapse, and half a year goes by
    world.clock.move(2 * DAY_MS)
    ended = [("closed", len(people))]
    states = "SELECT state, COUNT(*) FROM conversation GROUP BY state"
    assert await until(lambda: world.server.rows(states) == ended, PASS_SECONDS)
    heard = [person.seen for person in people]
    world.clock.move(181 * DAY_MS)
    for point in ("retention.mid:1", "retention.mid:1", ""):
        await world.server.kill()
        await world.server.start(point)
        if point and await world.server.wait(PASS_SECONDS) != -signal.SIGKILL:
            world.history.broken("points", f"{point} was not passed")
    if not await until(lambda: not find_text(world, CANARY), PASS_SECONDS):
        world.history.broken("I9", f"kept for ever: {find_text(world, CANARY)}")
    await settle(world)
    if [person.seen for person in people] != heard:
        world.history.broken("I9", "somebody was written to because of their age")


@asynccontextmanager
async def _staff(world: World, *logins: str) -> AsyncIterator[list[StaffPage]]:
    """Logged in, and out of the house afterwards."""
    pages = [StaffPage(world, login) for login in logins]
    try:
        await asyncio.gather(*(page.open() for page in pages))
        yield pages
    finally:
        await asyncio.gather(*(page.close() for page in pages))
