"""The composition root's heavy half: opens what a running server needs and wires it together.

server.py imports it only when something is to be served, so that `--help` stays quick.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from zoneinfo import ZoneInfo

import aiohttp

from bot.background import Background
from bot.channels.line.account import LineAccount, open_account
from bot.channels.line.api import LineSender
from bot.channels.line.dates import LineDates
from bot.channels.line.token import AccessToken
from bot.clock import Clock, now_ms
from bot.context import TalkContext
from bot.delivery import Delivery
from bot.events import Inbound
from bot.hints import Hints
from bot.intake import Intake
from bot.phrases import Phrases, UnknownPhrase
from bot.schema import upgrade_sqlite
from bot.sending_rules import Rules
from bot.shelf import MediaShelf
from bot.sqlite_store import SqliteStore
from bot.store import Store
from bot.web import policy
from faq.library import Library
from handoff.application import build_application
from handoff.configuration import BadSettings, Settings, find_token_file
from handoff.front import Front
from handoff.house import House, Line
from handoff.outside import Provider
from handoff.routine import start_routine


@asynccontextmanager
async def open_house(settings: Settings, *, clock: Clock = now_ms) -> AsyncIterator[House]:
    """Open database, knowledge and channels, and run them while the block runs.

    Raises BadSettings, StoreInUse, NewerDatabase.
    """
    async with AsyncExitStack() as stack:
        build_context = _context(settings)
        store = await SqliteStore.open(settings.database_path(), prepare=upgrade_sqlite)
        stack.push_async_callback(store.close)
        library = await _open_library(settings)
        context = build_context(library)
        hints = Hints()
        line = await _open_line(stack, settings, clock)
        delivery = _delivery(settings, store, hints, line, context.phrases, clock)
        background = Background()
        intake = Intake(
            store,
            hints,
            context,
            clock,
            owed=delivery.wake if delivery else _nothing,
            media_owed=lambda: background.wake("media"),
            thinking=_thinking(line),
        )
        stack.push_async_callback(intake.close)
        house = House(
            settings=settings,
            clock=clock,
            store=store,
            hints=hints,
            library=library,
            context=context,
            intake=intake,
            shelf=MediaShelf(settings.data_dir),
            line=line,
            delivery=delivery,
        )
        house.provider = await _open_provider(stack, settings, clock)
        app = await asyncio.to_thread(build_application, house)
        stack.push_async_callback(background.stop)
        start_routine(background, house, app)
        house.app = app
        yield house
        await house.drain()


def _context(settings: Settings) -> Callable[[Library], TalkContext]:
    """Everything that can be wrong in the settings is found before anything is opened."""
    try:
        people = Front(settings.people, lapse_ms=settings.talk.lapse_minutes * 60_000)
        phrases = Phrases(settings.talk.phrases)
        policy(ancestors=settings.chat.sites)
    except (ValueError, UnknownPhrase) as error:
        raise BadSettings(str(error.args[0] if error.args else error)) from None

    def build(library: Library) -> TalkContext:
        return TalkContext(
            settings=settings.talk,
            phrases=phrases,
            knowledge=lambda: library.current,
            people=people,
            zone=ZoneInfo(settings.people.timezone),
        )

    return build


async def _open_library(settings: Settings) -> Library:
    talk = settings.talk
    library = Library(settings.knowledge, default_lang=talk.default_lang, limits=talk.limits)
    if not await asyncio.to_thread(settings.knowledge.is_dir):
        raise BadSettings(
            f"knowledge: there is no folder {settings.knowledge}. Make one with `madoguchi "
            "init .`, or name yours with MADOGUCHI_KNOWLEDGE."
        )
    result = await library.reload()
    if result.knowledge is None:
        problems = "\n  ".join(str(problem) for problem in result.problems[:20])
        raise BadSettings(f"knowledge: nothing in {settings.knowledge} is usable.\n  {problems}")
    return library


async def _open_provider(
    stack: AsyncExitStack, settings: Settings, clock: Clock
) -> Provider | None:
    """The way to the identity provider, when one is set."""
    if not settings.oidc.issuer:
        return None
    if not settings.public_url:
        raise BadSettings("public_url: the identity provider must know where to lead back to.")
    try:
        from handoff.outside_provider import HttpProvider
    except ModuleNotFoundError:
        raise BadSettings(
            "oidc.issuer: this needs the extra `oidc`. Install it: pip install 'madoguchi[oidc]'"
        ) from None
    session = await stack.enter_async_context(
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=4), cookie_jar=aiohttp.DummyCookieJar()
        )
    )
    back = f"{settings.public_url.rstrip('/')}/login/outside/back"
    return HttpProvider(session, settings.oidc, clock, back=back)


async def _open_line(stack: AsyncExitStack, settings: Settings, clock: Clock) -> Line | None:
    """The way out to LINE, when the door is open."""
    if not settings.line.channel_secret.get_secret_value():
        return None
    if not settings.line.channel_access_token.get_secret_value():
        raise BadSettings(
            "line.channel_access_token: it is missing while the channel secret is set. "
            "Set MADOGUCHI_LINE__CHANNEL_ACCESS_TOKEN."
        )
    connector = aiohttp.TCPConnector(limit=100)
    dates = LineDates(clock)
    session = await stack.enter_async_context(
        aiohttp.ClientSession(connector=connector, trace_configs=[dates.trace()])
    )
    token = AccessToken(settings.line, await asyncio.to_thread(find_token_file, settings))
    account: LineAccount = await stack.enter_async_context(
        open_account(session, settings.line, token)
    )
    sender = LineSender(session, settings.line, account.count_left, token)
    return Line(sender=sender, account=account, dates=dates)


def _delivery(  # noqa: PLR0917 - called once, right above
    settings: Settings,
    store: Store,
    hints: Hints,
    line: Line | None,
    phrases: Phrases,
    clock: Clock,
) -> Delivery | None:
    if line is None:
        return None
    rules = Rules(
        exactly_once=settings.line.delivery == "exactly_once",
        resend_in_doubt=settings.line.in_doubt == "at_least_once",
    )
    lease = int(settings.line.timeout_seconds * 1000) + 10_000
    return Delivery(
        store,
        hints,
        line.sender,
        clock,
        phrases,
        rules,
        lease_ms=lease,
        quota_floor=settings.line.quota_floor,
    )


def _nothing() -> None:
    """Nobody sends: the web chat reads its messages itself."""


def _thinking(line: Line | None) -> Callable[[Inbound], None]:
    """Show LINE's loading dots while an unclear line waits for its continuation."""
    running: set[asyncio.Task[bool]] = set()

    def show(event: Inbound) -> None:
        if line and event.channel == "line" and event.customer_key:
            task = asyncio.create_task(line.sender.show_loading(event.customer_key, seconds=5))
            running.add(task)
            task.add_done_callback(running.discard)

    return show
