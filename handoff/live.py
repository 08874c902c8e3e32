"""GET /desk/ws: tells an open desk page that something changed, and hears what it shows."""

import asyncio
import contextlib
import json
from typing import Annotated, Final, Literal

import structlog
from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.appkeys import HINTS
from bot.errors import MadoguchiError
from bot.hints import DESK as DESK_TOPIC
from bot.hints import Hint, Listener
from bot.web import require_own_origin
from handoff.access import Agent, Verb, is_allowed
from handoff.appkeys import DESK, LOGINS, PRESENCE, VIEWERS
from handoff.auth import login_token, require_agent
from handoff.logins import agent_topic

log = structlog.get_logger("handoff.live")

#: The login is looked at this often, so that it ends here soon after it ended elsewhere.
CHECK_S: Final = 4
#: A page that hears nothing for longer takes the connection for dead.
ALIVE_ROUNDS: Final = 5
BEAT_ROUNDS: Final = 5
HEARTBEAT_S: Final = 25
FRAME_LIMIT: Final = 2_048
SEND_S: Final = 10
#: Who does not answer a goodbye within this time is cut off.
GOODBYE_S: Final = 2
#: Pages of one agent; more are refused.
PAGES_LIMIT: Final = 20
#: Frames a page may send between two looks at its login.
FRAMES_LIMIT: Final = 40
ENDED: Final = 4401


class _Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Viewing(_Frame):
    """The page shows this conversation now."""

    kind: Literal["viewing"]
    conversation_id: int | None = Field(ge=1, le=2**53)


class Typing(_Frame):
    """The agent types a reply."""

    kind: Literal["typing"]
    conversation_id: int = Field(ge=1, le=2**53)


FRAMES: Final[TypeAdapter[Viewing | Typing]] = TypeAdapter(
    Annotated[Viewing | Typing, Field(discriminator="kind")]
)
SOCKETS = web.AppKey("desk_sockets", dict[web.WebSocketResponse, int])


def hint_json(hint: Hint) -> str:
    """A hint as the page gets it."""
    return json.dumps(
        {
            "kind": hint.kind,
            "conversation_id": hint.conversation_id,
            "seq": hint.seq,
            "detail": hint.detail,
        },
        ensure_ascii=False,
    )


async def open_socket(request: web.Request) -> web.WebSocketResponse:
    """One page's connection, until it or its login ends."""
    require_own_origin(request)
    agent = require_agent(request, Verb.VIEW_DESK)
    sockets = request.app[SOCKETS]
    if sum(1 for owner in sockets.values() if owner == agent.id) >= PAGES_LIMIT:
        raise web.HTTPTooManyRequests
    socket = web.WebSocketResponse(
        heartbeat=HEARTBEAT_S, max_msg_size=FRAME_LIMIT, compress=False, timeout=GOODBYE_S
    )
    await socket.prepare(request)
    sockets[socket] = agent.id
    page = _Page(request, socket, agent)
    try:
        with request.app[HINTS].listen(DESK_TOPIC, agent_topic(agent.id)) as listener:
            await page.run(listener)
    finally:
        del sockets[socket]
        request.app[HINTS].publish(request.app[VIEWERS].show(page, agent, None))
    return socket


async def close_sockets(app: web.Application) -> None:
    """The server goes: pages come back by themselves."""
    sockets = app[SOCKETS]
    for socket in list(sockets):
        await socket.close(code=WSCloseCode.GOING_AWAY)


class _Page:
    """One open desk page."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse, agent: Agent) -> None:
        self._app = request.app
        self._token = login_token(request)
        self._socket = socket
        self._agent = agent
        self._frames = 0
        self._ended = False

    async def run(self, listener: Listener) -> None:
        """Tell and hear until one of both ends."""
        telling = asyncio.create_task(self._tell(listener))
        hearing = asyncio.create_task(self._hear())
        try:
            await asyncio.wait({telling, hearing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (telling, hearing):
                task.cancel()
            await asyncio.gather(telling, hearing, return_exceptions=True)
        if self._ended:
            # only now: closed while somebody listens, it would not get to say why
            await self._socket.close(code=ENDED, message=b"login ended")

    async def _tell(self, listener: Listener) -> None:
        quiet = checked = 0
        await self._app[PRESENCE].beat(self._agent)
        clock = asyncio.get_running_loop().time
        check_at = clock() + CHECK_S
        while True:
            hints = await listener.next(timeout=max(0.0, check_at - clock()))
            for hint in hints:
                if hint.topic == DESK_TOPIC:
                    await self._send(hint_json(hint))
            if any(hint.topic != DESK_TOPIC for hint in hints) or clock() >= check_at:
                if not await self._is_logged_in():
                    return
                check_at, checked = clock() + CHECK_S, checked + 1
                self._frames = 0
                if checked % BEAT_ROUNDS == 0:
                    await self._app[PRESENCE].beat(self._agent)
            quiet = 0 if hints else quiet + 1
            if quiet >= ALIVE_ROUNDS:
                quiet = 0
                await self._send('{"kind": "alive"}')

    async def _is_logged_in(self) -> bool:
        # an open page alone does not keep a login alive
        agent = await self._app[LOGINS].find_agent(self._token, touch=False)
        # with another role the page shows too much or too little: it begins anew
        same = agent is not None and (agent.id, agent.role) == (self._agent.id, self._agent.role)
        if agent is not None and same and is_allowed(agent, Verb.VIEW_DESK):
            self._agent = agent
            return True
        with contextlib.suppress(ConnectionError, RuntimeError):
            await self._send('{"kind": "ended"}')
        self._ended = True
        return False

    async def _send(self, text: str) -> None:
        # who does not read is let go: the page comes back and asks for what it missed
        async with asyncio.timeout(SEND_S):
            await self._socket.send_str(text)

    async def _hear(self) -> None:
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                return
            self._frames += 1
            if self._frames > FRAMES_LIMIT:
                await self._socket.close(code=WSCloseCode.POLICY_VIOLATION)
                return
            await self._take(message)

    async def _take(self, message: WSMessage) -> None:
        try:
            frame = FRAMES.validate_json(message.data)
            if isinstance(frame, Viewing):
                hints = self._app[VIEWERS].show(self, self._agent, frame.conversation_id)
                self._app[HINTS].publish(hints)
            else:
                await self._app[DESK].typing(self._agent, frame.conversation_id)
        except (ValidationError, ValueError):
            await self._socket.close(code=WSCloseCode.INVALID_TEXT)
        except MadoguchiError as error:
            # it does not exist, or the database is busy: a hint less
            log.info("frame_ignored", agent_id=self._agent.id, error=type(error).__name__)
