"""Who asks: the login cookie, the guard before every page, and proof that our page sent a form."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.appkeys import PUBLIC_URL, SECRET
from bot.errors import BadInput
from bot.plain import clean
from bot.web import choose_lang, read_body, require_own_origin
from handoff.access import Agent, Verb, is_allowed
from handoff.appkeys import LOGINS
from handoff.errors import LoginChanged, NotAllowed
from handoff.page_words import LANGS

log = structlog.get_logger("handoff.auth")

#: The only paths that nobody has to log in for; each checks its callers itself where it must.
PUBLIC_PATHS: Final = frozenset(
    {"/", "/login", "/login/code", "/login/outside", "/login/outside/back", "/line/webhook"}
    | {"/widget.js", "/chat", "/healthz", "/readyz", "/metrics"}
    | {"/openapi.json", "/favicon.ico", "/robots.txt"}
)
PUBLIC_PREFIXES: Final = ("/chat/", "/static/", "/desk/static/", "/api/v1/")
#: What the paths of the staff begin with, here as in every installation. A browser that asks for
#: anything below them is led to the login, whether it is there or not; elsewhere nothing is.
STAFF_SECTIONS: Final = frozenset(
    {"account", "audit", "callbacks", "desk", "knowledge", "ledger", "logout", "results"}
    | {"results.csv", "staff", "troubles"}
)
#: Where somebody with a password that was given to them may go.
FIRST_PATHS: Final = ("/account", "/logout")
#: Where a missing second factor is added.
SECOND_PATH: Final = "/account/second-factor"
FORM_LIMIT: Final = 64 * 1024
TOKEN_HEADER: Final = "X-Madoguchi-Token"  # noqa: S105 - a header's name, no secret
QUIET_HEADER: Final = "X-Madoguchi-Quiet"
LANG_COOKIE: Final = "madoguchi_lang"
_YEAR_S: Final = 365 * 24 * 3600
_READING: Final = frozenset({"GET", "HEAD"})

AGENT = web.RequestKey("agent", Agent)


@dataclass(frozen=True, slots=True)
class Form:
    """A form's fields; a field that came twice is refused unless it is meant to."""

    fields: Mapping[str, tuple[str, ...]]

    def one(self, name: str, *, limit: int = 200) -> str:
        """A field's value, empty when it did not come. Raises BadInput."""
        values = self.fields.get(name, ("",))
        if len(values) != 1 or len(values[0]) > limit:
            raise BadInput(f"{name}: one value of at most {limit} characters")
        return values[0]

    def many(self, name: str, *, limit: int = 100) -> tuple[str, ...]:
        """Every value of a field that may come several times."""
        values = self.fields.get(name, ())
        if len(values) > limit or any(len(value) > limit for value in values):
            raise BadInput(f"{name}: at most {limit} values")
        return values


FORM = web.RequestKey("form", Form)


async def read_form(request: web.Request) -> Form:
    """An urlencoded form. Raises BadInput, TooLarge."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    body = await read_body(request, FORM_LIMIT)
    fields: dict[str, tuple[str, ...]] = {}
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=200
        )
    except ValueError:
        raise BadInput("The form could not be read.") from None
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), clean(value))
    return Form(fields)


def form_of(request: web.Request) -> Form:
    """The form that the guard has read. Raises 415 for a body of another type."""
    form: Form | None = request.get(FORM)
    if form is None:
        raise web.HTTPUnsupportedMediaType
    return form


def is_https(request: web.Request) -> bool:
    """Whether customers and staff reach us by https."""
    return request.app.get(PUBLIC_URL, "").startswith("https:") or request.secure


def cookie_name(request: web.Request) -> str:
    """`__Host-` binds the cookie to exactly this host; browsers allow it with https only."""
    return "__Host-madoguchi" if is_https(request) else "madoguchi"


def login_token(request: web.Request) -> str | None:
    """The token of the login, if the browser sent one."""
    return request.cookies.get(cookie_name(request)) or None


def set_login(request: web.Request, response: web.StreamResponse, token: str) -> None:
    """Give the browser its login; gone when the browser is closed."""
    response.set_cookie(
        cookie_name(request),
        token,
        path="/",
        secure=is_https(request),
        httponly=True,
        samesite="Lax",
    )


def forget_login(request: web.Request, response: web.StreamResponse) -> None:
    """Take the login and everything that the pages kept away from the browser."""
    response.del_cookie(
        cookie_name(request), path="/", secure=is_https(request), httponly=True, samesite="Lax"
    )
    response.headers["Clear-Site-Data"] = '"cache"'


def csrf_token(request: web.Request, token: str | None = None) -> str:
    """Proof that a page of this login made the request; nobody else can compute it.

    `token` is a login that this very answer begins.
    """
    token = token or login_token(request) or ""
    return hmac.new(request.app[SECRET], f"csrf:{token}".encode(), hashlib.sha256).hexdigest()


def lang_of(request: web.Request) -> str:
    """The language of the page: chosen now, chosen before, or the browser's."""
    for chosen in (request.query.get("lang"), request.cookies.get(LANG_COOKIE)):
        if chosen in LANGS:
            return str(chosen)
    return choose_lang(request)


def require_agent(request: web.Request, verb: Verb) -> Agent:
    """Who asks, if that role may do it. Raises NotAllowed; 401 without a login."""
    agent: Agent | None = request.get(AGENT)
    if agent is None:
        raise web.HTTPUnauthorized
    if not is_allowed(agent, verb):
        log.warning("denied", agent_id=agent.id, verb=verb.value)
        raise NotAllowed
    return agent


def is_public(path: str) -> bool:
    """Whether a path is on the list of those that need no login."""
    return path in PUBLIC_PATHS or path.startswith(PUBLIC_PREFIXES)


def see_other(path: str) -> web.Response:
    """Go on to this page of ours."""
    return web.Response(status=303, headers={"Location": path})


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing without a login but what is listed; no change without proof of its origin."""
    if not is_public(request.path):
        refusal = await _check(request)
        if refusal is not None:
            return refusal
    response = await handler(request)
    chosen = request.query.get("lang")
    if chosen in LANGS and not response.prepared and "text/html" in response.content_type:
        response.set_cookie(
            LANG_COOKIE, str(chosen), max_age=_YEAR_S, samesite="Lax", secure=is_https(request)
        )
    return response


async def _check(request: web.Request) -> web.StreamResponse | None:
    """Refuse by raising or by the way to the login page; None lets the request through."""
    if request.method not in _READING:
        require_own_origin(request)
    # a page that merely follows what happens says so, and does not keep the login alive
    touch = QUIET_HEADER not in request.headers
    agent = await request.app[LOGINS].find_agent(login_token(request), touch=touch)
    if agent is None:
        if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
            if request.path[1:].split("/")[0] not in STAFF_SECTIONS:
                # a customer who mistyped an address: the page leads to the chat
                raise web.HTTPNotFound
            return see_other(f"/login?next={quote(request.path_qs, safe='')}")
        raise web.HTTPUnauthorized
    request[AGENT] = agent
    if request.method not in _READING:
        await _require_token(request)
    if (agent.must_change or agent.must_enrol) and not request.path.startswith(FIRST_PATHS):
        if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
            return see_other("/account" if agent.must_change else SECOND_PATH)
        raise NotAllowed
    return None


async def _require_token(request: web.Request) -> None:
    """The header of a script's request, or the hidden field of a form, which is read here."""
    given = request.headers.get(TOKEN_HEADER, "")
    if request.content_type == "application/x-www-form-urlencoded":
        request[FORM] = form = await read_form(request)
        given = given or form.one("csrf")
    # bytes: compare_digest refuses texts that are not ASCII
    if not hmac.compare_digest(given.encode("utf-8", "replace"), csrf_token(request).encode()):
        log.warning("forged_form", agent_id=request[AGENT].id)
        raise LoginChanged
