"""Sends what the outbox owes: after the commit, once, in order for each customer."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from bot.bubbles import Bubble, Ours
from bot.clock import Clock
from bot.errors import StoreError
from bot.failpoints import hit
from bot.hints import DESK, Hint, Hints
from bot.messages import Reply, append_ours
from bot.outbox import (
    OutboxRow,
    Outcome,
    bring_forward,
    free_quota,
    is_held,
    is_last_owed,
    is_owed,
    mark_all,
    next_due,
    recover,
    take_owed,
)
from bot.phrases import Phrases
from bot.rows import get_conversation, get_customer
from bot.sending import Attempt, Result, Route
from bot.sending import Outcome as Kind
from bot.sending_rules import Next, RowState, Rules, decide_next, plan_attempt
from bot.store import Store, Tx

log = structlog.get_logger("bot.delivery")

#: Requests in flight at once.
IN_FLIGHT = 64
#: The loop looks at least this often, should every wake-up be lost (seconds).
LOOK_EVERY = 1.0
#: A used-up month is asked about this often (ms).
QUOTA_EVERY_MS = 600_000
_LONGEST_PAUSE = 60.0
#: How many are left is asked again after so many pushes.
COUNT_EVERY = 100
#: A hiccup is over before anybody is told of it (ms).
GRACE_MS = 5_000
#: A clock that goes back further than this was set back (ms).
SET_BACK_MS = 1_000
#: An answer that took longer than this to leave says that it is late (ms).
LATE_MS = 120_000


class Sender(Protocol):
    """One channel's way out."""

    async def send(self, attempt: Attempt) -> Result:
        """One try. Never raises: what cannot be known is DOUBT."""
        ...

    async def quota_left(self) -> int | None:
        """Pushes left in the month; None when unlimited or unknown."""
        ...


@dataclass(slots=True)
class ChannelHealth:
    """How the channel answers, for the desk's banner and the doctor."""

    paused_until: int = 0
    pause_seconds: float = 0.0
    #: ms of the first failure in a row, None while it works
    failing_since: int | None = None
    quota_used_up: bool = False
    quota_checked_at: int = 0
    #: our access token was refused
    token_refused: bool = False
    #: pushes left in the month, as far as we know; None without a limit
    pushes_left: int | None = None
    #: below this many agents are told how many
    quota_floor: int = 0
    counted_at: int = 0
    pushes_since: int = 0

    def troubles(self, now: int) -> tuple[str, ...]:
        """What staff should know: token, failing, quota."""
        since = self.failing_since
        lasting = since is not None and now - since >= GRACE_MS
        failing = ("token" if self.token_refused else "failing",) if lasting else ()
        return (*failing, "quota") if self.quota_used_up else failing

    def scarce(self) -> int | None:
        """How many pushes are left, once they are few."""
        left = self.pushes_left
        return left if left is not None and left < self.quota_floor else None


class Delivery:
    """Runs one channel's outbox. `wake` after each commit that owes something."""

    def __init__(  # noqa: PLR0917 - wired once, by name
        self,
        store: Store,
        hints: Hints,
        sender: Sender,
        clock: Clock,
        phrases: Phrases,
        rules: Rules,
        *,
        channel: str = "line",
        lease_ms: int = 30_000,
        quota_floor: int = 0,
    ) -> None:
        self.health = ChannelHealth(quota_floor=quota_floor)
        #: told of each accepted send: so many ms after it was made
        self.on_sent: Callable[[int], None] = lambda _milliseconds: None
        self._told: object = ((), None)
        self._store = store
        self._hints = hints
        self._sender = sender
        self._clock = clock
        self._phrases = phrases
        self._rules = rules
        self._channel = channel
        self._lease_ms = lease_ms
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._taking = asyncio.Lock()
        self._stopping = False
        self._looked_at = 0

    def wake(self) -> None:
        """Something may be owed."""
        self._wake.set()

    def wants_count(self) -> bool:
        """Whether it is time to ask how many pushes are left."""
        old = abs(self._clock() - self.health.counted_at) >= QUOTA_EVERY_MS
        return old or self.health.pushes_since >= COUNT_EVERY

    def know_left(self, left: int | None) -> None:
        """So many pushes are left; None without a limit."""
        self.health.pushes_left = left
        self.health.counted_at, self.health.pushes_since = self._clock(), 0
        self._tell_changes()

    async def run(self) -> None:
        """Send until cancelled; begins with what a dead process left behind."""
        await self._until_stored(self._recover)
        while True:
            self._wake.clear()
            try:
                wait = await self._round()
            except StoreError:
                wait = LOOK_EVERY
            except Exception:
                # one bad row, or a bug of ours, must not end the sending of everything else
                log.exception("delivery round failed", channel=self._channel)
                wait = LOOK_EVERY
            try:
                async with asyncio.timeout(wait):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def drain(self, seconds: float) -> None:
        """Let what is in flight finish and begin nothing more: it would be cut off in mid-call."""
        self._stopping = True
        async with self._taking:  # what was being taken just now is in flight behind this
            pass
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def _recover(self) -> None:
        left = await self._store.write(
            recover,
            self._channel,
            now=self._clock(),
            lease_ms=self._lease_ms,
            exactly_once=self._rules.exactly_once,
        )
        if left:
            log.warning("resumed sends of a dead process", count=left)
        await self._store.write(bring_forward, self._channel, now=self._clock())
        # the month may have ended while nobody ran: the first round asks
        self.health.quota_used_up = await self._store.read(is_held, self._channel)

    async def _until_stored(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await step()
            except StoreError:
                await asyncio.sleep(LOOK_EVERY)
            else:
                return

    async def _round(self) -> float:
        """Start what is due and can be started; seconds until the next look."""
        now = self._clock()
        self._tell_changes()
        if now < self._looked_at - SET_BACK_MS:
            # what was to be tried in seconds would otherwise wait until the clock is there again
            self.health.paused_until = 0
            await self._store.write(bring_forward, self._channel, now=now)
        self._looked_at = now
        if now < self.health.paused_until:
            # the desk is told on time however long the pause is
            return min(GRACE_MS, self.health.paused_until - now) / 1000
        if self.health.quota_used_up and now - self.health.quota_checked_at > QUOTA_EVERY_MS:
            await self._ask_quota()
        idle = not self._tasks
        free = IN_FLIGHT - len(self._tasks)
        if free <= 0:
            return LOOK_EVERY
        async with self._taking:
            rows = [] if self._stopping else await self._take(free, now)
            for row in rows:
                task = asyncio.create_task(self._send(row))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        if rows:
            return LOOK_EVERY
        due = await self._store.read(next_due, self._channel)
        if idle and due is None and self.health.failing_since is not None:
            # nothing waits for the channel any more: whether it works the next send will tell
            self.health.failing_since = None
            self._tell_changes()
        return LOOK_EVERY if due is None else min(LOOK_EVERY, max(0.02, (due - now) / 1000))

    async def _take(self, free: int, now: int) -> list[OutboxRow]:
        hit("delivery.before_mark")
        return await self._store.write(
            take_owed,
            self._channel,
            now=now,
            lease_ms=self._lease_ms,
            limit=free,
            skip_push=self.health.quota_used_up,
        )

    async def _send(self, row: OutboxRow) -> None:
        plan = plan_attempt(row.owed, now=self._clock(), rules=self._rules)
        if plan.route is None or row.to is None:
            state = RowState.IN_DOUBT if row.to else RowState.CANCELLED
            await self._mark(row, Next(state=state), Result(outcome=Kind.DOUBT), Route.REPLY)
            return
        attempt = Attempt(
            route=plan.route,
            to=row.to,
            bubbles=self._marked(row) if plan.resent else row.bubbles,
            retry_key=row.retry_key,
            reply_token=row.owed.reply_token if plan.route is Route.REPLY else None,
            sender_name=row.sender_name,
        )
        hit("delivery.before_http")
        result = await self._try(attempt)
        hit("delivery.after_http")
        after = decide_next(row.owed, plan.route, result, now=self._clock())
        if plan.resent and after.state in (RowState.PENDING, RowState.BLOCKED_QUOTA):
            # never again by reply, even if a redelivery makes the token young: it was pushed
            after = replace(after, reply_doubt=True, drop_token=True)
        self._watch(result, plan.route)
        await self._mark(row, after, result, plan.route)

    async def _try(self, attempt: Attempt) -> Result:
        try:
            return await self._sender.send(attempt)
        except Exception as error:
            log.exception("sender raised", channel=self._channel)
            return Result(outcome=Kind.DOUBT, detail=type(error).__name__)

    def _marked(self, row: OutboxRow) -> tuple[Bubble, ...]:
        """The first bubble says that this may have been sent before."""
        first = row.bubbles[0]
        text = self._phrases.say("resent", row.lang) + first.text
        return (replace(first, text=text), *row.bubbles[1:])

    async def _mark(self, row: OutboxRow, after: Next, result: Result, route: Route) -> None:
        outcome = Outcome(
            row_id=row.id,
            next=after,
            route=route.value,
            error="" if after.state is RowState.SENT else f"{result.status} {result.detail}",
            request_id=result.request_id,
        )

        async def settle() -> None:
            more = await self._store.write(
                settle_try, row, outcome, self._phrases, now=self._clock()
            )
            if more:
                self.wake()

        # the row stays `sending` until this is stored: at worst the next start repeats it
        await self._until_stored(settle)
        hit("delivery.after_mark")
        if after.state is RowState.SENT:
            self.on_sent(self._clock() - row.created_at)
        if after.state not in (RowState.SENT, RowState.PENDING) and row.conversation_id:
            hint = Hint(topic=DESK, kind="delivery", conversation_id=row.conversation_id)
            self._hints.publish([hint])

    def _watch(self, result: Result, route: Route) -> None:
        """Slow the whole channel on 429 and 401; remember since when it fails."""
        health, now = self.health, self._clock()
        if result.outcome in (Kind.BUSY, Kind.UNAUTHORISED):
            # what was in flight together with the first refusal says nothing new
            if now >= health.paused_until:
                health.pause_seconds = min(max(1.0, health.pause_seconds * 2), _LONGEST_PAUSE)
                spread = health.pause_seconds * random.uniform(0.9, 1.1)  # noqa: S311 - no secret
                health.paused_until = now + int(spread * 1000)
        elif result.outcome in (Kind.SENT, Kind.TOKEN_DEAD, Kind.REFUSED):
            health.pause_seconds = 0.0
        if result.outcome in (Kind.DOUBT, Kind.BUSY, Kind.UNAUTHORISED):
            health.failing_since = health.failing_since or now
            health.token_refused = health.token_refused or result.outcome is Kind.UNAUTHORISED
        else:
            health.failing_since, health.token_refused = None, False
        if result.outcome is Kind.QUOTA:
            health.quota_used_up = True
            health.quota_checked_at = now
            health.pushes_left = 0
        elif result.outcome is Kind.SENT and route is Route.PUSH:
            health.pushes_since += 1
            if health.pushes_left is not None:
                health.pushes_left = max(0, health.pushes_left - 1)
        self._tell_changes()

    def _tell_changes(self) -> None:
        """Wake the desk when there is something else to tell than before."""
        now = (self.health.troubles(self._clock()), self.health.scarce())
        if now != self._told:
            self._told = now
            self._hints.publish([Hint(topic=DESK, kind="channel")])

    async def _ask_quota(self) -> None:
        """A new month, or a larger plan: what was held back is owed again."""
        self.health.quota_checked_at = self._clock()
        left = await self._sender.quota_left()
        if left is None or left > 0:
            # first: while this fails the month counts as used up, and is asked about again
            await self._store.write(free_quota, self._channel, now=self._clock())
            self.health.quota_used_up = False
            self.know_left(left)


def settle_try(tx: Tx, row: OutboxRow, outcome: Outcome, phrases: Phrases, *, now: int) -> bool:
    """Write what became of a try, in one commit with the apology that a late one needs.

    Whether anything waits to be sent now: it may have waited for this.
    """
    mark_all(tx, [outcome], now=now)
    if outcome.next.state is RowState.SENT and now - row.created_at > LATE_MS:
        say_late(tx, row, phrases, now=now)
    return is_owed(tx, row.channel)


def say_late(tx: Tx, row: OutboxRow, phrases: Phrases, *, now: int) -> None:
    """The last of what was delayed is followed by an apology, once."""
    if row.conversation_id is None or row.owed.sender == "system" or not is_last_owed(tx, row):
        return
    conversation = get_conversation(tx, row.conversation_id)
    customer = get_customer(tx, row.customer_id)
    if customer.external_id is None:
        return  # erased while it was on its way
    text = phrases.say("late", conversation.lang)
    append_ours(
        tx,
        conversation,
        customer,
        sender="system",
        messages=(Ours(bubble=Bubble(text=text)),),
        reply=Reply(cause_key=f"late:{row.id}"),
        now=now,
    )
