"""The store as everything above sees it: plain functions run inside a transaction.

A transaction is a sync function `fn(tx, ...)`. It never sees which database it runs on: SQL is
written with `:name` parameters in the dialect that SQLite and PostgreSQL share.
"""

from collections.abc import Callable, Mapping
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

Row = Mapping[str, Any]


class Tx(Protocol):
    """One transaction. Values travel only as named parameters."""

    def run(self, sql: str, /, **values: Any) -> int:
        """Execute and return the number of rows changed."""
        ...

    def one(self, sql: str, /, **values: Any) -> Row | None:
        """The first row, or None."""
        ...

    def all(self, sql: str, /, **values: Any) -> list[Row]:
        """Every row."""
        ...


class Store(Protocol):
    """Runs units of work; a unit that raises leaves nothing behind."""

    async def write(
        self, fn: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run fn in a transaction and return its result after the durable commit."""
        ...

    async def read(
        self, fn: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run fn on a snapshot that it cannot change."""
        ...

    async def empty_log(self) -> bool:
        """Take what was overwritten or deleted out of every log; False: try again later."""
        ...


def get(tx: Tx, sql: str, /, **values: Any) -> Row:
    """The row that must be there; a missing one is an error of ours."""
    row = tx.one(sql, **values)
    if row is None:
        raise LookupError("a row that must exist is missing")
    return row
