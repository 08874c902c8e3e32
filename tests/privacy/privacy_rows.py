"""Rows as a running server would have left them, with what matters named at the call."""

from typing import Any

from bot.store import Tx


def insert(tx: Tx, table: str, **values: Any) -> None:
    """One row; what must not be empty and is not named is 0 or ''."""
    for column in tx.all(f"SELECT * FROM pragma_table_info('{table}')"):
        if column["notnull"] and not column["pk"]:
            numeric = "INT" in column["type"]
            values.setdefault(column["name"], 0 if numeric else "")
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    tx.run(f"INSERT INTO {table} ({names}) VALUES ({places})", **values)
