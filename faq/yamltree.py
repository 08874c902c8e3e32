"""YAML read as a tree of texts with places, in one pass that no file can crash or blow up.

Nothing is resolved: `no`, `12:30` and `0120...` stay the text that was written. Aliases, tags,
deep nesting and a second document are refused before anything is built from them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from faq.problem import Problem

MOST_BYTES = 2_000_000
DEEPEST = 20
MOST_NODES = 300_000

#: The C parser's events do not recurse; composing nodes with it can end the process.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True, kw_only=True)
class Node:
    """A text, a list or a mapping, and where it starts."""

    line: int
    column: int


@dataclass(slots=True, kw_only=True)
class Text(Node):
    """A scalar as written."""

    value: str
    #: written without quotes
    plain: bool


@dataclass(slots=True, kw_only=True)
class List(Node):
    """A sequence."""

    items: list[Node] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Table(Node):
    """A mapping: its keys in order, each with the place of the key."""

    keys: dict[str, Text] = field(default_factory=dict)
    values: dict[str, Node] = field(default_factory=dict)


class Unreadable(Exception):
    """The file is not YAML that we read; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def parse_tree(content: bytes, file: str) -> Node | None:
    """The tree of a file; None when it holds nothing but comments."""
    if len(content) > MOST_BYTES:
        raise _unreadable(
            file, 1, 1, f"the file is larger than {MOST_BYTES // 1_000_000} MB", "split it"
        )
    text = _decode(content, file)
    try:
        return _build(yaml.parse(text, Loader=_LOADER), file)
    except yaml.MarkedYAMLError as error:
        what = error.problem or "not YAML"
        # where a quote was opened says more than where the file ends without closing it
        at_end = "end of stream" in what and error.context_mark is not None
        mark = error.context_mark if at_end else error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _unreadable(file, line, column, what, _hint(text, line)) from None
    except yaml.reader.ReaderError as error:
        before = _before(text, error.position)
        line = before.count("\n") + 1
        column = len(before) - before.rfind("\n")
        what = f"the character U+{error.character:04X} is not allowed"
        raise _unreadable(file, line, column, what, "delete it") from None


def _decode(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        column = len(before) - before.rfind("\n")
        raise _unreadable(
            file, before.count("\n") + 1, column, "the text is not UTF-8", "save the file as UTF-8"
        ) from None


def _before(text: str, position: int) -> str:
    """The text before a place that the parser tells: the C one counts bytes, the other letters."""
    if _LOADER is yaml.SafeLoader:
        return text[:position]
    return text.encode()[:position].decode("utf-8", "ignore")


def _build(events: Iterator[Any], file: str) -> Node | None:
    root: Node | None = None
    open_: list[Node] = []
    pending: list[Text | None] = []
    count = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise _at(event, file, "a second document starts here", "one file, one document")
        if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            open_.pop()
            pending.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        count += 1
        _refuse(event, file, len(open_), count)
        node = _node(event)
        if open_:
            _attach(open_[-1], pending, node, file)
        else:
            root = node
        if not isinstance(node, Text):
            open_.append(node)
            pending.append(None)
    return None if isinstance(root, Text) and not root.value else root


def _refuse(event: Any, file: str, depth: int, count: int) -> None:
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise _at(event, file, "aliases (& and *) are not read", "write the text out, or quote it")
    if event.tag is not None and event.tag != "!":
        raise _at(event, file, "tags (!) are not read", "delete the tag, or quote the text")
    if depth >= DEEPEST:
        raise _at(event, file, f"nested deeper than {DEEPEST} levels", "flatten it")
    if count > MOST_NODES:
        raise _at(event, file, f"more than {MOST_NODES} values in one file", "split the file")


def _node(event: Any) -> Node:
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    if isinstance(event, yaml.ScalarEvent):
        return Text(line=line, column=column, value=event.value, plain=not event.style)
    if isinstance(event, yaml.SequenceStartEvent):
        return List(line=line, column=column)
    return Table(line=line, column=column)


def _attach(parent: Node, pending: list[Text | None], node: Node, file: str) -> None:
    """Put a node into its list, or pair it with the key that came before it."""
    if isinstance(parent, List):
        parent.items.append(node)
        return
    assert isinstance(parent, Table)  # noqa: S101 — texts never stay open
    key = pending[-1]
    if key is not None:
        parent.keys[key.value] = key
        parent.values[key.value] = node
        pending[-1] = None
        return
    if not isinstance(node, Text):
        raise _unreadable(file, node.line, node.column, "a key must be a text", "write `name: …`")
    if node.value in parent.keys:
        first = parent.keys[node.value]
        what = f"`{node.value}` stands here and on line {first.line} already"
        raise _unreadable(file, node.line, node.column, what, "keep one of the two")
    pending[-1] = node


def _hint(text: str, line: int) -> str:
    """What most often is behind an error at this line."""
    lines = text.split("\n")
    near = lines[max(line - 2, 0) : line]
    if any(row.startswith(("<<<<<<<", "=======", ">>>>>>>")) for row in near):
        return "a merge conflict is left in the file: keep one side and delete the marks"
    if any("\u3000" in row[: len(row) - len(row.lstrip())] for row in near):
        return "indent with ordinary spaces, not with the full-width space"
    if any("\t" in row[: len(row) - len(row.lstrip())] for row in near):
        return "indent with spaces, not with tabs"
    if any("：" in row for row in near):
        return "write `: ` with the half-width colon and a space, not the full-width colon `：`"
    return "check the indentation and the quotes around here; quote a text that holds `: ` or ` #`"


def _at(event: Any, file: str, what: str, how: str) -> Unreadable:
    mark = event.start_mark
    return _unreadable(file, mark.line + 1, mark.column + 1, what, how)


def _unreadable(file: str, line: int, column: int, what: str, how: str) -> Unreadable:
    return Unreadable(Problem(file=file, line=line, column=column, what=what, how=how))
