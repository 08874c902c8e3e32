"""Gaps as the templates show them: sentences, figures, and links to what is behind them."""

from typing import Any, Final

from aiohttp import web

from bot.appkeys import CLOCK, LIBRARY
from bot.clock import MINUTE_MS
from faq.gaps import HOUR_MS, Cost
from faq.normalize import fold
from handoff.auth import lang_of
from handoff.gap_values import MOST_VARIANTS, GapView, KeptQuestion, ListedGap, Picked
from handoff.page_words import text
from handoff.pages.shell import Times, times_of

#: So many conversations are listed behind a group.
MOST_SHOWN: Final = 50
#: Entries offered to take a group's wordings.
_OFFERED: Final = 8


def listed_view(request: web.Request, one: ListedGap) -> dict[str, Any]:
    """One line of the list."""
    lang, times = lang_of(request), times_of(request)
    return {
        "id": one.mark.id,
        "text": one.text,
        "lang": one.lang,
        "conversations": one.cost.count,
        "ever": one.conversations,
        "phrasings": one.phrasings,
        "saves": saves_text(lang, one.cost.monthly, one.cost.cost_ms),
        "share": round(one.cost.share * 100),
        "minutes": round(one.cost.handling_ms / MINUTE_MS),
        "trend": _trend(lang, one.cost),
        "last": times.short(one.last_at),
        "last_exact": times.exact(one.last_at),
        "again": one.mark.reopened_at is not None,
        **_decided(request, one, times),
    }


def _decided(request: web.Request, one: ListedGap, times: Times) -> dict[str, Any]:
    mark = one.mark
    return {
        "state": mark.state.value,
        "reason": mark.reason,
        "entry_id": mark.entry_id or "",
        "entry": entry_name(request, mark.entry_id) if mark.entry_id else "",
        "served": mark.served_at is not None,
        "who": mark.decided_by or "",
        "decided": times.short(mark.decided_at) if mark.decided_at else "",
    }


def saves_text(lang: str, monthly: float, cost_ms: float) -> str:
    """「書けば月124件・約6.2時間」"""
    if not monthly:
        return text(lang, "gaps.saves.none")
    count = str(round(monthly)) if round(monthly) else text(lang, "gaps.less")
    if cost_ms >= HOUR_MS:
        return text(lang, "gaps.saves.hours", n=count, hours=f"{cost_ms / HOUR_MS:.1f}")
    minutes = round(cost_ms / MINUTE_MS)
    if minutes:
        return text(lang, "gaps.saves.minutes", n=count, minutes=minutes)
    return text(lang, "gaps.saves.count", n=count)


def _trend(lang: str, cost: Cost) -> str:
    more = cost.count - cost.before
    key = "up" if more > 0 else "down" if more < 0 else "same"
    return text(lang, f"gaps.trend.{key}", n=abs(more))


def entry_name(request: web.Request, entry_id: str) -> str:
    """The entry's question, or its id where it is not served."""
    entry = request.app[LIBRARY].current.find(entry_id)
    return entry.question_in(lang_of(request)) if entry else entry_id


def gap_view(request: web.Request, view: GapView) -> dict[str, Any]:
    """One group with everything behind it."""
    return {
        **listed_view(request, view.listed),
        "wordings": [
            {"id": one.question_id, "text": one.text, "count": one.count}
            for one in view.phrasings[: 2 * MOST_VARIANTS]
        ],
        "considered": [
            {"id": entry_id, "name": entry_name(request, entry_id), "times": times, "most": most}
            for entry_id, times, most in view.considered
        ],
        "reply": view.reply,
        "questions": [question_view(request, one) for one in view.questions[:MOST_SHOWN]],
        "more": len(view.questions) > MOST_SHOWN,
        "alone": view.listed.conversations == 1 and view.listed.phrasings == 1,
    }


def question_view(request: web.Request, one: KeptQuestion) -> dict[str, Any]:
    """One question with its conversation."""
    times = times_of(request)
    minutes = None if one.handling_ms is None else round(one.handling_ms / MINUTE_MS)
    return {
        "id": one.id,
        "text": one.text,
        "lang": one.lang,
        "why": one.why,
        "handed": one.handed,
        "minutes": minutes,
        "conversation_id": one.conversation_id,
        "reference": one.reference,
        "channel": one.channel,
        "when": times.short(one.asked_at),
        "exact": times.exact(one.asked_at),
        "state": one.state,
    }


def picked_view(request: web.Request, one: Picked) -> dict[str, Any]:
    """What was picked for one entry."""
    entry = request.app[LIBRARY].current.find(one.entry_id)
    return {
        "entry_id": one.entry_id,
        "entry": entry_name(request, one.entry_id),
        "variants": len(entry.variants) if entry else 0,
        "picks": [question_view(request, pick) for pick in one.picks[:MOST_VARIANTS]],
    }


def offered_entries(request: web.Request, view: GapView, find: str) -> list[dict[str, Any]]:
    """Entries that may take the wordings: what was searched, or what comes closest."""
    knowledge = request.app[LIBRARY].current
    at = times_of(request).at(request.app[CLOCK]())
    ids: list[str] = []
    if find:
        needle = fold(find)
        ids = [
            entry.id
            for entry in knowledge.order
            if needle in fold(f"{entry.id} {entry.question_in(lang_of(request))}")
        ]
    else:
        ids = [entry_id for entry_id, _, _ in view.considered]
    near = knowledge.decide(
        find or view.listed.text, lang=None, channel="web", today=at.date(), explain=False
    )
    ids += [one.entry_id for one in near.candidates]
    found = [knowledge.find(entry_id) for entry_id in dict.fromkeys(ids)]
    return [
        {
            "id": entry.id,
            "name": entry.question_in(lang_of(request)),
            "variants": len(entry.variants),
            "full": len(entry.variants) >= MOST_VARIANTS,
        }
        for entry in found
        if entry is not None
    ][:_OFFERED]
