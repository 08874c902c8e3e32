"""/knowledge: every entry with how it does, what is doubtful, and what does not load."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.appkeys import CLOCK, LIBRARY, STORE
from bot.clock import DAY_MS, from_ms
from handoff.access import Verb, is_allowed
from handoff.appkeys import KEEPING, PEOPLE
from handoff.auth import lang_of, require_agent
from handoff.entry_figures import EntryFigures, count_by_entry
from handoff.keeping_check import placed
from handoff.keeping_values import FolderState, ListedEntry
from handoff.pages.knowledge_digest import DIGESTS
from handoff.pages.knowledge_list import (
    SORTS,
    STATES,
    Around,
    choose_rows,
    ending_of,
    names_of,
    parse_chosen,
)
from handoff.pages.shell import render_page, times_of

#: Over so many days answers are counted.
FIGURE_DAYS: Final = 30
#: So many problems of the folder are listed; the rest is only counted.
_PROBLEMS: Final = 20


def today_of(request: web.Request) -> date:
    """The day where the business is."""
    return from_ms(request.app[CLOCK](), ZoneInfo(request.app[PEOPLE].timezone)).date()


def since_of(request: web.Request) -> int:
    """From when on answers are counted."""
    return request.app[CLOCK]() - FIGURE_DAYS * DAY_MS


async def read_figures(request: web.Request) -> Mapping[str, EntryFigures]:
    """How every entry did lately."""
    return await request.app[STORE].read(count_by_entry, since=since_of(request))


async def get_list(request: web.Request) -> web.Response:
    """The entries that were asked for."""
    agent = require_agent(request, Verb.VIEW_KNOWLEDGE)
    keeping, chosen, today = request.app[KEEPING], parse_chosen(request.query), today_of(request)
    entries = await keeping.list_entries(agent)
    around = Around(
        today=today,
        figures=await read_figures(request),
        digests=await request.app[DIGESTS].get(request.app[LIBRARY].current, today),
    )
    listed = choose_rows(entries, chosen, around)
    categories, owners = names_of(entries)
    return render_page(
        request,
        "knowledge.html",
        tab="list",
        may_edit=is_allowed(agent, Verb.EDIT_KNOWLEDGE),
        folder=folder_view(request, await keeping.get_folder(agent)),
        chosen=chosen,
        listed=listed,
        rows=[_row(request, row, around) for row in listed.rows],
        total=len(entries),
        categories=categories,
        owners=owners,
        states=STATES,
        sorts=SORTS,
        days=FIGURE_DAYS,
    )


def folder_view(request: web.Request, folder: FolderState) -> dict[str, Any]:
    """What stands above every list: the version, what does not load, what cannot be written."""
    at = 0 if lang_of(request) == "ja" else 1
    return {
        "version": folder.version,
        "problems": [
            {
                "place": f"{one.file}:{one.line}:{one.column}",
                "told": placed(one).sentence(lang_of(request)),
            }
            for one in folder.problems[:_PROBLEMS]
        ],
        "more": max(0, len(folder.problems) - _PROBLEMS),
        "count": len(folder.problems),
        "blocked": folder.blocked[at] if folder.blocked else "",
        "git": folder.git_told[at],
    }


def _row(request: web.Request, row: ListedEntry, around: Around) -> dict[str, Any]:
    figures = around.figures_of(row)
    draft = row.draft
    return {
        "id": row.id,
        "question": row.question,
        "category": row.category,
        "owner": row.owner,
        "reviewed": row.reviewed.isoformat() if row.reviewed else "",
        "served": row.served.value,
        "ending": ending_of(row, around.today),
        "until": row.valid_until.isoformat() if row.valid_until else "",
        "from": row.valid_from.isoformat() if row.valid_from else "",
        "findings": around.digest_of(row).findings,
        "draft": draft.kind.value if draft else "",
        "draft_by": draft.author_name if draft else "",
        "draft_at": times_of(request).short(draft.updated_at) if draft else "",
        "hits": figures.hits,
        "solved": figures.solved,
        "unsolved": figures.unsolved,
    }
