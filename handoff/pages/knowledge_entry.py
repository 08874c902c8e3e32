"""/knowledge/e/{id} and /knowledge/new: one entry to read, to edit, to try; and its use."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, get_args

from aiohttp import web

from bot.appkeys import LIBRARY, STORE
from bot.channels.webchat.pages import ASSETS
from faq.entryfile import ENTRY_KEYS, MOST_BUTTONS, TRANSLATION_KEYS
from handoff.access import Agent, Verb, is_allowed
from handoff.appkeys import KEEPING
from handoff.auth import lang_of, require_agent
from handoff.entry_figures import EntryFigures, EntryUse, Outcome, list_uses
from handoff.keeping_values import Draft, EditKind, EntryView, Served
from handoff.page_words import text, texts_of
from handoff.pages.knowledge import (
    FIGURE_DAYS,
    folder_view,
    read_figures,
    since_of,
    today_of,
)
from handoff.pages.knowledge_api import draft_json
from handoff.pages.knowledge_trial import defaults_of, read_one
from handoff.pages.knowledge_view import plain, preview_json
from handoff.pages.shell import render_page, team_names, times_of

#: Languages that the form has fields for, besides the entry's own; others stay in the YAML.
FORM_LANGS: Final = ("en",)
_USES: Final = 50
_MOST_PAGES: Final = 1_000


async def get_entry(request: web.Request) -> web.Response:
    """One entry: a form for admins, the same to read for everybody else."""
    agent = require_agent(request, Verb.VIEW_KNOWLEDGE)
    entry_id = request.match_info["entry"]
    view = await request.app[KEEPING].get_entry(agent, entry_id)
    if not is_allowed(agent, Verb.EDIT_KNOWLEDGE) and view.text:
        # who only looks sees what customers get
        view = replace(view, draft=None)
    draft = view.draft
    values = view.values if draft is None or draft.values is None else draft.values
    figures = (await read_figures(request)).get(entry_id, EntryFigures())
    return await _page(
        request,
        agent,
        start=_start(request, view, values),
        values=form_values(plain(values)),
        entry_id=entry_id,
        figures=figures,
        place=f"{view.file}:{view.line}" if view.line else view.file,
        served=view.served.value,
        draft=draft_json(request, draft) if draft else None,
        published=_published(request, view),
    )


def _start(request: web.Request, view: EntryView, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the scripts begin with."""
    draft = view.draft
    known = draft if draft is not None and draft.kind is not EditKind.DELETE else None
    return {
        "id": view.id,
        "kind": (EditKind.NEW if view.served is Served.DRAFT else EditKind.EDIT).value,
        "file": view.file,
        "values": plain(values),
        "text": known.text if known else view.text,
        "readable": known is None or known.values is not None,
        **_seen(draft, view.text),
    }


def _seen(draft: Draft | None, published: str) -> dict[str, Any]:
    """Which draft the page goes on from."""
    return {
        "seen": draft.version if draft else 0,
        "seen_text": draft.text if draft else published,
        "stale": draft.is_stale if draft else False,
        "deletes": draft is not None and draft.kind is EditKind.DELETE,
    }


def _published(request: web.Request, view: EntryView) -> dict[str, Any]:
    """What customers get now, in each language."""
    served = request.app[LIBRARY].current
    entry = served.find(view.id) or read_one(view.text, defaults_of(served, view.id))
    if entry is None:
        return {}
    return {lang: preview_json(entry, lang) for lang in ("ja", "en")}


async def get_new(request: web.Request) -> web.Response:
    """A new entry, with a question and other ways to ask it where the address brings them."""
    agent = require_agent(request, Verb.EDIT_KNOWLEDGE)
    question = request.query.get("question", "")[:500].strip()
    variants = [one[:500].strip() for one in request.query.getall("variant", [])[:50]]
    answer = request.query.get("answer", "")[:5_000].strip()
    begun = await request.app[KEEPING].prefill(
        agent, question, [one for one in variants if one], answer
    )
    values = {**begun.values, "id": begun.entry_id}
    return await _page(
        request,
        agent,
        start={
            "id": begun.entry_id, "kind": EditKind.NEW.value, "file": begun.file,
            "values": plain(values), "text": "", "readable": True, "seen": 0, "seen_text": "",
            "stale": False, "deletes": False, "fresh": True,
        },
        values=form_values(plain(values)),
        entry_id="",
        figures=EntryFigures(),
        place="",
        served=Served.DRAFT.value,
        draft=None,
        published={},
    )  # fmt: skip


def form_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with every key of the format, as the template's fields need them."""
    known = {**dict.fromkeys(ENTRY_KEYS), **values}
    rows = [one if isinstance(one, dict) else {} for one in values.get("buttons") or ()]
    rows += [{}] * (MOST_BUTTONS - len(rows))
    known["button_rows"] = [
        {"label": one.get("label") or "", "target": one.get("url") or one.get("tel") or ""}
        for one in rows
    ]
    valid = values.get("valid")
    known["valid"] = {"from": "", "until": "", **(valid if isinstance(valid, dict) else {})}
    known["others"] = {
        lang: {**dict.fromkeys(TRANSLATION_KEYS), **(one if isinstance(one, dict) else {})}
        for lang, one in {
            **dict.fromkeys(FORM_LANGS),
            **(values.get("translations") or {}),
        }.items()
    }
    return known


async def _page(
    request: web.Request, agent: Agent, *, start: dict[str, Any], **values: Any
) -> web.Response:
    lang = lang_of(request)
    folder = await request.app[KEEPING].get_folder(agent)
    words = {key: one for key, one in texts_of(lang).items() if key.startswith("knowledge.")}
    markdown = request.app[ASSETS].url("chat/markdown.js") if ASSETS in request.app else ""
    return render_page(
        request,
        "knowledge_entry.html",
        tab="list",
        may_edit=is_allowed(agent, Verb.EDIT_KNOWLEDGE),
        folder=folder_view(request, folder),
        files=list(dict.fromkeys([start["file"], *folder.files])),
        categories=folder.categories,
        teams=team_names(request),
        langs=FORM_LANGS,
        days=FIGURE_DAYS,
        start={
            **start,
            "lang": lang,
            "today": today_of(request).isoformat(),
            "texts": {**words, **{key: text(lang, key) for key in ("cancel", "close")}},
            "markdown": markdown,
            "may_edit": is_allowed(agent, Verb.EDIT_KNOWLEDGE),
            "blocked": bool(folder.blocked),
            "published": values["published"],
        },
        **values,
    )


async def get_uses(request: web.Request) -> web.Response:
    """The conversations behind an entry's figures."""
    agent = require_agent(request, Verb.VIEW_KNOWLEDGE)
    entry_id = request.match_info["entry"]
    given = request.query.get("outcome", "")
    outcome: Outcome | None = next((one for one in get_args(Outcome) if one == given), None)
    page = request.query.get("page", "0")
    number = int(page) if page.isascii() and page.isdigit() and len(page) <= len("999") else 0
    found = await request.app[STORE].read(
        list_uses,
        entry_id,
        since=since_of(request),
        outcome=outcome,
        page=number,
        page_size=_USES + 1,
    )
    known = request.app[LIBRARY].current.find(entry_id)
    return render_page(
        request,
        "knowledge_uses.html",
        tab="list",
        may_edit=is_allowed(agent, Verb.EDIT_KNOWLEDGE),
        entry_id=entry_id,
        question=known.question_in(lang_of(request)) if known else entry_id,
        outcome=outcome or "",
        rows=[_use(request, one) for one in found[:_USES]],
        page=number,
        more=len(found) > _USES,
        days=FIGURE_DAYS,
    )


def _use(request: web.Request, one: EntryUse) -> dict[str, Any]:
    times = times_of(request)
    return {
        "conversation_id": one.conversation_id,
        "reference": one.reference,
        "channel": one.channel,
        "question": one.question or "",
        "confidence": "" if one.confidence is None else f"{one.confidence:.0f}",
        "outcome": one.outcome or "",
        "when": times.short(one.answered_at),
        "exact": times.exact(one.answered_at),
    }
