"""The ledger: what came in is what was answered, waits or is over, and nothing else."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.clock import MINUTE_MS, Clock, from_ms, to_ms
from bot.messages import FLOOD, FLOOD_SPAN_MS
from bot.settings import TalkSettings
from bot.store import Store
from handoff import ledger_rows
from handoff.access import Agent, Verb, require
from handoff.ledger_rows import EVENTS, MESSAGES, STATES, UNACCOUNTED, Balance, Item, Rule, Spans

#: Days of the page's columns.
DAYS = (1, 7, 30)
PAGE_SIZE = 50
#: Classes whose things are listed, and states of sends by the same way.
CLASSES = (*MESSAGES, *EVENTS, UNACCOUNTED)
#: Lines of one question: six of them, each waited for; a restart may lie between.
_LINES = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Behind:
    """One page of what stands behind a number."""

    items: tuple[Item, ...]
    more: bool


class Ledger:
    """What the ledger's pages ask for. Every method raises NotAllowed without the right."""

    def __init__(self, store: Store, clock: Clock, talk: TalkSettings, *, zone: ZoneInfo) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone
        self._rule = Rule(
            flood=FLOOD,
            flood_span_ms=FLOOD_SPAN_MS,
            together_ms=max(MINUTE_MS, _LINES * talk.merge_ms),
        )

    async def get_balance(self, agent: Agent) -> Balance:
        """All counts, of one moment."""
        require(agent, Verb.VIEW_AUDIT)
        today, week, month = (self._since(days) for days in DAYS)
        spans = Spans(today=today, week=week, month=month)
        return await self._store.read(ledger_rows.count_all, spans, self._rule)

    async def list_behind(self, agent: Agent, name: str, days: int, *, page: int) -> Behind:
        """What stands behind a number; `name` is one of CLASSES or STATES."""
        require(agent, Verb.VIEW_AUDIT)
        since, size = self._since(days), PAGE_SIZE
        if name in STATES:
            found = await self._store.read(
                ledger_rows.list_sends, name, since, page=page, size=size
            )
        else:
            found = await self._store.read(
                ledger_rows.list_behind, name, since, self._rule, page=page, size=size
            )
        return Behind(items=tuple(found), more=len(found) >= size)

    def _since(self, days: int) -> int:
        """The midnight with which so many days begin, today among them."""
        today = from_ms(self._clock(), self._zone).date()
        first = today - timedelta(days=days - 1)
        return to_ms(datetime.combine(first, time(), self._zone))
