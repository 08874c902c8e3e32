"""`madoguchi doctor`: looks at everything that a server needs and says how to mend the rest."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.script import ScriptDirectory

from bot.clock import Clock, now_ms
from bot.errors import StoreInUse
from bot.migrating import config
from bot.phrases import Phrases, UnknownPhrase
from bot.sqlite_store import locked
from faq.loader import load_folder
from handoff.configuration import BadSettings, Settings
from handoff.doctor_line import examine_line
from handoff.finding import Finding, bad, fine, look
from handoff.front import Front
from handoff.machine import check_sqlite, list_machine, refusal

#: More problems than this are counted, not listed.
_PROBLEMS_SHOWN = 10


async def examine(settings: Settings, *, clock: Clock = now_ms) -> list[Finding]:
    """Look at everything, in the order in which it is best mended."""
    found = [check_settings(settings), check_public_url(settings)]
    found += await asyncio.to_thread(_examine_disk, settings, clock())
    found += await examine_line(settings, clock)
    return found


def _examine_disk(settings: Settings, now: int) -> list[Finding]:
    return [
        *list_machine(settings, now),
        check_sqlite(sqlite3.sqlite_version),
        check_database(settings),
        *check_knowledge(settings),
        *check_knowledge_folder(settings),
    ]


def check_settings(settings: Settings) -> Finding:
    """Teams, hours and own wording fit together."""
    try:
        Front(settings.people)
        Phrases(settings.talk.phrases)
    except (ValueError, UnknownPhrase) as error:
        return bad("settings", f"{error.args[0] if error.args else error}.")
    teams = len(settings.people.teams)
    return fine("settings", f"hours and phrases can be used; teams: {teams}.")


def check_public_url(settings: Settings) -> Finding:
    """Customers and LINE reach us by https."""
    url = settings.public_url
    if url.startswith("https://"):
        return fine("public address", f"{url}.")
    advice = "Set MADOGUCHI_PUBLIC_URL to the https:// address that your proxy passes on to us."
    if not url:
        text = f"none is set; LINE, the widget and secure logins need it. {advice}"
    else:
        text = f"{url} is not https; LINE and browsers of customers ask for it. {advice}"
    line_is_on = bool(settings.line.channel_secret.get_secret_value())
    return bad("public address", text) if line_is_on else look("public address", text)


def check_database(settings: Settings) -> Finding:
    """The file opens, is whole, and belongs to this version."""
    try:
        path = settings.database_path()
    except BadSettings as error:
        return bad("database", str(error))
    if not path.exists():
        return fine("database", f"{path} does not exist yet; the first start makes it.")
    try:
        with locked(path):
            return _look_into(path, "")
    except StoreInUse:
        # a reader that neither writes nor checkpoints is no harm to the server
        try:
            return _look_into(path, "A server is using it. ")
        except sqlite3.Error as error:
            return bad("database", _unreadable(path, error))
    except (sqlite3.Error, OSError) as error:
        return bad("database", _unreadable(path, error))


def _unreadable(path: Path, error: Exception) -> str:
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.OperationalError
    ):
        return _damaged(path, str(error))
    return (
        f"{path} cannot be read ({error}). If it belongs to another account, run as that one; "
        "otherwise restore a backup: docs/howto/back-up.md."
    )


def _damaged(path: Path, how: str) -> str:
    return (
        f"{path} is damaged ({how}). Stop the server, keep the file, and restore a backup: "
        "docs/howto/back-up.md."
    )


def _look_into(path: Path, who: str) -> Finding:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        state = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            row = None
    if state != "ok":
        return bad("database", _damaged(path, state))
    scripts = ScriptDirectory.from_config(config())
    version, newest = row[0] if row else None, scripts.get_current_head()
    if version == newest:
        return fine("database", f"{who}{path} is whole and at version {version}.")
    if version is not None and version not in {each.revision for each in scripts.walk_revisions()}:
        return bad(
            "database",
            f"{path} is at version {version}, which this program does not know. Install the "
            "newer version of Madoguchi again, or restore a backup made before the upgrade.",
        )
    return look(
        "database",
        f"{path} is at version {version or 'none'}; the next start brings it to {newest}.",
    )


def check_knowledge(settings: Settings) -> list[Finding]:
    """The folder loads without problems."""
    folder = settings.knowledge
    if not folder.is_dir():
        advice = "Make one with `madoguchi init DIR`, or set MADOGUCHI_KNOWLEDGE."
        return [bad("knowledge", f"there is no folder {folder}. {advice}")]
    talk = settings.talk
    result = load_folder(folder, default_lang=talk.default_lang, limits=talk.limits)
    found = [
        bad("knowledge", f"{folder / problem.file}{str(problem).removeprefix(problem.file)}.")
        for problem in result.problems[:_PROBLEMS_SHOWN]
    ]
    if len(result.problems) > _PROBLEMS_SHOWN:
        more = len(result.problems) - _PROBLEMS_SHOWN
        found.append(bad("knowledge", f"{more} more problems; `madoguchi check` lists them."))
    if result.knowledge is None:
        found.append(bad("knowledge", f"nothing in {folder} can be served."))
    if not found and result.knowledge:
        found.append(fine("knowledge", f"{folder}: entries: {len(result.knowledge.entries)}."))
    return found


def check_knowledge_folder(settings: Settings) -> list[Finding]:
    """Pages that edit the knowledge can write it; nothing to say when they can."""
    folder = settings.knowledge
    refused = refusal(folder) if folder.is_dir() else ""
    if not refused:
        return []
    text = f"{folder} takes no files ({refused}), so nothing can be published in the browser."
    return [look("knowledge", f"{text} Give it to the account that serves, if that is wanted.")]
