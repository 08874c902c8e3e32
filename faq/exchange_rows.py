"""Rows of a table or list from elsewhere, before they become entries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from faq.errors import FaqError
from faq.yamltree import List, Node, Table, Text

#: The format's keys and nothing deeper than a translation's buttons.
DEEPEST = 6
MOST_ROWS = 20_000
MOST_FILE_BYTES = 50_000_000


class ImportUnreadable(FaqError):
    says = "The file is no table or list that can be read; the text says how to mend it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry as it came: the knowledge format's keys, and where they stood."""

    #: as a spreadsheet counts them, from 1; in a list: the item's place
    number: int
    values: Mapping[str, Any]
    #: key → column, from 1
    columns: Mapping[str, int] = field(default_factory=dict)
    #: what was left out on purpose, such as a keyword list that is switched off
    skipped: str = ""


def row_node(row: Row) -> Table:
    """The row as a mapping that is read as a file's entry is; lines are rows."""
    table = Table(line=row.number, column=1)
    for key, value in row.values.items():
        column = row.columns.get(key, 1)
        node = _node(value, row.number, column, depth=1)
        if node is not None:
            table.keys[key] = Text(line=row.number, column=column, value=key, plain=True)
            table.values[key] = node
    return table


def _node(value: Any, line: int, column: int, *, depth: int) -> Node | None:
    if value is None:
        return None
    if depth > DEEPEST:
        raise ImportUnreadable(f"row {line}: lists within lists too deep; keep to the format")
    if isinstance(value, Mapping):
        table = Table(line=line, column=column)
        for key, inner in value.items():
            node = _node(inner, line, column, depth=depth + 1)
            if node is not None:
                table.keys[str(key)] = Text(line=line, column=column, value=str(key), plain=True)
                table.values[str(key)] = node
        return table
    if isinstance(value, list | tuple):
        nodes = (_node(item, line, column, depth=depth + 1) for item in value)
        return List(line=line, column=column, items=[node for node in nodes if node is not None])
    if isinstance(value, bool):
        return Text(line=line, column=column, value="true" if value else "false", plain=True)
    return Text(line=line, column=column, value=str(value), plain=False)
