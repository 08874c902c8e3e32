"""What a page of the staff says that cannot be shown: why, and the way back to their own pages."""

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.errors import MadoguchiError, NotFound
from bot.web import REASONS, SERVER_FAULT, STATUS_TABLE
from handoff.access import Agent, is_allowed
from handoff.auth import AGENT, STAFF_SECTIONS, lang_of, see_other
from handoff.errors import LoginChanged
from handoff.pages.shell import MENU, refusal_text, render_page


@web.middleware
async def lead_back(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a refused page or form of the staff in their frame; anything else stays as it is."""
    try:
        return await handler(request)
    except (web.HTTPClientError, MadoguchiError) as error:
        section = request.path[1:].split("/")[0]
        if "text/html" not in request.headers.get("Accept", ""):
            raise
        if isinstance(error, web.HTTPUnauthorized) and section in STAFF_SECTIONS:
            # a form: the browser kept what was written, and its page comes back after the login
            return see_other("/login?said=login.ended")
        status = _status(request, error)
        if request.get(AGENT) is None or status >= SERVER_FAULT:
            raise
        return _render(request, error, status)


def _status(request: web.Request, error: web.HTTPClientError | MadoguchiError) -> int:
    if isinstance(error, web.HTTPClientError):
        return error.status
    table = request.app[STATUS_TABLE]
    return next(table[kind] for kind in type(error).__mro__ if kind in table)


def _render(
    request: web.Request,
    error: web.HTTPClientError | MadoguchiError,
    status: int,
) -> web.Response:
    lang = lang_of(request)
    # "reload the page" is said in a dialog; here there is no page to reload
    if isinstance(error, MadoguchiError) and not isinstance(error, NotFound):
        message = refusal_text(lang, error)
    else:
        message = REASONS.get(status, REASONS[400])[0 if lang == "ja" else 1]
    answer = render_page(
        request,
        "lost.html",
        status=status,
        message=message,
        again=isinstance(error, LoginChanged),
        back=_back(request.path, request[AGENT]),
    )
    if isinstance(error, web.HTTPMethodNotAllowed):
        answer.headers["Allow"] = error.headers["Allow"]
    return answer


def _back(path: str, agent: Agent) -> str:
    """The section of the menu that somebody was in, if it opens for them."""
    opens = {section for section, _text, verb in MENU if is_allowed(agent, verb)}
    section = f"/{path[1:].split('/', maxsplit=1)[0]}"
    return section if section in opens | {"/account"} else "/desk"
