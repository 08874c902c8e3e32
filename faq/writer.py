"""Puts one entry back into its file: every other line stays as it was, byte for byte."""

from dataclasses import dataclass
from itertools import pairwise

from faq.problem import Problem
from faq.writing_layout import Layout, Span, read_layout
from faq.writing_lines import ends_blank, indented, pieces_of, rendered, snippet_lines
from faq.writing_proof import is_right
from faq.yamltree import Unreadable

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
            own = "".join(piece.snippet for piece in pieces_of(layout, span)).rstrip("\n") + "\n"
            line = text.count("\n", 0, span.line) + 1
            found.append(Cut(entry_id=span.entry_id, text=own, line=line, after_id=before))
            before = span.entry_id
    return tuple(found)


def replace_entry(text: str, file: str, entry_id: str, snippet: str) -> str:
    """The file with this entry's text in the place of the old. Raises Unwritable, KeyError."""
    layout = _layout(text, file)
    span = _get(layout, entry_id)
    lines = snippet_lines(snippet)
    for kept in (True, False):
        block = rendered(layout, span, lines, keep=kept)
        changed = text[: span.top] + block + text[span.end :]
        if is_right(text, changed, file, entry_id, snippet):
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
    block = indented(snippet_lines(snippet), " " * dash + "- ".ljust(keys - dash), keys)
    block = block.replace("\n", layout.newline)
    if span is None:
        changed = _as_only(layout, block)
    elif is_first:
        changed = text[: layout.spans[0].top] + block + _gap(layout) + text[layout.spans[0].top :]
    else:
        changed = _after(layout, span, block)
    if is_right(text, changed, file, "", snippet):
        return changed
    raise _unwritable(file, "no entry can be added here", "add it by hand, or use another file")


def delete_entry(text: str, file: str, entry_id: str) -> str:
    """The file without this entry. Raises Unwritable, KeyError."""
    layout = _layout(text, file)
    span = _get(layout, entry_id)
    before, after = text[: span.top], text[span.end :]
    # of the blank lines around it those before stay; the list begins without one
    is_first = span is layout.spans[0]
    if (is_first or ends_blank(before)) and after.lstrip(" \t").startswith(("\n", "\r\n")):
        after = after[after.index("\n") + 1 :]
    elif ends_blank(before) and not after.strip():
        before = before.rstrip("\r\n \t") + layout.newline
    changed = before + after
    if is_right(text, changed, file, entry_id, None):
        return changed
    raise _unwritable(file, "the entry cannot be taken out", "change the file by hand")


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


def _unwritable(file: str, what: str, how: str) -> Unwritable:
    return Unwritable(Problem(file=file, line=1, column=1, what=what, how=how))
