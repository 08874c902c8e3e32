"""Hands out everything about one person, and erases it."""

import asyncio
import os
import shutil
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.errors import NotFound
from bot.failpoints import hit
from bot.hints import DESK, Hint, Hints, customer_topic
from bot.shelf import MediaShelf
from bot.store import Store, Tx
from faq.knowledge import Knowledge
from faq.normalize import fold, literal_key
from handoff import customer_rows
from handoff.access import Agent, Verb, require
from handoff.customer_export import file_name, render_json, render_text
from handoff.customer_rows import Forgotten, Holdings, Person


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """What a person gets."""

    held: Holdings
    #: file name → text
    texts: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """What an erase left to decide."""

    forgotten: Forgotten
    #: entries, and drafts of entries, that hold a text of this person
    entries: tuple[str, ...]


class Customers:
    """Every method needs the right, or comes from the command line with no agent."""

    def __init__(
        self,
        store: Store,
        hints: Hints,
        shelf: MediaShelf,
        clock: Clock,
        knowledge: Callable[[], Knowledge],
        *,
        zone: ZoneInfo,
    ) -> None:
        self._store = store
        self._hints = hints
        self._shelf = shelf
        self._clock = clock
        self._knowledge = knowledge
        self._zone = zone

    async def export(
        self, person: Person, *, agent: Agent | None = None, login: str = ""
    ) -> Export:
        """Everything that we hold. Raises NotAllowed, NotFound."""
        if agent:
            require(agent, Verb.EXPORT_CUSTOMER)
        now = self._clock()
        held = await self._store.read(customer_rows.read_holdings, person)
        _require_held(held)
        await self._store.write(
            customer_rows.note_export, person, by=agent.id if agent else None, login=login, now=now
        )
        return await asyncio.to_thread(self._render, held, now)

    def _render(self, held: Holdings, now: int) -> Export:
        texts = {
            "customer.json": render_json(held, made_at=now, zone=self._zone),
            "customer.txt": render_text(held, made_at=now, zone=self._zone),
        }
        return Export(held=held, texts=texts)

    async def write_folder(self, export: Export, folder: Path) -> None:
        """Write an export as files. Raises OSError."""
        await asyncio.to_thread(_write_folder, export, folder, self._shelf)

    async def write_zip(self, export: Export, target: IO[bytes]) -> None:
        """Write an export into one file. Raises OSError."""
        await asyncio.to_thread(_write_zip, export, target, self._shelf)

    async def erase(
        self, person: Person, *, agent: Agent | None = None, login: str = ""
    ) -> Erased:
        """Erase a person everywhere. Raises NotAllowed; doing it twice does no harm."""
        if agent:
            require(agent, Verb.ERASE_CUSTOMER)
        words, drafts = await self._store.read(_read_copies, person)
        entries = await asyncio.to_thread(find_copies, self._knowledge(), drafts, words)
        forgotten = await self._store.write(
            customer_rows.erase,
            person,
            by=agent.id if agent else None,
            login=login,
            entries=len(entries),
            now=self._clock(),
        )
        hit("erase.after_commit")
        self._hints.publish(erased_hints(person.customer_id, forgotten.conversation_ids))
        # whatever dies before this: the server's own round removes them
        await self._shelf.remove(forgotten.files)
        return Erased(forgotten=forgotten, entries=entries)


def _require_held(held: Holdings) -> None:
    if held.customer["external_id"] is None:
        raise NotFound("Nothing is held about this person any more.")


def erased_hints(customer_id: int, conversation_ids: tuple[int, ...]) -> list[Hint]:
    """The desk and the person's own pages look again."""
    return [
        Hint(topic=topic, kind="erased", conversation_id=one)
        for one in conversation_ids
        for topic in (DESK, customer_topic(customer_id))
    ]


def _read_copies(tx: Tx, person: Person) -> tuple[list[str], list[tuple[str, str]]]:
    return customer_rows.list_words(tx, person), customer_rows.list_drafts(tx)


def find_copies(
    knowledge: Knowledge, drafts: list[tuple[str, str]], words: list[str]
) -> tuple[str, ...]:
    """Entries and drafts that hold one of these texts: whether it stays an admin decides."""
    wanted = {literal_key(fold(text)) for text in words} - {""}
    found = {
        entry.id
        for entry in knowledge.order
        for text in (
            *(text for lang in entry.languages() for text in entry.texts_in(lang)),
            *entry.expect,
            *entry.reject,
        )
        if literal_key(fold(text)) in wanted
    }
    found |= {entry_id for entry_id, text in drafts if any(word in text for word in words)}
    return tuple(sorted(found))


def _write_folder(export: Export, folder: Path, shelf: MediaShelf) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=False)
    for name, text in export.texts.items():
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    files = folder / "files"
    for name, path in _files(export, shelf):
        files.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError):  # its time was over while we wrote
            shutil.copyfile(path, files / name)


def _write_zip(export: Export, target: IO[bytes], shelf: MediaShelf) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in export.texts.items():
            archive.writestr(name, text)
        for name, path in _files(export, shelf):
            with suppress(FileNotFoundError):
                archive.write(path, f"files/{name}")


def _files(export: Export, shelf: MediaShelf) -> list[tuple[str, Path]]:
    return [
        (file_name(row), shelf.path(row["key"]))
        for row in export.held.files
        if row["state"] == "kept"
    ]
