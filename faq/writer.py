"""Puts one entry back into its file: every other line stays as it was, byte for byte."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from faq.problem import Problem
from faq.writing_layout import Layout, Span, read_layout, read_tree, same_tree
from faq.yamltree import List, Node, Table, Text, Unreadable

#: An entry's own text; a thousand long variants fit.
LONGEST_SNIPPET = 600_000
_DASH, _KEYS = 2, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """An entry as it stands in its file."""

    entry_id: str
    #: without dash and indentation, line ends as \n, with the comments right above it
    text: str
    #: of the dash in the file, from 1
    line: int
    #: the entry before it; empty for the first
    after_id: str


class Unwritable(Exception):
    """This file cannot be changed by parts; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def cut_entries(text: str, file: str) -> tuple[Cut, ...]:
    """Every entry's own text. Raises Unwritable."""
    layout = _layout(text, file)
    found, before = [], ""
    for span in layout.spans:
        if span.entry_id:
            own = "".join(piece.snippet for piece in _pieces(layout, span)).rstrip("\n") + "\n"
            line = text.count("\n", 0, span.line) + 1
            found.append(Cut(entry_id=span.entry_id, text=own, line=line, after_id=before))
            before = span.entry_id
    return tuple(found)


def replace_entry(text: str, file: str, entry_id: str, snippet: str) -> str:
    """The file with this entry's text in the place of the old. Raises Unwritable, KeyError."""
    layout = _layout(text, file)
    span = _get(layout, entry_id)
    lines = _snippet_lines(snippet)
    for kept in (True, False):
        block = _rendered(layout, span, lines, keep=kept)
        changed = text[: span.top] + block + text[span.end :]
        if _is_right(text, changed, file, entry_id, snippet):
            return changed
    raise _unwritable(file, "the entry does not fit in its place", "change the file by hand")


def insert_entry(text: str, file: str, snippet: str, *, after_id: str | None = None) -> str:
    """The file with one entry more: after that one; first for none; last where it is not told.

    Raises Unwritable.
    """
    layout = _layout(text, file)
    is_first = after_id == ""
    span = layout.find(after_id or "") or (layout.spans[-1] if layout.spans else None)
    dash, keys = (span.dash, span.keys) if span else (_DASH, _KEYS)
    if span and text[span.line : span.start].strip() != "-":
        keys = dash + 2  # a dash on a line of its own: not imitated
    block = _indented(_snippet_lines(snippet), " " * dash + "- ".ljust(keys - dash), keys)
    block = block.replace("\n", layout.newline)
    if span is None:
        changed = _as_only(layout, block)
    elif is_first:
        changed = text[: layout.spans[0].top] + block + _gap(layout) + text[layout.spans[0].top :]
    else:
        changed = _after(layout, span, block)
    if _is_right(text, changed, file, "", snippet):
        return changed
    raise _unwritable(file, "no entry can be added here", "add it by hand, or use another file")


def delete_entry(text: str, file: str, entry_id: str) -> str:
    """The file without this entry. Raises Unwritable, KeyError."""
    layout = _layout(text, file)
    span = _get(layout, entry_id)
    before, after = text[: span.top], text[span.end :]
    # of the blank lines around it those before stay; the list begins without one
    is_first = span is layout.spans[0]
    if (is_first or _ends_blank(before)) and after.lstrip(" \t").startswith(("\n", "\r\n")):
        after = after[after.index("\n") + 1 :]
    elif _ends_blank(before) and not after.strip():
        before = before.rstrip("\r\n \t") + layout.newline
    changed = before + after
    if _is_right(text, changed, file, entry_id, None):
        return changed
    raise _unwritable(file, "the entry cannot be taken out", "change the file by hand")


@dataclass(frozen=True, slots=True)
class _Piece:
    """One line of an entry: as the snippet has it, and as the file does."""

    snippet: str
    raw: str


def _pieces(layout: Layout, span: Span) -> list[_Piece]:
    text = layout.text
    pieces = [
        _Piece(_plain(line.lstrip(" \t")), line) for line in _lines(text[span.top : span.line])
    ]
    lines = _lines(text[span.start : span.end])
    first, *rest = lines
    pieces.append(_Piece(_plain(first), text[span.line : span.start] + first))
    for line in rest:
        spaces = len(line) - len(line.lstrip(" "))
        pieces.append(_Piece(_plain(line[min(spaces, span.keys) :]), line))
    return pieces


def _rendered(layout: Layout, span: Span, lines: list[str], *, keep: bool) -> str:
    """The entry's lines for the file; lines that did not change are taken as they are there."""
    pieces = _pieces(layout, span)
    lead = layout.text[span.line : span.start]
    first = next(
        (place for place, line in enumerate(lines) if not _is_remark(line)), len(lines) - 1
    )
    kept = _aligned(pieces, lines) if keep else {}
    dashed = len(_lines(layout.text[span.top : span.line]))
    out = []
    for place, line in enumerate(lines):
        # the line with the dash is of use as the first line only
        if place in kept and (kept[place] == dashed) == (place == first):
            raw = pieces[kept[place]].raw
            out.append(raw if raw.endswith("\n") else raw + layout.newline)
            continue
        if place == first:
            body = lead + line
        elif place < first:
            body = " " * span.dash + line if line.strip() else line
        else:
            body = " " * span.keys + line if line.strip() else line
        out.append(body.replace("\n", layout.newline))
    if not layout.text[span.top : span.end].endswith("\n") and span.end == len(layout.text):
        out[-1] = out[-1].rstrip("\r\n")
    return "".join(out)


def _aligned(pieces: list[_Piece], lines: list[str]) -> dict[int, int]:
    """For each new line that stood there before: which piece it was."""
    old = [piece.snippet.rstrip("\n") for piece in pieces]
    new = [line.rstrip("\n") for line in lines]
    found = {}
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            found[block.b + step] = block.a + step
    return found


def _indented(lines: list[str], lead: str, keys: int) -> str:
    """A new entry's lines under a dash."""
    first = next((place for place, line in enumerate(lines) if not _is_remark(line)), 0)
    dash = len(lead) - len(lead.lstrip(" "))
    out = []
    for place, line in enumerate(lines):
        if place == first:
            out.append(lead + line)
        elif not line.strip():
            out.append(line)
        else:
            out.append(" " * (dash if place < first else keys) + line)
    return "".join(out)


def _after(layout: Layout, span: Span, block: str) -> str:
    """Behind an entry, with a blank line where the file has blank lines between entries."""
    text, newline = layout.text, layout.newline
    before, after = text[: span.end], text[span.end :]
    if not before.endswith("\n"):
        return before + newline + _gap(layout) + block.rstrip("\r\n")
    return before + _gap(layout) + block + after


def _gap(layout: Layout) -> str:
    spans = layout.spans
    gaps = [
        layout.text[one.end : other.top].strip(" \t").startswith(("\n", "\r\n"))
        for one, other in pairwise(spans)
    ]
    if not gaps:
        # beside one entry alone: lists that are not indented are mostly written close
        return layout.newline if spans[0].dash else ""
    return layout.newline if sum(gaps) * 2 > len(gaps) else ""


def _as_only(layout: Layout, block: str) -> str:
    text, newline = layout.text, layout.newline
    if layout.head is None:
        between = newline if text and not text.endswith("\n") else ""
        return f"{text}{between}entries:{newline}{block}"
    before, after = text[: layout.head], text[layout.head :]
    if layout.empty:
        start, end = layout.empty
        before = before[:start].rstrip(" ") + before[end:]
    between = "" if before.endswith("\n") else newline
    return before + between + block + after


def _is_right(old: str, new: str, file: str, entry_id: str, snippet: str | None) -> bool:
    """Whether the new text says what was meant: the other entries and keys as before."""
    try:
        before, after = read_tree(old, file), read_tree(new, file)
        entry = None if snippet is None else read_tree(snippet, file)
    except Unreadable:
        return False
    rest, others = _split(before, entry_id)
    new_rest, new_others = _split(after, _id_of(entry) if entry else entry_id)
    return (
        _same_each(rest, new_rest)
        and _same_each(others, new_others)
        and (entry is None or _holds(after, entry))
    )


def _split(tree: Node | None, entry_id: str) -> tuple[list[Node], list[Node]]:
    """What stands beside the entries, and the entries but one."""
    if not isinstance(tree, Table):
        return [], []
    entries = tree.values.get("entries")
    items = entries.items if isinstance(entries, List) else []
    rest: list[Node] = []
    for key, value in tree.values.items():
        if key != "entries":
            rest += [tree.keys[key], value]
    return rest, [item for item in items if not entry_id or _id_of(item) != entry_id]


def _same_each(one: list[Node], other: list[Node]) -> bool:
    return len(one) == len(other) and all(map(same_tree, one, other))


def _holds(tree: Node | None, entry: Node) -> bool:
    entries = tree.values.get("entries") if isinstance(tree, Table) else None
    items = entries.items if isinstance(entries, List) else []
    return sum(same_tree(item, entry) for item in items) == 1


def _id_of(node: Node | None) -> str:
    found = node.values.get("id") if isinstance(node, Table) else None
    return found.value.strip() if isinstance(found, Text) else ""


def _layout(text: str, file: str) -> Layout:
    try:
        return read_layout(text, file)
    except Unreadable as error:
        raise Unwritable(error.problem) from None


def _get(layout: Layout, entry_id: str) -> Span:
    span = layout.find(entry_id)
    if span is None:
        raise KeyError(entry_id)
    return span


def _snippet_lines(snippet: str) -> list[str]:
    """A snippet's lines, each with its end, without blank lines around it."""
    plain = snippet.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    return _lines(plain.rstrip(" \n") + "\n")


def _lines(text: str) -> list[str]:
    """Lines with their ends; a line feed alone ends a line, as in the places."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _plain(line: str) -> str:
    return line.removesuffix("\r\n") + "\n" if line.endswith("\r\n") else line


def _is_remark(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _ends_blank(text: str) -> bool:
    lines = _lines(text)
    return not lines or not lines[-1].strip()


def _unwritable(file: str, what: str, how: str) -> Unwritable:
    return Unwritable(Problem(file=file, line=1, column=1, what=what, how=how))
