"""/desk/api/…: what the desk page reads, and what it does outside of a conversation."""

from typing import Any, Final

from aiohttp import web

from bot.appkeys import CLOCK, LIBRARY, STORE, TALK
from bot.errors import BadInput
from bot.web import read_json
from handoff import desk_reading
from handoff.access import Agent, Presence, Verb
from handoff.appkeys import CHANNEL, DESK, PEOPLE, PRESENCE, VIEWERS
from handoff.auth import lang_of, require_agent
from handoff.page_words import texts_of
from handoff.pages.banners import read_banners
from handoff.pages.desk_acts import answer
from handoff.pages.desk_bodies import BODY_LIMIT, Nothing, PresenceBody
from handoff.pages.desk_view import FILTERS, conversation_json, list_json
from handoff.pages.scene import Scene
from handoff.pages.shell import parse_id, team_names, times_of
from handoff.viewing import Shelf, Wanted

LIST_LIMIT: Final = 200
TALK_LIMIT: Final = 1_000


def scene_of(request: web.Request, agent: Agent) -> Scene:
    """What the page's JSON is made with."""
    library = request.app.get(LIBRARY)
    return Scene(
        agent=agent,
        lang=lang_of(request),
        now=request.app[CLOCK](),
        teams=team_names(request),
        viewers=request.app[VIEWERS],
        knowledge=library.current if library else None,
        form=request.app[TALK].form,
        span=times_of(request).span,
    )


async def get_start(request: web.Request) -> web.Response:
    """Who looks, words, teams: what stays the same while the page is open."""
    agent = require_agent(request, Verb.VIEW_DESK)
    lang = lang_of(request)
    return web.json_response(
        {
            "me": {"id": agent.id, "name": agent.name, "role": agent.role.value},
            "lang": lang,
            "timezone": request.app[PEOPLE].timezone,
            "idle_minutes": request.app[PEOPLE].login_idle_minutes,
            "texts": dict(texts_of(lang)),
            "teams": [{"key": key, "name": name} for key, name in team_names(request).items()],
        }
    )


async def get_conversations(request: web.Request) -> web.Response:
    """The list; a search looks everywhere."""
    agent = require_agent(request, Verb.VIEW_DESK)
    shelf = FILTERS.get(request.query.get("filter", "waiting"))
    if shelf is None:
        raise BadInput("filter: one of " + ", ".join(FILTERS))
    if shelf is Shelf.REVIEW:
        require_agent(request, Verb.REVIEW)
    text = request.query.get("q", "")[:200].strip()
    wanted = Wanted(
        shelf=Shelf.ALL if text else shelf,
        text=text,
        page_size=_number(request, "limit", 50, LIST_LIMIT),
    )
    found = await request.app[STORE].read(
        desk_reading.read_list, wanted, viewer_id=agent.id, now=request.app[CLOCK]()
    )
    health = request.app.get(CHANNEL)
    return web.json_response(
        {
            **list_json(found, scene_of(request, agent)),
            "banners": await read_banners(request, agent),
            "pushes_left": health.scarce() if health else None,
        }
    )


def _number(request: web.Request, name: str, usual: int, most: int) -> int:
    given = request.query.get(name, str(usual))
    if not given.isascii() or not given.isdigit() or len(given) > 6:  # noqa: PLR2004 - six digits
        raise BadInput(f"{name}: a number")
    return max(1, min(int(given), most))


async def get_conversation(request: web.Request) -> web.Response:
    """One conversation with everything around it."""
    agent = require_agent(request, Verb.VIEW_DESK)
    found = await request.app[STORE].read(
        desk_reading.read_conversation,
        parse_id(request),
        viewer_id=agent.id,
        limit=_number(request, "limit", 100, TALK_LIMIT),
    )
    return web.json_response(conversation_json(found, scene_of(request, agent)))


async def post_next(request: web.Request) -> web.Response:
    """Take whoever is served next."""
    agent = require_agent(request, Verb.CLAIM)
    await read_json(request, BODY_LIMIT, Nothing)

    async def act(_request: web.Request, _agent: Agent, _id: int) -> dict[str, Any]:
        taken = await request.app[DESK].take_next(agent)
        return {"conversation_id": taken.conversation.id if taken else None}

    return await answer(request, agent, 0, act)


async def post_presence(request: web.Request) -> web.Response:
    """Say whether new conversations are welcome."""
    agent = require_agent(request, Verb.SET_PRESENCE)
    body = await read_json(request, BODY_LIMIT, PresenceBody)
    if body.presence not in set(Presence):
        raise BadInput("presence: available, away or offline")
    await request.app[PRESENCE].set_presence(agent, Presence(body.presence))
    return web.json_response({"presence": body.presence})
