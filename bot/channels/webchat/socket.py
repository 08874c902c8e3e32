"""GET /chat/ws: the chat over a WebSocket."""

import asyncio
import contextlib
import json
from typing import Any

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from bot.channels.webchat import protocol
from bot.channels.webchat.lobby import LOBBY, Guest, Lobby
from bot.channels.webchat.pace import Pace
from bot.channels.webchat.protocol import FromClient, Hello
from bot.errors import BadInput, StoreError
from bot.failpoints import hit
from bot.hints import Hint
from bot.transcript import PAGE, Situation
from bot.web import REQUEST_ID, client_block, log_failure, parse_json, require_own_origin

log = structlog.get_logger("bot.webchat")

HEARTBEAT_SECONDS = 25
HELLO_SECONDS = 10
#: A reader that does not take a frame within this time is let go; it resumes when it can.
SEND_SECONDS = 10
#: Hints may be lost; the database is looked at this often all the same.
LOOK_SECONDS = 20
RECOVER_SECONDS = 1
FRAME_LIMIT = 16 * 1024
#: Frames that are not understood before the page is shown the door.
NONSENSE_LIMIT = 20


class SlowReaderError(Exception):
    """The other side does not take what we send."""


async def serve_socket(request: web.Request) -> web.StreamResponse:
    """One page's connection, from hello to goodbye."""
    require_own_origin(request)
    lobby = request.app[LOBBY]
    if lobby.stopping:
        raise web.HTTPServiceUnavailable
    socket = web.WebSocketResponse(
        heartbeat=HEARTBEAT_SECONDS, max_msg_size=FRAME_LIMIT, compress=False, timeout=2
    )
    await socket.prepare(request)
    lobby.welcome(socket)
    try:
        await Connection(lobby, socket, request).run()
    finally:
        lobby.part(socket)
    return socket


def _encode(frame: dict[str, Any]) -> str:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


#: Until the first look.
_UNKNOWN = Situation()


class Connection:
    """A socket, its guest, and how far the guest has been told."""

    # thousands are open at once and silent: each keeps little, and no task of its own
    __slots__ = (
        "_cursor",
        "_due",
        "_erased",
        "_guest",
        "_lobby",
        "_look",
        "_pushing",
        "_request",
        "_situation",
        "_socket",
        "_state",
        "_typing",
    )

    def __init__(self, lobby: Lobby, socket: web.WebSocketResponse, request: web.Request) -> None:
        self._lobby = lobby
        self._socket = socket
        self._request = request
        self._guest: Guest | None = None
        self._cursor = 0
        self._situation = _UNKNOWN
        #: the state as it was told last, in JSON
        self._state = ""
        self._erased: frozenset[int] = frozenset()
        #: there may be something to tell; whether somebody types is told even if nothing else is
        self._due = False
        self._typing: str | None = None
        self._pushing: asyncio.Task[None] | None = None
        self._look: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """From the hello to whatever ends it."""
        try:
            self._guest = await self._greet()
            if self._guest is not None:
                self._lobby.attach(self._guest, self)
                self._look_again()
                await self._read(self._guest)
        except (SlowReaderError, ConnectionError):
            self._abort()
        finally:
            await self._stop()

    async def _stop(self) -> None:
        if self._guest is not None:
            self._lobby.detach(self._guest, self)
        if self._look is not None:
            self._look.cancel()
        if self._pushing is not None:
            self._pushing.cancel()
            await asyncio.gather(self._pushing, return_exceptions=True)

    def _abort(self) -> None:
        # no goodbye: whoever does not read would not read it either
        if self._request.transport is not None:
            self._request.transport.abort()

    async def _end(self, code: int) -> None:
        if not self._socket.closed:
            with contextlib.suppress(ConnectionError):
                await self._socket.close(code=code, drain=False)

    async def _greet(self) -> Guest | None:
        """Wait for the hello and answer it; None after saying goodbye."""
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                message = await self._socket.receive()
            if message.type is not WSMsgType.TEXT:
                await self._part("hello_expected", WSCloseCode.POLICY_VIOLATION)
                return None
            hello = parse_json(message.data, Hello)
            guest = await self._lobby.admit(hello, client_block(self._request))
            if guest is None or self._lobby.is_everywhere(guest):
                await self._part("unavailable", WSCloseCode.TRY_AGAIN_LATER)
                return None
            self._cursor, gone = await self._lobby.resume(guest, hello.after)
        except TimeoutError:
            await self._part("hello_expected", WSCloseCode.POLICY_VIOLATION)
            return None
        except BadInput:
            await self._part("bad_frame", WSCloseCode.POLICY_VIOLATION)
            return None
        except StoreError:
            await self._part("unavailable", WSCloseCode.TRY_AGAIN_LATER)
            return None
        self._erased = frozenset(gone)
        token = self._lobby.token(guest)
        await self._tell(protocol.welcome(token, after=self._cursor, erased=gone))
        return guest

    async def _part(self, code: str, close_code: int) -> None:
        if not self._socket.closed:
            await self._tell(protocol.problem(code))
            await self._socket.close(code=close_code, drain=False)

    async def _tell(self, frame: dict[str, Any]) -> None:
        await self._tell_text(_encode(frame))

    async def _tell_text(self, text: str) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._socket.send_str(text)
        except TimeoutError:
            raise SlowReaderError from None

    # --- in

    async def _read(self, guest: Guest) -> None:
        nonsense, slowed, pace = 0, False, Pace()
        async for message in self._socket:
            await pace.keep()
            if message.type is not WSMsgType.TEXT:
                # binary; a frame that is too large has closed the socket already
                await self._end(WSCloseCode.UNSUPPORTED_DATA)
                return
            try:
                frame = parse_json(message.data, FromClient)
            except BadInput:
                nonsense += 1
                if nonsense > NONSENSE_LIMIT:
                    await self._socket.close(code=WSCloseCode.POLICY_VIOLATION, drain=False)
                    return
                await self._tell(protocol.problem("bad_frame"))
                continue
            answer = await self._lobby.take(guest, frame, self._situation)
            if answer is None:
                continue
            # one notice is enough: whoever floods is not answered message by message
            if not (slowed and answer["type"] == "slow"):
                await self._tell(answer)
            slowed = answer["type"] == "slow"

    # --- out

    def tell(self, hint: Hint) -> None:
        """Something may have changed: a task tells the page, unless one is at it already."""
        if hint.kind == "typing":
            self._typing = hint.detail
        else:
            self._due = True
        if self._pushing is None and not self._lobby.stopping:
            self._pushing = asyncio.create_task(self._push_to_the_end())

    def _look_again(self) -> None:
        # hints may be lost
        self.tell(Hint(topic="", kind="look"))

    async def _push_to_the_end(self) -> None:
        """Whatever breaks the pushing ends the connection, and with it the reading."""
        try:
            await self._push()
        except (SlowReaderError, ConnectionError):
            self._abort()
        except Exception as error:  # noqa: BLE001 - the page comes back and is served anew
            log_failure(self._request, error)
            await self._end(WSCloseCode.INTERNAL_ERROR)
        finally:
            self._pushing = None

    async def _push(self) -> None:
        """Tell the page what lies behind its cursor, as long as something may have changed."""
        if self._look is not None:
            self._look.cancel()
        while (self._due or self._typing is not None) and not self._lobby.stopping:
            typing, due = self._typing, self._due
            self._typing, self._due = None, False
            if typing is not None:
                await self._tell(protocol.typing(on=typing != "off"))
            if due and self._guest is not None:
                await self._try_to_catch_up(self._guest)
        loop = asyncio.get_running_loop()
        rest = self._lobby.notices.rest(LOOK_SECONDS)
        self._look = loop.call_later(rest, self._look_again)

    async def _try_to_catch_up(self, guest: Guest) -> None:
        try:
            await self._catch_up(guest)
        except StoreError as error:
            request_id = self._request[REQUEST_ID]
            log.warning("chat_cannot_read", request_id=request_id, error=type(error).__name__)
            self._due = True
            await asyncio.sleep(RECOVER_SECONDS)

    async def _catch_up(self, guest: Guest) -> None:
        more = True
        while more:
            look = await self._lobby.look(guest, after=self._cursor)
            self._situation = look.situation
            gone = [seq for seq in look.erased if seq not in self._erased]
            if gone:
                self._erased = self._erased.union(gone)
                await self._tell(protocol.erased(gone))
            if look.shown:
                self._cursor = look.shown[-1].seq
                gone_before = [shown.seq for shown in look.shown if shown.erased]
                self._erased = self._erased.union(gone_before)
                await self._tell(protocol.events(look.shown))
                hit("ws.after_push")
            state = _encode(look.state())
            if state != self._state:
                self._state = state
                await self._tell_text(state)
            more = len(look.shown) == PAGE
