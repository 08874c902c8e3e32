"""The embedded store: one SQLite file, one writer thread with group commit, a few readers.

All units that wait are committed together with one fsync, each under a savepoint of its own,
so that a failing unit fails alone. Callers are told only after COMMIT has returned.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.errors import StoreInUse, StoreUnavailable
from bot.failpoints import hit
from bot.store import Row, Tx

log = logging.getLogger(__name__)

T = TypeVar("T")
P = ParamSpec("P")

#: How many units one commit takes at most, so that the first of them never waits long.
GROUP_LIMIT = 256
READERS = 3
_SHORT_WAIT_MS = 100

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=1500",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA secure_delete=ON",
    "PRAGMA cell_size_check=ON",
    "PRAGMA wal_autocheckpoint=4000",
    # a log that once grew large is cut back when all of it has moved into the file
    "PRAGMA journal_size_limit=67108864",
)
READER_PRAGMAS = (
    "PRAGMA query_only=ON",
    "PRAGMA busy_timeout=1500",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA wal_autocheckpoint=0",
)


class SqliteTx:
    """A transaction on one SQLite connection."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, /, **values: Any) -> int:
        return self._connection.execute(sql, values).rowcount

    def one(self, sql: str, /, **values: Any) -> Row | None:
        rows = self._connection.execute(sql, values).fetchall()
        return rows[0] if rows else None

    def all(self, sql: str, /, **values: Any) -> list[Row]:
        return list(self._connection.execute(sql, values).fetchall())


@dataclass(slots=True, eq=False)
class _Unit:
    """One waiting write and where its outcome goes."""

    call: Callable[[Tx], Any]
    outcome: "asyncio.Future[Any]"
    value: Any = None
    error: BaseException | None = field(default=None)


@dataclass(slots=True, eq=False)
class _Emptying:
    """Somebody waits until the write-ahead log holds nothing any more."""

    outcome: "asyncio.Future[bool]"


def connect(path: Path, pragmas: tuple[str, ...]) -> sqlite3.Connection:
    """Open the file with our settings; transactions are begun and ended by hand."""
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=512, timeout=1.5
    )
    try:
        connection.row_factory = sqlite3.Row
        for pragma in pragmas:
            connection.execute(pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def lock_database(path: Path) -> int:
    """Hold the right to serve this file until the process ends, or say who has it."""
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise StoreInUse(
            f"Another madoguchi server (process {holder or 'unknown'}) is using {path}. "
            "Stop it first, or set MADOGUCHI_DATA_DIR to another folder."
        ) from None
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def cannot_open(path: Path, error: sqlite3.Error | OSError) -> StoreUnavailable:
    """What went wrong, and the way on."""
    if isinstance(error, OSError):
        place, text = error.filename or path, error.strerror
        return StoreUnavailable(
            f"{place} cannot be used: {text}. Give the folder to the account that serves, "
            "or set MADOGUCHI_DATA_DIR to another."
        )
    if is_damage(error):
        return StoreUnavailable(
            f"{path} cannot be opened: {error}. Keep the file and restore a backup: "
            "docs/howto/back-up.md."
        )
    return StoreUnavailable(f"{path} cannot be opened: {error}.")


def is_damage(error: BaseException) -> bool:
    """Whether the file itself is broken; waiting mends that never."""
    code = getattr(error, "sqlite_errorcode", 0) or 0
    # the lower byte is the kind, the rest says more about it
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file's lock while the block runs. Raises StoreInUse."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = lock_database(path)
    try:
        yield
    finally:
        os.close(descriptor)


class SqliteStore:
    """See `bot.store.Store`. Open it with `await SqliteStore.open(path)`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._queue: SimpleQueue[_Unit | _Emptying | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")
        self._local = threading.local()
        self._reader_connections: list[sqlite3.Connection] = []
        self._lock_descriptor: int | None = None
        self._writer: sqlite3.Connection | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        #: SQLite met a broken page: waiting does not mend that, a backup does
        self.damaged = False
        self._alone = True
        #: told of each group from the writer's thread: how many writes, how many seconds
        self.on_commit: Callable[[int, float], None] = _unwatched

    @classmethod
    async def open(
        cls, path: Path, *, prepare: Callable[[Path], None] | None = None
    ) -> "SqliteStore":
        """Lock and open the file. Raises StoreInUse when another server has it.

        `prepare` runs under the lock before the file is used: migrations.
        """
        store = cls(path)
        await asyncio.to_thread(store._start, prepare)
        return store

    @classmethod
    async def open_beside(
        cls, path: Path, *, prepare: Callable[[Path], None] | None = None
    ) -> "SqliteStore":
        """For a short command: open the file even while a server has it."""
        try:
            return await cls.open(path, prepare=prepare)
        except StoreInUse:
            store = cls(path)
            await asyncio.to_thread(store._start_beside)
            return store

    def _start_beside(self) -> None:
        """The server made the tables and alone checkpoints; we only add a row or two."""
        self._alone = False
        self._writer = connect(self._path, (*PRAGMAS, "PRAGMA wal_autocheckpoint=0"))
        self._begin_writing()

    def _start(self, prepare: Callable[[Path], None] | None) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock_descriptor = lock_database(self._path)
        except OSError as error:
            raise cannot_open(self._path, error) from error
        try:
            if prepare:
                prepare(self._path)
            self._writer = connect(self._path, PRAGMAS)
            self._path.chmod(0o600)
        except (sqlite3.Error, OSError) as error:
            os.close(self._lock_descriptor)
            raise cannot_open(self._path, error) from error
        except BaseException:
            os.close(self._lock_descriptor)
            raise
        self._begin_writing()

    def _begin_writing(self) -> None:
        self._thread = threading.Thread(target=self._write_groups, name="store-write", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """Finish what waits, then let go of the file. Closing twice does no harm."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        if self._thread is not None:
            self._thread.join()
        self._readers.shutdown(wait=True)
        for connection in [*self._reader_connections, self._writer]:
            if connection is not None:
                connection.close()
        if self._lock_descriptor is not None:
            os.close(self._lock_descriptor)

    async def write(
        self, fn: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        if self._closed:
            raise StoreUnavailable
        outcome: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(_Unit(lambda tx: fn(tx, *args, **kwargs), outcome))
        return await outcome

    async def read(
        self, fn: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        if self._closed:
            raise StoreUnavailable
        return await self._loop.run_in_executor(
            self._readers, lambda: self._read_now(lambda tx: fn(tx, *args, **kwargs))
        )

    async def empty_log(self) -> bool:
        """Write the log into the file and cut it off; False while somebody reads.

        Beside a server too: it alone may do this, and does it by itself.
        """
        if self._closed:
            raise StoreUnavailable
        if not self._alone:
            return False
        outcome: asyncio.Future[bool] = self._loop.create_future()
        self._queue.put(_Emptying(outcome))
        return await outcome

    def _read_now(self, call: Callable[[Tx], T]) -> T:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        try:
            if connection is None:
                connection = self._local.connection = connect(self._path, READER_PRAGMAS)
                self._reader_connections.append(connection)
            connection.execute("BEGIN")
        except sqlite3.Error as error:
            raise StoreUnavailable from error
        try:
            return call(SqliteTx(connection))
        except sqlite3.OperationalError as error:
            raise StoreUnavailable from error
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self._note_damage(error)
            raise StoreUnavailable from error
        finally:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")

    def _write_groups(self) -> None:
        """Take everything that waits, commit it together, tell the callers; until None."""
        ended = False
        while not ended:
            group: list[_Unit] = []
            waiting = self._queue.get()
            while isinstance(waiting, _Unit):
                group.append(waiting)
                if len(group) >= GROUP_LIMIT or self._queue.empty():
                    break
                waiting = self._queue.get()
            ended = waiting is None
            if group:
                began = time.perf_counter()
                self._commit_group(group)
                self.on_commit(len(group), time.perf_counter() - began)
                # the loop may be gone when the process is on its way out
                with contextlib.suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(_tell, group)
            if isinstance(waiting, _Emptying):
                empty = self._empty_log()
                with contextlib.suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(_tell_emptied, waiting, empty)

    def _empty_log(self) -> bool:
        """Readers are not waited for longer than a customer would notice."""
        connection = self._writer
        assert connection is not None  # noqa: S101 - the thread starts after it is opened
        try:
            connection.execute(f"PRAGMA busy_timeout={_SHORT_WAIT_MS}")
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:
            return False
        finally:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("PRAGMA busy_timeout=1500")
        return not busy

    def _commit_group(self, group: list[_Unit]) -> None:
        connection = self._writer
        assert connection is not None  # noqa: S101 - the thread starts after it is opened
        tx = SqliteTx(connection)
        try:
            connection.execute("BEGIN IMMEDIATE")
            for unit in group:
                _run_unit(connection, tx, unit)
            hit("group.before_commit")
            connection.execute("COMMIT")
            hit("group.after_commit")
        except Exception as error:  # noqa: BLE001 - this thread must live: everybody waits for it
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            for unit in group:
                unit.error = StoreUnavailable()
                unit.error.__cause__ = error
        for unit in group:
            if unit.error and unit.error.__cause__ and is_damage(unit.error.__cause__):
                self._note_damage(unit.error.__cause__)

    def _note_damage(self, error: BaseException) -> None:
        """Once, in words that an operator looks for; readyz and metrics read the rest."""
        if not self.damaged:
            log.critical("the database is damaged: %s; see docs/howto/back-up.md", error)
        self.damaged = True


def _run_unit(connection: sqlite3.Connection, tx: Tx, unit: _Unit) -> None:
    """Run one unit so that its failure undoes nothing but itself."""
    connection.execute("SAVEPOINT unit")
    try:
        unit.value = unit.call(tx)
    except (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError) as error:
        unit.error = error
        connection.execute("ROLLBACK TO unit")
    except sqlite3.Error as error:
        if not connection.in_transaction:
            raise  # the disk is full or gone: SQLite has already rolled the whole group back
        unit.error = StoreUnavailable()
        unit.error.__cause__ = error
        connection.execute("ROLLBACK TO unit")
    except Exception as error:  # noqa: BLE001 - handed to the caller as it is
        # asyncio takes no StopIteration for an outcome
        unit.error = RuntimeError(repr(error)) if isinstance(error, StopIteration) else error
        connection.execute("ROLLBACK TO unit")
    connection.execute("RELEASE unit")


def _unwatched(_writes: int, _seconds: float) -> None:
    """Nobody measures."""


def _tell(group: list[_Unit]) -> None:
    """Resolve all callers in one visit to the event loop."""
    for unit in group:
        if unit.outcome.done():
            continue
        if unit.error is not None:
            unit.outcome.set_exception(unit.error)
        else:
            unit.outcome.set_result(unit.value)


def _tell_emptied(emptying: _Emptying, empty: bool) -> None:  # noqa: FBT001 - the loop passes no names
    if not emptying.outcome.done():
        emptying.outcome.set_result(empty)
