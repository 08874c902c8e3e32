"""/knowledge/api/…: what the entry's page asks while somebody writes, and what it does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

from bot.appkeys import LIBRARY
from bot.errors import BadInput, NotFound, Refused, TooLarge, TooMany
from bot.web import read_json
from faq.entry import Entry
from faq.explaining import explain_text
from faq.knowledge import Knowledge
from handoff.access import Agent, Verb
from handoff.appkeys import KEEPING
from handoff.auth import lang_of, require_agent
from handoff.errors import NotAllowed
from handoff.keeping_errors import BadEntry, CheckFailed, DraftMoved, EntryMoved, FolderBlocked
from handoff.keeping_values import Draft, Edit, EditKind
from handoff.pages.knowledge import today_of
from handoff.pages.knowledge_bodies import (
    BODY_LIMIT,
    DraftBody,
    EditBody,
    PublishBody,
    RebaseBody,
    SeenBody,
    TextBody,
    TryBody,
)
from handoff.pages.knowledge_glance import glance_at
from handoff.pages.knowledge_trial import TRIALS, defaults_of, read_one
from handoff.pages.knowledge_view import (
    findings_json,
    merge_json,
    plain,
    preview_json,
    replay_json,
    report_json,
    told_json,
)
from handoff.pages.shell import error_key, refusal_text, refusal_values, times_of

Act = Callable[[web.Request, Agent], Awaitable[dict[str, Any]]]


async def check(request: web.Request, agent: Agent) -> dict[str, Any]:
    """What is wrong with a change: over the whole folder, so it may take seconds."""
    body = await read_json(request, BODY_LIMIT, EditBody)
    edit = body.edit()
    written = await _text_of(request, agent, edit)
    found = await request.app[KEEPING].check(agent, edit)
    return {"report": report_json(found, written, lang_of(request))}


async def look(request: web.Request, agent: Agent) -> dict[str, Any]:
    """How a change reads as YAML, what is odd at first glance, how its answer looks."""
    body = await read_json(request, BODY_LIMIT, EditBody)
    edit = body.edit()
    written, served = await _text_of(request, agent, edit), request.app[LIBRARY].current
    entry = _entry_of(served, edit, written)
    defaults, lang = defaults_of(served, edit.entry_id), lang_of(request)
    return {
        "text": written,
        "report": await asyncio.to_thread(
            glance_at, written, defaults, served, today_of(request), lang
        ),
        "previews": {}
        if entry is None
        else {one: preview_json(entry, one) for one in ("ja", "en")},
    }


async def _text_of(request: web.Request, agent: Agent, edit: Edit) -> str:
    if edit.kind is EditKind.DELETE:
        return ""
    return (
        edit.text if edit.text is not None else await request.app[KEEPING].write_text(agent, edit)
    )


def _entry_of(served: Knowledge, edit: Edit, text: str) -> Entry | None:
    return read_one(text, defaults_of(served, edit.entry_id)) if text else None


async def values(request: web.Request, agent: Agent) -> dict[str, Any]:
    """From the text to the form."""
    body = await read_json(request, BODY_LIMIT, TextBody)
    return {"values": plain(await request.app[KEEPING].read_values(agent, body.text))}


async def try_question(request: web.Request, agent: Agent) -> dict[str, Any]:
    """What the bot would do with a question if this change were published."""
    body = await read_json(request, BODY_LIMIT, TryBody)
    served, edit = request.app[LIBRARY].current, body.edit()
    written = await _text_of(request, agent, edit)
    entry = _entry_of(served, edit, written)
    if entry is None and edit.kind is not EditKind.DELETE:
        raise BadEntry(())
    knowledge = await request.app[TRIALS].get(request.app[LIBRARY], edit.entry_id, entry)
    told = await asyncio.to_thread(
        explain_text,
        knowledge,
        body.question,
        lang=body.lang,
        channel=body.channel,
        today=today_of(request),
    )
    return told_json(told, knowledge, lang_of(request))


async def replay(request: web.Request, agent: Agent) -> dict[str, Any]:
    """What a change does to customers' real questions, and what the check says about it."""
    body = await read_json(request, BODY_LIMIT, EditBody)
    keeping, edit, lang = request.app[KEEPING], body.edit(), lang_of(request)
    written = await _text_of(request, agent, edit)
    found = await keeping.check(agent, edit)
    told = None if found.is_blocked else replay_json(await keeping.replay(agent, edit), lang)
    return {
        "report": report_json(found, written, lang),
        "diff": list(found.diff),
        "replay": told,
        "stale": await keeping.is_stale(agent, edit.entry_id),
    }


async def draft(request: web.Request, agent: Agent) -> dict[str, Any]:
    """Keep a change for later."""
    body = await read_json(request, BODY_LIMIT, DraftBody)
    kept = await request.app[KEEPING].save_draft(
        agent, body.edit(), seen=body.seen, seen_text=body.seen_text
    )
    return draft_json(request, kept)


def draft_json(request: web.Request, kept: Draft) -> dict[str, Any]:
    """A draft for the page that goes on with it."""
    times = times_of(request)
    return {
        "version": kept.version,
        "kind": kept.kind.value,
        "file": kept.file,
        "text": kept.text,
        "values": None if kept.values is None else plain(kept.values),
        "author": kept.author_name,
        "at": times.short(kept.updated_at),
        "stale": kept.is_stale,
    }


async def discard(request: web.Request, agent: Agent) -> dict[str, Any]:
    """Throw a draft away."""
    body = await read_json(request, BODY_LIMIT, SeenBody)
    await request.app[KEEPING].discard_draft(agent, body.id, seen=body.seen)
    return {}


async def merge(request: web.Request, agent: Agent) -> dict[str, Any]:
    """A draft with what changed in its file meanwhile."""
    body = await read_json(request, BODY_LIMIT, SeenBody)
    return {"merge": merge_json(await request.app[KEEPING].merge_draft(agent, body.id))}


async def rebase(request: web.Request, agent: Agent) -> dict[str, Any]:
    """Put a draft on the entry as it is published now."""
    body = await read_json(request, BODY_LIMIT, RebaseBody)
    kept = await request.app[KEEPING].rebase_draft(
        agent, body.id, seen=body.seen, values=body.values
    )
    return draft_json(request, kept)


async def publish(request: web.Request, agent: Agent) -> dict[str, Any]:
    """Write the draft into its file; customers get it at once."""
    body = await read_json(request, BODY_LIMIT, PublishBody)
    done = await request.app[KEEPING].publish(
        agent, body.id, seen=body.seen, reason=body.reason.strip()
    )
    return {
        "change_id": done.change_id,
        "version": done.version_after,
        "commit": done.git_commit,
        "remarks": [remark.value for remark in done.remarks],
    }


ACTS: Final[dict[str, Act]] = {
    "check": check,
    "values": values,
    "look": look,
    "try": try_question,
    "replay": replay,
    "draft": draft,
    "discard": discard,
    "merge": merge,
    "rebase": rebase,
    "publish": publish,
}


async def post_act(request: web.Request) -> web.Response:
    """Do one thing with one entry; a refusal says in the admin's language what is in the way."""
    act = ACTS.get(request.match_info["act"])
    if act is None:
        raise web.HTTPNotFound
    agent = require_agent(request, Verb.EDIT_KNOWLEDGE)
    try:
        return web.json_response(await act(request, agent))
    except (NotAllowed, TooLarge, TooMany):
        raise
    except (Refused, BadInput) as error:
        return web.json_response(refusal_json(request, error), status=_status(error))


def refusal_json(request: web.Request, error: Refused | BadInput) -> dict[str, Any]:
    """A refusal with what the page needs to go on: the colleague's draft, the merge, the check."""
    lang = lang_of(request)
    told = error.told(lang) if isinstance(error, FolderBlocked) else refusal_text(lang, error)
    body: dict[str, Any] = {
        "error": {"code": error_key(error), "message": told, **refusal_values(error)}
    }
    if isinstance(error, DraftMoved):
        body["draft"] = draft_json(request, error.draft) if error.draft else None
    if isinstance(error, DraftMoved | EntryMoved):
        body["merge"] = merge_json(error.merge)
    if isinstance(error, CheckFailed):
        body["report"] = report_json(error.report, "", lang)
    if isinstance(error, BadEntry):
        body["findings"] = findings_json(error.findings, "", lang)
    return body


def _status(error: Refused | BadInput) -> int:
    if isinstance(error, BadInput):
        return web.HTTPBadRequest.status_code
    if isinstance(error, NotFound):
        return web.HTTPNotFound.status_code
    return web.HTTPConflict.status_code
