"""Keeping drafts of changes to the knowledge."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.errors import NotFound
from faq.merging import Merge, Values
from faq.writing_values import apply_values
from handoff import knowledge_rows as rows
from handoff.access import Agent, Verb, require
from handoff.keeping_drafts import (
    aged,
    fresh_draft,
    merge_with_file,
    moved,
    parse_note,
    require_bounds,
    text_of,
)
from handoff.keeping_errors import DraftMoved, EntryMoved, IdTaken
from handoff.keeping_folder import Snapshot
from handoff.keeping_listing import usual_file
from handoff.keeping_trying import Trying
from handoff.keeping_values import Draft, Edit, EditKind


class Sketching(Trying):
    """What admins keep for later."""

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
        draft = await self._begin(agent, edit, snapshot, seen=seen, seen_text=seen_text)
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

    async def _begin(
        self, agent: Agent, edit: Edit, snapshot: Snapshot, *, seen: int, seen_text: str
    ) -> Draft:
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
            # what was published since the editor was opened is no word of its writer
            base = seen_text if rows.values_of(seen_text) else stood.text
            kept = fresh_draft(edit.entry_id, stood.file, base)
        return replace(kept, author_id=agent.id, author_name=agent.name, updated_at=self._clock())

    async def _keep(self, draft: Draft, snapshot: Snapshot, seen: int, seen_text: str) -> Draft:
        if await self._store.write(rows.save_draft, draft, seen=seen):
            return aged(await self._get_draft(draft.entry_id), snapshot)
        theirs = await self._store.read(rows.find_draft, draft.entry_id)
        raise moved(draft, theirs, seen_text)
