"""Trying a change of the knowledge: nothing is stored."""

import asyncio
from collections.abc import Sequence
from functools import partial

from bot.clock import DAY_MS
from faq.merging import Values
from faq.replay import Replay, replay
from faq.writing_values import clean_values
from handoff import knowledge_rows as rows
from handoff.access import Agent, Verb, require
from handoff.keeping_check import Trial
from handoff.keeping_drafts import require_bounds, text_of, values_in
from handoff.keeping_errors import BadEntry
from handoff.keeping_folder import Plan, Snapshot
from handoff.keeping_listing import free_id, usual_file
from handoff.keeping_looking import Looking
from handoff.keeping_planning import plan_edit
from handoff.keeping_questions import list_questions
from handoff.keeping_values import CheckReport, Edit, Prefill


class Trying(Looking):
    """What admins do before anything is kept."""

    async def write_text(self, agent: Agent, edit: Edit) -> str:
        """The entry's YAML that this edit would give: switches from the form to the text."""
        require(agent, Verb.EDIT_KNOWLEDGE)
        base = await self._base_text(edit)
        return await asyncio.to_thread(text_of, edit, base)

    async def read_values(self, agent: Agent, text: str) -> Values:
        """The values in an entry's YAML: switches from the text to the form. Raises BadEntry."""
        require(agent, Verb.EDIT_KNOWLEDGE)
        return await asyncio.to_thread(values_in, text)

    async def check(self, agent: Agent, edit: Edit) -> CheckReport:
        """What the check says with this change, over the whole folder."""
        require(agent, Verb.EDIT_KNOWLEDGE)
        return (await self._try_edit(edit)).report

    async def replay(self, agent: Agent, edit: Edit, *, days: int = 0) -> Replay:
        """What this change does to real questions; 0 days: as in the settings. Raises BadEntry."""
        require(agent, Verb.EDIT_KNOWLEDGE)
        trial = await self._try_edit(edit)
        if trial.knowledge is None:
            raise BadEntry(trial.report.errors)
        days = min(days, 365) if days > 0 else self._settings.replay_days
        since = self._clock() - days * DAY_MS
        questions, left_out = await self._store.read(list_questions, since=since)
        run = partial(
            replay,
            self._library.current,
            trial.knowledge,
            questions,
            today=self._today(),
            days=days,
            left_out=left_out,
        )
        return await asyncio.get_running_loop().run_in_executor(self._one, run)

    async def prefill(
        self, agent: Agent, question: str, variants: Sequence[str] = (), answer: str = ""
    ) -> Prefill:
        """A new entry to begin with: a free id, the usual file, the given texts."""
        require(agent, Verb.EDIT_KNOWLEDGE)
        snapshot = await self._look()
        drafts = await self._store.read(rows.list_drafts)
        taken = {*snapshot.entries, *(draft.entry_id for draft in drafts)}
        values = {"question": question, "variants": list(variants), "answer": answer}
        entry_id = free_id(taken)
        return Prefill(
            entry_id=entry_id,
            file=usual_file(snapshot),
            values=clean_values({"id": entry_id, **values}),
        )

    async def _try_edit(self, edit: Edit) -> Trial:
        require_bounds(edit)
        base, snapshot = await self._base_text(edit), await self._look()
        text = await asyncio.to_thread(text_of, edit, base)
        return await self._try(snapshot, plan_edit(edit, text, snapshot))

    async def _try(self, snapshot: Snapshot, plan: Plan) -> Trial:
        run = partial(self._trier.try_plan, snapshot, plan, self._today())
        return await asyncio.get_running_loop().run_in_executor(self._one, run)

    async def _base_text(self, edit: Edit) -> str:
        """What a form's values are put into: the draft, or else the published entry."""
        draft = await self._store.read(rows.find_draft, edit.entry_id)
        if draft is not None and draft.text:
            return draft.text
        stood = (await self._look()).entries.get(edit.entry_id)
        return stood.text if stood else ""
