"""What every way into the web chat does: tell visitors apart, take what they say, show what is."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import Any

from aiohttp import WSCloseCode, web

from bot.appkeys import CHAT, CLOCK, HINTS, INTAKE, SECRET, STORE
from bot.burst import Bursts
from bot.channels.webchat import protocol
from bot.channels.webchat.notices import Notices
from bot.channels.webchat.protocol import Choice, FromClient, Hello, Read, Send, Typing, Visitor
from bot.clock import MINUTE_MS, SECOND_MS, Clock
from bot.errors import StoreUnavailable
from bot.events import Inbound
from bot.failpoints import hit
from bot.hints import DESK, Hears, Hint, Hints, Listener, customer_topic
from bot.intake import Intake, Taken
from bot.people import HumanDesk, Standing
from bot.rows import get_conversation
from bot.store import Store, Tx
from bot.transcript import (
    Answering,
    Shown,
    Situation,
    find_customer_id,
    find_situation,
    list_erased,
    list_shown,
)
from bot.visitor_token import new_visitor_id, sign_visitor, verify_visitor

BURST_SPAN_MS = 10 * SECOND_MS
#: A company behind one address is not that busy; a script that makes visitors is.
NEWCOMERS_A_MINUTE = 60
#: Signs of typing and reading that reach the desk; the rest would only wake every page there.
SIGNS = 30
#: Pages that one visitor may have open; nobody has so many tabs.
PAGES_LIMIT = 50
#: A page asks for what was erased lately; this covers its clock and its last look.
ERASED_LATELY_MS = 2 * MINUTE_MS


@dataclass(frozen=True, kw_only=True, slots=True)
class Guest:
    """A visitor whom the talk knows."""

    visitor: Visitor
    customer_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What lies behind a cursor, in one snapshot."""

    shown: list[Shown]
    situation: Situation
    standing: Standing | None
    erased: list[int]
    announcements: list[dict[str, Any]] = field(default_factory=list)

    def state(self) -> dict[str, Any]:
        return protocol.state(self.situation, self.standing, self.announcements)


class Lobby:
    """The web chat's share of a running server."""

    def __init__(self, app: web.Application) -> None:
        self.store: Store = app[STORE]
        self.intake: Intake = app[INTAKE]
        self.hints: Hints = app[HINTS]
        self.clock: Clock = app[CLOCK]
        self.notices = Notices(app, protocol.CHANNEL)
        self.stopping = False
        self._key: bytes = app[SECRET]
        self._people: HumanDesk | None = app.get(PEOPLE)
        self._bursts = Bursts(limit=app[CHAT].burst, span_ms=BURST_SPAN_MS)
        self._signs = Bursts(limit=SIGNS, span_ms=BURST_SPAN_MS)
        self._newcomers = Bursts(limit=NEWCOMERS_A_MINUTE, span_ms=MINUTE_MS)
        self._sockets: set[web.WebSocketResponse] = set()
        self._listeners: set[Listener] = set()

    # --- who

    async def admit(self, hello: Hello, address: str) -> Guest | None:
        """The guest a token names, or a new one, greeted once. None when nobody can be taken."""
        known = verify_visitor(hello.token, self._key) if hello.token else None
        for visitor_id in (known, new_visitor_id()):
            if visitor_id is None or (visitor_id != known and self._is_crowd(address)):
                continue
            visitor = Visitor(id=visitor_id, lang=hello.lang)
            customer_id = await self._find(visitor)
            if customer_id is None:
                event = protocol.follow_event(visitor, site=hello.site, now=self.clock())
                await self.intake.receive([event])
                # None again: their traces were erased, so they come as somebody new
                customer_id = await self._find(visitor)
            if customer_id is not None:
                return Guest(visitor=visitor, customer_id=customer_id)
        return None

    def _is_crowd(self, address: str) -> bool:
        """Whether too many new visitors come from one address. Our own machine may try things."""
        try:
            if ip_address(address).is_loopback:
                return False
        except ValueError:
            return False  # a socket file of a proxy that does not say who asks
        return self._newcomers.take(address, now=self.clock()) > 0

    def require_visitor(self, request: web.Request) -> str:
        """Whom the `Authorization: Bearer` header names, without asking the store. Raises 401."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        visitor_id = verify_visitor(token, self._key) if scheme == "Bearer" else None
        if visitor_id is None:
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
        return visitor_id

    async def recognise(self, request: web.Request) -> Guest:
        """The guest of an `Authorization: Bearer` header. Raises 401."""
        visitor = Visitor(id=self.require_visitor(request))
        customer_id = await self._find(visitor)
        if customer_id is None:
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})
        return Guest(visitor=visitor, customer_id=customer_id)

    async def _find(self, visitor: Visitor) -> int | None:
        return await self.store.read(find_customer_id, protocol.CHANNEL, visitor.id)

    def token(self, guest: Guest) -> str:
        return sign_visitor(guest.visitor.id, self._key)

    # --- in

    async def take(
        self, guest: Guest, frame: FromClient, situation: Situation
    ) -> dict[str, Any] | None:
        """Do what a frame asks; the frame to answer with, or None."""
        match frame.root:
            case Typing() as typing:
                self._tell_desk(guest, situation, "typing", detail="on" if typing.on else "off")
                return None
            case Read() as read:
                self._tell_desk(guest, situation, "read", seq=read.seq)
                return None
            case Send() | Choice() as said:
                event = protocol.message_event(guest.visitor, said, now=self.clock())
                return await self.take_message(guest, event)

    async def take_message(self, guest: Guest, event: Inbound) -> dict[str, Any]:
        """Give a message to the talk; the frame that tells its writer what became of it."""
        wait_ms = self._bursts.take(guest.visitor.id, now=self.clock())
        if wait_ms:
            return protocol.slow(wait_ms)
        try:
            (receipt,) = await self.intake.receive([event])
        except StoreUnavailable:
            return protocol.retry(event.source_key)
        hit("web.after_commit")
        if receipt.taken is Taken.REFUSED:
            return protocol.refused(event.source_key, receipt.refusal or "refused")
        return protocol.ack(event.source_key, receipt.seq)

    def _tell_desk(
        self, guest: Guest, situation: Situation, kind: str, *, seq: int = 0, detail: str = ""
    ) -> None:
        """A fact that stands in no table, for whoever looks at the conversation."""
        if situation.conversation_id is None:
            return
        if self._signs.take(guest.visitor.id, now=self.clock()):
            return
        hint = Hint(
            topic=DESK,
            kind=kind,
            conversation_id=situation.conversation_id,
            seq=seq,
            detail=detail,
        )
        self.hints.publish([hint])

    # --- out

    async def look(self, guest: Guest, *, after: int) -> Look:
        """What the guest does not have yet, and how things stand."""
        since = self.clock() - ERASED_LATELY_MS
        look = await self.store.read(self._look, guest.customer_id, after, since)
        # the page speaks the language of its hello; who polls says none there
        lang = guest.visitor.lang or look.situation.lang
        return replace(look, announcements=self.notices.list(lang))

    def _look(self, tx: Tx, customer_id: int, after: int, since: int) -> Look:
        situation = find_situation(tx, customer_id)
        standing = None
        if self._people and situation.answering is Answering.WAITING and situation.conversation_id:
            conversation = get_conversation(tx, situation.conversation_id)
            standing = self._people.standing(tx, conversation, now=self.clock())
        return Look(
            shown=list_shown(tx, customer_id, after=after),
            situation=situation,
            standing=standing,
            erased=list_erased(tx, customer_id, upto=after, since=since),
        )

    async def resume(self, guest: Guest, after: int) -> tuple[int, list[int]]:
        """Where a returning page goes on, and which of its messages are gone.

        A cursor that is ahead of us comes from another database: such a page starts again.
        """
        return await self.store.read(_resume, guest.customer_id, after)

    def is_everywhere(self, guest: Guest) -> bool:
        """Whether the guest has as many pages open as one visitor may."""
        return self.hints.count(customer_topic(guest.customer_id)) >= PAGES_LIMIT

    @contextmanager
    def listen(self, guest: Guest) -> Iterator[Listener]:
        """Hints about this guest while the block runs, and one at the server's end."""
        with self.hints.listen(customer_topic(guest.customer_id)) as listener:
            self._listeners.add(listener)
            try:
                yield listener
            finally:
                self._listeners.discard(listener)

    def attach(self, guest: Guest, listener: Hears) -> None:
        """Tell of hints about this guest, without a task that waits for them."""
        self.hints.attach(listener, customer_topic(guest.customer_id))

    def detach(self, guest: Guest, listener: Hears) -> None:
        """Tell no more."""
        self.hints.detach(listener, customer_topic(guest.customer_id))

    # --- open and closed

    def welcome(self, socket: web.WebSocketResponse) -> None:
        """Keep a socket in sight so that it is closed when the server ends."""
        self._sockets.add(socket)

    def part(self, socket: web.WebSocketResponse) -> None:
        """The socket is closed."""
        self._sockets.discard(socket)

    async def close(self, _app: web.Application) -> None:
        """Wake who waits and close every socket; pages come back by themselves."""
        self.stopping = True
        for listener in self._listeners:
            listener.tell(Hint(topic="", kind="stopping"))
        closing = [
            socket.close(code=WSCloseCode.GOING_AWAY, message=b"restarting", drain=False)
            for socket in self._sockets
        ]
        await asyncio.gather(*closing, return_exceptions=True)


def _resume(tx: Tx, customer_id: int, after: int) -> tuple[int, list[int]]:
    row = tx.one("SELECT last_seq FROM customer WHERE id = :id", id=customer_id)
    if row is None or after > row["last_seq"]:
        return 0, []
    return after, list_erased(tx, customer_id, upto=after)


LOBBY = web.AppKey("lobby", Lobby)
#: The people behind the bot; without them a waiting visitor sees no place in the queue.
PEOPLE = web.AppKey("people", HumanDesk)
