"""The store's connection, over the simulated disk: the part of `sqlite3` that the store uses."""

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import apsw

_REFUSALS = (apsw.ConstraintError, apsw.MismatchError)
_MISUSE = (apsw.BindingsError, apsw.MisuseError, apsw.RangeError)


class Answer:
    """What a statement returned, read to its end."""

    def __init__(self, rows: list[dict[str, Any]], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def fetchall(self) -> list[dict[str, Any]]:
        return self._rows


class DiskConnection:
    """One connection; `around` is told each statement of a transaction's end."""

    def __init__(
        self,
        path: Path,
        pragmas: tuple[str, ...],
        *,
        vfs: str,
        around_commit: Callable[["DiskConnection", Callable[[], None]], None] | None = None,
    ) -> None:
        self.inner = apsw.Connection(str(path), vfs=vfs, statementcachesize=512)
        self.inner.set_busy_timeout(1500)
        self._around_commit = around_commit
        for pragma in pragmas:
            self.execute(pragma)

    @property
    def in_transaction(self) -> bool:
        return bool(self.inner.in_transaction)

    def execute(self, sql: str, values: Mapping[str, Any] | None = None) -> Answer:
        if sql == "COMMIT" and self._around_commit:
            self._around_commit(self, lambda: self._run(sql, None))
            return Answer([], -1)
        return self._run(sql, values)

    def _run(self, sql: str, values: Mapping[str, Any] | None) -> Answer:
        try:
            cursor = self.inner.cursor()
            cursor.execute(sql, values or None)
            if not cursor.description_full:
                return Answer([], self.inner.changes())
            names = [column[0] for column in cursor.description_full]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
        except apsw.ExecutionCompleteError:
            return Answer([], self.inner.changes())
        except _REFUSALS as error:
            raise sqlite3.IntegrityError(str(error)) from error
        except _MISUSE as error:
            raise sqlite3.ProgrammingError(str(error)) from error
        except apsw.Error as error:
            raise sqlite3.OperationalError(str(error)) from error
        return Answer(rows, self.inner.changes())

    def close(self) -> None:
        self.inner.close()
