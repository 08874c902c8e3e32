"""Deletes what is no longer needed, in steps so small that no customer waits for them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.clock import DAY_MS, Clock
from bot.failpoints import hit
from bot.store import Store, Tx
from handoff import retention_rows as rows
from handoff.settings import RetentionSettings

log = structlog.get_logger("handoff.retention")

#: Rows of one transaction; a conversation is a hundred rows, a key is one.
_FEW, _MANY = 5, 100
#: seconds between two transactions: whoever writes to us goes first
_PAUSE = 0.02


class _Expire(Protocol):
    def __call__(self, tx: Tx, ids: Sequence[int], *, before: int, now: int) -> int: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of what we hold, how long, and how it goes."""

    name: str
    days: Callable[[RetentionSettings], int]
    find: Callable[[Tx, int], list[int]]
    expire: _Expire
    batch: int = _MANY


KINDS = (
    Kind(
        name="conversations",
        days=lambda keep: keep.texts,
        find=rows.list_conversations,
        expire=rows.expire_conversations,
        batch=_FEW,
    ),
    Kind(
        name="profiles",
        days=lambda keep: keep.texts,
        find=rows.list_profiles,
        expire=rows.expire_profiles,
    ),
    Kind(
        name="questions",
        days=lambda keep: keep.texts,
        find=rows.list_questions,
        expire=rows.expire_questions,
    ),
    Kind(
        name="events",
        days=lambda keep: keep.raw_events,
        find=rows.list_events,
        expire=rows.expire_events,
    ),
    Kind(
        name="files",
        days=lambda keep: keep.files,
        find=rows.list_files,
        expire=rows.expire_files,
    ),
    Kind(
        name="event_keys",
        days=lambda keep: keep.event_keys,
        find=rows.list_keys,
        expire=rows.expire_keys,
    ),
    Kind(
        name="forms",
        days=lambda keep: keep.event_keys,
        find=rows.list_requests,
        expire=rows.expire_requests,
    ),
    Kind(
        name="audit",
        days=lambda keep: keep.audit,
        find=rows.list_audit,
        expire=rows.expire_audit,
    ),
)


async def apply_retention(
    store: Store, keep: RetentionSettings, clock: Clock, *, pause: float = _PAUSE
) -> dict[str, int]:
    """Remove what is older than it may be; how many of each kind.

    A crash in between costs nothing: the next run finds what is left.
    """
    removed: dict[str, int] = {}
    for kind in KINDS:
        days = kind.days(keep)
        if days:
            count = await _expire(store, kind, clock() - days * DAY_MS, clock, pause)
            if count:
                removed[kind.name] = count
    if removed:
        log.info("retention_applied", **removed)
    return removed


async def _expire(store: Store, kind: Kind, before: int, clock: Clock, pause: float) -> int:
    count = 0
    while found := await store.read(kind.find, before):
        gone = 0
        for start in range(0, len(found), kind.batch):
            few = found[start : start + kind.batch]
            gone += await store.write(kind.expire, few, before=before, now=clock())
            hit("retention.mid")
            await asyncio.sleep(pause)
        count += gone
        if not gone or len(found) < rows.LOOK:
            break
    return count
