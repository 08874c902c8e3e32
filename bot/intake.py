"""Takes events in: each recorded once, with everything that follows from it, in one commit."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import structlog

from bot.clock import Clock
from bot.closing import Closing
from bot.context import Decided, TalkContext
from bot.errors import NotFound, StoreError
from bot.eventrows import free_parked, get_parked, park_again, park_event, settle_parked
from bot.events import EventKind, Inbound
from bot.failpoints import hit
from bot.hints import Hints
from bot.masking import mask_text
from bot.messages import AlreadyThere
from bot.outside import external_hash
from bot.store import Row, Store, Tx
from bot.survey import parse_score
from bot.taking import Arrival, TakenEvent, take_event
from faq.language import choose_language

log = structlog.get_logger("bot.intake")

#: Longer texts are matched in a thread, so that the event loop stays free.
LONG_TEXT = 200
#: So many events are matched before others on the event loop have their turn.
AT_ONCE = 8
#: Details that somebody wrote; in ids and measures a number is no card.
_WRITTEN = frozenset({"title", "address", "text", "keywords"})


class Taken(StrEnum):
    """What became of an event."""

    NEW = "new"
    REPEATED = "repeated"
    PARKED = "parked"  # kept with its error for an admin
    REFUSED = "refused"  # understood and not taken, e.g. too many in a short time


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What the channel may tell its customer about one event."""

    event_key: str
    taken: Taken
    customer_id: int | None = None
    conversation_id: int | None = None
    #: seq of the customer's message; a repeated event gets the seq of the first
    seq: int | None = None
    #: code of the refusal, e.g. "too_many"
    refusal: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unready:
    """An event that raised before its transaction."""

    event: Inbound
    error: Exception


class Intake:
    """The one way in for every channel."""

    def __init__(
        self,
        store: Store,
        hints: Hints,
        context: TalkContext,
        clock: Clock,
        *,
        owed: Callable[[], None] = lambda: None,
        media_owed: Callable[[], None] = lambda: None,
        thinking: Callable[[Inbound], None] = lambda _event: None,
    ) -> None:
        """`owed` and `media_owed` wake whoever sends and whoever fetches.

        `thinking` is told of an event whose answer waits for the customer's next line.
        """
        self._store = store
        self._hints = hints
        self._context = context
        self._clock = clock
        self._owed = owed
        self._media_owed = media_owed
        self._thinking = thinking
        self._closing = Closing(context=context)
        self._settling: set[asyncio.Task[None]] = set()

    async def receive(self, events: Sequence[Inbound]) -> list[Receipt]:
        """Record events and everything they cause. Raises StoreUnavailable: bring them all again.

        Events of one customer are taken in the given order; one that raises is parked with its
        error and costs the others nothing.
        """
        arrivals = []
        for number, event in enumerate(events, start=1):
            arrivals.append(await self._prepare(event))
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)  # a call may hold a thousand of them
        if len(arrivals) == 1:
            return [await self._take(arrivals[0])]
        return await self._take_in_turn(arrivals)

    async def _take_in_turn(self, arrivals: Sequence[Arrival | Unready]) -> list[Receipt]:
        """Different customers side by side, each one's events one after the other.

        Were they written side by side, the store could fail for the first alone, and the next
        would stand before it for ever.
        """
        receipts: dict[int, Receipt] = {}
        turns: dict[object, list[int]] = {}
        for place, arrival in enumerate(arrivals):
            turns.setdefault(arrival.event.customer_key or place, []).append(place)

        async def take(places: Sequence[int]) -> None:
            for place in places:
                receipts[place] = await self._take(arrivals[place])

        await asyncio.gather(*map(take, turns.values()))
        return [receipts[place] for place in range(len(arrivals))]

    async def retry(self, inbox_id: int) -> Receipt:
        """Take a parked event again; it stays parked when it raises again."""
        event = await self._store.read(get_parked, inbox_id)
        try:
            arrival = await self._arrival(event)
            taken = await self._store.write(retake_event, inbox_id, arrival)
        except (StoreError, NotFound):
            raise
        except AlreadyThere:
            await self._store.write(settle_parked, inbox_id)
            return await self._receipt(event, TakenEvent(repeated=True))
        except Exception as error:
            log.exception("event parked again", channel=event.channel, event_key=_plain_key(event))
            await self._store.write(park_again, inbox_id, type(error).__name__)
            return Receipt(event_key=event.event_key, taken=Taken.PARKED)
        hit("event.retried")
        return await self._receipt(event, taken)

    async def settle_due(self, conversation_id: int) -> None:
        """Do what is due for one conversation and tell those who watch it."""
        hit("timer.before")
        hints = await self._store.write(self._closing.run_due, conversation_id, now=self._clock())
        hit("timer.after")
        if hints:
            self._hints.publish(hints)
            self._owed()

    async def close(self) -> None:
        """Stop waiting for continuations; the timers find them again at the next start."""
        for task in self._settling:
            task.cancel()
        await asyncio.gather(*self._settling, return_exceptions=True)

    async def _prepare(self, event: Inbound) -> Arrival | Unready:
        """An event ready for its transaction, or why it never will be."""
        nameless = event.media and replace(event.media, name="")
        hidden = replace(event, text="", detail=(), media=nameless)
        try:
            hidden, _ = mask_event(event)
            return await self._arrival(event)
        except Exception as error:  # noqa: BLE001 - whatever it is, the event is kept
            return Unready(event=hidden, error=error)

    async def _take(self, arrival: Arrival | Unready) -> Receipt:
        event = arrival.event
        if isinstance(arrival, Unready):
            return await self._park(event, arrival.error)
        try:
            taken = await self._store.write(take_event, arrival)
        except StoreError:
            raise
        except AlreadyThere:
            taken = TakenEvent(repeated=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, the event is kept
            return await self._park(event, error)
        if parse_score(event.choice):
            hit("survey.after_commit")
        return await self._receipt(event, taken)

    async def _arrival(self, event: Inbound) -> Arrival:
        """Mask, and match before the transaction, in a thread where the text is long."""
        event, masked = mask_event(event)
        knowledge = self._context.knowledge()
        decided: Decided = {}
        now = self._clock()
        if event.kind is EventKind.MESSAGE and event.text and not event.choice:
            mind = self._context.mind(
                channel=event.channel,
                lang=choose_language(event.text, knowledge.matcher)
                or self._context.settings.default_lang,
                now=now,
                knowledge=knowledge,
                decided=decided,
            )
            if len(event.text) > LONG_TEXT:
                await asyncio.to_thread(mind.decide, event.text, ())
            else:
                mind.decide(event.text, ())
        return Arrival(
            event=event,
            context=self._context,
            knowledge=knowledge,
            decided=decided,
            now=now,
            masked=masked,
        )

    async def _park(self, event: Inbound, error: Exception) -> Receipt:
        log.error(
            "event parked",
            channel=event.channel,
            event_key=_plain_key(event),
            error=type(error).__name__,
            exc_info=error,
        )
        await self._store.write(park_event, event, f"{type(error).__name__}", now=self._clock())
        hit("event.parked")
        return Receipt(event_key=event.event_key, taken=Taken.PARKED)

    async def _receipt(self, event: Inbound, taken: TakenEvent) -> Receipt:
        if taken.repeated:
            row = await self._store.read(find_taken, event)
            return Receipt(
                event_key=event.event_key,
                taken=Taken.REPEATED,
                customer_id=row["customer_id"] if row else None,
                conversation_id=row["conversation_id"] if row else None,
                seq=row["seq"] if row else None,
            )
        self._hints.publish(taken.hints)
        if taken.settle_at is not None and taken.conversation_id is not None:
            self._thinking(event)
            self._settle_later(taken.conversation_id, taken.settle_at)
        elif taken.hints:
            self._owed()
        if taken.media_owed:
            self._media_owed()
        return Receipt(
            event_key=event.event_key,
            taken=Taken.NEW,
            customer_id=taken.customer_id,
            conversation_id=taken.conversation_id,
            seq=taken.seq,
        )

    def _settle_later(self, conversation_id: int, at: int) -> None:
        task = asyncio.create_task(self._settle_at(conversation_id, at))
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    async def _settle_at(self, conversation_id: int, at: int) -> None:
        await asyncio.sleep(max(0, at - self._clock()) / 1000)
        try:
            await self.settle_due(conversation_id)
        except StoreError:
            log.warning("settling postponed", conversation_id=conversation_id)
        except Exception:
            log.exception("settling failed", conversation_id=conversation_id)


def retake_event(tx: Tx, inbox_id: int, arrival: Arrival) -> TakenEvent:
    """Free the key and take the event in one transaction, so that a crash loses neither."""
    free_parked(tx, inbox_id)
    return take_event(tx, arrival)


def mask_event(event: Inbound) -> tuple[Inbound, bool]:
    """The event as it may be stored, and whether something was hidden."""
    text = mask_text(event.text).text
    detail = tuple(
        (name, mask_text(value).text if name in _WRITTEN else value)
        for name, value in event.detail
    )
    media = event.media and replace(event.media, name=mask_text(event.media.name).text)
    masked = replace(event, text=text, detail=detail, media=media)
    return masked, masked != event


def _plain_key(event: Inbound) -> str:
    """The event's key for logs, without the visitor's id that the web chat puts into it."""
    if not event.customer_key:
        return event.event_key
    return event.event_key.replace(event.customer_key, "…")


def find_taken(tx: Tx, event: Inbound) -> Row | None:
    """The message that an event brought when it came first."""
    return tx.one(
        """SELECT m.seq, m.customer_id, m.conversation_id FROM message m
        JOIN customer c ON c.id = m.customer_id
        WHERE c.channel = :channel AND c.external_hash = :hash AND m.sender = 'customer'
            AND m.source_key = :source""",
        channel=event.channel,
        hash=external_hash(event.channel, event.customer_key or ""),
        source=event.source_key or event.event_key,
    )
