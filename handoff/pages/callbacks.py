"""/callbacks: who is to be called when, and the conversation behind a reference in one step."""

from typing import Any

from aiohttp import web

from bot.appkeys import CLOCK, STORE
from bot.errors import BadInput, Refused
from handoff import callbacks, desk_reading
from handoff.access import Verb
from handoff.appkeys import DESK
from handoff.auth import form_of, lang_of, require_agent
from handoff.pages.shell import Times, back_to, parse_id, refusal_text, render_page, times_of
from handoff.phone import display_phone
from handoff.settling import CallOutcome
from handoff.viewing import Callback

#: Early enough to get ready.
SOON_MS = 10 * 60_000


async def get_callbacks(request: web.Request) -> web.Response:
    """The list, or what a typed reference finds."""
    require_agent(request, Verb.SETTLE_CALLBACK)
    return await _page(request)


async def _page(request: web.Request, *, status: int = 200, refused: str = "") -> web.Response:
    query = request.query.get("q", "")[:100].strip()
    store = request.app[STORE]
    if query:
        due = [one for one in await store.read(callbacks.find_by_reference, query)
               if one.state == "due"]  # fmt: skip
        found = await store.read(desk_reading.find_references, query)
    else:
        due, found = await store.read(callbacks.list_due), []
    settled = [] if query else await store.read(callbacks.list_settled, limit=20)
    times, now = times_of(request), request.app[CLOCK]()
    return render_page(
        request,
        "callbacks.html",
        status=status,
        refused=refused,
        query=query,
        found=found,
        rows=[_row(one, times, now) for one in due],
        settled=[_row(one, times, now) for one in settled],
        outcomes=[outcome.value for outcome in CallOutcome],
    )


def _row(one: Callback, times: Times, now: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "conversation_id": one.conversation_id,
        "reference": one.reference,
        "name": one.customer_name or "",
        "phone": display_phone(one.phone),
        "dial": one.phone,
        "slot": times.span(one.from_at, one.until_at),
        "overdue": one.state == "due" and one.until_at < now,
        "current": one.from_at - SOON_MS <= now <= one.until_at,
        "state": one.state,
        "outcome": one.outcome or "",
        "done_by": one.done_by or "",
        "done_at": times.short(one.done_at) if one.done_at else "",
    }


async def post_done(request: web.Request) -> web.Response:
    """The customer was called."""
    agent = require_agent(request, Verb.SETTLE_CALLBACK)
    outcome = form_of(request).one("outcome")
    if outcome not in set(CallOutcome):
        raise BadInput("outcome: reached, no_answer or wrong_number")
    try:
        await request.app[DESK].callback_done(
            agent, parse_id(request), outcome=CallOutcome(outcome)
        )
    except Refused as error:
        return await _page(request, status=409, refused=refusal_text(lang_of(request), error))
    return back_to("/callbacks", "done.callback")


async def post_cancel(request: web.Request) -> web.Response:
    """The call is not needed any more."""
    agent = require_agent(request, Verb.SETTLE_CALLBACK)
    try:
        await request.app[DESK].callback_cancel(agent, parse_id(request))
    except Refused as error:
        return await _page(request, status=409, refused=refusal_text(lang_of(request), error))
    return back_to("/callbacks", "done.callback_cancel")
