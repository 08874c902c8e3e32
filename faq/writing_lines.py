"""The lines of one entry, as its own text has them and as its file does."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from faq.writing_layout import Layout, Span


@dataclass(frozen=True, slots=True)
class Piece:
    """One line of an entry: as the snippet has it, and as the file does."""

    snippet: str
    raw: str


def pieces_of(layout: Layout, span: Span) -> list[Piece]:
    text = layout.text
    pieces = [
        Piece(_plain(line.lstrip(" \t")), line) for line in _lines(text[span.top : span.line])
    ]
    lines = _lines(text[span.start : span.end])
    first, *rest = lines
    pieces.append(Piece(_plain(first), text[span.line : span.start] + first))
    for line in rest:
        spaces = len(line) - len(line.lstrip(" "))
        pieces.append(Piece(_plain(line[min(spaces, span.keys) :]), line))
    return pieces


def rendered(layout: Layout, span: Span, lines: list[str], *, keep: bool) -> str:
    """The entry's lines for the file; lines that did not change are taken as they are there."""
    pieces = pieces_of(layout, span)
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


def _aligned(pieces: list[Piece], lines: list[str]) -> dict[int, int]:
    """For each new line that stood there before: which piece it was."""
    old = [piece.snippet.rstrip("\n") for piece in pieces]
    new = [line.rstrip("\n") for line in lines]
    found = {}
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            found[block.b + step] = block.a + step
    return found


def indented(lines: list[str], lead: str, keys: int) -> str:
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


def snippet_lines(snippet: str) -> list[str]:
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


def ends_blank(text: str) -> bool:
    lines = _lines(text)
    return not lines or not lines[-1].strip()
