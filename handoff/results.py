"""How customers say it went: numbers with the surveys behind them, and the file of them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from bot.clock import Clock, from_ms
from bot.masking import mask_phones
from bot.store import Store, Tx
from faq.csvcell import csv_text
from handoff import audit, survey_rows
from handoff.access import Agent, Verb, is_allowed, require
from handoff.settings import PeopleSettings
from handoff.survey_rows import SurveyRow, SurveyWanted, Tally

__all__ = ["ResultPage", "Results", "SurveyRow", "SurveyWanted", "Tally"]

PAGE_SIZE = 100
#: More rows than a spreadsheet takes well; narrow the time for the rest.
EXPORT_LIMIT = 100_000
HEADER = (
    "reference",
    "channel",
    "handled_by",
    "agent",
    "entry",
    "state",
    "score",
    "comment",
    "asked_at",
    "answered_at",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultPage:
    """Numbers and one page of what stands behind them."""

    total: Tally
    by_handling: Mapping[str, Tally]
    by_channel: Mapping[str, Tally]
    by_agent: Mapping[str, Tally]
    by_entry: Mapping[str, Tally]
    rows: tuple[SurveyRow, ...]
    more: bool


class Results:
    """What the result pages ask for. Every method raises NotAllowed without the right."""

    def __init__(self, store: Store, settings: PeopleSettings, clock: Clock) -> None:
        self._store = store
        self._zone = ZoneInfo(settings.timezone)
        self._clock = clock

    async def get_page(self, agent: Agent, wanted: SurveyWanted, *, page: int = 0) -> ResultPage:
        """Numbers with a page of rows; who may not see others' sees the own ones."""
        return await self._store.read(_get_page, _permitted(agent, wanted), page)

    async def list_for_review(self, agent: Agent) -> list[SurveyRow]:
        """Low scores that nobody has looked at yet; `Desk.review_done` takes one off."""
        require(agent, Verb.REVIEW)
        return await self._store.read(survey_rows.list_for_review)

    async def export(self, agent: Agent, wanted: SurveyWanted) -> str:
        """The rows as a CSV file, times in the zone of the settings."""
        require(agent, Verb.EXPORT_RESULTS)
        rows = await self._store.read(survey_rows.list_rows, wanted, page_size=EXPORT_LIMIT)
        await self._store.write(_audit_export, agent.id, len(rows), self._clock())
        # a full file takes seconds
        return await asyncio.to_thread(self._file, rows)

    def _file(self, rows: list[SurveyRow]) -> str:
        return csv_text(HEADER, (self._cells(row) for row in rows))

    def _cells(self, row: SurveyRow) -> tuple[str | int | None, ...]:
        return (
            row.reference,
            row.channel,
            row.handled_by,
            row.agent_name,
            row.entry_id,
            row.state,
            row.score,
            # whoever gets the file has nobody to call
            mask_phones(row.comment) if row.comment else row.comment,
            self._moment(row.asked_at),
            self._moment(row.answered_at),
        )

    def _moment(self, at: int | None) -> str | None:
        return None if at is None else from_ms(at, self._zone).strftime("%Y-%m-%d %H:%M:%S")


def _permitted(agent: Agent, wanted: SurveyWanted) -> SurveyWanted:
    if is_allowed(agent, Verb.VIEW_RESULTS):
        return wanted
    require(agent, Verb.VIEW_OWN_RESULTS)
    return replace(wanted, agent_id=agent.id, handled_by="agent")


def _get_page(tx: Tx, wanted: SurveyWanted, page: int) -> ResultPage:
    rows = survey_rows.list_rows(tx, wanted, page=page, page_size=PAGE_SIZE)
    is_full = len(rows) == PAGE_SIZE
    return ResultPage(
        total=survey_rows.count(tx, wanted),
        by_handling=survey_rows.count_by(tx, wanted, "handled_by"),
        by_channel=survey_rows.count_by(tx, wanted, "channel"),
        by_agent=survey_rows.count_by(tx, wanted, "agent"),
        by_entry=survey_rows.count_by(tx, wanted, "entry"),
        rows=tuple(rows),
        more=is_full
        and bool(survey_rows.list_rows(tx, wanted, page=(page + 1) * PAGE_SIZE, page_size=1)),
    )


def _audit_export(tx: Tx, agent_id: int, count: int, now: int) -> None:
    audit.record(tx, "export_results", now=now, agent_id=agent_id, rows=count)
