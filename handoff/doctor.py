"""`madoguchi doctor`: looks at everything that a server needs and says how to mend the rest."""

import asyncio
import shutil
import sqlite3
import tempfile
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

#: More problems than this are counted, not listed.
_PROBLEMS_SHOWN = 10
_MEGABYTE = 1024 * 1024
#: Below the first a disk is nearly full; below the second it will be soon.
_SPACE_LEAST, _SPACE_ROOMY = 100 * _MEGABYTE, 1024 * _MEGABYTE
_OTHERS = 0o077
#: SQLite releases without the race between two writers of a WAL, and fixed older lines.
_SOUND = (3, 51, 3)
_SOUND_LINES = {(3, 44): 6, (3, 50): 7}


async def examine(settings: Settings, *, clock: Clock = now_ms) -> list[Finding]:
    """Look at everything, in the order in which it is best mended."""
    found = [check_settings(settings), check_public_url(settings)]
    found += await asyncio.to_thread(_examine_disk, settings)
    found += await examine_line(settings, clock)
    return found


def _examine_disk(settings: Settings) -> list[Finding]:
    return [
        check_data_dir(settings.data_dir),
        check_space(settings.data_dir),
        check_sqlite(sqlite3.sqlite_version),
        check_database(settings),
        *check_knowledge(settings),
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


def check_data_dir(folder: Path) -> Finding:
    """The data folder takes files, and nobody else reads them."""
    if not folder.exists():
        return look("data folder", f"{folder} does not exist yet; the first start makes it.")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return bad(
            "data folder",
            f"{folder} takes no files ({error.strerror}). Give it to the account that serves.",
        )
    if folder.stat().st_mode & _OTHERS:
        return look(
            "data folder",
            f"other accounts of this machine may look into {folder}. Run: chmod 700 {folder}",
        )
    return fine("data folder", f"{folder} is writable and private.")


def check_space(folder: Path) -> Finding:
    """There is room to write."""
    place = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    free = shutil.disk_usage(place).free
    text = f"{free // _MEGABYTE:,} MB are free where {folder} lies."
    if free < _SPACE_LEAST:
        return bad("disk", f"{text} Messages cannot be stored on a full disk: make room now.")
    if free < _SPACE_ROOMY:
        return look("disk", f"{text} Make room before it is full.")
    return fine("disk", text)


def check_sqlite(version: str) -> Finding:
    """A release without the known race; ours is the only writer, so an old one works."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    mended = _SOUND_LINES.get((major, minor))
    if (major, minor, patch) >= _SOUND or (mended is not None and patch >= mended):
        return fine("SQLite", f"{version}.")
    return look(
        "SQLite",
        f"{version} is reported to lose writes when two programs write at once. The server is "
        "the only writer, so it is not affected; do not write to its file with other tools, "
        "and update to 3.51.3 or newer when you can.",
    )


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
            return _look_into(path)
    except StoreInUse:
        return fine("database", f"a server is using {path} right now, so it was left alone.")
    except (sqlite3.Error, OSError) as error:
        return bad("database", f"{path} cannot be read ({error}). Restore it from a backup.")


def _look_into(path: Path) -> Finding:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1.5)
    try:
        state = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        state, row = "ok", None
    finally:
        connection.close()
    if state != "ok":
        return bad("database", f"{path} is damaged ({state}). Restore it from a backup.")
    scripts = ScriptDirectory.from_config(config())
    version, newest = row[0] if row else None, scripts.get_current_head()
    if version == newest:
        return fine("database", f"{path} is whole and at version {version}.")
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
    result = load_folder(folder, default_lang=settings.talk.default_lang)
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
