"""Where the entries of a knowledge file lie, by characters, so that one can be put back alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from faq.problem import Problem
from faq.yamltree import List, Node, Table, Text, Unreadable, parse_tree

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: the root mapping and the list in it
_ENTRY_DEPTH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One entry's place: `[top, end)` holds whole lines, with the comments that are its own."""

    entry_id: str
    top: int
    #: where the line of the dash begins
    line: int
    #: where the entry's own text begins: its first key, or a brace
    start: int
    end: int
    #: columns of the dash and of the keys
    dash: int
    keys: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A file's text and the places in it."""

    text: str
    newline: str
    spans: tuple[Span, ...]
    #: where a first entry goes; None: the file has no `entries` yet
    head: int | None
    #: an empty list in brackets after `entries:`, to be taken out
    empty: tuple[int, int] | None = None

    def find(self, entry_id: str) -> Span | None:
        """The entry with this id."""
        return next((span for span in self.spans if span.entry_id == entry_id), None)


@dataclass(slots=True)
class _Found:
    """One entry as the events tell it."""

    start: int
    column: int
    last: int


def read_layout(text: str, file: str) -> Layout:
    """The places of the entries. Raises Unreadable for what cannot be changed by parts."""
    tree = parse_tree(text.encode(), file)
    newline = "\r\n" if "\r\n" in text else "\n"
    if tree is None:
        return Layout(text=text, newline=newline, spans=(), head=None)
    if not isinstance(tree, Table):
        raise _cannot(file, tree, "the file is no list of `key: value` lines")
    scan = _Scan(text)
    if scan.is_flow:
        raise _cannot(file, tree.values.get("entries", tree), "`entries` stands in brackets")
    head = None if scan.key_end is None else _next_line(text, scan.key_end)
    return Layout(
        text=text,
        newline=newline,
        spans=tuple(_spans(text, scan, _ids(tree), head or 0)),
        head=head,
        empty=scan.empty,
    )


def read_tree(text: str, file: str) -> Node | None:
    """The tree of a text. Raises Unreadable."""
    return parse_tree(text.encode(), file)


def same_tree(one: Node | None, other: Node | None) -> bool:
    """Whether two trees say the same, wherever it stands."""
    if isinstance(one, Text) and isinstance(other, Text):
        # quotes tell `true` from "true"; blank lines at the end of a text never count
        return one.value.rstrip() == other.value.rstrip() and one.plain == other.plain
    if isinstance(one, List) and isinstance(other, List):
        return len(one.items) == len(other.items) and all(map(same_tree, one.items, other.items))
    if isinstance(one, Table) and isinstance(other, Table):
        return list(one.values) == list(other.values) and all(
            same_tree(value, other.values[key]) for key, value in one.values.items()
        )
    return one is other


class _Scan:
    """One pass over the events; the tree was built before, so they are known to be harmless."""

    def __init__(self, text: str) -> None:
        self.entries: list[_Found] = []
        self.is_flow = False
        #: end of the word `entries`
        self.key_end: int | None = None
        #: a value of it that is no list of lines
        self.empty: tuple[int, int] | None = None
        self._text = text
        self._depth = 0
        self._key = ""
        self._is_key = True
        events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        for event in events:
            self._take(event)

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
            self._depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            self._depth -= 1
            self._finish(event)
        elif isinstance(event, yaml.ScalarEvent):
            if self._depth == 1:
                self._read(event)
            mark: Any = event.end_mark
            end: int = mark.index
            # the end mark of a text in lines of its own lies on the line after it
            self._reach(len(self._text[:end].rstrip()) if event.style in ("|", ">") else end)

    def _begin(self, event: Any) -> None:
        start = event.start_mark
        if self._depth == 0:
            self.is_flow = bool(event.flow_style)
        elif self._key == "entries" and self._depth == 1 and event.flow_style:
            self.is_flow, self.empty = True, (start.index, start.index)
        elif self._key == "entries" and self._depth == _ENTRY_DEPTH:
            self.entries.append(_Found(start.index, start.column, start.index))

    def _finish(self, event: Any) -> None:
        end: int = event.end_mark.index
        # a block's end is told only where the next thing begins
        if event.start_mark.index < end:
            self._reach(end)
        if self._depth == 1:
            if self._key == "entries" and self.empty and not self.entries:
                self.is_flow, self.empty = False, (self.empty[0], end)
            self._is_key = True

    def _read(self, event: Any) -> None:
        """A key of the file, or the value after it."""
        if self._is_key:
            self._key = event.value
            if self._key == "entries":
                self.key_end = self._text.index(":", event.end_mark.index) + 1
        elif self._key == "entries" and event.end_mark.index > event.start_mark.index:
            self.empty = (event.start_mark.index, event.end_mark.index)
        self._is_key = not self._is_key

    def _reach(self, end: int) -> None:
        """An entry goes as far as the end of its deepest last value."""
        if self.entries and self._key == "entries" and self._depth >= _ENTRY_DEPTH:
            self.entries[-1].last = max(self.entries[-1].last, end)


def _ids(tree: Table) -> list[str]:
    """The ids of the entries in order; empty for one that has none."""
    entries = tree.values.get("entries")
    items = entries.items if isinstance(entries, List) else []
    ids = []
    for item in items:
        if not isinstance(item, Text):
            node = item.values.get("id") if isinstance(item, Table) else None
            ids.append(node.value.strip() if isinstance(node, Text) else "")
    return ids


def _spans(text: str, scan: _Scan, ids: list[str], head: int) -> Iterator[Span]:
    tokens: Iterator[Any] = yaml.scan(text, Loader=_LOADER)
    dashes = [each.start_mark for each in tokens if isinstance(each, yaml.BlockEntryToken)]
    floor, place = head, 0
    for found, entry_id in zip(scan.entries, ids, strict=True):
        while place + 1 < len(dashes) and dashes[place + 1].index <= found.start:
            place += 1
        dash = dashes[place]
        line = dash.index - dash.column
        end = _below(text, _next_line(text, found.last), found.column)
        yield Span(
            entry_id=entry_id,
            top=_above(text, line, floor),
            line=line,
            start=found.start,
            end=end,
            dash=dash.column,
            keys=found.column,
        )
        floor = end


def _above(text: str, line: int, floor: int) -> int:
    """Up over the comment lines right above, never into what stands before."""
    top = line
    while top > floor:
        before = text.rfind("\n", 0, top - 1) + 1
        if before < floor or not text[before:top].lstrip(" \t").startswith("#"):
            break
        top = before
    return top


def _below(text: str, end: int, keys: int) -> int:
    """Down over comment lines that stand as deep as the entry's keys: they are its own."""
    while end < len(text):
        after = _next_line(text, end)
        line = text[end:after]
        if not line.lstrip(" ").startswith("#") or len(line) - len(line.lstrip(" ")) < keys:
            break
        end = after
    return end


def _next_line(text: str, index: int) -> int:
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def _cannot(file: str, node: Node, what: str) -> Unreadable:
    how = "write `entries:` and under it each entry after `- `, or change the file by hand"
    return Unreadable(Problem(file=file, line=node.line, column=node.column, what=what, how=how))
