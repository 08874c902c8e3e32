"""Small stories at the worst moment, each long enough to show one kind of mistake."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp

from bot.standin.faults import ERROR_AFTER, ERROR_BEFORE, RATE_LIMIT, Fault, FaultKind
from tests.contracts.line_house import question
from tests.crash.checks import check_database, is_at_rest
from tests.crash.desk_people import Case
from tests.crash.line_people import (
    PRICES,
    AmbushedAsker,
    LineAsker,
    LineCaller,
    PoisonAsker,
    Regretful,
)
from tests.crash.others import SPECIAL, Saver
from tests.crash.staff_page import StaffPage
from tests.crash.web_people import WebAsker
from tests.crash.world import World
from tests.journeys.kill_server import until

Scene = Callable[[World], Awaitable[None]]
#: Seconds in which a scene must come to rest; a mutant, which may never rest, gets fewer.
REST_SECONDS, MUTANT_REST_SECONDS = 60, 5
#: Seconds until a point is passed on the slowest machine.
PASS_SECONDS = 60
#: Seconds after which a scene hangs and says so.
SCENE_SECONDS = 240
#: A name for the gap between two transactions that only a mutant has.
GAP = "mutant.gap:1"


def patience(world: World) -> float:
    """Seconds to wait for what a sane server does soon."""
    return MUTANT_REST_SECONDS if world.server.mutant else REST_SECONDS


async def settle(world: World) -> None:
    """Until nothing is owed; what is owed for ever is a violation of its own."""
    end = time.monotonic() + patience(world)
    while owed := is_at_rest(world, []):
        if time.monotonic() > end:
            world.history.broken("stuck", owed)
            return
        await asyncio.sleep(0.03)
    # whatever would be too much comes now
    await asyncio.sleep(0.2)
    check_database(world)


async def _ask(person: LineAsker, *numbers: int) -> None:
    """Ask in one call, without anything that would repair a loss."""
    person.asked += numbers
    await person.deliver(*(person.text(question(number)) for number in numbers))


async def _ask_across(world: World, person: LineAsker, *, until_dead: bool = False) -> None:
    """Ask a life that may die before it can answer the webhook; the next one is asked again."""
    asking = asyncio.create_task(_ask(person, 1))
    dying = asyncio.create_task(world.server.wait(PASS_SECONDS))
    awaited = [dying] if until_dead else [asking, dying]
    await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
    await world.server.kill()
    await world.server.start()
    await asyncio.gather(asking, dying)


async def killed_after_the_answer(world: World) -> None:
    """LINE was told 200, and in that moment the server died."""
    person = LineAsker(world, "asker")
    await _ask(person, 1)
    await world.server.kill()
    await world.server.start()
    await settle(world)
    person.check()


async def killed_in_the_gap(world: World) -> None:
    """The server dies between two transactions, if there are two."""
    person = LineAsker(world, "asker")
    await world.server.kill()
    await world.server.start(GAP)
    await _ask_across(world, person)
    await settle(world)
    person.check()


async def killed_while_sending(world: World) -> None:
    """The server dies with a row marked as being sent."""
    person = LineAsker(world, "asker")
    await world.server.kill()
    await world.server.start("delivery.before_http:1")
    await _ask_across(world, person, until_dead=True)
    await settle(world)
    person.check()


async def failed_after_acceptance(world: World) -> None:
    """LINE accepts and then says 500."""
    for endpoint in ("reply", "push"):
        world.platform.faults.script(endpoint, ERROR_AFTER)
    person = LineAsker(world, "asker")
    await _ask(person, 1)
    await settle(world)
    person.check()


async def failed_three_times(world: World) -> None:
    """LINE takes the fourth try."""
    for endpoint in ("reply", "push"):
        world.platform.faults.script(endpoint, *[ERROR_BEFORE] * 3)
    person = LineAsker(world, "asker")
    await _ask(person, 1)
    await settle(world)
    person.check()


async def too_many_requests(world: World) -> None:
    """LINE says 429 once."""
    for endpoint in ("reply", "push"):
        world.platform.faults.script(endpoint, RATE_LIMIT)
    person = LineAsker(world, "asker")
    await _ask(person, 1)
    await settle(world)
    person.check()


async def delivered_twice(world: World) -> None:
    """The same event comes again after it was answered."""
    person = LineAsker(world, "asker")
    event = person.text(question(1))
    await person.deliver(event)
    person.asked.append(1)
    await person.deliver(event, redelivery=True)
    await settle(world)
    person.check()


async def first_is_slow(world: World) -> None:
    """Three answers, and LINE takes its time with the first."""
    for endpoint in ("reply", "push"):
        world.platform.faults.script(endpoint, Fault(kind=FaultKind.SLOW, seconds=0.5))
    person = LineAsker(world, "asker")
    await _ask(person, 1, 2, 3)
    await settle(world)
    person.check()


async def disk_full(world: World) -> None:
    """Every other commit finds the disk full: 503, and nothing is half done."""
    phone = LineAsker(world, "phone")
    await world.server.kill()
    await world.server.start("group.before_commit:0.5:raise=ENOSPC")
    await _ask(phone, 1, 2, 3)
    await _ask(phone, 4)
    await world.server.kill()
    await world.server.start()
    await settle(world)
    phone.check()


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
        await _ask(person, 1, 2)
        sql = "SELECT id FROM conversation WHERE state = 'bot'"
        number = world.server.rows(sql)[0][0]
        told = await agent.act(number, "claim")
        silent_from = len(person.seen)
        await settle(world)
        after = [text for text in person.seen[silent_from:] if text in PRICES]
        if len(after) > len(told.body["in_flight"]):
            world.history.broken("I7", f"the bot spoke after the claim: {after}")


async def taken_back_and_redelivered(world: World) -> None:
    """A message, its unsend, and the message once more."""
    person = Regretful(world, "regretful")
    await person.regret("again")
    await settle(world)
    person.check()


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


@asynccontextmanager
async def _staff(world: World, *logins: str) -> AsyncIterator[list[StaffPage]]:
    """Logged in, and out of the house afterwards."""
    pages = [StaffPage(world, login) for login in logins]
    try:
        await asyncio.gather(*(page.open() for page in pages))
        yield pages
    finally:
        await asyncio.gather(*(page.close() for page in pages))


#: The smallest scene that catches each mutant.
CATCHES: dict[str, Scene] = {
    "answer_before_commit": killed_after_the_answer,
    "told_before_commit": killed_after_the_answer,
    "two_transactions": killed_in_the_gap,
    "no_recovery": killed_while_sending,
    "endless_lease": killed_while_sending,
    "no_retry_key": failed_after_acceptance,
    "new_key_each_try": failed_after_acceptance,
    "push_in_doubt": failed_after_acceptance,
    "give_up_after_two": failed_three_times,
    "busy_is_failure": too_many_requests,
    "no_dedupe": delivered_twice,
    "two_at_once": first_is_slow,
    "failing_unit_undoes_neighbours": poison_between,
    "seq_outside_transaction": poison_between,
    "read_then_write_claim": stampede,
    "reply_without_client_id": doubled_reply,
    "claim_leaves_the_bot_talking": taken_over,
    "unsend_deletes_the_key": taken_back_and_redelivered,
    "swap_before_parse": half_saved,
    "resume_forgets": cut_and_resumed,
}
#: Every scene, also those that need no mutant to be worth it.
SCENES = {scene.__name__: scene for scene in (*CATCHES.values(), disk_full)}
#: These show only where everything is pushed.
PUSHED = frozenset({"no_retry_key", "new_key_each_try"})


async def play(world: World, scene: Scene) -> list[str]:
    """Codes of what a scene breaks."""
    async with asyncio.timeout(SCENE_SECONDS):
        assert await world.server.start()
        await scene(world)
    return [violation.code for violation in world.history.violations]
