"""Changing the knowledge: drafts, check, replay, publishing, history and taking changes back."""

from collections.abc import Sequence

from bot.clock import Clock
from bot.hints import Hints
from bot.store import Store
from faq.library import Library
from faq.merging import Conflict, Merge, Values
from faq.replay import Outcome, Question, Replay, Replayed, Shift, Verdict
from handoff.access import Agent
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
        self._zone = zone

    # who may view may look

    async def get_folder(self, agent: Agent) -> FolderState:
        """Version, problems, files, whether changes can be written, and what git does."""
        raise NotImplementedError

    async def list_entries(self, agent: Agent) -> tuple[ListedEntry, ...]:
        """Every published and drafted entry, in the order of the files."""
        raise NotImplementedError

    async def get_entry(self, agent: Agent, entry_id: str) -> EntryView:
        """One entry with its draft. Raises NotFound."""
        raise NotImplementedError

    async def list_changes(
        self, agent: Agent, *, entry_id: str = "", before_id: int = 0, limit: int = 50
    ) -> tuple[Change, ...]:
        """The history, newest first; `before_id` pages on."""
        raise NotImplementedError

    async def get_change(self, agent: Agent, change_id: int) -> Change:
        """One change. Raises NotFound."""
        raise NotImplementedError

    # admins try: nothing is stored

    async def write_text(self, agent: Agent, edit: Edit) -> str:
        """The entry's YAML that this edit would give: switches from the form to the text."""
        raise NotImplementedError

    async def read_values(self, agent: Agent, text: str) -> Values:
        """The values in an entry's YAML: switches from the text to the form. Raises BadEntry."""
        raise NotImplementedError

    async def check(self, agent: Agent, edit: Edit) -> CheckReport:
        """What the check says with this change, over the whole folder."""
        raise NotImplementedError

    async def replay(self, agent: Agent, edit: Edit, *, days: int = 0) -> Replay:
        """What this change does to real questions; 0 days: as in the settings. Raises BadEntry."""
        raise NotImplementedError

    def prefill(self, question: str, variants: Sequence[str] = (), answer: str = "") -> Prefill:
        """A new entry to begin with: a free id, a file, the given texts."""
        raise NotImplementedError

    # admins keep drafts

    async def list_drafts(self, agent: Agent) -> tuple[Draft, ...]:
        """Every draft, the newest first."""
        raise NotImplementedError

    async def save_draft(
        self, agent: Agent, edit: Edit, *, seen: int, seen_text: str = "", note: str = ""
    ) -> Draft:
        """Keep a change for later; it may be no YAML yet.

        `seen` is the version of the draft that the editor began with, 0 for none, `seen_text` its
        text (of the published entry for none). Raises DraftMoved with a merge when a colleague
        saved meanwhile; save the merge with `seen=error.draft.version`. Raises NotFound,
        IdTaken for a new entry, BadInput.
        """
        raise NotImplementedError

    async def discard_draft(self, agent: Agent, entry_id: str, *, seen: int) -> None:
        """Throw a draft away. Raises DraftMoved when a colleague saved meanwhile; NotFound."""
        raise NotImplementedError

    async def merge_draft(self, agent: Agent, entry_id: str) -> Merge:
        """A stale draft with what changed in the file meanwhile; save it with `rebase_draft`."""
        raise NotImplementedError

    async def rebase_draft(
        self, agent: Agent, entry_id: str, *, seen: int, values: Values
    ) -> Draft:
        """Put a stale draft on the entry as it is published now, with these values."""
        raise NotImplementedError

    async def add_variants(self, agent: Agent, entry_id: str, texts: Sequence[str]) -> Draft:
        """Add other ways to ask to an entry's draft; begins one where there is none."""
        raise NotImplementedError

    # admins publish

    async def publish(
        self, agent: Agent, entry_id: str, *, seen: int, reason: str = ""
    ) -> Published:
        """Write the draft into its file and serve it at once.

        Raises DraftMoved (a colleague saved meanwhile), EntryMoved (the file changed and both
        touch the same keys; holds the merge), CheckFailed (holds the report; with failed tests
        only, a reason lets it through), FolderBlocked, NotFound.
        """
        raise NotImplementedError

    async def roll_back(self, agent: Agent, change_id: int, *, reason: str = "") -> Published:
        """Take a change back, keeping what changed since. Raises as `publish` does."""
        raise NotImplementedError

    async def notice(self) -> int:
        """Record what was changed outside since the last look; how many entries. For routine."""
        raise NotImplementedError
