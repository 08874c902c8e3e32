"""An entry of the audit log in the words of its reader: who, what, and the details as pairs."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from aiohttp import web

from bot.appkeys import CLOCK
from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS
from handoff.audit import AuditEntry
from handoff.auth import lang_of
from handoff.page_words import text, texts_of
from handoff.pages.shell import team_names, times_of

_Teller: TypeAlias = Callable[[web.Request, Any, Mapping[int, str]], str]

#: A span is told in the largest unit of which it has two.
_UNITS: Final = (
    (DAY_MS, "time.days"),
    (HOUR_MS, "time.hours"),
    (MINUTE_MS, "time.minutes"),
    (0, "audit.seconds"),
)


def row_of(request: web.Request, one: AuditEntry, names: Mapping[int, str]) -> dict[str, Any]:
    """What the page shows of an entry; what no version knows any more stands as its code."""
    times, lang = times_of(request), lang_of(request)
    this_year = times.at(request.app[CLOCK]()).year
    year = times.at(one.at).year
    return {
        "when": times.short(one.at) if year == this_year else f"{year}/{times.short(one.at)}",
        "exact": times.exact(one.at),
        "who": text(lang, "audit.system")
        if one.agent_id is None
        else one.agent_name or text(lang, "audit.nobody", n=one.agent_id),
        "by_system": one.agent_id is None,
        "what": _word(lang, "audit.act", one.action),
        "conversation_id": one.conversation_id if one.reference else None,
        "reference": one.reference or "",
        "details": [
            {"name": _word(lang, "audit.of", key), "value": _tell(request, key, value, names)}
            for key, value in one.detail.items()
            if value is not None
        ],
    }


def _word(lang: str, kind: str, code: str) -> str:
    """Its text, or the code itself."""
    return texts_of(lang).get(f"{kind}.{code}", code)


def _tell(request: web.Request, key: str, value: Any, names: Mapping[int, str]) -> str:
    """A value in plain words."""
    if isinstance(value, bool):
        return text(lang_of(request), "audit.yes" if value else "audit.no")
    teller = _TELLERS.get(key)
    # a value of another kind than today's code writes stands as it is
    if teller is None or not isinstance(value, int if key in _NUMBERS else str):
        return str(value)
    return teller(request, value, names)


def _agent(request: web.Request, value: int, names: Mapping[int, str]) -> str:
    return names.get(value) or text(lang_of(request), "audit.nobody", n=value)


def _span(request: web.Request, value: int, _names: Mapping[int, str]) -> str:
    unit, key = next(one for one in _UNITS if value >= 2 * one[0] or not one[0])
    return text(lang_of(request), key, n=max(0, value) // (unit or SECOND_MS))


def _moment(request: web.Request, value: int, _names: Mapping[int, str]) -> str:
    return times_of(request).exact(value)[:-3]


def _team(request: web.Request, value: str, _names: Mapping[int, str]) -> str:
    return team_names(request).get(value, value)


def _named(kind: str) -> _Teller:
    def tell(request: web.Request, value: str, _names: Mapping[int, str]) -> str:
        return _word(lang_of(request), kind, value)

    return tell


_NUMBERS: Final[Mapping[str, _Teller]] = {
    "added": _agent,
    "from_agent": _agent,
    "of": _agent,
    "to_agent": _agent,
    "waited_ms": _span,
    "first_response_ms": _span,
    "from_at": _moment,
}
_TELLERS: Final[Mapping[str, _Teller]] = {
    **_NUMBERS,
    "team": _team,
    "to_team": _team,
    "cause": _named("cause"),
    "outcome": _named("callback"),
    "presence": _named("presence"),
    "role": _named("role"),
}
