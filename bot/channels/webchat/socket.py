"""GET /chat/ws: the chat over a WebSocket."""

import asyncio
import contextlib
import json
from typing import Any

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from bot.channels.webchat import protocol
from bot.channels.webchat.lobby import LOBBY, Guest, Lobby
from bot.channels.webchat.protocol import FromClient, Hello
from bot.errors import BadInput, StoreError
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
#: Frames a second that are read as they come; of a page that sends more, the rest waits there.
FRAMES_A_SECOND = 200
PAUSE_SECONDS = 0.005


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


class Pace:
    """Reads a flood of frames slowly, so that whoever sends it slows down nobody else."""

    __slots__ = ("_frames", "_since")

    def __init__(self) -> None:
        self._since = 0.0
        self._frames = 0

    async def keep(self) -> None:
        """One frame more; returns late when there were too many."""
        now = asyncio.get_running_loop().time()
        if now - self._since >= 1:
            self._since, self._frames = now, 0
        self._frames += 1
        if self._frames > FRAMES_A_SECOND:
            await asyncio.sleep(PAUSE_SECONDS)


class Connection:
    """A socket, its guest, and how far the guest has been told."""

    __slots__ = (
        "_cursor",
        "_erased",
        "_lobby",
        "_request",
        "_request_id",
        "_situation",
        "_socket",
        "_state",
    )

    def __init__(self, lobby: Lobby, socket: web.WebSocketResponse, request: web.Request) -> None:
        self._lobby = lobby
        self._socket = socket
        self._request = request
        self._request_id = request[REQUEST_ID]
        self._cursor = 0
        self._situation = Situation()
        self._state: dict[str, Any] = {}
        self._erased: set[int] = set()

    async def run(self) -> None:
        try:
            await self._run()
        except (SlowReaderError, ConnectionError):
            self._abort()

    async def _run(self) -> None:
        guest = await self._greet()
        if guest is None:
            return
        push = asyncio.create_task(self._push_to_the_end(guest))
        try:
            await self._read(guest)
        finally:
            push.cancel()
            await asyncio.gather(push, return_exceptions=True)

    async def _push_to_the_end(self, guest: Guest) -> None:
        """Whatever ends the pushing ends the connection, and with it the reading."""
        try:
            await self._push(guest)
        except (SlowReaderError, ConnectionError):
            self._abort()
        except Exception as error:  # noqa: BLE001 - the page comes back and is served anew
            log_failure(self._request, error)
            await self._end(WSCloseCode.INTERNAL_ERROR)
        else:
            await self._end(WSCloseCode.GOING_AWAY)

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
            if guest is None:
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
        self._erased.update(gone)
        token = self._lobby.token(guest)
        await self._tell(protocol.welcome(token, after=self._cursor, erased=gone))
        return guest

    async def _part(self, code: str, close_code: int) -> None:
        if not self._socket.closed:
            await self._tell(protocol.problem(code))
            await self._socket.close(code=close_code, drain=False)

    async def _tell(self, frame: dict[str, Any]) -> None:
        text = json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
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

    async def _push(self, guest: Guest) -> None:
        """Tell the page what lies behind its cursor, whenever something may have changed."""
        with self._lobby.listen(guest) as listener:
            patience: float = 0
            while not self._lobby.stopping:
                hints = await listener.next(patience) if patience else []
                for hint in hints:
                    if hint.kind == "typing":
                        await self._tell(protocol.typing(on=hint.detail != "off"))
                if hints and all(hint.kind == "typing" for hint in hints):
                    continue
                try:
                    await self._catch_up(guest)
                    patience = LOOK_SECONDS
                except StoreError as error:
                    log.warning(
                        "chat_cannot_read", request_id=self._request_id, error=type(error).__name__
                    )
                    patience = RECOVER_SECONDS

    async def _catch_up(self, guest: Guest) -> None:
        more = True
        while more:
            look = await self._lobby.look(guest, after=self._cursor)
            self._situation = look.situation
            gone = [seq for seq in look.erased if seq not in self._erased]
            if gone:
                self._erased.update(gone)
                await self._tell(protocol.erased(gone))
            if look.shown:
                self._cursor = look.shown[-1].seq
                self._erased.update(shown.seq for shown in look.shown if shown.erased)
                await self._tell(protocol.events(look.shown))
            if look.state() != self._state:
                self._state = look.state()
                await self._tell(self._state)
            more = len(look.shown) == PAGE
