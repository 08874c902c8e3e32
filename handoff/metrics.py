"""GET /metrics: how it goes, in numbers for a monitor; nothing about anybody who writes to us."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.clock import SECOND_MS, Clock
from bot.errors import StoreError
from bot.store import Store
from faq.library import Library
from handoff import metric_rows, operators
from handoff.metric_rows import DECISIONS, OWED_STATES, Marks, News

#: The loop's lag is measured this often (seconds).
_LAG_EVERY: Final = 0.25
_SECONDS: Final = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 600)
_SHORT: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


class Metrics:
    """All metrics of one server; docs/reference/metrics.md lists them."""

    def __init__(self, store: Store, library: Library, clock: Clock, *, version: str) -> None:
        self._store = store
        self._library = library
        self._clock = clock
        self._marks: Marks | None = None
        self._looking = asyncio.Lock()
        # one more series for each counter, of which nobody asks
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the package says no types
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._counted()
        self._standing()
        build = Info("madoguchi_build", "The program that runs.", registry=self.registry)
        build.info({"version": version})

    def _counted(self) -> None:
        """What only grows."""
        self.events = Counter(
            "madoguchi_events_received",
            "Events taken in, each once, by channel, kind and state.",
            ("channel", "kind", "state"),
            registry=self.registry,
        )
        self.turns = Counter(
            "madoguchi_bot_turns",
            "Turns of the bot, by what it decided.",
            ("decision",),
            registry=self.registry,
        )
        for decision in DECISIONS:
            self.turns.labels(decision)
        self.delivery = Histogram(
            "madoguchi_delivery_seconds",
            "From the commit of a message to its acceptance by the platform.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.lag = Histogram(
            "madoguchi_loop_lag_seconds",
            "How late the event loop woke up.",
            buckets=_SHORT,
            registry=self.registry,
        )
        self.commit = Histogram(
            "madoguchi_store_commit_seconds",
            "How long a group of writes took, its commit included.",
            buckets=_SHORT,
            registry=self.registry,
        )
        self.group = Histogram(
            "madoguchi_store_group_size",
            "How many writes one commit took.",
            buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
            registry=self.registry,
        )

    def _standing(self) -> None:
        """How it stands now."""

        def gauge(name: str, what: str, *labels: str) -> Gauge:
            return Gauge(f"madoguchi_{name}", what, labels, registry=self.registry)

        self.outbox = gauge("outbox_rows", "Sends that are not over, by state.", "state")
        self.oldest = gauge("outbox_oldest_seconds", "Age of the oldest send that is still owed.")
        self.parked = gauge("events_parked", "Events that could not be processed.")
        self.waiting = gauge("queue_length", "Conversations that wait for people.")
        self.wait = gauge("queue_oldest_seconds", "How long the first of them has waited.")
        self.assigned = gauge("conversations_assigned", "Conversations that an agent has.")
        self.present = gauge("agents", "Active accounts, by presence.", "presence")
        self.entries = gauge("knowledge_entries", "Entries that are served.")
        self.problems = gauge("knowledge_problems", "Problems of files that are not served.")
        self.knowledge = gauge("knowledge", "1, with the version that is served.", "version")

    def note_commit(self, writes: int, seconds: float) -> None:
        """A group was written; called from the writer's thread."""
        self.group.observe(writes)
        self.commit.observe(seconds)

    def note_sent(self, milliseconds: int) -> None:
        """A send was accepted so long after it was made."""
        self.delivery.observe(max(0, milliseconds) / SECOND_MS)

    async def start(self) -> None:
        """Count from here on."""
        self._marks = await self._store.read(metric_rows.find_marks)

    async def watch_loop(self) -> None:
        """Measure how late the loop wakes, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _LAG_EVERY
            await asyncio.sleep(_LAG_EVERY)
            self.lag.observe(max(0.0, loop.time() - due))

    async def render(self) -> bytes:
        """Everything as text. Without a database the rest is told."""
        async with self._looking:  # two at once would count the same rows twice
            if self._marks is not None:
                try:
                    news = await self._store.read(
                        metric_rows.read_news, self._marks, now=self._clock()
                    )
                except StoreError:
                    pass
                else:
                    self._take(news)
        self._know()
        # the process's own numbers are read from files
        return await asyncio.to_thread(generate_latest, self.registry)

    def _take(self, news: News) -> None:
        self._marks = news.marks
        for labels, count in news.events.items():
            self.events.labels(*labels).inc(count)
        for decision, count in news.turns.items():
            self.turns.labels(decision if decision in DECISIONS else "talk").inc(count)
        for state in OWED_STATES:
            self.outbox.labels(state).set(news.outbox[state])
        self.oldest.set(self._age(news.oldest_owed_at))
        self.parked.set(news.parked)
        self.waiting.set(news.waiting)
        self.wait.set(self._age(news.waiting_since))
        self.assigned.set(news.assigned)
        for presence, count in news.present.items():
            self.present.labels(presence).set(count)

    def _know(self) -> None:
        knowledge = self._library.current
        self.entries.set(len(knowledge.entries))
        self.problems.set(len(self._library.problems))
        self.knowledge.clear()
        self.knowledge.labels(knowledge.version).set(1)

    def _age(self, at: int | None) -> float:
        return 0.0 if at is None else max(0, self._clock() - at) / SECOND_MS


METRICS: Final = web.AppKey("metrics", Metrics)


def add_metrics(
    app: web.Application, metrics: Metrics, token: str, *, watch: Callable[[], None]
) -> None:
    """Open /metrics to this machine, and to whoever holds the token; `watch` begins at start."""
    app[METRICS], app[operators.TOKEN] = metrics, token
    app.router.add_get("/metrics", get_metrics)

    async def run(_app: web.Application) -> AsyncIterator[None]:
        watch()
        await metrics.start()
        task = asyncio.create_task(metrics.watch_loop(), name="loop lag")
        yield
        task.cancel()

    app.cleanup_ctx.append(run)


async def get_metrics(request: web.Request) -> web.Response:
    """The metrics as text; 401 for everybody else."""
    if not operators.is_operator(request):
        raise web.HTTPUnauthorized
    body = await request.app[METRICS].render()
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
