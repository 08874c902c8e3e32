"""Who has which conversation open right now: kept in memory, gone with the page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from bot.hints import DESK, Hint
from handoff.access import Agent


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """A colleague who looks at a conversation."""

    id: int
    name: str


class Viewers:
    """Which open page shows what; a page is any object that stays the same while it is open."""

    def __init__(self) -> None:
        self._pages: dict[object, tuple[Viewer, int]] = {}

    def show(self, page: object, agent: Agent, conversation_id: int | None) -> list[Hint]:
        """A page shows this conversation now, or none; whom that concerns."""
        before = self._pages.pop(page, None)
        if conversation_id is not None:
            self._pages[page] = (Viewer(id=agent.id, name=agent.name), conversation_id)
        touched = {before[1] if before else None, conversation_id} - {None}
        return [self._hint(one) for one in sorted(one for one in touched if one is not None)]

    def of(self, conversation_id: int) -> list[Viewer]:
        """Who looks at a conversation, each colleague once."""
        found = {
            viewer.id: viewer for viewer, shown in self._pages.values() if shown == conversation_id
        }
        return [found[key] for key in sorted(found)]

    def all(self) -> Mapping[int, list[Viewer]]:
        """Everything that is being looked at."""
        return {shown: self.of(shown) for _, shown in self._pages.values()}

    def count(self, agent_id: int) -> int:
        """How many pages of this agent show a conversation."""
        return sum(1 for viewer, _ in self._pages.values() if viewer.id == agent_id)

    def _hint(self, conversation_id: int) -> Hint:
        names = [{"id": viewer.id, "name": viewer.name} for viewer in self.of(conversation_id)]
        return Hint(
            topic=DESK,
            kind="viewing",
            conversation_id=conversation_id,
            detail=json.dumps(names, ensure_ascii=False),
        )
