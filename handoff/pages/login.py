"""GET and POST /login, POST /logout."""

from aiohttp import web

from bot.errors import TooMany
from bot.web import client_block, require_own_origin
from handoff.appkeys import LOGINS
from handoff.auth import (
    forget_login,
    lang_of,
    login_token,
    read_form,
    see_other,
    set_login,
)
from handoff.errors import CodeNeeded, TooManyTries, WrongLogin
from handoff.pages.outside import provider_name
from handoff.pages.second_factor import ask_code
from handoff.pages.shell import back_to, refusal_text, refusal_values, render_page
from handoff.pages.ways import parse_next


async def get_login(request: web.Request) -> web.StreamResponse:
    """The form, or the desk for somebody who is logged in."""
    if await request.app[LOGINS].find_agent(login_token(request), touch=False):
        return see_other("/desk")
    wanted = request.query.get("next", "")
    return render_page(
        request,
        "login.html",
        login="",
        next=parse_next(wanted),
        provider=provider_name(request),
    )


async def post_login(request: web.Request) -> web.StreamResponse:
    """Log in; the answer never says whether the name or the password was wrong."""
    require_own_origin(request)
    form = await read_form(request)
    login, wanted = form.one("login"), parse_next(form.one("next", limit=400))
    try:
        begun = await request.app[LOGINS].log_in(
            login,
            form.one("password", limit=1_000),
            address=client_block(request),
            replaces=login_token(request),
        )
    except CodeNeeded as error:
        return ask_code(request, error.ticket, wanted)
    except (WrongLogin, TooManyTries) as error:
        answer = render_page(
            request,
            "login.html",
            status=429 if isinstance(error, TooMany) else 403,
            refused=refusal_text(lang_of(request), error),
            login=login,
            next=wanted,
            provider=provider_name(request),
        )
        if seconds := refusal_values(error).get("seconds"):
            answer.headers["Retry-After"] = str(seconds)
        return answer
    response = see_other("/account" if begun.agent.must_change else wanted)
    set_login(request, response, begun.token)
    return response


async def post_logout(request: web.Request) -> web.StreamResponse:
    """End this login here and on the server."""
    if token := login_token(request):
        await request.app[LOGINS].log_out(token)
    response = back_to("/login", "login.done")
    forget_login(request, response)
    return response
