"""What `madoguchi customer …` does, beside a running server too."""

import asyncio
import getpass
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from bot.clock import Clock, now_ms
from bot.errors import BadInput, NotFound
from bot.hints import Hints
from bot.schema import upgrade_sqlite
from bot.shelf import MediaShelf
from bot.sqlite_store import SqliteStore
from bot.store import Tx
from faq.knowledge import Knowledge, build_knowledge
from faq.loader import load_folder
from handoff import customer_rows
from handoff.configuration import Settings
from handoff.customer_rows import Person
from handoff.customers import Customers


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """How a person was named on the command line: by one of three."""

    reference: str = ""
    line_id: str = ""
    visitor: str = ""


async def export_customer(
    settings: Settings, named: Named, *, out: Path | None, clock: Clock = now_ms
) -> list[str]:
    """Write everything that we hold about a person. Raises BadInput, NotFound."""
    async with _open(settings, clock) as (store, customers):
        person = await _find(store, named)
        target = out or Path(f"customer-{person.reference or person.customer_id}")
        if await asyncio.to_thread(target.exists):
            raise BadInput(f"{target} is there already. Name another place with --out.")
        export = await customers.export(person, login=_login())
        if target.suffix == ".zip":
            archive = await asyncio.to_thread(_make_private, target)
            try:
                await customers.write_zip(export, archive)
            finally:
                await asyncio.to_thread(archive.close)
        else:
            await customers.write_folder(export, target)
    counts = (len(export.held.conversations), len(export.held.messages), len(export.held.files))
    return [
        f"Wrote {target}: {counts[0]} conversations, {counts[1]} messages, {counts[2]} files.",
        "It holds personal data: hand it over safely, then delete it.",
    ]


async def describe_customer(settings: Settings, named: Named) -> str:
    """Whom an erase would be about, for the question before it. Raises BadInput, NotFound."""
    async with _open(settings, now_ms) as (store, _):
        person = await _find(store, named)
        held = await store.read(customer_rows.read_holdings, person)
    return (
        f"{person.channel} customer of {person.reference or 'no conversation'}: "
        f"{len(held.conversations)} conversations, {len(held.messages)} messages, "
        f"{len(held.files)} files."
    )


async def erase_customer(settings: Settings, named: Named, *, clock: Clock = now_ms) -> list[str]:
    """Erase a person everywhere. Raises BadInput, NotFound."""
    async with _open(settings, clock) as (store, customers):
        person = await _find(store, named)
        erased = await customers.erase(person, login=_login())
        await store.empty_log()
    conversations, files = erased.forgotten.conversation_ids, erased.forgotten.files
    name = person.reference or "the customer"
    lines = [
        f"Erased {name}: {len(conversations)} conversations, {len(files)} files.",
        "Backups made before still hold it.",
    ]
    if erased.entries:
        lines.append("The same words stand in the knowledge, decide there:")
        lines += [f"  {entry_id}" for entry_id in erased.entries]
    return lines


async def _find(store: SqliteStore, named: Named) -> Person:
    given = [value for value in (named.reference, named.line_id, named.visitor) if value]
    if len(given) != 1:
        raise BadInput("Name the customer by one of: a reference, --line-id, --visitor.")
    person = await store.read(_find_person, named)
    if person is None:
        raise NotFound(f"There is no customer for {given[0]}.")
    return person


def _find_person(tx: Tx, named: Named) -> Person | None:
    if named.reference:
        return customer_rows.find_by_reference(tx, named.reference)
    if named.line_id:
        return customer_rows.find_by_outside_id(tx, "line", named.line_id)
    # a browser keeps `v1.<id>.<signature>`
    visitor = named.visitor.split(".")[1] if named.visitor[:3] == "v1." else named.visitor
    return customer_rows.find_by_outside_id(tx, "web", visitor)


def _login() -> str:
    """Who sits at the command line, as the system knows it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without names
        return "unknown"


def _make_private(path: Path) -> IO[bytes]:
    """A new file that nobody else may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _load(settings: Settings) -> Knowledge:
    """Copies of the person's words are looked for in what can be read."""
    found = load_folder(settings.knowledge, default_lang=settings.talk.default_lang).knowledge
    return found or build_knowledge([], [])


@asynccontextmanager
async def _open(settings: Settings, clock: Clock) -> AsyncIterator[tuple[SqliteStore, Customers]]:
    knowledge = await asyncio.to_thread(_load, settings)
    store = await SqliteStore.open_beside(settings.database_path(), prepare=upgrade_sqlite)
    try:
        yield (
            store,
            Customers(
                store,
                Hints(),
                MediaShelf(settings.data_dir),
                clock,
                lambda: knowledge,
                zone=ZoneInfo(settings.people.timezone),
            ),
        )
    finally:
        await store.close()
