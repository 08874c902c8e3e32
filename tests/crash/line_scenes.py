"""Small stories of a customer on LINE whose message meets a death, a fault or a full disk."""

from bot.standin.faults import ERROR_AFTER, ERROR_BEFORE, RATE_LIMIT, Fault, FaultKind
from tests.contracts.line_house import question
from tests.crash.line_people import LineAsker, Regretful
from tests.crash.scene_steps import ask, ask_across, settle
from tests.crash.world import World

#: A name for the gap between two transactions that only a mutant has.
GAP = "mutant.gap:1"


async def killed_after_the_answer(world: World) -> None:
    """LINE was told 200, and in that moment the server died."""
    person = LineAsker(world, "asker")
    await ask(person, 1)
    await world.server.kill()
    await world.server.start()
    await settle(world)
    person.check()


async def killed_in_the_gap(world: World) -> None:
    """The server dies between two transactions, if there are two."""
    person = LineAsker(world, "asker")
    await world.server.kill()
    await world.server.start(GAP)
    await ask_across(world, person)
    await settle(world)
    person.check()


async def killed_while_sending(world: World) -> None:
    """The server dies with a row marked as being sent."""
    person = LineAsker(world, "asker")
    await world.server.kill()
    await world.server.start("delivery.before_http:1")
    await ask_across(world, person, until_dead=True)
    await settle(world)
    person.check()


async def failed_after_acceptance(world: World) -> None:
    """LINE accepts and then says 500."""
    for endpoint in ("reply", "push"):
        world.platform.faults.script(endpoint, ERROR_AFTER)
    person = LineAsker(world, "asker")
    await ask(person, 1)
    await settle(world)
    person.check()


async def failed_three_times(world: World) -> None:
    """LINE takes the fourth try."""
    for endpoint in ("reply", "push"):
        world.platform.faults.script(endpoint, *[ERROR_BEFORE] * 3)
    person = LineAsker(world, "asker")
    await ask(person, 1)
    await settle(world)
    person.check()


async def too_many_requests(world: World) -> None:
    """LINE says 429 once."""
    for endpoint in ("reply", "push"):
        world.platform.faults.script(endpoint, RATE_LIMIT)
    person = LineAsker(world, "asker")
    await ask(person, 1)
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
    await ask(person, 1, 2, 3)
    await settle(world)
    person.check()


async def disk_full(world: World) -> None:
    """Every other commit finds the disk full: 503, and nothing is half done."""
    phone = LineAsker(world, "phone")
    await world.server.kill()
    await world.server.start("group.before_commit:0.5:raise=ENOSPC")
    await ask(phone, 1, 2, 3)
    await ask(phone, 4)
    await world.server.kill()
    await world.server.start()
    await settle(world)
    phone.check()


async def taken_back_and_redelivered(world: World) -> None:
    """A message, its unsend, and the message once more."""
    person = Regretful(world, "regretful")
    await person.regret("again")
    await settle(world)
    person.check()
