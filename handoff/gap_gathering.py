"""Gathers the questions that the knowledge failed from the messages, and groups them."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.clock import Clock, from_ms
from bot.masking import mask_phones
from bot.store import Store, Tx
from faq.gaps import group_questions
from faq.knowledge import Knowledge
from faq.normalize import cut, fold, literal_key
from handoff import gap_decisions, gap_rows
from handoff.gap_values import AGAIN, Found, GapState
from handoff.hours import Hours, business_ms
from handoff.labels import AT_ONCE, RecordedTalk, key_of, read_talks
from handoff.outcomes import TEXT_LIMIT, Asked, read_outcomes

#: Nobody waits longer for a page because of messages that are still being read.
PATIENCE_SECONDS = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Harvest:
    """What a look at the messages found; nothing is written yet."""

    before: gap_rows.Cursor
    after: gap_rows.Cursor
    #: of the conversations that were read
    references: tuple[str, ...]
    found: tuple[Found, ...]


class Gathering:
    """Reads on where it stopped; the same messages read twice change nothing."""

    def __init__(
        self, store: Store, knowledge: Callable[[], Knowledge], hours: Hours, clock: Clock
    ) -> None:
        self._store = store
        self._knowledge = knowledge
        self._hours = hours
        self._clock = clock
        self._running = asyncio.Lock()
        self._task: asyncio.Task[int] | None = None

    async def run(self) -> int:
        """Bring the gaps up to the newest message; how many questions were looked at."""
        async with self._running:
            count = 0
            while harvest := await self._store.read(read_harvest):
                count += len(harvest.found)
                await self._store.write(write_harvest, harvest)
            await self._group()
            await self._note_served()
            await self._store.write(self._settle, self._clock())
        return count

    async def catch_up(self) -> None:
        """The same, but for a page: after a while it goes on behind its back."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self.run())
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._task), PATIENCE_SECONDS)

    async def _group(self) -> None:
        while new := await self._store.read(gap_rows.list_ungrouped):
            members = await self._store.read(gap_rows.list_members)
            texts = [text for _, text in new]
            # thousands of questions take seconds
            groups = await asyncio.to_thread(group, members, texts, self._knowledge())
            chosen = {one: gap for (one, _), gap in zip(new, groups, strict=True)}
            await self._store.write(gap_rows.put_into_groups, chosen, now=self._clock())

    async def _note_served(self) -> None:
        """Since when customers get what was decided."""
        waiting = await self._store.read(list_unserved)
        if waiting:
            served = await asyncio.to_thread(find_served, self._knowledge(), waiting)
            if served:
                await self._store.write(gap_decisions.note_served, served, now=self._clock())

    def _settle(self, tx: Tx, now: int) -> None:
        """What follows from the passing of time: handlings end, answers turn out not to help."""
        gap_rows.forget_erased(tx)
        for conversation_id, spans in gap_rows.list_unhandled(tx).items():
            took = sum(handling_ms(self._hours, span) for span in spans)
            gap_rows.note_handling(tx, conversation_id, took)
        gap_decisions.reopen_asked_again(tx, least=AGAIN, now=now)


def handling_ms(hours: Hours, span: tuple[int, int]) -> int:
    """Business time of a handling; the clock's where it was outside of the hours."""
    first, last = (from_ms(at, hours.zone) for at in span)
    return business_ms(hours, first, last) or span[1] - span[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Unserved:
    """A decision that customers do not feel yet, as far as we know."""

    gap_id: int
    state: GapState
    entry_id: str
    texts: tuple[str, ...]


def list_unserved(tx: Tx) -> list[Unserved]:
    """Decisions that name an entry and were not served when we last looked."""
    return [
        Unserved(
            gap_id=mark.id,
            state=mark.state,
            entry_id=mark.entry_id,
            texts=tuple(one.text for one in gap_rows.list_questions(tx, gap_id=mark.id)),
        )
        for mark in gap_rows.list_marks(tx, decided=True)
        if mark.served_at is None and mark.entry_id and mark.state is not GapState.OUT
    ]


def find_served(knowledge: Knowledge, waiting: Sequence[Unserved]) -> dict[int, str]:
    """Which of them are served now, by which entry: an admin may have renamed it."""
    keys = {literal_key(fold(text)): entry_id for entry_id, text in _texts(knowledge)}
    found: dict[int, str] = {}
    for one in waiting:
        if one.state is GapState.ENTRY and knowledge.find(one.entry_id):
            found[one.gap_id] = one.entry_id
            continue
        literal = [keys.get(literal_key(fold(text))) for text in one.texts]
        for entry_id in filter(None, literal):
            found.setdefault(one.gap_id, entry_id)
    return found


def _texts(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    for entry in knowledge.order:
        for lang in entry.languages():
            for text in entry.texts_in(lang):
                yield entry.id, text


def group(
    members: Sequence[tuple[int, str]], texts: Sequence[str], knowledge: Knowledge
) -> list[int]:
    """The group of each text, see `group_questions`; the knowledge tells what are rare words."""
    synonyms = knowledge.matcher.reader.synonyms
    return group_questions(
        members,
        texts,
        background=(text for _, text in _texts(knowledge)),
        same=lambda text: synonyms.apply(cut(fold(text))),
    )


def read_harvest(tx: Tx) -> Harvest | None:
    """The next conversations with news; None when there are none."""
    before, from_id = gap_rows.read_cursor(tx)
    ids, after = gap_rows.list_moved(tx, from_id)
    if after is None:
        return None
    found: list[Found] = []
    references: list[str] = []
    for start in range(0, len(ids), AT_ONCE):
        for talk in read_talks(tx, ids[start : start + AT_ONCE]):
            references.append(talk.reference)
            found += [
                _found(talk, asked, asked.why)
                for asked in read_outcomes(talk.messages)
                if asked.why
            ]
    return Harvest(before=before, after=after, references=tuple(references), found=tuple(found))


def _found(talk: RecordedTalk, asked: Asked, why: str) -> Found:
    return Found(
        key=key_of(talk.reference, asked.seq),
        conversation_id=talk.id,
        customer_id=talk.customer_id,
        message_id=asked.message_id,
        last_message_id=asked.last_message_id,
        reference=talk.reference,
        channel=talk.channel,
        lang=talk.lang,
        text=mask_phones(asked.text).strip()[:TEXT_LIMIT],
        why=why,
        entry_id=asked.entry_id if why == "chosen" else None,
        considered=json.dumps(asked.considered[:3], separators=(",", ":")),
        asked_at=asked.asked_at,
        handed=asked.handed,
    )


def write_harvest(tx: Tx, harvest: Harvest) -> None:
    """Keep what was found and move on; nothing when another process was quicker."""
    if not gap_rows.move_cursor(tx, harvest.before, harvest.after):
        return
    keys: dict[str, list[str]] = {one: [] for one in harvest.references}
    for one in harvest.found:
        gap_rows.keep_question(tx, one)
        keys[one.reference].append(one.key)
    for reference, kept in keys.items():
        gap_rows.forget_others(tx, reference, kept)
    gap_rows.drop_empty(tx)
