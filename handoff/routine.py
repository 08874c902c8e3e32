"""What a running server does by itself: timers, sending, fetching, watching, tidying."""

import asyncio
from contextlib import suppress

from aiohttp import web

from bot import media, profiles
from bot.background import Background, Job, run_timers
from bot.channels.line.account import LineUnavailable
from bot.channels.line.webhook import LINE_DOOR
from bot.clock import from_ms
from bot.failpoints import hit
from bot.hints import DESK, Hint
from bot.shelf import drop_erased, sweep_shelf
from bot.tokens import list_read, take_read_tokens
from handoff.appkeys import DESK as DESK_KEY
from handoff.appkeys import GATHERING, KEEPING, PRESENCE
from handoff.assigning import Assigner
from handoff.customer_rows import list_erased_since
from handoff.customers import erased_hints
from handoff.house import House
from handoff.retention import apply_retention

_MEGABYTE = 1024 * 1024
_MINUTE = 60.0
_HOUR = 60 * _MINUTE
#: seconds; hints may be lost
_ASSIGN_EVERY = 5.0
_LOOK_EVERY = 2.0
_GATHER_EVERY = 30.0
#: ms; pages are told of everybody who was erased within this time
_TELL_MS = 5 * 60_000


def start_routine(background: Background, house: House, app: web.Application) -> None:
    """Start every job; `background.stop` ends them."""
    presence = app[PRESENCE]
    background.start(
        [
            Job(
                name="timers",
                every=1.0,
                run=lambda: run_timers(house.store, house.intake, house.clock),
            ),
            Job(name="gaps", every=_GATHER_EVERY, run=app[GATHERING].run),
            Job(name="absent", every=15.0, run=presence.sweep),
            Job(name="erased", every=10.0, run=lambda: drop_erased(house.store, house.shelf)),
            Job(name="forgotten", every=5.0, run=Forgotten(house).tell),
            Job(
                name="retention",
                every=_HOUR,
                run=lambda: forget_old(house),
            ),
            Job(
                name="shelf",
                every=_HOUR,
                run=lambda: sweep_shelf(house.store, house.shelf, now=house.clock()),
            ),
        ]
    )
    background.keep("knowledge", house.library.watch)
    house.library.on_change(
        lambda _knowledge: house.hints.publish([Hint(topic=DESK, kind="knowledge")])
    )
    house.library.on_read(lambda: hit("knowledge.after_parse"))
    house.library.on_change(lambda _knowledge: hit("knowledge.after_swap"))
    background.keep("history", app[KEEPING].watch)
    background.keep("banners", lambda: tell_banners(house))
    if house.settings.people.assignment == "automatic":
        assigner = Assigner(house.store, app[DESK_KEY], house.clock)
        background.keep("assigning", lambda: _assign_on_hints(house, assigner))
    if house.delivery:
        background.keep("delivery", house.delivery.run)
        background.keep("waker", lambda: _wake_on_hints(house))
    if house.line:
        _start_line(background, house)


class Forgotten:
    """Tells pages of people whom the command line erased, and cleans the database's log."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._told: set[tuple[int, int, int]] = set()

    async def tell(self) -> None:
        """Look for who was erased lately; without anybody it costs one small query."""
        house = self._house
        since = house.clock() - _TELL_MS
        erased = set(await house.store.read(list_erased_since, since))
        new, self._told = erased - self._told, erased
        for customer_id, conversation_id, _ in sorted(new):
            house.hints.publish(erased_hints(customer_id, (conversation_id,)))
        if erased:
            # their words stand in the log until then
            await house.store.empty_log()


async def forget_old(house: House) -> None:
    """Remove what is older than the settings allow, and what an unsend left in the log."""
    await apply_retention(house.store, house.settings.retention, house.clock)
    await house.store.empty_log()


def _start_line(background: Background, house: House) -> None:
    line = house.line
    if line is None:
        return
    most = house.settings.line.media_max_mb * _MEGABYTE
    background.start(
        [
            Job(
                name="media",
                every=5.0,
                run=lambda: media.fetch_owed(
                    house.store,
                    house.shelf,
                    line.account,
                    house.hints,
                    most=most,
                    now=house.clock(),
                ),
            ),
            Job(name="account", every=_HOUR, run=lambda: _know_ourselves(house)),
            Job(name="quota", every=10.0, run=lambda: count_pushes(house)),
            Job(name="read marks", every=2.0, run=lambda: mark_read(house)),
            Job(
                name="profiles",
                every=5.0,
                run=lambda: profiles.look_up_profiles(
                    house.store, line.account, house.hints, now=house.clock()
                ),
            ),
        ]
    )


async def _know_ourselves(house: House) -> None:
    """Ask LINE who we are, so that events meant for another account can be told apart."""
    while house.line:
        try:
            account = await house.line.account.find_account()
        except LineUnavailable:  # logged by the call itself
            await asyncio.sleep(_MINUTE)
        else:
            house.app[LINE_DOOR].account_id = account.user_id
            return


async def count_pushes(house: House) -> None:
    """Know how many pushes are left, before the month's last one is gone."""
    if house.line and house.delivery and house.delivery.wants_count():
        with suppress(LineUnavailable):  # what we knew before stands
            house.delivery.know_left(await house.line.account.count_left())


async def mark_read(house: House) -> None:
    """Show customers that they were read, where the account leaves that to us."""
    if house.line is None or house.delivery is None:
        return
    known = house.line.account.known
    if known is None or known.chat_mode != "chat" or house.delivery.health.failing_since:
        return
    while read := await house.store.read(list_read):
        tokens = await house.store.write(take_read_tokens, read)
        await asyncio.gather(*(house.line.sender.mark_read(token) for token in tokens))


async def tell_banners(house: House) -> None:
    """A bad edit, and an announcement's beginning and end, change what stands on the pages."""
    told = _banners(house)
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        if _banners(house) != told:
            told = _banners(house)
            house.hints.publish([Hint(topic=DESK, kind="knowledge")])


def _banners(house: House) -> tuple[object, ...]:
    now = from_ms(house.clock(), house.context.zone)
    return house.library.problems, house.library.current.announcements_on(channel=None, now=now)


async def _assign_on_hints(house: House, assigner: Assigner) -> None:
    """Whatever changes at the desk may have freed somebody or added somebody who waits."""
    with house.hints.listen(DESK) as listener:
        while True:
            await assigner.assign()
            await listener.next(timeout=_ASSIGN_EVERY)


async def _wake_on_hints(house: House) -> None:
    """What the desk commits is sent at once, not at the next look."""
    with house.hints.listen(DESK) as listener:
        while house.delivery:
            await listener.next()
            house.delivery.wake()
