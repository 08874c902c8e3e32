"""/login/code and /account/second-factor: the second step, and how it is added and removed."""

import io
from typing import Final

import segno
from aiohttp import web

from bot.errors import BadInput, MadoguchiError, NotFound, TooMany
from bot.web import client_block, require_own_origin
from handoff.access import Agent, Verb
from handoff.appkeys import SECOND
from handoff.auth import (
    SECOND_PATH,
    csrf_token,
    form_of,
    is_https,
    lang_of,
    login_token,
    read_form,
    require_agent,
    see_other,
    set_login,
)
from handoff.errors import FactorThere, TicketEnded, TooManyTries, WrongCode, WrongLogin
from handoff.logins import TICKET_MS
from handoff.pages.shell import account_name, back_to, refusal_text, refusal_values, render_page
from handoff.pages.ways import parse_next
from handoff.totp import app_uri, shown_secret

_REFUSALS: Final = (WrongLogin, WrongCode, TooManyTries, FactorThere, BadInput)


def ticket_name(request: web.Request) -> str:
    """Name of the cookie between the password and the code."""
    return "__Host-madoguchi-code" if is_https(request) else "madoguchi-code"


def ask_code(request: web.Request, ticket: str, wanted: str) -> web.Response:
    """Lead on to the second step; the ticket stays out of addresses and pages."""
    response = back_to("/login/code", next=wanted)
    response.set_cookie(
        ticket_name(request),
        ticket,
        max_age=TICKET_MS // 1000,
        path="/",
        secure=is_https(request),
        httponly=True,
        samesite="Lax",
    )
    return response


def _forget_ticket(request: web.Request, response: web.StreamResponse) -> None:
    response.del_cookie(
        ticket_name(request), path="/", secure=is_https(request), httponly=True, samesite="Lax"
    )


def _status(error: MadoguchiError | None) -> int:
    if error is None:
        return 200
    if isinstance(error, TooMany):
        return 429
    return 400 if isinstance(error, BadInput) else 409


async def get_code(request: web.Request) -> web.StreamResponse:
    """The form for the code; whoever has shown no password begins at the beginning."""
    if not await request.app[SECOND].is_waiting(request.cookies.get(ticket_name(request))):
        return back_to("/login", "login.code.ended")
    return render_page(request, "login_code.html", next=parse_next(request.query.get("next", "")))


async def post_code(request: web.Request) -> web.StreamResponse:
    """Log in at last; the browser's login is a new one."""
    require_own_origin(request)
    form = await read_form(request)
    wanted = parse_next(form.one("next", limit=400))
    try:
        begun = await request.app[SECOND].log_in(
            request.cookies.get(ticket_name(request), ""),
            form.one("code", limit=100),
            address=client_block(request),
            replaces=login_token(request),
        )
    except (TicketEnded, WrongLogin):
        ended = back_to("/login", "login.code.ended")
        _forget_ticket(request, ended)
        return ended
    except (WrongCode, TooManyTries) as error:
        answer = render_page(
            request,
            "login_code.html",
            status=429 if isinstance(error, TooMany) else 403,
            refused=refusal_text(lang_of(request), error),
            next=wanted,
        )
        if seconds := refusal_values(error).get("seconds"):
            answer.headers["Retry-After"] = str(seconds)
        return answer
    response = see_other("/account" if begun.agent.must_change else wanted)
    set_login(request, response, begun.token)
    _forget_ticket(request, response)
    return response


async def get_second(request: web.Request) -> web.Response:
    """What one has, and the form for the next step."""
    return await _page(request, require_agent(request, Verb.CHANGE_OWN_PASSWORD))


async def _page(
    request: web.Request,
    agent: Agent,
    *,
    error: MadoguchiError | None = None,
) -> web.Response:
    second = request.app[SECOND]
    secret = await second.find_secret(agent)
    return render_page(
        request,
        "second_factor.html",
        status=_status(error),
        refused=refusal_text(lang_of(request), error) if error else "",
        standing=await second.get_standing(agent),
        secret=shown_secret(secret) if secret else "",
    )


async def get_picture(request: web.Request) -> web.Response:
    """The QR code of the secret that waits for its first code."""
    agent = require_agent(request, Verb.CHANGE_OWN_PASSWORD)
    secret = await request.app[SECOND].find_secret(agent)
    if secret is None:
        raise NotFound
    uri = app_uri(secret, issuer=account_name(request), login=agent.login)
    drawn = io.BytesIO()
    segno.make_qr(uri, error="m").save(drawn, kind="svg", border=4, scale=4, light="#fff")
    return web.Response(
        body=drawn.getvalue(),
        content_type="image/svg+xml",
        headers={"Cache-Control": "private, no-store"},
    )


async def post_begin(request: web.Request) -> web.Response:
    """Make a secret, or another one."""
    agent = require_agent(request, Verb.CHANGE_OWN_PASSWORD)
    password = form_of(request).one("current", limit=1_000)
    try:
        await request.app[SECOND].begin(agent, password=password, address=client_block(request))
    except _REFUSALS as error:
        return await _page(request, agent, error=error)
    return back_to(SECOND_PATH)


async def post_confirm(request: web.Request) -> web.Response:
    """The first code: from now on one is asked for. The recovery codes are shown once."""
    agent = require_agent(request, Verb.CHANGE_OWN_PASSWORD)
    code = form_of(request).one("code", limit=100)
    try:
        done = await request.app[SECOND].confirm(agent, code=code, address=client_block(request))
    except _REFUSALS as error:
        return await _page(request, agent, error=error)
    return _once(request, done.codes, done.begun.token)


async def post_codes(request: web.Request) -> web.Response:
    """Ten new recovery codes."""
    agent = require_agent(request, Verb.CHANGE_OWN_PASSWORD)
    form = form_of(request)
    try:
        codes = await request.app[SECOND].renew_codes(
            agent,
            password=form.one("current", limit=1_000),
            code=form.one("code", limit=100),
            address=client_block(request),
        )
    except _REFUSALS as error:
        return await _page(request, agent, error=error)
    return _once(request, codes)


def _once(request: web.Request, codes: tuple[str, ...], token: str = "") -> web.Response:
    """The codes, once; the page belongs to the login that begins with it, if one does."""
    csrf = csrf_token(request, token)
    response = render_page(request, "second_factor_codes.html", codes=codes, csrf=csrf)
    if token:
        set_login(request, response, token)
    return response


async def post_remove(request: web.Request) -> web.Response:
    """Remove the second factor: password and code."""
    agent = require_agent(request, Verb.CHANGE_OWN_PASSWORD)
    form = form_of(request)
    try:
        begun = await request.app[SECOND].remove(
            agent,
            password=form.one("current", limit=1_000),
            code=form.one("code", limit=100),
            address=client_block(request),
        )
    except _REFUSALS as error:
        return await _page(request, agent, error=error)
    response = back_to(SECOND_PATH, "second.removed")
    set_login(request, response, begun.token)
    return response
