"""Keeps the bytes of attachments under random names, written whole or not at all."""

import asyncio
import contextlib
import errno
import os
import re
import shutil
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.attachments import list_erased, list_held, mark_removed, new_key
from bot.clock import HOUR_MS
from bot.errors import NotFound, TooLarge
from bot.sniffing import HEAD, sniff
from bot.store import Store

_KEY: Final = re.compile(r"[0-9a-f]{32}")
_PART: Final = ".part"
_BUFFER: Final = 256 * 1024
#: So much of the disk is left to messages: files that strangers send must not silence everybody.
RESERVE: Final = 256 * 1024 * 1024
#: Younger files may still be on their way into a row.
_SWEEP_AGE_MS: Final = HOUR_MS


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What lies on the shelf now."""

    key: str
    size: int
    content_type: str


class MediaShelf:
    """A folder of files that only this server reads."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "media"

    def path(self, key: str) -> Path:
        """Where the bytes of a key lie. Raises NotFound for what is no key."""
        if not _KEY.fullmatch(key):
            raise NotFound
        return self._folder / key

    async def put(self, body: bytes, *, most: int) -> Kept:
        """Keep bytes at hand under a new key. Raises TooLarge."""
        return await self.keep(new_key(), _once(body), most=most)

    async def keep(self, key: str, chunks: AsyncIterable[bytes], *, most: int) -> Kept:
        """Keep all that comes. Raises TooLarge; then, as after any error, nothing stays."""
        target = self.path(key)
        part = target.with_suffix(_PART)
        descriptor = await asyncio.to_thread(_begin, part)
        try:
            size, head = await _fill(descriptor, chunks, most)
            await asyncio.to_thread(_finish, descriptor, part, target)
        except BaseException:
            await asyncio.to_thread(part.unlink, missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        return Kept(key=key, size=size, content_type=sniff(head))

    async def remove(self, keys: Iterable[str]) -> None:
        """Remove bytes for good; what is gone already is fine."""
        await asyncio.to_thread(_unlink, [self.path(key) for key in keys])

    async def list_older(self, before: int) -> list[str]:
        """Names of the files last written before this time (ms)."""
        return await asyncio.to_thread(_list_older, self._folder, before)

    async def remove_named(self, names: Iterable[str]) -> None:
        """Remove files as `list_older` named them."""
        await asyncio.to_thread(_unlink, [self._folder / Path(name).name for name in names])


async def drop_erased(store: Store, shelf: MediaShelf) -> int:
    """Remove the bytes of files that were taken back or erased; how many."""
    keys = await store.read(list_erased)
    if keys:
        await shelf.remove(keys)
        # only now: after a crash in between they are removed once more, which does no harm
        await store.write(mark_removed, keys)
    return len(keys)


async def sweep_shelf(store: Store, shelf: MediaShelf, *, now: int) -> int:
    """Remove bytes without a living row: what a crash left between a commit and its files."""
    names = await shelf.list_older(now - _SWEEP_AGE_MS)
    if not names:
        return 0
    held = await store.read(list_held, names)
    orphans = [name for name in names if name not in held]
    await shelf.remove_named(orphans)
    return len(orphans)


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body


async def _fill(descriptor: int, chunks: AsyncIterable[bytes], most: int) -> tuple[int, bytes]:
    """Write in large pieces, in threads; size and first bytes."""
    size, head, buffer = 0, b"", bytearray()
    async for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise TooLarge
        head += chunk[: HEAD - len(head)]
        buffer += chunk
        if len(buffer) >= _BUFFER:
            await asyncio.to_thread(_write, descriptor, bytes(buffer))
            buffer.clear()
    await asyncio.to_thread(_write, descriptor, bytes(buffer))
    return size, head


def _begin(part: Path) -> int:
    part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if shutil.disk_usage(part.parent).free < RESERVE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    # a part that a crash left behind; a link that somebody put there is not followed
    part.unlink(missing_ok=True)
    return os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)


def _write(descriptor: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(descriptor, view) :]


def _finish(descriptor: int, part: Path, target: Path) -> None:
    """On disk first, then under its name: a name always stands for the whole file."""
    os.fsync(descriptor)
    part.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _list_older(folder: Path, before: int) -> list[str]:
    if not folder.is_dir():
        return []
    found = []
    for entry in os.scandir(folder):
        with contextlib.suppress(FileNotFoundError):
            if entry.stat(follow_symlinks=False).st_mtime_ns // 1_000_000 < before:
                found.append(entry.name)
    return found
