"""Connections with bad manners: no HTTP, questions on top of each other, answers left unread."""

import asyncio
import fcntl
import socket
import struct
import termios
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiohttp import web

from bot.web import SERVER_FAULT, name_frames, protect

log = structlog.get_logger("handoff.unreadable")

#: Whoever takes next to nothing of an answer for so long is let go; a train's tunnel is shorter.
UNREAD_SECONDS: Final = 60.0
#: Less than this is next to nothing.
_A_LITTLE: Final = 4096
#: What the system keeps of an unread answer; by itself it would grow to megabytes a connection.
_SYSTEM_BUFFER: Final = 128 * 1024


class Turnstile:
    """Lets one request through in each round of the event loop, whoever came first."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._turns = False

    async def passing(self) -> None:
        """Wait for one's turn."""
        turn = self._loop.create_future()
        self._waiting.append(turn)
        if not self._turns:
            self._turns = True
            self._loop.call_soon(self._let_one_through)
        await turn

    def _let_one_through(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                break
        self._turns = bool(self._waiting)
        if self._turns:
            self._loop.call_soon(self._let_one_through)


class Connection(web.RequestHandler):
    """One connection."""

    __slots__ = ("_followed", "_left", "_turnstile", "_unread")

    def __init__(self, server: "Server", *, loop: asyncio.AbstractEventLoop, **more: Any) -> None:
        super().__init__(server, loop=loop, **more)
        self._turnstile = server.turnstile
        #: whether the next question was here before the last one was answered
        self._followed = False
        self._unread: asyncio.TimerHandle | None = None
        #: bytes nobody had taken when we looked last
        self._left = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep little for those who do not read."""
        super().connection_made(transport)
        line = transport.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SYSTEM_BUFFER)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget that something was unread."""
        self._stop_watching()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Answers pile up: from now on somebody must be seen to take them."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """They were taken."""
        self._stop_watching()
        super().resume_writing()

    def _watch(self) -> None:
        if self.transport is not None:
            self._left = _count_unread(self.transport)
            self._unread = self._loop.call_later(UNREAD_SECONDS, self._look)

    def _stop_watching(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _look(self) -> None:
        if self.transport is None:
            return
        if self._left - _count_unread(self.transport) < _A_LITTLE:
            log.warning("unread_answer", seconds=UNREAD_SECONDS)
            self.transport.abort()
        else:
            self._watch()

    async def _handle_request(
        self,
        request: web.BaseRequest,
        start_time: float | None,
        request_handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
    ) -> tuple[web.StreamResponse, bool]:
        """Questions sent on top of each other take turns, so that they hold nobody else up.

        No browser and no proxy sends them so; hundreds of connections with dozens of them each
        would be worked off in a few rounds of the loop that last a quarter of a second.
        """
        if self._followed:
            await self._turnstile.passing()
            if self.transport is None:
                raise ConnectionResetError
        try:
            return await super()._handle_request(request, start_time, request_handler)
        finally:
            self._followed = bool(self._messages)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What cannot be read gets its status and nothing of what it said, here or in the log."""
        frames = name_frames(exc) if exc is not None and status >= SERVER_FAULT else []
        log.warning("unreadable_request", status=status, error=type(exc).__name__, frames=frames)
        if request.writer.output_size > 0:
            raise ConnectionError("An answer has begun already.")
        response = web.Response(status=status, text=f"{status}\n")
        protect(response)
        # the library would name itself and its version
        response.headers["Server"] = "Madoguchi"
        response.force_close()
        return response


def _count_unread(transport: asyncio.WriteTransport) -> int:
    """Bytes that the other side has not taken, the system's own included.

    The system asks for more only when a third of its own is gone. A telephone on a throttled line
    needs a minute for that, and would look as if it took nothing.
    """
    size = transport.get_write_buffer_size()
    line = transport.get_extra_info("socket")
    if line is None:
        return size
    try:
        held = fcntl.ioctl(line.fileno(), termios.TIOCOUTQ, bytes(4))
    except OSError:  # not every system tells
        return size
    return size + int(struct.unpack("i", held)[0])


class Server(web.Server):
    """Makes such connections."""

    turnstile: Turnstile

    def __call__(self) -> Connection:
        return Connection(self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """Serves an application through such connections."""

    __slots__ = ()

    def __init__(self, app: web.Application, **more: Any) -> None:
        # a packed body is refused by its header; the library would unpack it to throw it away,
        # a thousand times its size and without a pause
        super().__init__(app, auto_decompress=False, **more)

    async def _make_server(self) -> Any:
        # the application makes the library's own server; the class alone decides what it makes
        server: Any = await super()._make_server()
        server.__class__ = Server
        server.turnstile = Turnstile()
        return server
