"""The pretend shop's website: an ordinary page with the one-line embed of the chat."""

import re
from pathlib import Path

import jinja2
from aiohttp import web

from bot.demo.shop_text import ENGLISH, JAPANESE, ShopText

HERE = Path(__file__).parent

#: scheme, host and port alone: the origin is written into a header and a script tag
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?", re.ASCII)


def create_shop(widget_origin: str) -> web.Application:
    """Build the shop's site, whose pages embed the chat served at `widget_origin`."""
    if not ORIGIN.fullmatch(widget_origin):
        raise ValueError(f"Not an origin such as http://127.0.0.1:8080: {widget_origin!r}")
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # read now: while it serves, nothing waits for a file
    template = templates.get_template("shop.html")
    headers = {
        "Content-Security-Policy": render_policy(widget_origin),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }

    def page(text: ShopText) -> web.Response:
        html = template.render(text=text, widget_origin=widget_origin)
        return web.Response(text=html, content_type="text/html", headers=headers)

    async def show_japanese(request: web.Request) -> web.Response:
        return page(JAPANESE)

    async def show_english(request: web.Request) -> web.Response:
        return page(ENGLISH)

    app = web.Application()
    app.router.add_get("/", show_japanese)
    app.router.add_get("/en", show_english)
    app.router.add_static("/static", HERE / "static")
    return app


def render_policy(widget_origin: str) -> str:
    """What a page with the chat must allow, and nothing else: see docs/howto/embed-widget.md."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {widget_origin}",
            f"frame-src {widget_origin}",
            "style-src 'self'",
            "img-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
