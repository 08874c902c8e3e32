"""POST /chat/suggest: the questions a visitor may be about to ask."""

from typing import Annotated, Final, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.appkeys import CLOCK, LIBRARY, ZONE
from bot.burst import Bursts
from bot.channels.webchat.lobby import LOBBY
from bot.channels.webchat.protocol import CHANNEL
from bot.clock import SECOND_MS, from_ms
from bot.errors import TooMany
from bot.web import read_json, require_own_origin

#: What is longer is no beginning of a question any more.
TEXT_MOST: Final = 200
MOST: Final = 3
#: A list to choose from may hold what is hardly likely, while the bot would not name it (percent).
LEAST: Final = 5.0
_BODY_MOST: Final = 4 * 1024
#: A quick writer pauses less often than this.
_ASKED: Final = 30
_SPAN_MS: Final = 10 * SECOND_MS

SUGGESTED = web.AppKey("suggested", Bursts)


class Beginning(BaseModel):
    """What stands in the text field."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=TEXT_MOST)]
    lang: Literal["ja", "en"]


def add_suggest_routes(app: web.Application) -> None:
    """Open the route in an application that has the keys of bot.appkeys and the lobby."""
    app[SUGGESTED] = Bursts(limit=_ASKED, span_ms=_SPAN_MS)
    app.router.add_post("/chat/suggest", post_suggest)


async def post_suggest(request: web.Request) -> web.Response:
    """At most three questions to choose from. Nothing is stored and nothing is logged."""
    require_own_origin(request)
    app = request.app
    visitor = app[LOBBY].require_visitor(request)
    beginning = await read_json(request, _BODY_MOST, Beginning)
    if app[SUGGESTED].take(visitor, now=app[CLOCK]()):
        raise TooMany
    knowledge = app[LIBRARY].current
    decision = knowledge.decide(
        knowledge.matcher.complete(beginning.text),
        lang=beginning.lang,
        channel=CHANNEL,
        today=from_ms(app[CLOCK](), app[ZONE]).date(),
        explain=False,
    )
    likely = [
        candidate.entry_id for candidate in decision.candidates if candidate.confidence >= LEAST
    ]
    return web.json_response(
        {
            "suggestions": [
                {
                    "code": f"entry:{entry_id}",
                    "label": knowledge.entries[entry_id].question_in(beginning.lang),
                }
                for entry_id in likely[:MOST]
            ]
        }
    )
