"""Runs what happens by itself: each job in its own task, never stopped by an error."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from bot.clock import MINUTE_MS, Clock
from bot.closing import list_due, postpone_due
from bot.errors import StoreError
from bot.intake import Intake
from bot.store import Store

log = structlog.get_logger("bot.background")


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """Something to do again and again."""

    name: str
    #: seconds between the end of one run and the next
    every: float
    run: Callable[[], Awaitable[object]]


class Background:
    """Starts jobs and long-running tasks, and ends them in order."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._wakes: dict[str, asyncio.Event] = {}

    def start(self, jobs: Sequence[Job]) -> None:
        """Run each job now and then every so often."""
        for job in jobs:
            self._wakes[job.name] = asyncio.Event()
            self._tasks.append(asyncio.create_task(self._repeat(job), name=job.name))

    def keep(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run something that should never end; start it again when it does."""
        self.start([Job(name=name, every=1.0, run=run)])

    def wake(self, name: str) -> None:
        """Run a job now."""
        event = self._wakes.get(name)
        if event:
            event.set()

    async def stop(self) -> None:
        """End everything."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def _repeat(self, job: Job) -> None:
        wake = self._wakes[job.name]
        while True:
            wake.clear()
            try:
                await job.run()
            except StoreError as error:
                log.warning("job postponed", job=job.name, error=str(error))
            except Exception:
                log.exception("job failed", job=job.name)
            try:
                async with asyncio.timeout(job.every):
                    await wake.wait()
            except TimeoutError:
                continue


async def run_timers(store: Store, intake: Intake, clock: Clock) -> None:
    """Settle, lapse and remind whatever is due; one that fails costs the others nothing."""
    for conversation_id in await store.read(list_due, now=clock()):
        try:
            await intake.settle_due(conversation_id)
        except StoreError:
            raise
        except Exception:
            log.exception("timer failed", conversation_id=conversation_id)
            # at the head of the list it would take the place of others, every second
            await store.write(postpone_due, conversation_id, due_at=clock() + MINUTE_MS)
