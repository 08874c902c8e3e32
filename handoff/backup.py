"""`madoguchi backup`: one whole, checked copy of the database, taken beside a running server.

The copy is made from one snapshot: whatever was acknowledged before it began is inside. A name
without `.part` stands for a copy that was checked and lies on the disk.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.clock import from_ms
from bot.errors import MadoguchiError
from bot.sqlite_store import READER_PRAGMAS, connect
from handoff.configuration import Settings
from handoff.keys import key_path

_PART = ".part"
#: What the database's copy is followed by in the name of the key's copy.
KEY_ENDING = ".key"
#: Names of copies in the backup folder.
PATTERN = "madoguchi-*.db"
#: Pages copied at once; a database of fewer is done before anybody could read of progress.
_STEP = 4096
_PERCENT = 10
_PRIVATE = 0o600

Report = Callable[[str], None]


class BackupFailed(MadoguchiError):
    says = "No backup was made."


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """A copy that was checked."""

    path: Path
    size: int
    messages: int
    #: None: there was no key yet
    key: Path | None

    def lines(self) -> list[str]:
        """What the operator is told at the end."""
        size = f"{self.size / 1024 / 1024:,.1f} MB"
        told = [f"{self.path}: whole ({size}, messages: {self.messages:,})."]
        if self.key:
            told.append(f"{self.key}: the key of visitors' tokens. Keep it as secret.")
        told.append(
            "Not inside: the files of customers (media/), knowledge and settings. "
            "How to copy those, and how to restore: docs/howto/back-up.md"
        )
        return told


def make_backup(settings: Settings, out: Path | None, *, now: int, report: Report) -> Backup:
    """Copy, check, then give the copy its name. Raises BackupFailed; then nothing is left."""
    source = settings.database_path()
    if not source.is_file():
        raise BackupFailed(f"There is no database {source} yet; the first start makes it.")
    target = out or _name_it(settings.backup_dir, now)
    key = target.with_name(target.name + KEY_ENDING)
    for path in (target, key):
        if path.exists():
            raise BackupFailed(f"{path} exists already. Name another file with --out.")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _part(target) as part:
            _copy(source, part, report)
            messages = _check(part, report)
            made_key = _copy_key(settings.data_dir, key)
            _settle(part, target)
    except sqlite3.Error as error:
        raise BackupFailed(f"The database could not be copied: {error}.") from error
    except OSError as error:
        place = error.filename or target
        raise BackupFailed(
            f"The backup could not be written: {place}: {error.strerror}."
        ) from None
    finally:
        if not target.exists():
            with contextlib.suppress(OSError):
                key.unlink()
    size = target.stat().st_size
    return Backup(path=target, size=size, messages=messages, key=key if made_key else None)


def _name_it(folder: Path | None, now: int) -> Path:
    at: datetime = from_ms(now)
    return (folder or Path()) / f"madoguchi-{at:%Y%m%d-%H%M%S}.db"


@contextlib.contextmanager
def _part(target: Path) -> Iterator[Path]:
    """A new private file beside the target; gone when the block fails."""
    part = target.with_name(target.name + _PART)
    # a part that an ended run left behind; a link that somebody put there is not followed
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _PRIVATE))
    try:
        yield part
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            part.with_name(part.name + ending).unlink(missing_ok=True)


def _copy(source: Path, part: Path, report: Report) -> None:
    """One snapshot, page by page; whoever writes meanwhile is not held up."""
    with (
        contextlib.closing(connect(source, READER_PRAGMAS)) as reader,
        contextlib.closing(sqlite3.connect(part)) as copy,
    ):
        reader.execute("BEGIN")
        # the snapshot begins with the first look; held, no later commit makes the copy start anew
        reader.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        reader.backup(copy, pages=_STEP, progress=_progress(report))
        # one file that needs no log beside it
        copy.execute("PRAGMA journal_mode=DELETE")


def _progress(report: Report) -> Callable[[int, int, int], None]:
    told = 0

    def tell(_status: int, left: int, total: int) -> None:
        nonlocal told
        percent = 100 * (total - left) // total
        if total > _STEP and percent // _PERCENT > told // _PERCENT:
            told = percent
            report(f"copied {percent} %")

    return tell


def _check(part: Path, report: Report) -> int:
    """Read every page of the copy; how many messages it holds."""
    report("checking")
    with contextlib.closing(sqlite3.connect(part)) as copy:
        state = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if state == "ok":
            broken = copy.execute("PRAGMA foreign_key_check").fetchone()
            state = f"a row of {broken[0]} leads nowhere" if broken else "ok"
        if state != "ok":
            raise BackupFailed(
                f"The copy is damaged ({state}), so the database probably is: run "
                "`madoguchi doctor`. Keep your older backups."
            )
        has_messages = copy.execute(
            "SELECT COUNT(*) FROM sqlite_master WHERE name = 'message'"
        ).fetchone()[0]
        return int(
            copy.execute("SELECT COUNT(*) FROM message").fetchone()[0] if has_messages else 0
        )


def _copy_key(data_dir: Path, target: Path) -> bool:
    """Whether there was a key to copy."""
    source = key_path(data_dir)
    if not source.is_file():
        return False
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _PRIVATE)
    with os.fdopen(descriptor, "wb") as copy, source.open("rb") as key:
        shutil.copyfileobj(key, copy)
        copy.flush()
        os.fsync(copy.fileno())
    return True


def _settle(part: Path, target: Path) -> None:
    """On disk first, then under its name, so that the name always stands for the whole."""
    descriptor = os.open(part, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    part.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
