"""What every scene does: ask once, let a life end, come to rest."""

import asyncio
import time

from tests.contracts.line_house import question
from tests.crash.checks import check_database, is_at_rest
from tests.crash.line_people import LineAsker
from tests.crash.world import World

#: Seconds in which a scene must come to rest; a mutant, which may never rest, gets fewer.
REST_SECONDS, MUTANT_REST_SECONDS = 60, 5
#: Seconds until a point is passed on the slowest machine.
PASS_SECONDS = 60


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


async def ask(person: LineAsker, *numbers: int) -> None:
    """Ask in one call, without anything that would repair a loss."""
    person.asked += numbers
    await person.deliver(*(person.text(question(number)) for number in numbers))


async def ask_across(world: World, person: LineAsker, *, until_dead: bool = False) -> None:
    """Ask a life that may die before it can answer the webhook; the next one is asked again."""
    asking = asyncio.create_task(ask(person, 1))
    dying = asyncio.create_task(world.server.wait(PASS_SECONDS))
    awaited = [dying] if until_dead else [asking, dying]
    await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
    await world.server.kill()
    await world.server.start()
    await asyncio.gather(asking, dying)
