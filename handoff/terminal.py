"""`madoguchi chat`: the real talk in a terminal, over a database that is thrown away."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from bot.bubbles import Action
from bot.channels.line.plaintext import to_plain
from bot.clock import Clock, now_ms
from bot.context import TalkContext
from bot.events import EventKind, Inbound
from bot.hints import Hints
from bot.intake import Intake
from bot.phrases import Phrases, UnknownPhrase
from bot.schema import upgrade_sqlite
from bot.sqlite_store import SqliteStore
from bot.store import Store, Tx
from bot.transcript import Answering, Shown, find_customer_id, find_situation, list_shown
from faq.knowledge import Knowledge
from faq.loader import load_folder
from handoff.configuration import BadSettings, Settings
from handoff.front import Front

#: The web chat's talk: buttons, links and all.
_CHANNEL: Final = "web"
_CUSTOMER: Final = "terminal"
_ENDS: Final = frozenset({"/quit", "/exit"})
_NEW: Final = "/new"

Ask = Callable[[], str]
Tell = Callable[[str], None]


@dataclass(slots=True)
class Chat:
    """One customer at a terminal."""

    store: Store
    intake: Intake
    clock: Clock
    lang: str | None
    #: number of the customer; `/new` begins with another one
    customer: int = 1
    said: int = 0
    seen_seq: int = 0
    #: what the last bubbles offered; typed as its number
    offered: tuple[Action, ...] = ()

    async def greet(self) -> list[str]:
        """The customer opens the chat."""
        return await self._send(EventKind.FOLLOW)

    async def say(self, line: str) -> list[str]:
        """One typed line, or the number of what was offered; what is said to it."""
        chosen = self._chosen(line)
        if chosen is None:
            return await self._send(EventKind.MESSAGE, text=line)
        if not chosen.code:
            return [f"  ({chosen.label}: {chosen.url or chosen.tel})"]
        return await self._send(EventKind.CHOICE, text=chosen.label, choice=chosen.code)

    async def begin_anew(self) -> list[str]:
        """Somebody else opens the chat."""
        self.customer, self.seen_seq, self.offered = self.customer + 1, 0, ()
        return await self.greet()

    def _chosen(self, line: str) -> Action | None:
        if line.isascii() and line.isdigit() and 1 <= int(line[:4]) <= len(self.offered):
            return self.offered[int(line[:4]) - 1]
        return None

    async def _send(self, kind: EventKind, *, text: str = "", choice: str = "") -> list[str]:
        self.said += 1
        event = Inbound(
            channel=_CHANNEL,
            event_key=f"{_CUSTOMER}:{self.said}",
            kind=kind,
            occurred_at=self.clock(),
            customer_key=f"{_CUSTOMER}{self.customer}",
            text=text,
            choice=choice,
            source_key=str(self.said),
            lang=self.lang,
        )
        await self.intake.receive([event])
        shown, answering = await self.store.read(self._look)
        lines = self._render(shown)
        if not shown and answering is not Answering.BOT:
            lines.append("  (it waits for a person, and nobody sits behind this terminal: /new)")
        return lines

    def _look(self, tx: Tx) -> tuple[list[Shown], Answering]:
        customer_id = find_customer_id(tx, _CHANNEL, f"{_CUSTOMER}{self.customer}")
        if customer_id is None:
            return [], Answering.BOT
        shown = list_shown(tx, customer_id, after=self.seen_seq)
        if shown:
            self.seen_seq = shown[-1].seq
        ours = [each for each in shown if each.sender != "customer"]
        return ours, find_situation(tx, customer_id).answering

    def _render(self, shown: list[Shown]) -> list[str]:
        """Bubbles as text; everything that can be tapped gets a number."""
        if shown:
            self.offered = ()
        lines = []
        for bubble in shown:
            lines += [f"  {line}" for line in _shown(bubble).splitlines()]
            for action in (*bubble.buttons, *bubble.quick):
                self.offered = (*self.offered, action)
                target = action.url or action.tel
                told = f"{action.label}  <{target}>" if target else action.label
                lines.append(f"    [{len(self.offered)}] {told}")
        return lines


def _shown(bubble: Shown) -> str:
    """A terminal shows no Markdown; what people write is none."""
    return bubble.text if bubble.name else to_plain(bubble.text)


@asynccontextmanager
async def open_chat(
    settings: Settings, *, lang: str | None = None, clock: Clock = now_ms
) -> AsyncIterator[Chat]:
    """A chat while the block runs; nothing of it is kept. Raises BadSettings."""
    context = await asyncio.to_thread(_context, settings)
    folder = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="madoguchi-")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(asyncio.to_thread, folder.cleanup)
        store = await SqliteStore.open(Path(folder.name) / "chat.db", prepare=upgrade_sqlite)
        stack.push_async_callback(store.close)
        intake = Intake(store, Hints(), context, clock)
        stack.push_async_callback(intake.close)
        yield Chat(store=store, intake=intake, clock=clock, lang=lang)


def _context(settings: Settings) -> TalkContext:
    knowledge = _load(settings)
    # one types whole sentences here, so an unclear line waits for no continuation
    talk = settings.talk.model_copy(update={"merge_ms": 0})
    try:
        return TalkContext(
            settings=talk,
            phrases=Phrases(talk.phrases),
            knowledge=lambda: knowledge,
            people=Front(settings.people),
            zone=ZoneInfo(settings.people.timezone),
        )
    except (ValueError, UnknownPhrase) as error:
        raise BadSettings(str(error.args[0] if error.args else error)) from None


def _load(settings: Settings) -> Knowledge:
    folder = settings.knowledge
    knowledge = None
    if folder.is_dir():
        knowledge = load_folder(
            folder, default_lang=settings.talk.default_lang, limits=settings.talk.limits
        ).knowledge
    if knowledge is None:
        raise BadSettings(f"knowledge: nothing in {folder} is usable; `madoguchi check` says why.")
    return knowledge


async def chat(settings: Settings, ask: Ask, tell: Tell, *, lang: str | None = None) -> None:
    """Talk until the input ends. `ask` reads a line and raises EOFError at the end."""
    async with open_chat(settings, lang=lang) as talk:
        tell(f"Write as a customer would, or type a number. {_NEW} begins anew, /quit ends.\n")
        lines = await talk.greet()
        while True:
            for line in lines:
                tell(line)
            try:
                typed = (await asyncio.to_thread(ask)).strip()
            except EOFError:
                return
            if typed in _ENDS:
                return
            if typed == _NEW:
                lines = await talk.begin_anew()
            else:
                lines = await talk.say(typed) if typed else []
