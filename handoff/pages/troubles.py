"""/troubles: what did not arrive at customers, and what could not be processed."""

from typing import Any

from aiohttp import web

from bot.errors import NotFound
from handoff.access import Verb, is_allowed
from handoff.appkeys import TROUBLES
from handoff.auth import lang_of, require_agent
from handoff.page_words import text
from handoff.pages.shell import back_to, parse_id, render_page, times_of


async def get_troubles(request: web.Request) -> web.Response:
    """Both lists."""
    return await _page(request)


async def _page(request: web.Request, *, status: int = 200, refused: str = "") -> web.Response:
    agent = require_agent(request, Verb.VIEW_AUDIT)
    troubles, times = request.app[TROUBLES], times_of(request)
    sends = [
        {
            "id": one.id,
            "conversation_id": one.conversation_id,
            "reference": one.reference or "",
            "state": one.state,
            "error": one.error or "",
            "text": one.text,
            "when": times.short(one.created_at),
            "exact": times.exact(one.created_at),
        }
        for one in await troubles.list_undelivered(agent)
    ]
    events: list[dict[str, Any]] = [
        {
            "id": one.id,
            "channel": one.channel,
            "kind": one.kind,
            "error": one.error or "",
            "attempts": one.attempts,
            "when": times.short(one.received_at),
            "exact": times.exact(one.received_at),
        }
        for one in await troubles.list_parked(agent)
    ]
    return render_page(
        request,
        "troubles.html",
        status=status,
        refused=refused,
        deliveries=sends,
        events=events,
        may_settle=is_allowed(agent, Verb.SETTLE_EVENT),
    )


async def post_delivery(request: web.Request) -> web.Response:
    """Send again, or leave it."""
    require_agent(request, Verb.VIEW_AUDIT)
    agent = require_agent(request, Verb.SETTLE_DELIVERY)
    act = request.match_info["act"]
    troubles = request.app[TROUBLES]
    try:
        await (troubles.send_again if act == "again" else troubles.leave)(agent, parse_id(request))
    except NotFound:
        return await _gone(request)
    return back_to("/troubles", f"troubles.said.{act}")


async def post_event(request: web.Request) -> web.Response:
    """Process it again, or take it off the list."""
    agent = require_agent(request, Verb.SETTLE_EVENT)
    troubles, inbox_id = request.app[TROUBLES], parse_id(request)
    try:
        if request.match_info["act"] == "dismiss":
            await troubles.dismiss(agent, inbox_id)
            return back_to("/troubles", "troubles.said.dismiss")
        taken = await troubles.retry(agent, inbox_id)
    except NotFound:
        return await _gone(request)
    return back_to("/troubles", f"troubles.said.{'retry' if taken else 'still'}")


async def _gone(request: web.Request) -> web.Response:
    """A colleague was quicker: the list as it stands now."""
    return await _page(request, status=409, refused=text(lang_of(request), "troubles.said.gone"))
