"""GET …/messages/<id>/why: why the bot said it, worked out when somebody wants to know."""

import asyncio
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.appkeys import LIBRARY, STORE
from bot.clock import from_ms
from bot.errors import NotFound
from faq.explaining_stored import explain_stored
from handoff.access import Verb
from handoff.answer_reading import read_answer
from handoff.appkeys import PEOPLE
from handoff.auth import lang_of, require_agent
from handoff.pages.shell import parse_id


async def get_why(request: web.Request) -> web.Response:
    """The explanation in the reader's language."""
    require_agent(request, Verb.VIEW_DESK)
    require_agent(request, Verb.VIEW_KNOWLEDGE)
    library = request.app.get(LIBRARY)
    if library is None:
        raise NotFound
    said = await request.app[STORE].read(
        read_answer, parse_id(request), parse_id(request, "message")
    )
    # several wordings may have to be tried, so that the loop stays free
    told = await asyncio.to_thread(
        explain_stored,
        library.current,
        said.texts,
        said.decision,
        lang=lang_of(request),
        channel=said.channel,
        today=from_ms(said.sent_at, ZoneInfo(request.app[PEOPLE].timezone)).date(),
        exclude=said.rejected,
    )
    return web.json_response(told.as_json())
