"""/knowledge/history: who changed what and when, as a readable difference, with the way back."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Any, Final

from aiohttp import web

from bot.errors import MadoguchiError
from handoff.access import Agent, Verb, is_allowed
from handoff.appkeys import KEEPING
from handoff.auth import form_of, lang_of, require_agent
from handoff.keeping_errors import CheckFailed, EntryMoved, FolderBlocked
from handoff.keeping_values import Change
from handoff.page_words import text
from handoff.pages.shell import back_to, parse_id, refusal_text, render_page, times_of

_PAGE: Final = 20
#: Unchanged lines around a change.
_AROUND: Final = 2
_MOST_LINES: Final = 400
_REASON: Final = 500
#: A commit is known by its first letters.
_SHORT_COMMIT: Final = 10


async def get_history(request: web.Request) -> web.Response:
    """The changes of one entry, or of all."""
    return await _page(request, require_agent(request, Verb.VIEW_KNOWLEDGE))


async def _page(
    request: web.Request,
    agent: Agent,
    *,
    status: int = 200,
    refused: str = "",
    ask_reason: int = 0,
    entry_id: str | None = None,
) -> web.Response:
    shown = request.match_info.get("entry", "") if entry_id is None else entry_id
    given = request.query.get("before", "0")
    before = (
        int(given) if given.isascii() and given.isdigit() and len(given) <= len("9" * 12) else 0
    )
    found = await request.app[KEEPING].list_changes(
        agent, entry_id=shown, before_id=before, limit=_PAGE + 1
    )
    return render_page(
        request,
        "knowledge_history.html",
        status=status,
        refused=refused,
        tab="history",
        may_edit=is_allowed(agent, Verb.EDIT_KNOWLEDGE),
        entry_id=shown,
        ask_reason=ask_reason,
        changes=[_change(request, one) for one in found[:_PAGE]],
        older=found[_PAGE - 1].id if len(found) > _PAGE else 0,
    )


def _change(request: web.Request, one: Change) -> dict[str, Any]:
    times = times_of(request)
    return {
        "id": one.id,
        "entry_id": one.entry_id,
        "title": _title(one),
        "kind": one.kind.value,
        "who": one.agent_name or "",
        "when": times.short(one.at),
        "exact": times.exact(one.at),
        "file": one.file,
        "keys": one.keys,
        "reason": one.reason,
        "commit": one.git_commit[:_SHORT_COMMIT],
        "undoes": one.undoes_id or 0,
        "lines": diff_lines(one.before_text, one.after_text),
    }


def _title(one: Change) -> str:
    """The entry's question as it stood after the change, or before it was deleted."""
    for line in (one.after_text or one.before_text).splitlines():
        if line.startswith("question:"):
            return line.removeprefix("question:").strip().strip("\"'")
    return one.entry_id


def diff_lines(before: str, after: str) -> list[dict[str, str]]:
    """A difference line by line: `added`, `removed`, `same`, and `gap` for what was left out."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[dict[str, str]] = []
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(
        _AROUND
    ):
        if lines or group[0][1] > 0:
            lines.append({"kind": "gap", "text": ""})
        lines += _lines(group, old, new)
    return lines[:_MOST_LINES]


def _lines(
    group: Sequence[tuple[str, int, int, int, int]], old: Sequence[str], new: Sequence[str]
) -> Iterator[dict[str, str]]:
    for tag, old_from, old_to, new_from, new_to in group:
        if tag == "equal":
            yield from ({"kind": "same", "text": line} for line in old[old_from:old_to])
            continue
        yield from ({"kind": "removed", "text": line} for line in old[old_from:old_to])
        yield from ({"kind": "added", "text": line} for line in new[new_from:new_to])


async def post_undo(request: web.Request) -> web.Response:
    """Take one change back; what changed since stays."""
    agent = require_agent(request, Verb.EDIT_KNOWLEDGE)
    change_id, reason = parse_id(request), form_of(request).one("reason", limit=_REASON).strip()
    keeping, lang = request.app[KEEPING], lang_of(request)
    change = await keeping.get_change(agent, change_id)
    try:
        await keeping.roll_back(agent, change_id, reason=reason)
    except CheckFailed as error:
        needs = error.report.needs_reason
        found = error.report.failed_tests if needs else error.report.errors
        told = "".join(f" {one.sentence(lang)}" for one in found[:5])
        key = "knowledge.undo.reason" if needs else "knowledge.undo.errors"
        return await _page(
            request,
            agent,
            status=409,
            refused=text(lang, key) + told,
            ask_reason=change_id if needs else 0,
            entry_id=change.entry_id,
        )
    except (EntryMoved, FolderBlocked) as error:
        return await _page(
            request, agent, status=409, refused=_told(lang, error), entry_id=change.entry_id
        )
    return back_to(f"/knowledge/e/{change.entry_id}/history", "knowledge.undone")


def _told(lang: str, error: MadoguchiError) -> str:
    return error.told(lang) if isinstance(error, FolderBlocked) else refusal_text(lang, error)
