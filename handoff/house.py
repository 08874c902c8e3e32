"""A running server as one value: what was opened, for whoever wires or tests it."""

from dataclasses import dataclass, field

from aiohttp import web

from bot.channels.line.account import LineAccount
from bot.channels.line.api import LineSender
from bot.channels.line.dates import LineDates
from bot.clock import Clock
from bot.context import TalkContext
from bot.delivery import Delivery
from bot.hints import Hints
from bot.intake import Intake
from bot.shelf import MediaShelf
from bot.store import Store
from faq.library import Library
from handoff.configuration import Settings
from handoff.outside import Provider

#: A call to LINE is over by then: cut off, it might be said twice.
DRAIN_SECONDS = 9


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """The LINE channel's outside."""

    sender: LineSender
    account: LineAccount
    dates: LineDates


@dataclass(kw_only=True, slots=True)
class House:
    """Everything that one server process holds."""

    settings: Settings
    clock: Clock
    store: Store
    hints: Hints
    library: Library
    context: TalkContext
    intake: Intake
    shelf: MediaShelf
    #: None while the LINE door is off
    line: Line | None
    delivery: Delivery | None
    #: None: staff log in by password alone
    provider: Provider | None = None
    app: web.Application = field(default_factory=web.Application)

    async def drain(self) -> None:
        """Let calls to LINE that are under way end, and begin no more of them."""
        if self.delivery:
            await self.delivery.drain(DRAIN_SECONDS)
