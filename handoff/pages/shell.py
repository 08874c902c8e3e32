"""The frame of every staff page: words, menu, times, what was said, and how refusals are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.appkeys import CHAT, TALK
from bot.assets import Shelf, render, templates
from bot.clock import from_ms
from bot.errors import BadInput, MadoguchiError
from bot.theme import theme_css
from handoff.access import Verb, is_allowed
from handoff.appkeys import PEOPLE
from handoff.auth import AGENT, csrf_token, lang_of, see_other
from handoff.keeping_values import Remark
from handoff.page_words import text, texts_of, words_of
from handoff.pages.banners import list_banners

#: The menu: path, text, and the right it needs; an entry shows once its page exists.
MENU: Final = (
    ("/desk", "nav.desk", Verb.VIEW_DESK),
    ("/callbacks", "nav.callbacks", Verb.SETTLE_CALLBACK),
    ("/results", "nav.results", Verb.VIEW_OWN_RESULTS),
    ("/knowledge", "nav.knowledge", Verb.VIEW_KNOWLEDGE),
    ("/reports", "nav.reports", Verb.VIEW_RESULTS),
    ("/troubles", "nav.troubles", Verb.VIEW_AUDIT),
    ("/ledger", "nav.ledger", Verb.VIEW_AUDIT),
    ("/audit", "nav.audit", Verb.VIEW_AUDIT),
    ("/staff", "nav.staff", Verb.MANAGE_STAFF),
    ("/settings", "nav.settings", Verb.VIEW_SETTINGS),
)
#: What a page may say after a redirect: the address holds one of these keys and never a text.
SAYINGS: Final = frozenset(
    {"done.saved", "done.callback", "done.callback_cancel", "login.done"}
    | {f"troubles.said.{name}" for name in ("again", "leave", "retry", "still", "dismiss")}
    | {f"knowledge.{name}" for name in ("published", "deleted", "discarded", "undone")}
    | {f"gaps.said.{name}" for name in ("out", "undo", "part", "merge", "draft", "dismiss")}
    | {"gaps.said.pick_undo", "second.removed"}
    | {f"knowledge.remark.{remark}" for remark in Remark}
)
#: The same for what did not work.
REFUSALS: Final = frozenset(
    {"login.code.ended", "login.ended"}
    | {f"login.outside.{name}" for name in ("failed", "unknown", "unreachable")}
)
_WEEKDAYS: Final = {
    "ja": "月火水木金土日",
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}

#: Read and compiled once, at import: the event loop reads no files.
_TEMPLATES: Final = templates("handoff")
_STATIC: Final = Shelf(
    "handoff",
    prefix="/desk/static",
    extra={"tokens.css": (files("bot") / "static" / "tokens.css").read_bytes()},
)


def prepare(app: web.Application) -> None:
    """Serve the static files and the accent colour of the settings."""
    css = theme_css(app[CHAT].accent)

    async def get_theme(_request: web.Request) -> web.Response:
        return web.Response(
            text=css, content_type="text/css", headers={"Cache-Control": "public, max-age=300"}
        )

    app.router.add_get("/desk/static/theme.css", get_theme)
    _STATIC.add_routes(app)


@dataclass(frozen=True, slots=True)
class Times:
    """Times as people of one language read them."""

    zone: ZoneInfo
    lang: str

    def at(self, ms: int) -> datetime:
        """Local time."""
        return from_ms(ms, self.zone)

    def short(self, ms: int) -> str:
        """「11/24(火) 9:00」"""
        at = self.at(ms)
        day = _WEEKDAYS[self.lang][at.weekday()]
        return f"{at.month}/{at.day}({day}) {at.hour}:{at.minute:02}"

    def exact(self, ms: int) -> str:
        """「2026-11-24 09:00:12」"""
        return self.at(ms).strftime("%Y-%m-%d %H:%M:%S")

    def span(self, from_ms: int, until_ms: int) -> str:
        """「11/24(火) 9:00〜10:00」"""
        until = self.at(until_ms)
        return f"{self.short(from_ms)}〜{until.hour}:{until.minute:02}"


def times_of(request: web.Request) -> Times:
    """Times in the zone of the settings and the language of the page."""
    return Times(ZoneInfo(request.app[PEOPLE].timezone), lang_of(request))


def team_names(request: web.Request) -> dict[str, str]:
    """Names of the teams in the language of the page."""
    lang = lang_of(request)
    return {
        key: team.name.get(lang) or next(iter(team.name.values()), key)
        for key, team in request.app[PEOPLE].teams.items()
    }


def account_name(request: web.Request) -> str:
    """Name of the account in the language of the page."""
    names = request.app[TALK].account_name
    return names.get(lang_of(request)) or next(iter(names.values()), "")


def render_page(
    request: web.Request, template: str, *, status: int = 200, refused: str = "", **values: Any
) -> web.Response:
    """A staff page with its frame."""
    lang = lang_of(request)
    agent = request.get(AGENT)
    said = request.query.get("said", "")
    return render(
        _TEMPLATES,
        template,
        status=status,
        **{
            "t": words_of(lang),
            "lang": lang,
            "other_lang": "en" if lang == "ja" else "ja",
            "static": _STATIC.url,
            "account": account_name(request),
            "agent": agent,
            "csrf": csrf_token(request) if agent else "",
            "nav": _menu(request),
            "banners": list_banners(request, agent) if agent else [],
            "said": text(lang, said) if said in SAYINGS else "",
            "refused": refused or (text(lang, said) if said in REFUSALS else ""),
            **values,
        },
    )


def _menu(request: web.Request) -> list[dict[str, Any]]:
    agent = request.get(AGENT)
    if agent is None:
        return []
    known = {resource.canonical for resource in request.app.router.resources()}
    lang = lang_of(request)
    return [
        {"path": path, "label": text(lang, key), "current": request.path.startswith(path)}
        for path, key, verb in MENU
        if path in known and is_allowed(agent, verb)
    ]


def back_to(path: str, said: str = "", **query: str) -> web.Response:
    """The way back after a change, so that reloading the page changes nothing."""
    found = {**({"said": said} if said else {}), **query}
    return see_other(f"{path}?{urlencode(found)}" if found else path)


def parse_id(request: web.Request, name: str = "id") -> int:
    """A number in the address; the route has checked that it is one of sensible length."""
    return int(request.match_info[name])


def error_key(error: MadoguchiError) -> str:
    """The code of an error: its class in lower case."""
    name = type(error).__name__
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def refusal_text(lang: str, error: MadoguchiError) -> str:
    """What a refusal means, in the reader's language."""
    code = error_key(error)
    values = refusal_values(error)
    if code == "too_many_tries":
        return text(lang, "login.wait", seconds=values["seconds"])
    if code == "not_yours" and not values.get("name"):
        return text(lang, "error.not_yours.nobody")
    key = f"error.{code}"
    if key not in texts_of(lang):
        key = "error.bad_input" if isinstance(error, BadInput) else "error.other"
    detail = str(error) if isinstance(error, BadInput) else ""
    return text(lang, key, **{"name": "", "reference": "", "detail": detail, **values})


def refusal_values(error: MadoguchiError) -> Mapping[str, Any]:
    """What a refusal names: the owner, the other conversation, the time to wait."""
    found: dict[str, Any] = {}
    for attribute, name in (("owner_name", "name"), ("name", "name"), ("reference", "reference")):
        if value := getattr(error, attribute, None):
            found[name] = value
    if wait := getattr(error, "wait_ms", 0):
        found["seconds"] = -(-wait // 1000)
    return found
