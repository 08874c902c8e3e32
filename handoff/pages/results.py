"""/results: what customers said about how it went, and the file of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.appkeys import CLOCK, LIBRARY, STORE
from bot.clock import from_ms, to_ms
from bot.errors import BadInput
from handoff import accounts
from handoff.access import Verb, is_allowed
from handoff.appkeys import PEOPLE, RESULTS
from handoff.auth import lang_of, require_agent
from handoff.page_words import text, texts_of
from handoff.pages.shell import render_page, times_of
from handoff.results import SurveyRow, SurveyWanted, Tally

DAYS: Final = 30
CHANNELS: Final = ("line", "web")
_MOST_PAGES: Final = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """What the filter's fields hold."""

    first: str
    last: str
    by: str
    channel: str
    score: str
    agent: str
    answered: bool

    def query(self) -> str:
        """The same choice as an address."""
        pairs = {"from": self.first, "until": self.last, "by": self.by, "score": self.score,
                 "channel": self.channel, "agent": self.agent,
                 "answered": "1" if self.answered else ""}  # fmt: skip
        return urlencode({name: value for name, value in pairs.items() if value})


def parse_chosen(query: Mapping[str, str], today: date) -> Chosen:
    """The filter of an address; without one the last 30 days."""
    return Chosen(
        first=query.get("from") or (today - timedelta(days=DAYS - 1)).isoformat(),
        last=query.get("until") or today.isoformat(),
        by=_one_of(query.get("by", ""), ("agent", "bot")),
        channel=_one_of(query.get("channel", ""), CHANNELS),
        score=_one_of(query.get("score", ""), tuple("12345")),
        agent=query.get("agent", "")[:12],
        answered=query.get("answered") == "1",
    )


def _one_of(value: str, known: tuple[str, ...]) -> str:
    return value if value in known else ""


def wanted_of(chosen: Chosen, zone: ZoneInfo) -> SurveyWanted:
    """The filter as the results understand it. Raises BadInput."""
    agent = chosen.agent
    if agent and not (agent.isascii() and agent.isdigit()):
        raise BadInput("agent: a number")
    return SurveyWanted(
        from_at=_midnight(chosen.first, zone),
        until_at=_midnight(chosen.last, zone, days=1),
        channel=chosen.channel or None,
        handled_by=chosen.by or None,
        agent_id=int(agent) if agent else None,
        score_up_to=int(chosen.score) if chosen.score else None,
        only_answered=chosen.answered,
    )


def _midnight(day: str, zone: ZoneInfo, *, days: int = 0) -> int:
    try:
        start = date.fromisoformat(day) + timedelta(days=days)
        return to_ms(datetime.combine(start, time(), zone))
    except (ValueError, OverflowError):
        raise BadInput("A date is written like 2026-04-01.") from None


def _parse(request: web.Request) -> tuple[Chosen, SurveyWanted]:
    zone = ZoneInfo(request.app[PEOPLE].timezone)
    chosen = parse_chosen(request.query, from_ms(request.app[CLOCK](), zone).date())
    return chosen, wanted_of(chosen, zone)


async def get_results(request: web.Request) -> web.Response:
    """Numbers and answers; agents see their own."""
    agent = require_agent(request, Verb.VIEW_OWN_RESULTS)
    chosen, wanted = _parse(request)
    page = request.query.get("page", "0")
    if not (page.isascii() and page.isdigit() and len(page) <= len(str(_MOST_PAGES))):
        raise BadInput("page: a number")
    found = await request.app[RESULTS].get_page(agent, wanted, page=int(page))
    everybody = is_allowed(agent, Verb.VIEW_RESULTS)
    agents = await request.app[STORE].read(accounts.list_agents) if everybody else []
    groups = [("channel", found.by_channel), ("entry", found.by_entry)]
    if everybody:
        groups = [("handling", found.by_handling), ("agent", found.by_agent), *groups]
    return render_page(
        request,
        "results.html",
        chosen=chosen,
        csv_query=chosen.query(),
        own=not everybody,
        agents=agents,
        may_export=is_allowed(agent, Verb.EXPORT_RESULTS),
        summary=summary_of(found.total),
        groups=[
            {
                "key": key,
                "rows": [_group(request, key, name, tally) for name, tally in tallies.items()],
            }
            for key, tallies in groups
            if tallies
        ],
        rows=[_row(request, one) for one in found.rows],
        page=int(page),
        more=found.more,
    )


def summary_of(tally: Tally) -> dict[str, Any]:
    """Numbers as people read them; a dash where nothing was asked."""
    return {
        "asked": tally.asked,
        "answered": tally.answered,
        "undeliverable": tally.undeliverable,
        "rate": _percent(tally.response_rate),
        "csat": _percent(tally.satisfaction),
        "average": "–" if tally.mean is None else f"{tally.mean:.1f}",
        "spread": [
            {"score": 5 - at, "count": n, "share": _share(n, tally.answered)}
            for at, n in enumerate(reversed(tally.scores))
        ],
    }


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f}%"


def _share(count: int, of: int) -> int:
    return round(100 * count / of) if of else 0


def _group(request: web.Request, key: str, name: str, tally: Tally) -> dict[str, Any]:
    lang = lang_of(request)
    label = name
    if key == "entry":
        label = _entry_title(request, name)
    for known in (f"results.by.{name}", f"channel.{name}"):
        if known in texts_of(lang):
            label = text(lang, known)
    return {"label": label or "–", **summary_of(tally)}


def _entry_title(request: web.Request, entry_id: str) -> str:
    library = request.app.get(LIBRARY)
    entry = library.current.find(entry_id) if library else None
    return entry.question_in(lang_of(request)) if entry else entry_id


def _row(request: web.Request, one: SurveyRow) -> dict[str, Any]:
    times = times_of(request)
    at = one.answered_at or one.asked_at
    return {
        "conversation_id": one.conversation_id,
        "reference": one.reference,
        "channel": one.channel,
        "agent_name": one.agent_name or "",
        "state": one.state,
        "score": one.score,
        "low": one.review,
        "comment": one.comment or "",
        "when": times.short(at),
        "exact": times.exact(at),
    }


async def get_csv(request: web.Request) -> web.Response:
    """The answers as a file that spreadsheets open."""
    agent = require_agent(request, Verb.EXPORT_RESULTS)
    chosen, wanted = _parse(request)
    content = await request.app[RESULTS].export(agent, wanted)
    name = f"survey_{chosen.first}_{chosen.last}.csv".replace('"', "")
    return web.Response(
        body=content.encode("utf-8"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
