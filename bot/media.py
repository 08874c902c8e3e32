"""Fetches the files that LINE holds for us before LINE forgets them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Protocol

import structlog

from bot.attachments import (
    Owed,
    find_place,
    is_owed,
    mark_kept,
    mark_lost,
    postpone,
    take_owed,
)
from bot.errors import MadoguchiError, StoreError, TooLarge
from bot.hints import DESK, Hint, Hints, customer_topic
from bot.shelf import Kept, MediaShelf
from bot.store import Store

log = structlog.get_logger("bot.media")

#: Files fetched side by side.
AT_ONCE = 4


class ContentNotReady(MadoguchiError):
    says = "The platform still prepares the file."


class ContentGone(MadoguchiError):
    says = "The platform does not have the file any more, or the customer took it back."


class ContentUnavailable(MadoguchiError):
    says = "The platform could not be asked; try again later."


class ContentSource(Protocol):
    """Where the bytes of customers' messages are."""

    def read_content(self, source: str) -> AsyncGenerator[bytes]:
        """The bytes, piece by piece.

        Raises ContentNotReady, ContentGone or ContentUnavailable.
        """
        ...


async def fetch_owed(
    store: Store,
    shelf: MediaShelf,
    source: ContentSource,
    hints: Hints,
    *,
    most: int,
    now: int,
) -> int:
    """Fetch what is due, each file of at most `most` bytes; how many were tried."""
    if not await store.read(is_owed, now=now):
        return 0
    owed = await store.write(take_owed, now=now, most=AT_ONCE)
    fetching = (_fetch(store, shelf, source, hints, file, most=most, now=now) for file in owed)
    await asyncio.gather(*fetching)
    return len(owed)


async def _fetch(
    store: Store,
    shelf: MediaShelf,
    source: ContentSource,
    hints: Hints,
    owed: Owed,
    *,
    most: int,
    now: int,
) -> None:
    try:
        state = await _settle(store, shelf, source, owed, most=most, now=now)
        log.info("media_fetched", attachment_id=owed.id, state=state, attempts=owed.attempts)
        if state != "owed":
            await _tell(store, hints, owed)
    except StoreError as error:
        # the lease runs out and the file is fetched again
        log.warning("media_not_stored", attachment_id=owed.id, error=type(error).__name__)


async def _settle(
    store: Store, shelf: MediaShelf, source: ContentSource, owed: Owed, *, most: int, now: int
) -> str:
    """Try once; the state the file is in afterwards."""
    if owed.size > most:  # announced so: not a byte is fetched
        await store.write(mark_lost, owed, "too_large")
        return "too_large"
    try:
        async with aclosing(source.read_content(owed.source)) as chunks:
            kept = await shelf.keep(owed.key, chunks, most=most)
    except ContentGone:
        await store.write(mark_lost, owed, "gone")
        return "gone"
    except TooLarge:
        await store.write(mark_lost, owed, "too_large")
        return "too_large"
    except (ContentNotReady, ContentUnavailable, OSError):
        return "owed" if await store.write(postpone, owed, now=now) else "failed"
    return await _keep(store, shelf, owed, kept)


async def _keep(store: Store, shelf: MediaShelf, owed: Owed, kept: Kept) -> str:
    if await store.write(mark_kept, owed, content_type=kept.content_type, size=kept.size):
        return "kept"
    # the customer took the message back while its file was on the way
    await shelf.remove([owed.key])
    return "erased"


async def _tell(store: Store, hints: Hints, owed: Owed) -> None:
    place = await store.read(find_place, owed)
    if place is None:
        return
    hints.publish(
        Hint(
            topic=topic,
            kind="conversation",
            conversation_id=int(place["conversation_id"]),
            seq=int(place["seq"]),
        )
        for topic in (DESK, customer_topic(int(place["customer_id"])))
    )
