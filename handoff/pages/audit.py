"""/audit: who changed what, newest first, narrowed by a form of filters."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.appkeys import STORE
from bot.clock import to_ms
from bot.errors import BadInput
from bot.references import parse_reference
from handoff.access import Verb
from handoff.appkeys import PEOPLE, TRAIL
from handoff.audit import EVERYTHING, AuditWanted
from handoff.audit_acts import ACTS, GROUPS
from handoff.auth import lang_of, require_agent
from handoff.page_words import text
from handoff.pages.audit_view import row_of
from handoff.pages.shell import refusal_text, render_page
from handoff.trail import Trail

SYSTEM: Final = "system"
#: Before the name of a group where all its acts are wanted.
GROUP: Final = "group-"
_LONGEST: Final = 40
_MOST_DIGITS: Final = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """What the filter's fields hold, as it was typed."""

    agent: str
    act: str
    reference: str
    first: str
    last: str

    @property
    def address(self) -> str:
        """The same choice as an address, ready for one more parameter."""
        names = {"first": "from", "last": "until"}
        pairs = {names.get(key, key): value for key, value in asdict(self).items() if value}
        return f"/audit?{urlencode(pairs)}{'&' if pairs else ''}"

    @property
    def narrows(self) -> bool:
        """Whether any filter is set."""
        return any(asdict(self).values())


class _Wrong(BadInput):
    """A field that cannot be meant; told in the language of the page."""

    def __init__(self, lang: str, name: str) -> None:
        super().__init__(text(lang, f"audit.bad.{name}"))


def add_routes(app: web.Application) -> None:
    """Open the audit log."""
    if TRAIL not in app:
        app[TRAIL] = Trail(app[STORE])
    app.router.add_get("/audit", get_audit)


async def get_audit(request: web.Request) -> web.Response:
    """A page of entries; a filter that cannot be meant leaves the form to be mended."""
    agent = require_agent(request, Verb.VIEW_AUDIT)
    lang, status, refused = lang_of(request), 200, ""
    chosen = parse_chosen(request.query)
    wanted: AuditWanted | None = None
    before = request.query.get("before", "")
    try:
        before_id = _number(before) if before else None
        if before and before_id is None:
            raise _Wrong(lang, "before")
        wanted = wanted_of(chosen, lang, ZoneInfo(request.app[PEOPLE].timezone))
    except BadInput as error:
        status, refused, before_id = 400, refusal_text(lang, error), None
    found = await request.app[TRAIL].get_page(agent, wanted, before_id=before_id)
    names = {one.id: one.name for one in found.agents}
    return render_page(
        request,
        "audit.html",
        status=status,
        refused=refused,
        chosen=chosen,
        agents=[{"id": str(one.id), "label": _label(lang, one.name, one.active)}
                for one in found.agents],
        system=SYSTEM,
        group=GROUP,
        groups=GROUPS,
        rows=[row_of(request, one, names) for one in found.entries],
        paged=before_id is not None,
        older=found.entries[-1].id if found.more else None,
        everything=wanted == EVERYTHING and before_id is None,
    )  # fmt: skip


def _label(lang: str, name: str, active: bool) -> str:  # noqa: FBT001 - the row's own state
    return name if active else text(lang, "audit.disabled", name=name)


def parse_chosen(query: Mapping[str, str]) -> Chosen:
    """The fields of an address, cut to what a field can hold."""
    found: dict[str, Any] = {
        field: query.get(name, "").strip()[:_LONGEST]
        for field, name in (
            ("agent", "agent"),
            ("act", "act"),
            ("reference", "reference"),
            ("first", "from"),
            ("last", "until"),
        )
    }
    return Chosen(**found)


def wanted_of(chosen: Chosen, lang: str, zone: ZoneInfo) -> AuditWanted:
    """The filter as the log understands it. Raises BadInput."""
    agent_id = None if chosen.agent in {"", SYSTEM} else _number(chosen.agent)
    if agent_id is None and chosen.agent not in {"", SYSTEM}:
        raise _Wrong(lang, "agent")
    reference = parse_reference(chosen.reference)
    if chosen.reference and reference is None:
        raise _Wrong(lang, "reference")
    from_at, until_at = EVERYTHING.from_at, EVERYTHING.until_at
    if chosen.first:
        from_at = _midnight(chosen.first, lang, zone)
    if chosen.last:
        until_at = _midnight(chosen.last, lang, zone, days=1)
    if from_at >= until_at:
        raise _Wrong(lang, "range")
    return AuditWanted(
        agent_id=agent_id,
        by_system=chosen.agent == SYSTEM,
        reference=reference,
        actions=_acts(chosen.act, lang),
        from_at=from_at,
        until_at=until_at,
    )


def _acts(chosen: str, lang: str) -> tuple[str, ...]:
    group = chosen.removeprefix(GROUP)
    if chosen.startswith(GROUP) and group in GROUPS:
        return GROUPS[group]
    if chosen and chosen not in ACTS:
        raise _Wrong(lang, "act")
    return (chosen,) if chosen else ()


def _number(given: str) -> int | None:
    plain = given.isascii() and given.isdigit() and len(given) <= _MOST_DIGITS
    return int(given) if plain else None


def _midnight(day: str, lang: str, zone: ZoneInfo, *, days: int = 0) -> int:
    try:
        start = date.fromisoformat(day) + timedelta(days=days)
        return to_ms(datetime.combine(start, time(), zone))
    except (ValueError, OverflowError):
        raise _Wrong(lang, "date") from None
