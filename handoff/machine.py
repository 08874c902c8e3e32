"""What can go wrong around the program: folders, disk, SQLite's log, age of backups."""

import contextlib
import shutil
import tempfile
from pathlib import Path

from bot.clock import DAY_MS, HOUR_MS
from handoff.backup import PATTERN
from handoff.configuration import BadSettings, Settings
from handoff.finding import Finding, bad, fine, look

DATA_FOLDER = "data folder"
_MEGABYTE = 1024 * 1024
#: Below the first a disk is nearly full; below the second it will be soon.
_SPACE_LEAST, _SPACE_ROOMY = 100 * _MEGABYTE, 1024 * _MEGABYTE
_OTHERS = 0o077
#: The store cuts its log back to 64 MB whenever everything in it has moved into the file.
_LOG_LOOK, _LOG_BAD = 128 * _MEGABYTE, 1024 * _MEGABYTE
#: A backup is made every day; that one may take its time.
_BACKUP_LOOK_MS, _BACKUP_BAD_MS = DAY_MS + 2 * HOUR_MS, 7 * DAY_MS
#: SQLite releases without the race between two writers of a WAL, and fixed older lines.
_SOUND = (3, 51, 3)
_SOUND_LINES = {(3, 44): 6, (3, 50): 7}


def list_machine(settings: Settings, now: int) -> list[Finding]:
    """Everything here that may change while a server runs; some microseconds, but on the disk."""
    found = [check_data_dir(settings.data_dir)]
    found += [check_space(place) for place in list_places(settings)]
    found += check_media(settings.data_dir)
    # of an address that cannot be used the database's own check says more
    with contextlib.suppress(BadSettings):
        found += check_log(settings.database_path())
    if settings.backup_dir is not None:
        found.append(check_backups(settings.backup_dir, now))
    return found


def list_places(settings: Settings) -> list[Path]:
    """Folders that grow, one for each disk."""
    wanted = [settings.data_dir]
    with contextlib.suppress(BadSettings):
        wanted.append(settings.database_path().parent)
    if settings.backup_dir is not None:
        wanted.append(settings.backup_dir)
    disks: dict[int, Path] = {}
    for folder in wanted:
        disks.setdefault(_nearest(folder).stat().st_dev, folder)
    return list(disks.values())


def check_data_dir(folder: Path) -> Finding:
    """The data folder takes files, and nobody else reads them."""
    if not folder.exists():
        return look(DATA_FOLDER, f"{folder} does not exist yet; the first start makes it.")
    refused = refusal(folder)
    if refused:
        return bad(
            DATA_FOLDER,
            f"{folder} takes no files ({refused}). Give it to the account that serves.",
        )
    if folder.stat().st_mode & _OTHERS:
        return look(
            DATA_FOLDER,
            f"other accounts of this machine may look into {folder}. Run: chmod 700 {folder}",
        )
    return fine(DATA_FOLDER, f"{folder} is writable and private.")


def check_media(data_dir: Path) -> list[Finding]:
    """Customers' files can be kept; nothing to say when they can."""
    folder = data_dir / "media"
    refused = refusal(folder) if folder.exists() else ""
    if not refused:
        return []
    text = f"{folder} takes no files ({refused}), so customers cannot send any."
    return [bad("media folder", f"{text} Give it to the account that serves.")]


def check_space(folder: Path) -> Finding:
    """There is room to write."""
    free = shutil.disk_usage(_nearest(folder)).free
    text = f"{free // _MEGABYTE:,} MB are free where {folder} lies."
    if free < _SPACE_LEAST:
        return bad("disk", f"{text} Messages cannot be stored on a full disk: make room now.")
    if free < _SPACE_ROOMY:
        return look("disk", f"{text} Make room before it is full.")
    return fine("disk", text)


def check_log(database: Path) -> list[Finding]:
    """The database's log is moved into its file; nothing to say when it is."""
    try:
        size = database.with_name(database.name + "-wal").stat().st_size
    except OSError:
        return []
    if size < _LOG_LOOK:
        return []
    text = (
        f"{database.name}-wal has grown to {size // _MEGABYTE:,} MB, because something reads the "
        "database and does not end. Look for other programs that have it open (a sqlite3 shell, "
        f"a viewer, a stuck backup: lsof {database}) and end them; if there are none, restart "
        "the server."
    )
    grade = bad if size >= _LOG_BAD else look
    return [grade("database log", text)]


def check_backups(folder: Path, now: int) -> Finding:
    """The newest backup is young enough."""
    advice = "Run `madoguchi backup` every day: docs/howto/back-up.md shows a timer for it."
    try:
        newest = max((file.stat().st_mtime_ns for file in folder.glob(PATTERN)), default=None)
    except OSError as error:
        return bad("backup", f"{folder} cannot be read ({error.strerror}). {advice}")
    if newest is None:
        return bad("backup", f"there is none in {folder}. {advice}")
    age = max(0, now - newest // 1_000_000)
    text = f"the newest in {folder} is {age // HOUR_MS} hours old."
    if age > _BACKUP_BAD_MS:
        return bad("backup", f"{text} {advice}")
    if age > _BACKUP_LOOK_MS:
        return look("backup", f"{text} {advice}")
    return fine("backup", text)


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


def refusal(folder: Path) -> str:
    """Why the folder takes no file; empty when it does."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return error.strerror or type(error).__name__


def _nearest(folder: Path) -> Path:
    """The folder, or what there is of the way to it."""
    return next(each for each in (folder, *folder.absolute().parents) if each.exists())
