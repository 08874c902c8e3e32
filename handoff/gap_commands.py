"""What `madoguchi gaps` and `madoguchi labels` do, beside a running server too."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bot.clock import DAY_MS, MINUTE_MS, Clock, now_ms
from bot.errors import BadInput
from bot.schema import upgrade_sqlite
from bot.sqlite_store import SqliteStore
from faq.knowledge import Knowledge, build_knowledge
from faq.loader import load_folder
from handoff import gap_reading
from handoff.configuration import Settings
from handoff.doors import Doors
from handoff.gap_gathering import Gathering
from handoff.gap_values import ListedGap, Phrasing
from handoff.labels import label_lines, list_labels

_MOST_DAYS = 3_650
#: Wordings shown for each group.
_EXAMPLES = 3


async def print_gaps(
    settings: Settings, *, days: int, as_json: bool, clock: Clock = now_ms
) -> list[str]:
    """The open groups, the dearest first, as a table or as JSON. Raises BadInput."""
    _require_days(days)
    knowledge = await asyncio.to_thread(_load, settings)
    async with _store(settings) as store:
        hours = Doors(settings.people).of_team(None)
        await Gathering(store, lambda: knowledge, hours, clock).run()
        found = await store.read(gap_reading.read_open, now=clock(), days=days)
    if as_json:
        return [json.dumps([_as_json(*each) for each in found], ensure_ascii=False, indent=2)]
    return _table(found, days)


async def print_labels(
    settings: Settings, *, days: int | None, clock: Clock = now_ms
) -> list[str]:
    """Labelled questions, a line of JSON each, for `eval --queries`. Raises BadInput."""
    if days is not None:
        _require_days(days)
    since = 0 if days is None else clock() - days * DAY_MS
    async with _store(settings) as store:
        return list(label_lines(await store.read(list_labels, since)))


def _require_days(days: int) -> None:
    if not 1 <= days <= _MOST_DAYS:
        raise BadInput(f"--days {days}: from 1 to {_MOST_DAYS}")


def _load(settings: Settings) -> Knowledge:
    """The knowledge tells what is a rare word; without it gaps are grouped all the same."""
    found = load_folder(settings.knowledge, default_lang=settings.talk.default_lang).knowledge
    return found or build_knowledge([], [])


def _table(found: Sequence[tuple[ListedGap, tuple[Phrasing, ...]]], days: int) -> list[str]:
    if not found:
        return ["No gaps: every question had an answer, or was decided."]
    lines = [
        f"The last {days} days; an answer would save",
        f"{'a month':>8} {'people':>7} {'minutes':>8} {'hours':>7}  question",
    ]
    for one, phrasings in found:
        lines.append(_line(one))
        others = [each.text for each in phrasings[1 : _EXAMPLES + 1]]
        lines += [f"{'':>33}  - {_one_line(text)}" for text in others]
    return lines


def _line(one: ListedGap) -> str:
    cost = one.cost
    minutes = cost.handling_ms / MINUTE_MS
    again = " (asked again)" if one.mark.reopened_at else ""
    return (
        f"{cost.monthly:>8.1f} {cost.share:>7.0%} {minutes:>8.1f} {cost.hours:>7.1f}  "
        f"{_one_line(one.text)}{again}"
    )


def _one_line(text: str) -> str:
    # a customer's text may hold what moves a terminal's cursor
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(plain.split())[:80]


def _as_json(one: ListedGap, phrasings: Sequence[Phrasing]) -> dict[str, Any]:
    return {
        "id": one.mark.id,
        "text": one.text,
        "lang": one.lang,
        "monthly": round(one.cost.monthly, 2),
        "share_to_people": round(one.cost.share, 4),
        "minutes": round(one.cost.handling_ms / MINUTE_MS, 2),
        "hours_a_month": round(one.cost.hours, 3),
        "count": one.cost.count,
        "count_before": one.cost.before,
        "conversations": one.conversations,
        "last_at": one.last_at,
        "asked_again": one.mark.reopened_at is not None,
        "phrasings": [{"text": each.text, "count": each.count} for each in phrasings],
    }


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open_beside(settings.database_path(), prepare=upgrade_sqlite)
    try:
        yield store
    finally:
        await store.close()
