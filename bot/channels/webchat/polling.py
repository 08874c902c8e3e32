"""POST /chat/hello, POST /chat/send, GET /chat/poll: the chat where WebSockets are blocked."""

from dataclasses import replace
from typing import Any

from aiohttp import web

from bot.channels.webchat import protocol
from bot.channels.webchat.lobby import LOBBY, Guest
from bot.channels.webchat.protocol import SEQ_MAX, FromClient, Hello, Read, Typing
from bot.errors import BadInput, StoreUnavailable, TooMany
from bot.hints import Hint
from bot.phrases import LANGUAGES
from bot.transcript import Situation
from bot.web import client_block, read_json, require_own_origin

BODY_LIMIT = 64 * 1024
POLL_SECONDS = 25.0
#: Status of an answer to a message; the frame says the same to the page.
STATUSES = {"ack": 200, "refused": 409, "slow": 429, "retry": 503}


async def post_hello(request: web.Request) -> web.Response:
    """Come in or come back; what was said is then asked for by poll."""
    require_own_origin(request)
    hello = await read_json(request, BODY_LIMIT, Hello)
    lobby = request.app[LOBBY]
    guest = await lobby.admit(hello, client_block(request))
    if guest is None:
        raise StoreUnavailable
    after, gone = await lobby.resume(guest, hello.after)
    return web.json_response(protocol.welcome(lobby.token(guest), after=after, erased=gone))


async def post_send(request: web.Request) -> web.Response:
    """One frame: a message, a choice, typing, read."""
    require_own_origin(request)
    lobby = request.app[LOBBY]
    guest = await lobby.recognise(request)
    frame = await read_json(request, BODY_LIMIT, FromClient)
    situation = Situation()
    if isinstance(frame.root, Typing | Read):
        situation = (await lobby.look(guest, after=SEQ_MAX)).situation
    return answer(await lobby.take(guest, frame, situation))


def answer(frame: dict[str, Any] | None) -> web.Response:
    """The answer to a frame over HTTP."""
    if frame is None:
        return web.Response(status=204)
    status = STATUSES[frame["type"]]
    headers = {}
    if frame["type"] == "slow":
        headers["Retry-After"] = str(-(-frame["after_ms"] // 1000))
    return web.json_response(frame, status=status, headers=headers)


async def get_poll(request: web.Request) -> web.Response:
    """What lies behind `after`; waits up to 25 s when there is nothing yet."""
    lobby = request.app[LOBBY]
    guest = _in_language(await lobby.recognise(request), request)
    after = _after(request)
    if lobby.is_everywhere(guest):
        raise TooMany
    with lobby.listen(guest) as listener:
        look = await lobby.look(guest, after=after)
        hints: list[Hint] = []
        if not look.shown and not lobby.stopping and request.query.get("wait") != "0":
            hints = await listener.next(lobby.notices.rest(POLL_SECONDS))
            look = await lobby.look(guest, after=after)
    body: dict[str, Any] = protocol.events(look.shown)
    body |= {"state": look.state(), "erased": look.erased}
    for hint in hints:
        if hint.kind == "typing":
            body["typing"] = hint.detail != "off"
    return web.json_response(body)


def _in_language(guest: Guest, request: web.Request) -> Guest:
    """The language of the page, which its token does not carry."""
    lang = request.query.get("lang")
    if lang not in LANGUAGES:
        return guest
    return replace(guest, visitor=replace(guest.visitor, lang=lang))


def _after(request: web.Request) -> int:
    values = request.query.getall("after", ["0"])
    if len(values) != 1 or not values[0].isascii() or not values[0].isdigit():
        raise BadInput("after: one whole number")
    if len(values[0]) > len(str(SEQ_MAX)):
        raise BadInput("after: too large")
    return int(values[0])
