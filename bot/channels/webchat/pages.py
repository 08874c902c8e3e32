"""GET /chat, GET /widget.js and their static files; the routes of the whole web chat."""

import json
import re
from typing import Any, Final

from aiohttp import web

from bot.appkeys import CHAT, PUBLIC_URL, TALK
from bot.assets import Shelf, render, templates
from bot.channels.webchat.lobby import LOBBY, Lobby
from bot.channels.webchat.polling import get_poll, post_hello, post_send
from bot.channels.webchat.protocol import TEXT_MAX
from bot.channels.webchat.socket import serve_socket
from bot.channels.webchat.uploads import add_upload_routes
from bot.settings import ChatSettings, TalkSettings
from bot.theme import theme_css
from bot.web import OURSELVES, POLICY, choose_lang, own_origins, policy

#: The line of widget.js that the server fills in.
_LOOK: Final = re.compile(rb"^  const LOOK = .*;$", re.MULTILINE)
_THEMES: Final = ("auto", "light", "dark")
# read at the import, so that opening the routes inside the event loop touches no file
_PAGES: Final = templates("bot")
_FILES: Final = Shelf("bot")

ASSETS = web.AppKey("chat_assets", Shelf)
#: Content-Security-Policy of the chat inside another site's frame
EMBED_POLICY = web.AppKey("embed_policy", str)


def add_routes(app: web.Application) -> None:
    """Open the web chat in an application that has the keys of bot.appkeys."""
    chat, talk = app[CHAT], app[TALK]
    theme = theme_css(chat.accent).encode()
    widget = _fill_look(_FILES.content("widget.js"), chat, talk)
    shelf = Shelf("bot", extra={"theme.css": theme, "widget.js": widget})
    app[ASSETS] = shelf
    app[EMBED_POLICY] = policy(ancestors=(OURSELVES, *chat.sites))
    app[LOBBY] = lobby = Lobby(app)
    app.on_shutdown.append(lobby.close)
    app.router.add_get("/", get_root)
    app.router.add_get("/chat", get_chat)
    app.router.add_get("/widget.js", get_widget)
    app.router.add_get("/chat/ws", serve_socket)
    app.router.add_post("/chat/hello", post_hello)
    app.router.add_post("/chat/send", post_send)
    app.router.add_get("/chat/poll", get_poll)
    add_upload_routes(app)
    shelf.add_routes(app)


async def get_root(_request: web.Request) -> web.Response:
    """GET /: whoever types only our address wants to talk to us."""
    return web.Response(status=302, headers={"Location": "/chat"})


def _fill_look(script: bytes, chat: ChatSettings, talk: TalkSettings) -> bytes:
    """widget.js with the accent and names of the settings, as data only."""
    ink = re.search(r"--accent-ink:(#[0-9a-f]{6})", theme_css(chat.accent))
    look = {
        "accent": chat.accent,
        "ink": ink[1] if ink else "#ffffff",
        "name": talk.account_name,
        "lang": talk.default_lang,
    }
    line = f"  const LOOK = {json.dumps(look)};".encode()
    filled, count = _LOOK.subn(lambda _found: line, script)
    if count != 1:
        raise ValueError("widget.js has no place for its look")
    return filled


async def get_chat(request: web.Request) -> web.Response:
    """The chat as a page of its own, or inside the frame of the widget."""
    embed = request.query.get("embed") == "1"
    if embed:
        request[POLICY] = request.app[EMBED_POLICY]
    talk = request.app[TALK]
    lang = request.query.get("lang", "")
    if lang not in ("ja", "en"):
        lang = choose_lang(request, talk.default_lang)
    theme = request.query.get("theme", "auto")
    shelf = request.app[ASSETS]
    page = render(
        _PAGES,
        "chat.html",
        lang=lang,
        theme=theme if theme in _THEMES else "auto",
        name=talk.account_name.get(lang) or next(iter(talk.account_name.values()), "Chat"),
        privacy_url=_http_only(talk.privacy_url),
        sheets=[shelf.url(name) for name in ("tokens.css", "theme.css", "chat/chat.css")],
        icon=shelf.url("icon.svg"),
        script=shelf.url("chat/main.js"),
        config=json.dumps(_config(request, embed=embed)),
    )
    if embed:
        page.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return page


def _config(request: web.Request, *, embed: bool) -> dict[str, Any]:
    """What the page's script must know; it stands in an attribute."""
    chat = request.app[CHAT]
    return {
        "embed": embed,
        # the only origins whose word about the visitor is taken
        "parents": sorted({*chat.sites, *own_origins(request)}) if embed else [],
        "upload_max": chat.upload_max_mb * 1024 * 1024,
        "text_max": TEXT_MAX,
        "public_url": request.app.get(PUBLIC_URL, ""),
    }


def _http_only(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""


async def get_widget(request: web.Request) -> web.Response:
    """The one line that other sites put on their pages."""
    response = request.app[ASSETS].respond(request, "widget.js")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
