"""What a running server does by itself: timers, sending, fetching, watching, tidying."""

from contextlib import suppress

from aiohttp import web

from bot import media, profiles
from bot.background import Background, Job, run_timers
from bot.channels.line.account import LineUnavailable
from bot.channels.line.webhook import LINE_DOOR
from bot.hints import DESK, Hint
from bot.shelf import drop_erased, sweep_shelf
from handoff.appkeys import DESK as DESK_KEY
from handoff.appkeys import PRESENCE
from handoff.assigning import Assigner
from handoff.house import House

_MEGABYTE = 1024 * 1024
_HOUR = 3600.0
#: seconds; hints may be lost
_ASSIGN_EVERY = 5.0


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
            Job(name="absent", every=15.0, run=presence.sweep),
            Job(name="erased", every=10.0, run=lambda: drop_erased(house.store, house.shelf)),
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
    if house.settings.people.assignment == "automatic":
        assigner = Assigner(house.store, app[DESK_KEY], house.clock)
        background.keep("assigning", lambda: _assign_on_hints(house, assigner))
    if house.delivery:
        background.keep("delivery", house.delivery.run)
        background.keep("waker", lambda: _wake_on_hints(house))
    if house.line:
        _start_line(background, house)


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
    if house.line:
        with suppress(LineUnavailable):  # logged by the call itself; asked again in an hour
            account = await house.line.account.find_account()
            house.app[LINE_DOOR].account_id = account.user_id


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
