"""Gathers the questions that the knowledge failed from the messages, groups and counts them."""

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Harvest:
    """What a look at the messages found; nothing is written yet."""

    before: gap_rows.Cursor
    after: gap_rows.Cursor
    #: of the conversations that were read
    references: tuple[str, ...]
    found: tuple[Found, ...]
    #: questions with their groups so far; empty where there is nothing to group
    members: tuple[tuple[int, str], ...]
    #: keys that have a group
    grouped: frozenset[str]


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

    async def run(self) -> int:
        """Bring the gaps up to the newest message; how many questions were looked at."""
        async with self._running:
            count = 0
            while harvest := await self._store.read(read_harvest):
                count += len(harvest.found)
                await self._keep(harvest)
            await self._store.write(self._settle, self._knowledge(), self._clock())
        return count

    async def _keep(self, harvest: Harvest) -> None:
        new = [one for one in harvest.found if _wants_group(one, harvest)]
        groups: list[int] = []
        if new:
            # thousands of questions take seconds
            groups = await asyncio.to_thread(
                group, harvest.members, [one.text for one in new], self._knowledge()
            )
        chosen = {one.key: gap for one, gap in zip(new, groups, strict=True)}
        await self._store.write(write_harvest, harvest, chosen, self._clock())

    def _settle(self, tx: Tx, knowledge: Knowledge, now: int) -> None:
        """What follows from the passing of time: handlings end, answers are served, or fail."""
        gap_rows.forget_erased(tx)
        for conversation_id, spans in gap_rows.list_unhandled(tx).items():
            took = sum(handling_ms(self._hours, span) for span in spans)
            gap_rows.note_handling(tx, conversation_id, took)
        for mark in gap_rows.list_marks(tx, decided=True):
            if mark.served_at is None and mark.entry_id and mark.state is not GapState.OUT:
                texts = [one.text for one in gap_rows.list_questions(tx, gap_id=mark.id)]
                if is_served(knowledge, mark.entry_id, texts):
                    gap_decisions.note_served(tx, mark.id, now=now)
        gap_decisions.reopen_asked_again(tx, least=AGAIN, now=now)


def handling_ms(hours: Hours, span: tuple[int, int]) -> int:
    """Business time of a handling; the clock's where it was outside of the hours."""
    first, last = (from_ms(at, hours.zone) for at in span)
    return business_ms(hours, first, last) or span[1] - span[0]


def is_served(knowledge: Knowledge, entry_id: str, texts: Iterable[str]) -> bool:
    """Whether the entry is there, with at least one of these ways to ask."""
    entry = knowledge.find(entry_id)
    if entry is None:
        return False
    keys = {literal_key(fold(text)) for lang in entry.languages() for text in entry.texts_in(lang)}
    return any(literal_key(fold(text)) in keys for text in texts)


def group(
    members: Sequence[tuple[int, str]], texts: Sequence[str], knowledge: Knowledge
) -> list[int]:
    """The group of each text, see `group_questions`; the knowledge tells what are rare words."""
    synonyms = knowledge.matcher.reader.synonyms
    background = (
        text
        for entry in knowledge.order
        for lang in entry.languages()
        for text in entry.texts_in(lang)
    )
    return group_questions(
        members,
        texts,
        background=background,
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
            found += _list_found(talk)
    grouped = gap_rows.list_grouped(tx, ids)
    wanted = any(one.why != "chosen" and one.key not in grouped for one in found)
    return Harvest(
        before=before,
        after=after,
        references=tuple(references),
        found=tuple(found),
        members=tuple(gap_rows.list_members(tx)) if wanted else (),
        grouped=frozenset(grouped),
    )


def _wants_group(one: Found, harvest: Harvest) -> bool:
    return one.why != "chosen" and one.key not in harvest.grouped


def _list_found(talk: RecordedTalk) -> list[Found]:
    return [_found(talk, asked, asked.why) for asked in read_outcomes(talk.messages) if asked.why]


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


def write_harvest(tx: Tx, harvest: Harvest, groups: dict[str, int], now: int) -> None:
    """Keep what was found and move on; nothing when another process was quicker."""
    if not gap_rows.move_cursor(tx, harvest.before, harvest.after):
        return
    made: dict[int, int] = {}
    for one in harvest.found:
        gap_id = groups.get(one.key)
        if gap_id is not None and gap_id < 0:
            if gap_id not in made:
                made[gap_id] = gap_rows.add_gap(tx, now=now)
            gap_id = made[gap_id]
        gap_rows.keep_question(tx, one, gap_id=gap_id)
    keys: dict[str, list[str]] = {one: [] for one in harvest.references}
    for one in harvest.found:
        keys[one.reference].append(one.key)
    for reference, kept in keys.items():
        gap_rows.forget_others(tx, reference, kept)
    gap_rows.drop_empty(tx)
