"""POST /desk/api/conversations/{id}/{act}: one thing done with one conversation."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

from bot.errors import BadInput, MadoguchiError, NotFound, Refused, TooLarge, TooMany
from bot.web import read_json
from handoff.access import Agent, Verb
from handoff.appkeys import DESK, TROUBLES
from handoff.auth import lang_of, require_agent
from handoff.errors import NewerMessages, NotAllowed
from handoff.pages.customers import erase_customer
from handoff.pages.desk_bodies import (
    BODY_LIMIT,
    CallBody,
    EraseBody,
    NoteBody,
    Nothing,
    ReplyBody,
    ResolveBody,
    SeenBody,
    SendBody,
    TransferBody,
)
from handoff.pages.shell import error_key, parse_id, refusal_text, refusal_values
from handoff.settling import CallOutcome

Act = Callable[[web.Request, Agent, int], Awaitable[dict[str, Any]]]


async def claim(request: web.Request, agent: Agent, conversation_id: int) -> dict[str, Any]:
    """Take it."""
    await read_json(request, BODY_LIMIT, Nothing)
    taken = await request.app[DESK].claim(agent, conversation_id)
    return {
        "already": taken.already,
        "withheld": taken.withheld,
        "in_flight": [[one.first_seq, one.last_seq] for one in taken.in_flight],
    }


async def reply(request: web.Request, agent: Agent, conversation_id: int) -> dict[str, Any]:
    """Answer the customer."""
    body = await read_json(request, BODY_LIMIT, ReplyBody)
    said = await request.app[DESK].reply(
        agent,
        conversation_id,
        text=body.text,
        client_id=body.client_id,
        seen_seq=body.seen_seq,
    )
    return {"seq": said.seq, "repeated": said.repeated}


async def note(request: web.Request, agent: Agent, conversation_id: int) -> dict[str, Any]:
    """Leave a remark for colleagues."""
    body = await read_json(request, BODY_LIMIT, NoteBody)
    noted = await request.app[DESK].note(
        agent, conversation_id, text=body.text, client_id=body.client_id
    )
    return {"note_id": noted.note_id, "repeated": noted.repeated}


async def transfer(request: web.Request, agent: Agent, conversation_id: int) -> dict[str, Any]:
    """Give it to a colleague or a team."""
    body = await read_json(request, BODY_LIMIT, TransferBody)
    await request.app[DESK].transfer(
        agent, conversation_id, to_agent=body.to_agent, to_team=body.to_team
    )
    return {}


async def release(request: web.Request, agent: Agent, conversation_id: int) -> dict[str, Any]:
    """Give it back to the queue."""
    await read_json(request, BODY_LIMIT, Nothing)
    await request.app[DESK].release(agent, conversation_id)
    return {}


async def resolve(request: web.Request, agent: Agent, conversation_id: int) -> dict[str, Any]:
    """Declare it solved."""
    body = await read_json(request, BODY_LIMIT, ResolveBody)
    await request.app[DESK].resolve(agent, conversation_id, ask_survey=body.ask_survey)
    return {}


async def reopen(request: web.Request, agent: Agent, conversation_id: int) -> dict[str, Any]:
    """Take up what was over."""
    await read_json(request, BODY_LIMIT, Nothing)
    await request.app[DESK].reopen(agent, conversation_id)
    return {}


async def review_done(request: web.Request, agent: Agent, conversation_id: int) -> dict[str, Any]:
    """Off the review list."""
    await read_json(request, BODY_LIMIT, Nothing)
    await request.app[DESK].review_done(agent, conversation_id)
    return {}


async def callback_done(
    request: web.Request, agent: Agent, conversation_id: int
) -> dict[str, Any]:
    """The customer was called."""
    body = await read_json(request, BODY_LIMIT, CallBody)
    if body.outcome not in set(CallOutcome):
        raise BadInput("outcome: reached, no_answer or wrong_number")
    await request.app[DESK].callback_done(
        agent,
        body.callback_id,
        outcome=CallOutcome(body.outcome),
        conversation_id=conversation_id,
    )
    return {}


async def seen(request: web.Request, agent: Agent, conversation_id: int) -> dict[str, Any]:
    """Remember how far the agent has read."""
    body = await read_json(request, BODY_LIMIT, SeenBody)
    await request.app[DESK].mark_seen(agent, conversation_id, body.seq)
    return {}


async def send_again(request: web.Request, agent: Agent, conversation_id: int) -> dict[str, Any]:
    """Send once more what did not arrive."""
    body = await read_json(request, BODY_LIMIT, SendBody)
    await request.app[TROUBLES].send_again(agent, body.outbox_id, conversation_id)
    return {}


async def leave_unsent(request: web.Request, agent: Agent, conversation_id: int) -> dict[str, Any]:
    """Let be what did not arrive."""
    body = await read_json(request, BODY_LIMIT, SendBody)
    await request.app[TROUBLES].leave(agent, body.outbox_id, conversation_id)
    return {}


async def erase_message(
    request: web.Request, agent: Agent, conversation_id: int
) -> dict[str, Any]:
    """Erase one thing that the customer said."""
    body = await read_json(request, BODY_LIMIT, EraseBody)
    await request.app[DESK].erase_message(agent, conversation_id, body.message_id)
    return {}


#: What can be done with a conversation, and the right it needs.
ACTS: Final[dict[str, tuple[Verb, Act]]] = {
    "claim": (Verb.CLAIM, claim),
    "reply": (Verb.REPLY, reply),
    "note": (Verb.NOTE, note),
    "transfer": (Verb.TRANSFER, transfer),
    "release": (Verb.RELEASE, release),
    "resolve": (Verb.RESOLVE, resolve),
    "reopen": (Verb.REOPEN, reopen),
    "review_done": (Verb.REVIEW, review_done),
    "callback_done": (Verb.SETTLE_CALLBACK, callback_done),
    "send_again": (Verb.SETTLE_DELIVERY, send_again),
    "leave_unsent": (Verb.SETTLE_DELIVERY, leave_unsent),
    "seen": (Verb.VIEW_DESK, seen),
    "erase_message": (Verb.ERASE_MESSAGE, erase_message),
    "erase_customer": (Verb.ERASE_CUSTOMER, erase_customer),
}


async def post_act(request: web.Request) -> web.Response:
    """Do one thing with one conversation."""
    found = ACTS.get(request.match_info["act"])
    if found is None:
        raise web.HTTPNotFound
    verb, act = found
    agent = require_agent(request, verb)
    return await answer(request, agent, parse_id(request), act)


async def answer(
    request: web.Request, agent: Agent, conversation_id: int, act: Act
) -> web.Response:
    """What came of it; a refusal is told in the agent's language, with what it names."""
    try:
        return web.json_response(await act(request, agent, conversation_id))
    except (NotAllowed, TooLarge, TooMany):
        raise
    except (Refused, BadInput) as error:
        body = refusal_json(lang_of(request), error)
        return web.json_response(body, status=_status(error))


def refusal_json(lang: str, error: MadoguchiError) -> dict[str, Any]:
    """A refusal in the agent's words, with its owner and the messages that were not seen."""
    body: dict[str, Any] = {
        "error": {"code": error_key(error), "message": refusal_text(lang, error)},
        "owner": refusal_values(error).get("name", ""),
    }
    if isinstance(error, NewerMessages):
        body["messages"] = [
            {
                "seq": one.seq,
                "sender": one.sender,
                "agent_name": one.agent_name,
                "kind": one.kind,
                "text": one.text or "",
                "at": one.sent_at,
            }
            for one in error.messages
        ]
    return body


def _status(error: MadoguchiError) -> int:
    if isinstance(error, BadInput):
        return web.HTTPBadRequest.status_code
    if isinstance(error, NotFound):
        return web.HTTPNotFound.status_code
    return web.HTTPConflict.status_code
