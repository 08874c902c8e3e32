"""Who looks at the desk, and what is called how: what every view of it is made with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.settings import FormField
from faq.knowledge import Knowledge
from handoff.access import Agent
from handoff.viewers import Viewers


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """Who looks, in which language, and what names are called."""

    agent: Agent
    lang: str
    now: int
    teams: Mapping[str, str]
    viewers: Viewers
    #: None: no knowledge is loaded
    knowledge: Knowledge | None
    form: Sequence[FormField]
    #: a stretch of time as people read it
    span: Callable[[int, int], str]

    def title(self, entry_id: str) -> str:
        """The question of an entry, or its id once it is gone."""
        entry = self.knowledge.find(entry_id) if self.knowledge else None
        return entry.question_in(self.lang) if entry else entry_id
