"""Changing the knowledge: drafts, check, replay, publishing, history and taking changes back."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from bot.clock import DAY_MS, Clock, from_ms
from bot.errors import NotFound
from bot.hints import DESK, Hint, Hints
from bot.store import Store
from faq.library import Library
from faq.merging import Conflict, Merge, Values
from faq.replay import Outcome, Question, Replay, Replayed, Shift, Verdict, replay
from faq.writing_values import apply_values, clean_values
from handoff import knowledge_rows as rows
from handoff.access import Agent, Verb, require
from handoff.keeping_check import Trial, Trier
from handoff.keeping_drafts import (
    aged,
    fresh_draft,
    merge_with_file,
    moved,
    parse_note,
    require_bounds,
    text_of,
    values_in,
)
from handoff.keeping_errors import BadEntry, DraftMoved, EntryMoved, IdTaken
from handoff.keeping_folder import Plan, Snapshot, find_block, take_snapshot
from handoff.keeping_listing import (
    folder_state,
    free_id,
    list_served,
    usual_file,
    view_entry,
)
from handoff.keeping_planning import plan_edit, plan_publishing, plan_rollback
from handoff.keeping_publishing import Order, Publisher
from handoff.keeping_questions import list_questions
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
from handoff.knowledge_git import find_git
from handoff.settings import KnowledgePageSettings

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

_MOST_CHANGES = 200


class Keeping:
    """What the knowledge page asks for. Every method raises NotAllowed without the right."""

    def __init__(
        self,
        store: Store,
        hints: Hints,
        library: Library,
        clock: Clock,
        settings: KnowledgePageSettings,
        *,
        zone: str = "Asia/Tokyo",
    ) -> None:
        self._store = store
        self._hints = hints
        self._library = library
        self._clock = clock
        self._settings = settings
        self._zone = ZoneInfo(zone)
        self._trier = Trier(library.default_lang, library.limits)
        #: one check or replay at a time, also of those who went away: the talk goes before
        self._one = ThreadPoolExecutor(max_workers=1, thread_name_prefix="keeping")
        self._publisher = Publisher(store, library, clock, git=settings.git)

    # who may view may look

    async def get_folder(self, agent: Agent) -> FolderState:
        """Version, problems, files, whether changes can be written, and what git does."""
        require(agent, Verb.VIEW_KNOWLEDGE)
        snapshot = await self._look()
        blocked = await asyncio.to_thread(find_block, self._library.path)
        git = await asyncio.to_thread(find_git, self._library.path, self._settings.git)
        return folder_state(self._library, snapshot, blocked, git)

    async def list_entries(self, agent: Agent) -> tuple[ListedEntry, ...]:
        """Every published and drafted entry, in the order of the files."""
        require(agent, Verb.VIEW_KNOWLEDGE)
        snapshot = await self._look()
        drafts = await self._store.read(rows.list_drafts)
        return list_served(self._library.current, snapshot, drafts, self._today())

    async def get_entry(self, agent: Agent, entry_id: str) -> EntryView:
        """One entry with its draft. Raises NotFound."""
        require(agent, Verb.VIEW_KNOWLEDGE)
        snapshot = await self._look()
        draft = await self._store.read(rows.find_draft, entry_id)
        draft = None if draft is None else aged(draft, snapshot)
        return view_entry(self._library.current, snapshot, entry_id, draft, self._today())

    async def list_changes(
        self, agent: Agent, *, entry_id: str = "", before_id: int = 0, limit: int = 50
    ) -> tuple[Change, ...]:
        """The history, newest first; `before_id` pages on."""
        require(agent, Verb.VIEW_KNOWLEDGE)
        limit = max(1, min(limit, _MOST_CHANGES))
        found = await self._store.read(
            rows.list_changes, entry_id=entry_id, before_id=before_id, limit=limit
        )
        return tuple(found)

    async def get_change(self, agent: Agent, change_id: int) -> Change:
        """One change. Raises NotFound."""
        require(agent, Verb.VIEW_KNOWLEDGE)
        return (await self._get_change(change_id))[0]

    # admins try: nothing is stored

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

    # admins keep drafts

    async def list_drafts(self, agent: Agent) -> tuple[Draft, ...]:
        """Every draft, the newest first."""
        require(agent, Verb.VIEW_KNOWLEDGE)
        snapshot = await self._look()
        return tuple(aged(draft, snapshot) for draft in await self._store.read(rows.list_drafts))

    async def save_draft(
        self, agent: Agent, edit: Edit, *, seen: int, seen_text: str = "", note: str = ""
    ) -> Draft:
        """Keep a change for later; it may be no YAML yet.

        `seen` is the version of the draft that the editor began with, 0 for none, `seen_text` its
        text (of the published entry for none). Raises DraftMoved with a merge when a colleague
        saved meanwhile; save the merge with `seen=error.draft.version`. Raises NotFound,
        IdTaken for a new entry, BadInput.
        """
        require(agent, Verb.EDIT_KNOWLEDGE)
        require_bounds(edit)
        note = parse_note(note)
        snapshot = await self._look()
        draft = await self._begin(agent, edit, snapshot, seen=seen)
        text = await asyncio.to_thread(text_of, edit, draft.text)
        # what was never published stays new, whatever the form calls it
        kind = edit.kind if draft.base_text else EditKind.NEW
        return await self._keep(
            replace(draft, kind=kind, text=text, note=note), snapshot, seen, seen_text
        )

    async def discard_draft(self, agent: Agent, entry_id: str, *, seen: int) -> None:
        """Throw a draft away. Raises DraftMoved when a colleague saved meanwhile; NotFound."""
        require(agent, Verb.EDIT_KNOWLEDGE)
        if not await self._store.write(rows.drop_draft, entry_id, seen=seen):
            raise DraftMoved(await self._get_draft(entry_id))

    async def merge_draft(self, agent: Agent, entry_id: str) -> Merge:
        """A stale draft with what changed in the file meanwhile; save it with `rebase_draft`.

        Raises EntryMoved when the entry is gone from the file or is no YAML; NotFound.
        """
        require(agent, Verb.EDIT_KNOWLEDGE)
        draft, snapshot = await self._get_draft(entry_id), await self._look()
        return merge_with_file(draft, snapshot)

    async def rebase_draft(
        self, agent: Agent, entry_id: str, *, seen: int, values: Values
    ) -> Draft:
        """Put a stale draft on the entry as it is published now, with these values."""
        require(agent, Verb.EDIT_KNOWLEDGE)
        draft, snapshot = await self._get_draft(entry_id), await self._look()
        stood = snapshot.entries.get(entry_id)
        if stood is None:
            raise EntryMoved
        text = await asyncio.to_thread(apply_values, stood.text, values)
        again = replace(
            draft,
            kind=EditKind.EDIT,
            file=stood.file,
            base_text=stood.text,
            text=text,
            author_id=agent.id,
            updated_at=self._clock(),
        )
        return await self._keep(again, snapshot, seen, draft.text)

    async def add_variants(self, agent: Agent, entry_id: str, texts: Sequence[str]) -> Draft:
        """Add other ways to ask to an entry's draft; begins one where there is none."""
        require(agent, Verb.EDIT_KNOWLEDGE)
        while True:
            view = await self.get_entry(agent, entry_id)
            draft = view.draft
            values = view.values if draft is None else draft.values
            if values is None or (draft and draft.kind is EditKind.DELETE):
                # a text that is no YAML yet cannot be added to
                raise DraftMoved(draft)
            had = values.get("variants")
            known = [str(each) for each in had] if isinstance(had, list) else []
            wanted = list(dict.fromkeys([*known, *(text.strip() for text in texts)]))
            kind = EditKind.EDIT if draft is None else draft.kind
            edit = Edit(entry_id=entry_id, kind=kind, values={**values, "variants": wanted})
            try:
                return await self.save_draft(
                    agent,
                    edit,
                    seen=draft.version if draft else 0,
                    note=draft.note if draft else "",
                )
            except DraftMoved:
                continue  # a colleague saved in between: theirs gets the variants too

    # admins publish

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

    def _today(self) -> date:
        return from_ms(self._clock(), self._zone).date()

    async def _look(self) -> Snapshot:
        return await asyncio.to_thread(take_snapshot, self._library.path)

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

    async def _get_draft(self, entry_id: str) -> Draft:
        draft = await self._store.read(rows.find_draft, entry_id)
        if draft is None:
            raise NotFound("There is no draft of this entry.")
        return draft

    async def _get_change(self, change_id: int) -> tuple[Change, str]:
        found = await self._store.read(rows.find_change, change_id)
        if found is None:
            raise NotFound("There is no such change.")
        return found

    async def _begin(self, agent: Agent, edit: Edit, snapshot: Snapshot, *, seen: int) -> Draft:
        """The draft that is there, or a fresh one; its text is what the edit is put into."""
        draft = await self._store.read(rows.find_draft, edit.entry_id) if seen else None
        stood = snapshot.entries.get(edit.entry_id)
        if draft is not None:
            file = edit.file if draft.kind is EditKind.NEW and edit.file else draft.file
            kept = replace(draft, file=file)
        elif edit.kind is EditKind.NEW:
            if stood is not None:
                raise IdTaken
            kept = fresh_draft(edit.entry_id, edit.file or usual_file(snapshot), "")
        elif stood is None:
            raise NotFound("There is no such entry.")
        else:
            kept = fresh_draft(edit.entry_id, stood.file, stood.text)
        return replace(kept, author_id=agent.id, author_name=agent.name, updated_at=self._clock())

    async def _keep(self, draft: Draft, snapshot: Snapshot, seen: int, seen_text: str) -> Draft:
        if await self._store.write(rows.save_draft, draft, seen=seen):
            return aged(await self._get_draft(draft.entry_id), snapshot)
        theirs = await self._store.read(rows.find_draft, draft.entry_id)
        raise moved(draft, theirs, seen_text)
