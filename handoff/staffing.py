"""The command line's way to the accounts: opens the database beside a running server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.clock import now_ms
from bot.closing import Closing
from bot.context import TalkContext
from bot.errors import BadInput
from bot.hints import Hints
from bot.phrases import Phrases
from bot.schema import upgrade_sqlite
from bot.sqlite_store import SqliteStore
from faq.knowledge import build_knowledge
from handoff import commands
from handoff.access import Role
from handoff.configuration import Settings
from handoff.front import Front

_PASSWORD_FILE_LIMIT = 4096


async def add_account(
    settings: Settings, *, login: str, role: str, name: str, password_file: Path | None
) -> list[str]:
    """Add an account. Raises BadInput, LoginTaken, WeakPassword."""
    if role not in {known.value for known in Role}:
        raise BadInput(f"--role {role}: choose {', '.join(known.value for known in Role)}")
    password = _read_password(password_file) if password_file else None
    async with _store(settings) as store:
        return await commands.staff_add(
            store, now_ms, login=login, role=Role(role), name=name, password=password
        )


async def list_accounts(settings: Settings) -> list[str]:
    """Everybody, a line each."""
    async with _store(settings) as store:
        return await commands.staff_list(store)


async def disable_account(settings: Settings, *, login: str) -> list[str]:
    """Switch an account off. Raises NotFound, LastAdmin."""
    knowledge = build_knowledge([], [])
    context = TalkContext(
        settings=settings.talk,
        phrases=Phrases(settings.talk.phrases),
        knowledge=lambda: knowledge,
        people=Front(settings.people),
        zone=ZoneInfo(settings.people.timezone),
    )
    async with _store(settings) as store:
        return await commands.staff_disable(
            store,
            Hints(),
            settings.people,
            now_ms,
            Closing(context=context),
            login=login,
        )


async def reset_second_factor(settings: Settings, *, login: str) -> list[str]:
    """Remove an account's second factor. Raises NotFound."""
    async with _store(settings) as store:
        return await commands.staff_reset_second_factor(store, now_ms, login=login)


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open_beside(settings.database_path(), prepare=upgrade_sqlite)
    try:
        yield store
    finally:
        await store.close()


def _read_password(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(_PASSWORD_FILE_LIMIT).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"--password-file {path}: {error}") from None
