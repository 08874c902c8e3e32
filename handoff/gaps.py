"""What the staff does about questions without an answer; every decision can be taken back."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from bot.clock import Clock
from bot.errors import BadInput, NotFound
from bot.store import Store, Tx
from faq.gaps import unknown_words
from faq.knowledge import Knowledge
from faq.normalize import fold, literal_key
from handoff import audit, gap_decisions, gap_reading, gap_rows
from handoff.access import Agent, Verb, require
from handoff.gap_gathering import Gathering
from handoff.gap_values import (
    MOST_VARIANTS,
    REASON_LIMIT,
    GapsPage,
    GapState,
    GapView,
    KeptQuestion,
    NothingChosen,
    TooManyVariants,
)
from handoff.keeping_values import Draft, Edit, EditKind, Prefill

DAYS = 30
#: Words that one or two customers used are chance.
LEAST_WORDS = 2
MOST_WORDS = 50


class Editor(Protocol):
    """The knowledge's drafts, as far as gaps need them."""

    async def prefill(
        self, agent: Agent, question: str, variants: Sequence[str] = (), answer: str = ""
    ) -> Prefill:
        """A new entry to begin with."""
        ...

    async def save_draft(self, agent: Agent, edit: Edit, *, seen: int) -> Draft:
        """Keep it."""
        ...

    async def add_variants(self, agent: Agent, entry_id: str, texts: Sequence[str]) -> Draft:
        """Add other ways to ask to an entry's draft."""
        ...


class Gaps:
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

    # who may view may look

    async def get_page(self, agent: Agent, *, days: int = DAYS, decided: bool = False) -> GapsPage:
        """Open groups, the dearest first; or decided ones, the newest decision first."""
        require(agent, Verb.VIEW_KNOWLEDGE)
        await self._gathering.catch_up()
        return await self._store.read(
            gap_reading.read_page, now=self._clock(), days=days, decided=decided
        )

    async def get_gap(self, agent: Agent, gap_id: int, *, days: int = DAYS) -> GapView:
        """One group with what is behind it. Raises NotFound."""
        require(agent, Verb.VIEW_KNOWLEDGE)
        found = await self._store.read(gap_reading.read_gap, gap_id, now=self._clock(), days=days)
        if found is None:
            raise NotFound
        return found

    async def list_words(self, agent: Agent) -> list[tuple[str, int]]:
        """Words of open gaps that the knowledge never says, with in how many conversations."""
        require(agent, Verb.VIEW_KNOWLEDGE)
        texts = await self._store.read(gap_reading.list_open_texts)
        words = await asyncio.to_thread(_find_unknown, texts, self._knowledge())
        return [(word, count) for word, count in words if count >= LEAST_WORDS][:MOST_WORDS]

    # admins decide

    async def put_out(self, agent: Agent, gap_id: int, reason: str) -> None:
        """Nothing should answer this. Raises AlreadyDecided, BadInput."""
        reason = reason.strip()
        if not 1 <= len(reason) <= REASON_LIMIT:
            raise BadInput(f"reason: 1 to {REASON_LIMIT} characters")
        await self._decide(agent, gap_id, GapState.OUT, reason=reason)

    async def add_variants(
        self, agent: Agent, gap_id: int, entry_id: str, question_ids: Sequence[int]
    ) -> Draft:
        """These phrasings become ways to ask for an entry, in its draft.

        Raises AlreadyDecided, NotFound, NothingChosen, TooManyVariants.
        """
        require(agent, Verb.EDIT_KNOWLEDGE)
        questions = await self._store.read(gap_rows.list_questions, gap_id=gap_id)
        texts = choose_texts(questions, question_ids)
        require_room(self._knowledge(), entry_id, texts)
        await self._decide(agent, gap_id, GapState.VARIANT, entry_id=entry_id)
        return await self._write(agent, gap_id, entry_id, texts)

    async def _write(
        self, agent: Agent, gap_id: int, entry_id: str, texts: Sequence[str]
    ) -> Draft:
        """The decision stands first, so that two admins never write the same twice."""
        try:
            return await self._editor.add_variants(agent, entry_id, texts)
        except BaseException:
            await self._store.write(gap_decisions.undo, gap_id)
            raise

    async def begin_entry(self, agent: Agent, gap_id: int) -> Draft:
        """A draft of an entry with the phrasings and what an agent answered.

        Raises AlreadyDecided, NotFound.
        """
        require(agent, Verb.EDIT_KNOWLEDGE)
        view = await self.get_gap(agent, gap_id)
        question, *others = [one.text for one in view.phrasings][: MOST_VARIANTS + 1]
        filled = await self._editor.prefill(agent, question, others, view.reply)
        await self._decide(agent, gap_id, GapState.ENTRY, entry_id=filled.entry_id)
        edit = Edit(
            entry_id=filled.entry_id, kind=EditKind.NEW, file=filled.file, values=filled.values
        )
        try:
            return await self._editor.save_draft(agent, edit, seen=0)
        except BaseException:
            await self._store.write(gap_decisions.undo, gap_id)
            raise

    async def undo(self, agent: Agent, gap_id: int) -> None:
        """Open a decided group again; drafts and entries stay as they are. Raises NotFound."""
        require(agent, Verb.EDIT_KNOWLEDGE)
        await self._store.write(self._undo, agent, gap_id)

    async def part(self, agent: Agent, question_id: int) -> int:
        """Take a question out of its group into one of its own; its id. Raises NotFound."""
        require(agent, Verb.EDIT_KNOWLEDGE)
        return await self._store.write(self._part, agent, question_id)

    async def merge(self, agent: Agent, gap_id: int, into_id: int) -> None:
        """Put an open group's questions into another group. Raises AlreadyDecided, NotFound."""
        require(agent, Verb.EDIT_KNOWLEDGE)
        await self._store.write(self._merge, agent, gap_id, into_id)

    # transactions

    async def _decide(
        self, agent: Agent, gap_id: int, state: GapState, **columns: str | None
    ) -> None:
        require(agent, Verb.EDIT_KNOWLEDGE)
        now = self._clock()

        def decide(tx: Tx) -> None:
            if gap_rows.find_mark(tx, gap_id) is None:
                raise NotFound
            gap_decisions.decide(tx, gap_id, state, agent_id=agent.id, now=now, **columns)
            entry_id = columns.get("entry_id")
            audit.record(
                tx, f"gap_{state.value}", now=now, agent_id=agent.id, gap_id=gap_id, entry=entry_id
            )

        await self._store.write(decide)

    def _undo(self, tx: Tx, agent: Agent, gap_id: int) -> None:
        if not gap_decisions.undo(tx, gap_id):
            raise NotFound
        audit.record(tx, "gap_undo", now=self._clock(), agent_id=agent.id, gap_id=gap_id)

    def _part(self, tx: Tx, agent: Agent, question_id: int) -> int:
        now = self._clock()
        gap_id = gap_rows.add_gap(tx, now=now)
        if not gap_decisions.move_question(tx, question_id, gap_id):
            raise NotFound
        gap_rows.drop_empty(tx)
        audit.record(tx, "gap_part", now=now, agent_id=agent.id, gap_id=gap_id)
        return gap_id

    def _merge(self, tx: Tx, agent: Agent, gap_id: int, into_id: int) -> None:
        if gap_id == into_id or gap_rows.find_mark(tx, into_id) is None:
            raise NotFound
        gap_decisions.merge(tx, gap_id, into_id)
        audit.record(
            tx, "gap_merge", now=self._clock(), agent_id=agent.id, gap_id=gap_id, into=into_id
        )


def _find_unknown(texts: Sequence[str], knowledge: Knowledge) -> list[tuple[str, int]]:
    """Words of the texts that the knowledge never says; it takes a while where there are many."""
    known = "\n".join(
        fold(text)
        for entry in knowledge.order
        for lang in entry.languages()
        for text in (*entry.texts_in(lang), entry.answer_in(lang))
    )
    return unknown_words(texts, known)


def require_room(knowledge: Knowledge, entry_id: str, texts: Sequence[str]) -> None:
    """Raise NotFound, or TooManyVariants where the entry would have too many."""
    entry = knowledge.find(entry_id)
    if entry is None:
        raise NotFound
    if len(entry.variants) + len(texts) > MOST_VARIANTS:
        raise TooManyVariants


def choose_texts(questions: Sequence[KeptQuestion], ids: Sequence[int]) -> list[str]:
    """The chosen texts, each once, in one line. Raises NothingChosen."""
    wanted = set(ids)
    found = {
        literal_key(fold(one.text)): " ".join(one.text.split())
        for one in questions
        if one.id in wanted
    }
    if not found:
        raise NothingChosen
    return list(found.values())
