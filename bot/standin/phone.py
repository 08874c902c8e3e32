"""The customer's phone as a web page: shows a chat, and turns taps and words into webhooks."""

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.standin.appkeys import PLATFORM, SENDER, TASKS
from bot.standin.counting import count_units
from bot.standin.phone_view import show_state
from bot.standin.platform import Platform
from bot.standin.values import Content, Customer, Friendship, Json, Side

_HERE = Path(__file__).parent
_TEXT_MOST = 5000
_TAP_MOST = 300
_JSON_MOST = 64 * 1024
_PICTURE_MOST = 10 * 1024 * 1024
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_REDELIVERY_PAUSES = (1.0, 2.0, 4.0, *(8.0,) * 60)
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def add_phone(app: web.Application) -> None:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template("phone.html").render(account_name=app[PLATFORM].account_name)

    async def show_page(request: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html", headers=_HEADERS)

    app.router.add_get("/", show_page)
    app.router.add_static("/phone/static", _HERE / "static")
    app.router.add_get("/phone/state", _get_state)
    app.router.add_get("/phone/picture/{message_id}", _get_picture)
    app.router.add_post("/phone/{chat_id}/picture", _post_picture)
    app.router.add_post("/phone/{chat_id}/{deed}", _post_deed)


def add_demo_customers(platform: Platform) -> list[Customer]:
    """Two invented people: one is a friend already, one has still to add the account."""
    return [
        platform.add_customer("山田 花子"),
        platform.add_customer("佐藤 健一", friendship=Friendship.STRANGER),
    ]


async def _get_state(request: web.Request) -> web.Response:
    platform = request.app[PLATFORM]
    state = show_state(platform, request.query.get("chat", ""))
    if state["version"] == request.query.get("version"):
        return web.Response(status=204, headers=_HEADERS)
    return web.json_response(state, headers=_HEADERS)


async def _get_picture(request: web.Request) -> web.Response:
    content = request.app[PLATFORM].contents.get(request.match_info["message_id"])
    if content is None or content.unsent or content.content_type not in _PICTURES:
        raise web.HTTPNotFound
    return web.Response(body=content.body, content_type=content.content_type, headers=_HEADERS)


async def _post_picture(request: web.Request) -> web.Response:
    customer = _find_writer(request)
    if request.content_type not in _PICTURES:
        raise web.HTTPUnsupportedMediaType
    body = await request.read()
    if not 0 < len(body) <= _PICTURE_MOST:
        raise web.HTTPRequestEntityTooLarge(_PICTURE_MOST, len(body))
    platform = request.app[PLATFORM]
    event = platform.events.image(customer.chat_id)
    content = Content(body=body, content_type=request.content_type)
    platform.contents[event["message"]["id"]] = content
    return _deliver(request.app, event)


async def _post_deed(request: web.Request) -> web.Response:
    """One thing a person does with the phone; the path names it."""
    _require_own_page(request)
    deed = request.match_info["deed"]
    customer = _find_customer(request) if deed == "follow" else _find_writer(request)
    wish = await _read_wish(request)
    events = _make_events(request.app[PLATFORM], customer, deed, wish)
    return _deliver(request.app, *events)


def _make_events(platform: Platform, customer: Customer, deed: str, wish: Json) -> list[Json]:
    make, who = platform.events, customer.chat_id
    if deed == "text":
        return [make.text(who, _text(wish, "text", _TEXT_MOST))]
    if deed == "sticker":
        ids = _text(wish, "packageId", 20), _text(wish, "stickerId", 20)
        return [make.sticker(who, *ids, keywords=[_text(wish, "keyword", 40)])]
    if deed == "location":
        return [make.location(who, title="現在地")]
    if deed == "postback":
        return _tap(platform, customer, wish)
    if deed == "unsend":
        return [make.unsend(who, _own_message(platform, customer, wish))]
    if deed == "follow":
        return [make.follow(who, unblocked=customer.friendship is Friendship.BLOCKED)]
    if deed == "unfollow":
        return [make.unfollow(who)]
    raise web.HTTPNotFound


def _tap(platform: Platform, customer: Customer, wish: Json) -> list[Json]:
    """A postback; what it shows is the customer's own bubble, `text` is a message besides."""
    params = wish.get("params")
    known = isinstance(params, dict) and all(
        key in {"date", "time", "datetime"} and isinstance(value, str)
        for key, value in params.items()
    )
    event = platform.events.postback(
        customer.chat_id, _text(wish, "data", _TAP_MOST), params=params if known else None
    )
    if wish.get("displayText"):
        platform.show_own_text(customer.chat_id, _text(wish, "displayText", _TAP_MOST))
    if wish.get("text"):
        text = _text(wish, "text", _TAP_MOST)
        return [platform.events.text(customer.chat_id, text), event]
    return [event]


def _own_message(platform: Platform, customer: Customer, wish: Json) -> str:
    message_id = _text(wish, "messageId", 64)
    line = platform.chats.find_line(message_id)
    if line is None or line.chat_id != customer.chat_id or line.side is not Side.CUSTOMER:
        raise web.HTTPNotFound
    return message_id


def _deliver(app: web.Application, *events: Json) -> web.Response:
    """Show the events at once, and deliver them until the webhook says yes."""
    platform = app[PLATFORM]
    for event in events:
        platform.observe(event)
    _set_waiting(platform, events, waiting=True)
    task = asyncio.create_task(_redeliver(app, list(events)))
    app[TASKS].add(task)
    task.add_done_callback(app[TASKS].discard)
    return web.json_response({}, status=202, headers=_HEADERS)


async def _redeliver(app: web.Application, events: list[Json]) -> None:
    platform = app[PLATFORM]
    if platform.webhook_url is None:
        return
    for number, pause in enumerate(_REDELIVERY_PAUSES):
        receipt = await app[SENDER].send(*events, redelivery=number > 0)
        if receipt.acknowledged:
            break
        await asyncio.sleep(pause)
    else:
        return
    _set_waiting(platform, events, waiting=False)
    platform.touch()


def _set_waiting(platform: Platform, events: Sequence[Json], *, waiting: bool) -> None:
    for event in events:
        line = platform.chats.find_line(event.get("message", {}).get("id", ""))
        if line is not None:
            line.waiting = waiting


def _find_customer(request: web.Request) -> Customer:
    _require_own_page(request)
    customer = request.app[PLATFORM].customers.get(request.match_info["chat_id"])
    if customer is None:
        raise web.HTTPNotFound
    return customer


def _find_writer(request: web.Request) -> Customer:
    customer = _find_customer(request)
    if customer.friendship is Friendship.BLOCKED:
        raise web.HTTPConflict(text="blocked")
    return customer


def _require_own_page(request: web.Request) -> None:
    """Other pages of the browser must not make the phone write."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden


async def _read_wish(request: web.Request) -> Json:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    body = await request.read()
    wish: Any = None
    with contextlib.suppress(ValueError):
        wish = await request.json()
    if not isinstance(wish, dict) or len(body) > _JSON_MOST:
        raise web.HTTPBadRequest
    return wish


def _text(wish: Json, key: str, most: int) -> str:
    value = wish.get(key)
    if not isinstance(value, str) or not 1 <= count_units(value) <= most:
        raise web.HTTPBadRequest(text=key)
    return value
