"""/account: one's own password and logins."""

from aiohttp import web

from bot.errors import BadInput, MadoguchiError, TooMany
from bot.web import client_block
from handoff.access import Agent, Verb
from handoff.appkeys import LOGINS, OUTSIDE, SECOND
from handoff.auth import (
    forget_login,
    form_of,
    lang_of,
    login_token,
    require_agent,
    set_login,
)
from handoff.errors import TooManyTries, WrongLogin
from handoff.pages.outside import provider_name
from handoff.pages.shell import back_to, parse_id, refusal_text, render_page, times_of
from handoff.sessions import hash_text


async def get_account(request: web.Request) -> web.Response:
    """Password form and the list of logins."""
    return await _page(request, require_agent(request, Verb.CHANGE_OWN_PASSWORD))


async def _page(
    request: web.Request, agent: Agent, *, error: MadoguchiError | None = None
) -> web.Response:
    times, this = times_of(request), hash_text(login_token(request) or "")
    rows = await request.app[LOGINS].list_own(agent)
    return render_page(
        request,
        "account.html",
        status=_status(error),
        refused=refusal_text(lang_of(request), error) if error else "",
        provider=provider_name(request),
        bound=await request.app[OUTSIDE].is_bound(agent) if OUTSIDE in request.app else False,
        second=(await request.app[SECOND].get_standing(agent)).enrolled,
        logins=[
            {
                "id": row.id,
                "since": times.short(row.created_at),
                "seen": times.short(row.seen_at),
                "ends": times.short(row.expires_at),
                "this": row.token_hash == this,
            }
            for row in rows
        ],
    )


def _status(error: MadoguchiError | None) -> int:
    if error is None:
        return 200
    if isinstance(error, TooMany):
        return 429
    return 400 if isinstance(error, BadInput) else 403


async def post_password(request: web.Request) -> web.Response:
    """Set an own password: every other login ends, this one is renewed."""
    agent = require_agent(request, Verb.CHANGE_OWN_PASSWORD)
    form = form_of(request)
    try:
        renewed = await request.app[LOGINS].change_password(
            agent,
            old=form.one("current", limit=1_000),
            new=form.one("new", limit=1_000),
            address=client_block(request),
        )
    except (WrongLogin, TooManyTries, BadInput) as error:
        return await _page(request, agent, error=error)
    response = back_to("/account", "done.saved")
    set_login(request, response, renewed.token)
    return response


async def post_end(request: web.Request) -> web.Response:
    """End one of one's own logins."""
    agent = require_agent(request, Verb.CHANGE_OWN_PASSWORD)
    await request.app[LOGINS].end_own(agent, parse_id(request))
    return back_to("/account", "done.saved")


async def post_end_all(request: web.Request) -> web.Response:
    """Log out everywhere, here too."""
    agent = require_agent(request, Verb.CHANGE_OWN_PASSWORD)
    await request.app[LOGINS].log_out_everywhere(agent)
    response = back_to("/login", "login.done")
    forget_login(request, response)
    return response
