"""Looking at the knowledge: the folder, entries, drafts and changes."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from zoneinfo import ZoneInfo

from bot.clock import Clock, from_ms
from bot.errors import NotFound
from bot.hints import Hints
from bot.store import Store
from faq.library import Library
from handoff import knowledge_rows as rows
from handoff.access import Agent, Verb, require
from handoff.keeping_check import Trier
from handoff.keeping_drafts import aged
from handoff.keeping_folder import Snapshot, find_block, take_snapshot
from handoff.keeping_listing import folder_state, list_served, view_entry
from handoff.keeping_publishing import Publisher
from handoff.keeping_values import Change, Draft, EntryView, FolderState, ListedEntry
from handoff.knowledge_git import find_git
from handoff.settings import KnowledgePageSettings

_MOST_CHANGES = 200


class Looking:
    """What everybody may look at who may view the knowledge."""

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

    async def is_stale(self, agent: Agent, entry_id: str) -> bool:
        """Whether an entry has a draft, and its file moved on since that began."""
        require(agent, Verb.VIEW_KNOWLEDGE)
        draft = await self._store.read(rows.find_draft, entry_id)
        return draft is not None and aged(draft, await self._look()).is_stale

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

    async def list_drafts(self, agent: Agent) -> tuple[Draft, ...]:
        """Every draft, the newest first."""
        require(agent, Verb.VIEW_KNOWLEDGE)
        snapshot = await self._look()
        return tuple(aged(draft, snapshot) for draft in await self._store.read(rows.list_drafts))

    def _today(self) -> date:
        return from_ms(self._clock(), self._zone).date()

    async def _look(self) -> Snapshot:
        return await asyncio.to_thread(take_snapshot, self._library.path)

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
