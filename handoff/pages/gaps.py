"""/knowledge/gaps: what customers ask and fail to get, by cost, and what is done about it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from aiohttp import web

from bot.appkeys import CLOCK, LIBRARY, STORE
from bot.errors import BadInput, MadoguchiError, Refused
from faq.knowledge import Knowledge
from handoff.access import Agent, Verb, is_allowed
from handoff.appkeys import GAPS, GATHERING, KEEPING, PEOPLE, PICKS
from handoff.auth import Form, form_of, lang_of, require_agent
from handoff.doors import Doors
from handoff.gap_gathering import Gathering
from handoff.gap_values import REASON_LIMIT
from handoff.gaps import DAYS, Gaps
from handoff.pages.gaps_view import (
    MOST_SHOWN,
    gap_view,
    listed_view,
    offered_entries,
    picked_view,
    saves_text,
)
from handoff.pages.shell import back_to, parse_id, refusal_text, render_page
from handoff.picks import Picks

PATH: Final = "/knowledge/gaps"
_PERIODS: Final = (7, 30, 90)
_PAGE: Final = 30
_MOST_PAGES: Final = 1_000
_FIND_LIMIT: Final = 100
_ID_DIGITS: Final = 12
_SETTLED: Final = ("added", "dismissed")

Act = Callable[[web.Request, Agent, Form], Awaitable[web.Response]]


def add_routes(app: web.Application) -> None:
    """Open the pages and what is behind them."""
    store, clock = app[STORE], app[CLOCK]

    def knowledge() -> Knowledge:
        return app[LIBRARY].current

    gathering = Gathering(store, knowledge, Doors(app[PEOPLE]).of_team(None), clock)
    app[GATHERING] = gathering
    app[GAPS] = Gaps(store, knowledge, gathering, app[KEEPING], clock)
    app[PICKS] = Picks(store, knowledge, gathering, app[KEEPING], clock)
    router, number = app.router, r"{id:\d{1,12}}"
    router.add_get(PATH, get_gaps)
    router.add_get(f"{PATH}/picks", get_picks)
    router.add_post(f"{PATH}/picks/{{act:accept|dismiss|undo}}", post_picks)
    router.add_get(f"{PATH}/words", get_words)
    router.add_get(f"{PATH}/{number}", get_gap)
    router.add_post(f"{PATH}/{number}/{{act:entry|variants|out|undo|merge}}", post_gap)
    router.add_post(f"{PATH}/questions/{number}/part", post_part)


async def get_gaps(request: web.Request) -> web.Response:
    """The groups: those to decide, or those decided."""
    agent = require_agent(request, Verb.VIEW_KNOWLEDGE)
    days = _days(request.query)
    decided = request.query.get("show") == "decided"
    page = await request.app[GAPS].get_page(agent, days=days, decided=decided)
    at = _number(request.query.get("page", "0"), _MOST_PAGES)
    lang = lang_of(request)
    return render_page(
        request,
        "gaps.html",
        tab="gaps",
        part="decided" if decided else "open",
        days=days,
        periods=_PERIODS,
        counts={"open": page.open, "decided": page.decided},
        total=saves_text(lang, page.monthly, page.cost_ms),
        rows=[listed_view(request, one) for one in page.gaps[at * _PAGE : (at + 1) * _PAGE]],
        page=at,
        pages=-(-len(page.gaps) // _PAGE),
    )


async def get_gap(request: web.Request) -> web.Response:
    """One group with its conversations and what can be done."""
    return await _one(request, require_agent(request, Verb.VIEW_KNOWLEDGE))


async def _one(
    request: web.Request, agent: Agent, *, error: MadoguchiError | None = None
) -> web.Response:
    gaps, gap_id, days = request.app[GAPS], parse_id(request), _days(request.query)
    view = await gaps.get_gap(agent, gap_id, days=days)
    find = request.query.get("find", "")[:_FIND_LIMIT].strip()
    may_edit = is_allowed(agent, Verb.EDIT_KNOWLEDGE)
    others = (await gaps.get_page(agent, days=days)).gaps if may_edit else ()
    return render_page(
        request,
        "gaps_one.html",
        status=_status(error),
        refused=refusal_text(lang_of(request), error) if error else "",
        tab="gaps",
        gap=gap_view(request, view),
        may_edit=may_edit,
        find=find,
        entries=offered_entries(request, view, find),
        others=[
            {"id": one.mark.id, "text": one.text} for one in others[:100] if one.mark.id != gap_id
        ],
        most_shown=MOST_SHOWN,
        reason_limit=REASON_LIMIT,
    )


def _status(error: MadoguchiError | None) -> int:
    if error is None:
        return 200
    return 400 if isinstance(error, BadInput) else 409


async def post_gap(request: web.Request) -> web.Response:
    """Decide about a group, or take that back."""
    agent = require_agent(request, Verb.EDIT_KNOWLEDGE)
    try:
        return await _ACTS[request.match_info["act"]](request, agent, form_of(request))
    except (Refused, BadInput) as error:
        return await _one(request, agent, error=error)


async def _entry(request: web.Request, agent: Agent, _form: Form) -> web.Response:
    draft = await request.app[GAPS].begin_entry(agent, parse_id(request))
    return back_to(f"/knowledge/e/{draft.entry_id}", "gaps.said.draft")


async def _variants(request: web.Request, agent: Agent, form: Form) -> web.Response:
    entry_id = form.one("entry")
    draft = await request.app[GAPS].add_variants(
        agent, parse_id(request), entry_id, _ids(form.many("q"))
    )
    return back_to(f"/knowledge/e/{draft.entry_id}", "gaps.said.draft")


async def _out(request: web.Request, agent: Agent, form: Form) -> web.Response:
    reason = form.one("reason", limit=REASON_LIMIT)
    await request.app[GAPS].put_out(agent, parse_id(request), reason)
    return back_to(PATH, "gaps.said.out")


async def _undo(request: web.Request, agent: Agent, _form: Form) -> web.Response:
    await request.app[GAPS].undo(agent, parse_id(request))
    return back_to(f"{PATH}/{parse_id(request)}", "gaps.said.undo")


async def _merge(request: web.Request, agent: Agent, form: Form) -> web.Response:
    (into,) = _ids((form.one("into"),))
    await request.app[GAPS].merge(agent, parse_id(request), into)
    return back_to(f"{PATH}/{into}", "gaps.said.merge")


_ACTS: Final[Mapping[str, Act]] = {
    "entry": _entry,
    "variants": _variants,
    "out": _out,
    "undo": _undo,
    "merge": _merge,
}


async def post_part(request: web.Request) -> web.Response:
    """Take one question out of its group."""
    agent = require_agent(request, Verb.EDIT_KNOWLEDGE)
    gap_id = await request.app[GAPS].part(agent, parse_id(request))
    return back_to(f"{PATH}/{gap_id}", "gaps.said.part")


async def get_picks(request: web.Request) -> web.Response:
    """What customers picked, to be reviewed."""
    return await _picks(request, require_agent(request, Verb.VIEW_KNOWLEDGE))


async def _picks(
    request: web.Request, agent: Agent, *, error: MadoguchiError | None = None
) -> web.Response:
    picks = request.app[PICKS]
    settled = {state: await picks.list_picks(agent, state=state) for state in _SETTLED}
    return render_page(
        request,
        "gaps_picks.html",
        status=_status(error),
        refused=refusal_text(lang_of(request), error) if error else "",
        tab="gaps",
        part="picks",
        may_edit=is_allowed(agent, Verb.EDIT_KNOWLEDGE),
        entries=[picked_view(request, one) for one in (await picks.list_picks(agent))[:_PAGE]],
        settled={
            state: [picked_view(request, one) for one in found[:_PAGE]]
            for state, found in settled.items()
        },
    )


async def post_picks(request: web.Request) -> web.Response:
    """Add, dismiss, or propose again."""
    agent, form = require_agent(request, Verb.EDIT_KNOWLEDGE), form_of(request)
    picks, act = request.app[PICKS], request.match_info["act"]
    try:
        entry_id, ids = form.one("entry"), _ids(form.many("q"))
        if act == "accept":
            draft = await picks.accept(agent, entry_id, ids)
            return back_to(f"/knowledge/e/{draft.entry_id}", "gaps.said.draft")
        if act == "dismiss":
            await picks.dismiss(agent, entry_id, ids)
            return back_to(f"{PATH}/picks", "gaps.said.dismiss")
        await picks.undo(agent, entry_id, ids, state=_settled(form.one("state")))
    except (Refused, BadInput) as error:
        return await _picks(request, agent, error=error)
    return back_to(f"{PATH}/picks", "gaps.said.pick_undo")


async def get_words(request: web.Request) -> web.Response:
    """Words that customers use and the knowledge does not."""
    agent = require_agent(request, Verb.VIEW_KNOWLEDGE)
    words: list[tuple[str, int]] = await request.app[GAPS].list_words(agent)
    return render_page(request, "gaps_words.html", tab="gaps", part="words", words=words)


def _settled(given: str) -> str:
    if given not in _SETTLED:
        raise BadInput("state: added or dismissed")
    return given


def _days(query: Mapping[str, Any]) -> int:
    days = _number(query.get("days", ""), max(_PERIODS))
    return days if days in _PERIODS else DAYS


def _number(given: str, most: int) -> int:
    plain = given.isascii() and given.isdigit() and len(given) <= _ID_DIGITS
    return min(int(given), most) if plain else 0


def _ids(given: tuple[str, ...]) -> list[int]:
    if not all(one.isascii() and one.isdigit() and len(one) <= _ID_DIGITS for one in given):
        raise BadInput("q: numbers")
    return [int(one) for one in given]
