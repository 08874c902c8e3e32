"""Changing the knowledge: drafts, check, replay, publishing, history and taking changes back."""

import asyncio

from bot.hints import DESK, Hint
from faq.merging import Conflict, Merge, Values
from faq.replay import Outcome, Question, Replay, Replayed, Shift, Verdict
from handoff.access import Agent, Verb, require
from handoff.keeping_drafts import parse_note
from handoff.keeping_errors import DraftMoved
from handoff.keeping_folder import Plan, Snapshot
from handoff.keeping_planning import plan_publishing, plan_rollback
from handoff.keeping_publishing import Order
from handoff.keeping_sketching import Sketching
from handoff.keeping_values import (
    Change,
    ChangeKind,
    CheckReport,
    Draft,
    DraftMark,
    Edit,
    EditKind,
    EntryView,
    FolderState,
    GitState,
    ListedEntry,
    Prefill,
    Published,
    Remark,
    Served,
)

__all__ = [
    "Change",
    "ChangeKind",
    "CheckReport",
    "Conflict",
    "Draft",
    "DraftMark",
    "Edit",
    "EditKind",
    "EntryView",
    "FolderState",
    "GitState",
    "Keeping",
    "ListedEntry",
    "Merge",
    "Outcome",
    "Prefill",
    "Published",
    "Question",
    "Remark",
    "Replay",
    "Replayed",
    "Served",
    "Shift",
    "Values",
    "Verdict",
]


class Keeping(Sketching):
    """What the knowledge page asks for. Every method raises NotAllowed without the right."""

    async def publish(
        self, agent: Agent, entry_id: str, *, seen: int, reason: str = ""
    ) -> Published:
        """Write the draft into its file and serve it at once.

        Raises DraftMoved (a colleague saved meanwhile), EntryMoved (the file changed and both
        touch the same keys; holds the merge), CheckFailed (holds the report; with failed tests
        only, a reason lets it through), FolderBlocked, NotFound.
        """
        require(agent, Verb.EDIT_KNOWLEDGE)
        # whoever asked may leave in the middle: what was begun is ended under its lock
        return await asyncio.shield(self._publish_draft(agent, entry_id, seen, parse_note(reason)))

    async def _publish_draft(
        self, agent: Agent, entry_id: str, seen: int, reason: str
    ) -> Published:
        async with self._publisher.lock:
            draft = await self._get_draft(entry_id)
            if draft.version != seen:
                raise DraftMoved(draft)
            await self._publisher.notice()
            snapshot = await self._look()
            plan = await asyncio.to_thread(plan_publishing, draft, snapshot)
            order = Order(
                agent=agent,
                kind=ChangeKind(plan.kind.value),
                reason=reason or draft.note,
                forced=bool(reason),
                draft=draft,
            )
            return await self._publish(snapshot, plan, order)

    async def roll_back(self, agent: Agent, change_id: int, *, reason: str = "") -> Published:
        """Take a change back, keeping what changed since. Raises as `publish` does."""
        require(agent, Verb.EDIT_KNOWLEDGE)
        return await asyncio.shield(self._take_back(agent, change_id, parse_note(reason)))

    async def _take_back(self, agent: Agent, change_id: int, reason: str) -> Published:
        async with self._publisher.lock:
            await self._publisher.notice()
            change, after_id = await self._get_change(change_id)
            snapshot = await self._look()
            plan = await asyncio.to_thread(plan_rollback, change, after_id, snapshot)
            order = Order(
                agent=agent,
                kind=ChangeKind.ROLLBACK,
                reason=reason,
                forced=bool(reason),
                undoes_id=change.id,
            )
            return await self._publish(snapshot, plan, order)

    async def notice(self) -> int:
        """Record what was changed outside since the last look; how many entries."""
        async with self._publisher.lock:
            return await self._publisher.notice()

    async def watch(self) -> None:
        """Notice changes made outside as they are served; runs until cancelled."""
        await self._publisher.watch(self.notice)

    async def _publish(self, snapshot: Snapshot, plan: Plan, order: Order) -> Published:
        trial = await self._try(snapshot, plan)
        published = await self._publisher.publish(trial, order)
        self._hints.publish([Hint(topic=DESK, kind="knowledge")])
        return published
