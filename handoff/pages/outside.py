"""/login/outside and /account/outside: to the identity provider and back."""

import structlog
from aiohttp import web

from bot.errors import MadoguchiError
from bot.web import client_block
from handoff.access import Verb
from handoff.appkeys import LOGINS, OUTSIDE
from handoff.auth import (
    form_of,
    is_https,
    lang_of,
    login_token,
    require_agent,
    see_other,
    set_login,
)
from handoff.errors import (
    CodeNeeded,
    OutsideFailed,
    OutsideUnknown,
    OutsideUnreachable,
    TooManyTries,
    WrongLogin,
)
from handoff.outside import RETURN_MS, OutsideLogins, Sent
from handoff.pages.second_factor import ask_code
from handoff.pages.shell import back_to, refusal_text, render_page
from handoff.pages.ways import parse_next

log = structlog.get_logger("handoff.pages.outside")


def _outside(request: web.Request) -> OutsideLogins:
    found = request.app.get(OUTSIDE)
    if found is None:
        raise web.HTTPNotFound
    return found


def provider_name(request: web.Request) -> str:
    """What the button calls the provider; empty without one."""
    found = request.app.get(OUTSIDE)
    return found.name_in(lang_of(request)) if found else ""


def _cookie_name(request: web.Request) -> str:
    return "__Host-madoguchi-outside" if is_https(request) else "madoguchi-outside"


def _take_along(request: web.Request, response: web.Response, sent: Sent) -> web.Response:
    response.set_cookie(
        _cookie_name(request),
        sent.cookie,
        max_age=RETURN_MS // 1000,
        path="/",
        secure=is_https(request),
        httponly=True,
        # the provider's page leads back here, which `Strict` would take for a stranger
        samesite="Lax",
    )
    return response


async def get_outside(request: web.Request) -> web.Response:
    """Lead to the provider. Nothing is stored here; a link, as our policy lets no form leave."""
    wanted = parse_next(request.query.get("next", ""))
    try:
        sent = await _outside(request).send(wanted)
    except OutsideUnreachable:
        return back_to("/login", "login.outside.unreachable")
    return _take_along(request, see_other(sent.url), sent)


async def get_back(request: web.Request) -> web.Response:
    """The way back from the provider."""
    outside, query = _outside(request), request.query
    here = await request.app[LOGINS].find_agent(login_token(request), touch=False)
    try:
        came = await outside.receive(
            request.cookies.get(_cookie_name(request), ""),
            state=query.get("state", ""),
            code=query.get("code", ""),
            issuer=query.get("iss", ""),
            here=here,
        )
    except (OutsideFailed, OutsideUnknown, OutsideUnreachable) as error:
        return _forget(request, back_to("/account" if here else "/login", _told(error)))
    if came.bound:
        return _forget(request, back_to("/account", "done.saved"))
    try:
        begun = await outside.log_in(
            came.agent, address=client_block(request), replaces=login_token(request)
        )
    except CodeNeeded as needed:
        return _forget(request, ask_code(request, needed.ticket, came.wanted))
    except WrongLogin as error:
        return _forget(request, back_to("/login", _told(error)))
    response = see_other(came.wanted)
    set_login(request, response, begun.token)
    return _forget(request, response)


def _told(error: MadoguchiError) -> str:
    log.warning("outside_login", outcome=type(error).__name__, why=str(error)[:100])
    if isinstance(error, OutsideUnreachable):
        return "login.outside.unreachable"
    known = isinstance(error, OutsideFailed)
    return "login.outside.failed" if known else "login.outside.unknown"


def _forget(request: web.Request, response: web.Response) -> web.Response:
    response.del_cookie(
        _cookie_name(request), path="/", secure=is_https(request), httponly=True, samesite="Lax"
    )
    return response


async def post_bind(request: web.Request) -> web.Response:
    """With the password once more: a page that leads to the provider, to bind its account."""
    agent = require_agent(request, Verb.CHANGE_OWN_PASSWORD)
    outside = _outside(request)
    try:
        await request.app[LOGINS].require_password(
            agent, form_of(request).one("current", limit=1_000), address=client_block(request)
        )
        sent = await outside.send("/account", binds=agent)
    except (WrongLogin, TooManyTries, OutsideUnreachable) as error:
        return render_page(
            request,
            "outside.html",
            status=409,
            refused=refusal_text(lang_of(request), error),
            url="",
            provider=outside.name_in(lang_of(request)),
        )
    page = render_page(
        request,
        "outside.html",
        url=sent.url,
        provider=outside.name_in(lang_of(request)),
    )
    return _take_along(request, page, sent)


async def post_unbind(request: web.Request) -> web.Response:
    """Forget the account at the provider."""
    agent = require_agent(request, Verb.CHANGE_OWN_PASSWORD)
    await _outside(request).unbind(agent)
    return back_to("/account", "done.saved")
