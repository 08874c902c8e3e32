"""What every staff page says at its top while something does not work; it goes by itself."""

from typing import TypedDict
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.appkeys import CLOCK, LIBRARY
from bot.clock import DAY_MS, from_ms
from handoff.access import Agent, Verb, is_allowed
from handoff.appkeys import CHANNEL, PEOPLE
from handoff.auth import lang_of, require_agent
from handoff.page_words import text


class Banner(TypedDict):
    """One line at the top of the page."""

    kind: str
    text: str


async def get_banners(request: web.Request) -> web.Response:
    """For pages that ask for nothing else."""
    agent = require_agent(request, Verb.VIEW_DESK)
    return web.json_response({"banners": list_banners(request, agent)})


def list_banners(request: web.Request, agent: Agent) -> list[Banner]:
    """What does not work right now, as far as this person can do something with it."""
    return [*_list_channel(request), *_list_knowledge(request, agent)]


def _list_channel(request: web.Request) -> list[Banner]:
    health = request.app.get(CHANNEL)
    if health is None:
        return []
    now, lang = request.app[CLOCK](), lang_of(request)
    since = _since(request, health.failing_since or now, now)
    return [
        Banner(kind=kind, text=text(lang, f"banner.{kind}", since=since))
        for kind in health.troubles(now)
    ]


def _since(request: web.Request, at: int, now: int) -> str:
    """The time of day, with the date once that is not clear."""
    began = from_ms(at, ZoneInfo(request.app[PEOPLE].timezone))
    date = f"{began.month}/{began.day} " if now - at >= DAY_MS // 2 else ""
    return f"{date}{began.hour}:{began.minute:02}"


def _list_knowledge(request: web.Request, agent: Agent) -> list[Banner]:
    library = request.app.get(LIBRARY)
    problems = library.problems if library else ()
    if not problems or not is_allowed(agent, Verb.REVIEW):
        return []
    first = problems[0]
    told = text(
        lang_of(request),
        "banner.knowledge",
        count=len(problems),
        place=f"{first.file}:{first.line}",
    )
    return [Banner(kind="knowledge", text=told)]
