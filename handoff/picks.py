"""What customers picked from a did-you-mean: reviewed, it becomes ways to ask for the entry."""

from collections.abc import Callable, Sequence

from bot.clock import Clock
from bot.store import Store, Tx
from faq.knowledge import Knowledge
from faq.normalize import fold, literal_key
from handoff import audit, gap_decisions, gap_rows
from handoff.access import Agent, Verb, require
from handoff.gap_gathering import Gathering
from handoff.gap_values import AlreadyDecided, KeptQuestion, Picked
from handoff.gaps import Editor, choose_texts, require_room
from handoff.keeping_values import Draft


class Picks:
    """Every method raises NotAllowed without the right."""

    def __init__(
        self,
        store: Store,
        knowledge: Callable[[], Knowledge],
        gathering: Gathering,
        editor: Editor,
        clock: Clock,
    ) -> None:
        self._store = store
        self._knowledge = knowledge
        self._gathering = gathering
        self._editor = editor
        self._clock = clock

    async def list_picks(self, agent: Agent, *, state: str = "open") -> tuple[Picked, ...]:
        """What customers picked for their own words, by entry, the most picked first.

        Open ones that the entry knows already are left out.
        """
        require(agent, Verb.VIEW_KNOWLEDGE)
        await self._gathering.catch_up()
        picks = await self._store.read(gap_rows.list_picks, state=state)
        knowledge = self._knowledge()
        by_entry: dict[str, dict[str, KeptQuestion]] = {}
        for pick in picks:
            if pick.entry_id and (state != "open" or not _knows(knowledge, pick)):
                key = literal_key(fold(pick.text))
                by_entry.setdefault(pick.entry_id, {}).setdefault(key, pick)
        found = (Picked(entry_id=e, picks=tuple(one.values())) for e, one in by_entry.items())
        return tuple(sorted(found, key=lambda one: (-len(one.picks), one.entry_id)))

    async def accept(self, agent: Agent, entry_id: str, ids: Sequence[int]) -> Draft:
        """What customers picked an entry for becomes ways to ask for it, in its draft.

        Raises AlreadyDecided, NothingChosen, TooManyVariants.
        """
        require(agent, Verb.EDIT_KNOWLEDGE)
        picks = await self._store.read(gap_rows.list_picks)
        chosen = [one for one in picks if one.entry_id == entry_id]
        texts = choose_texts(chosen, ids)
        require_room(self._knowledge(), entry_id, texts)
        same = _same_words(chosen, texts)
        await self._store.write(self._settle, agent, entry_id, same, "open", "added")
        try:
            return await self._editor.add_variants(agent, entry_id, texts)
        except BaseException:
            await self._store.write(self._settle, agent, entry_id, same, "added", "open")
            raise

    async def dismiss(self, agent: Agent, entry_id: str, ids: Sequence[int]) -> None:
        """These taps say nothing about the words. Raises AlreadyDecided, NothingChosen."""
        require(agent, Verb.EDIT_KNOWLEDGE)
        picks = await self._store.read(gap_rows.list_picks)
        chosen = [one for one in picks if one.entry_id == entry_id]
        same = _same_words(chosen, choose_texts(chosen, ids))
        await self._store.write(self._settle, agent, entry_id, same, "open", "dismissed")

    async def undo(self, agent: Agent, entry_id: str, ids: Sequence[int], *, state: str) -> None:
        """Take back that they were added or dismissed. Raises AlreadyDecided."""
        require(agent, Verb.EDIT_KNOWLEDGE)
        picks = await self._store.read(gap_rows.list_picks, state=state)
        chosen = [one for one in picks if one.entry_id == entry_id]
        same = _same_words(chosen, choose_texts(chosen, ids))
        await self._store.write(self._settle, agent, entry_id, same, state, "open")

    def _settle(  # noqa: PLR0917 - one move of one state, called three times above
        self, tx: Tx, agent: Agent, entry_id: str, ids: Sequence[int], before: str, after: str
    ) -> None:
        now = self._clock()
        if not gap_decisions.settle_picks(
            tx, ids, after, from_state=before, agent_id=agent.id, now=now
        ):
            raise AlreadyDecided
        audit.record(
            tx, f"pick_{after}", now=now, agent_id=agent.id, entry=entry_id, count=len(ids)
        )


def _knows(knowledge: Knowledge, pick: KeptQuestion) -> bool:
    entry = knowledge.find(pick.entry_id or "")
    if entry is None:
        return True
    keys = {literal_key(fold(text)) for lang in entry.languages() for text in entry.texts_in(lang)}
    return literal_key(fold(pick.text)) in keys


def _same_words(picks: Sequence[KeptQuestion], texts: Sequence[str]) -> list[int]:
    """Every pick in one of these wordings: what is decided about one is decided about all."""
    keys = {literal_key(" ".join(fold(text).split())) for text in texts}
    return [one.id for one in picks if literal_key(" ".join(fold(one.text).split())) in keys]
