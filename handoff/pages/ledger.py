"""/ledger: everything that came in and goes out, each number with what stands behind it."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.appkeys import CLOCK, STORE, TALK
from bot.errors import BadInput, NotFound
from handoff.access import Verb, is_allowed
from handoff.appkeys import LEDGER, PEOPLE, TROUBLES
from handoff.auth import lang_of, require_agent
from handoff.ledger import CLASSES, DAYS, Ledger
from handoff.ledger_rows import (
    AFTERWARDS,
    BOT,
    CLAIMED,
    CONTINUING,
    DEAD,
    DISMISSED,
    ENDED,
    FLOOD,
    KEPT,
    NOTICE,
    PARKED,
    PERSON,
    QUEUED,
    STANDBY,
    STATES,
    TAKEN_BACK,
    UNACCOUNTED,
    Counts,
    Item,
)
from handoff.page_words import text
from handoff.pages.shell import back_to, parse_id, render_page, times_of

#: received = answered + with people + waiting + over; the classes of each.
GROUPS: Final = (
    ("answered", (BOT, PERSON)),
    ("people", (QUEUED, CLAIMED)),
    ("waiting", (CONTINUING, PARKED)),
    (
        "over",
        (ENDED, AFTERWARDS, TAKEN_BACK, FLOOD, STANDBY, NOTICE, KEPT, DISMISSED),
    ),
    (UNACCOUNTED, (UNACCOUNTED,)),
)
_MOST_DIGITS: Final = 5
_UNITS: Final[tuple[tuple[str, int], ...]] = (("h", 3600), ("min", 60), ("s", 1))


def add_routes(app: web.Application) -> None:
    """Open the ledger."""
    if LEDGER not in app:
        zone = ZoneInfo(app[PEOPLE].timezone)
        app[LEDGER] = Ledger(app[STORE], app[CLOCK], app[TALK], zone=zone)
    app.router.add_get("/ledger", get_ledger)
    app.router.add_get("/ledger/{name:[a-z_]{1,20}}", get_behind)
    app.router.add_post(r"/ledger/deliveries/{id:\d{1,12}}/{act:again|leave}", post_delivery)


async def get_ledger(request: web.Request) -> web.Response:
    """The whole balance."""
    return await _page(request)


async def _page(request: web.Request, *, status: int = 200, refused: str = "") -> web.Response:
    agent = require_agent(request, Verb.VIEW_AUDIT)
    balance = await request.app[LEDGER].get_balance(agent)
    groups = [
        {
            "name": group,
            "total": _sum([balance.came[name] for name in names]),
            "lines": [_line(name, balance.came[name]) for name in names],
        }
        for group, names in GROUPS
    ]
    oldest = balance.oldest_owed_at
    return render_page(
        request,
        "ledger.html",
        status=status,
        refused=refused,
        days=DAYS,
        received=balance.received,
        groups=groups,
        unaccounted=balance.came[UNACCOUNTED],
        states=[_line(name, balance.goes[name]) for name in STATES],
        dead=DEAD,
        oldest=None
        if oldest is None
        else {"age": _age(request, oldest), "exact": times_of(request).exact(oldest)},
    )


def _line(name: str, counts: Counts) -> dict[str, Any]:
    return {"name": name, "counts": list(zip(DAYS, counts, strict=True))}


def _sum(counts: list[Counts]) -> list[int]:
    return [sum(column) for column in zip(*counts, strict=True)]


def _age(request: web.Request, at: int) -> str:
    """How long ago, as people say it."""
    seconds = max(0, request.app[CLOCK]() - at) // 1000
    unit, size = next(one for one in _UNITS if seconds >= 2 * one[1] or one[1] == 1)
    return text(lang_of(request), f"ledger.age.{unit}", n=seconds // size)


async def get_behind(request: web.Request) -> web.Response:
    """What stands behind one number."""
    agent = require_agent(request, Verb.VIEW_AUDIT)
    name = request.match_info["name"]
    if name not in CLASSES and name not in STATES:
        raise NotFound
    days, page = request.query.get("days", str(DAYS[-1])), request.query.get("page", "0")
    if days not in map(str, DAYS):
        raise BadInput("days: 1, 7 or 30")
    if not (page.isascii() and page.isdigit() and len(page) <= _MOST_DIGITS):
        raise BadInput("page: a number")
    found = await request.app[LEDGER].list_behind(agent, name, int(days), page=int(page))
    return render_page(
        request,
        "ledger_behind.html",
        name=name,
        is_send=name in STATES,
        is_dead=name in DEAD,
        may_settle=is_allowed(agent, Verb.SETTLE_DELIVERY),
        days=int(days),
        all_days=DAYS,
        page=int(page),
        more=found.more,
        rows=[_row(request, one) for one in found.items],
    )


def _row(request: web.Request, one: Item) -> dict[str, Any]:
    times = times_of(request)
    return {
        "id": one.outbox_id,
        "conversation_id": one.conversation_id,
        "reference": one.reference or "",
        "channel": one.channel,
        "kind": one.kind,
        "attempts": one.attempts,
        "error": one.error or "",
        "when": times.short(one.at),
        "exact": times.exact(one.at),
    }


async def post_delivery(request: web.Request) -> web.Response:
    """Send a dead one again, or leave it."""
    require_agent(request, Verb.VIEW_AUDIT)
    agent = require_agent(request, Verb.SETTLE_DELIVERY)
    act, troubles = request.match_info["act"], request.app[TROUBLES]
    try:
        await (troubles.send_again if act == "again" else troubles.leave)(agent, parse_id(request))
    except NotFound:
        # a colleague was quicker: the counts as they stand now
        gone = text(lang_of(request), "troubles.said.gone")
        return await _page(request, status=409, refused=gone)
    return back_to("/ledger", f"troubles.said.{act}")
