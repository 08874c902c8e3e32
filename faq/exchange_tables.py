"""CSV and JSON from spreadsheets and other programs, read as rows of named cells."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from faq.exchange_rows import MOST_FILE_BYTES, MOST_ROWS, ImportUnreadable

_MOST_CELL = 200_000
#: How far a heading may stand below a title that somebody put above the table.
_HEADING_WITHIN = 10
_FURTHER = re.compile(r"[:.(（][a-z]{2,3}[)）]?$|[0-9]+$")
_DELIMITERS = ",\t;"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """One line of a table: folded heading → text, and the place of each."""

    number: int
    texts: Mapping[str, str]
    columns: Mapping[str, int]


def decode(raw: bytes) -> str:
    """The text of a file. Spreadsheets write UTF-8, UTF-16 or, in Japan, CP932."""
    if len(raw) > MOST_FILE_BYTES:
        raise ImportUnreadable("the file is larger than 50 MB; split it")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp932"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise ImportUnreadable("neither UTF-8 nor Shift_JIS text; save it as CSV UTF-8")


def fold_heading(text: str) -> str:
    """One spelling of a heading: width, case, spaces and marks put aside."""
    folded = unicodedata.normalize("NFKC", text).strip().casefold()
    return "".join(letter for letter in folded if letter not in " _-\t*").rstrip(":")


def read_table(text: str, known: frozenset[str]) -> list[Cells]:
    """The lines below the heading, which is the first line with two known names."""
    csv.field_size_limit(_MOST_CELL)
    lines: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    try:
        for number, line in enumerate(reader, start=1):
            if number > MOST_ROWS + _HEADING_WITHIN:
                raise ImportUnreadable(f"more than {MOST_ROWS} rows; split the file")
            lines.append((number, line))
    except csv.Error as error:
        raise ImportUnreadable(f"row {len(lines) + 1}: {error}; save it as CSV again") from None
    head, heading = _find_heading(lines, known)
    return [
        _cells(number, line, heading)
        for number, line in lines[head + 1 :]
        if any(cell.strip() for cell in line)
    ]


def _delimiter(text: str) -> str:
    first = "\n".join(text.split("\n", _HEADING_WITHIN)[:_HEADING_WITHIN])
    return max(_DELIMITERS, key=first.count)


def _find_heading(
    lines: Sequence[tuple[int, list[str]]], known: frozenset[str]
) -> tuple[int, list[str]]:
    for place, (_, line) in enumerate(lines[:_HEADING_WITHIN]):
        folded = [fold_heading(cell) for cell in line]
        if sum(_is_known(name, known) for name in folded) > 1:
            return place, folded
    seen = "、".join(cell for _, line in lines[:1] for cell in line)[:80]
    raise ImportUnreadable(
        f"no headings that are known here (first row: {seen}); "
        "name the columns, at least `question` and `answer` (質問, 回答)"
    )


def _is_known(name: str, known: frozenset[str]) -> bool:
    # `variant 2` and `answer(en)` are columns too
    return name in known or _FURTHER.sub("", name) in known


def _cells(number: int, line: Sequence[str], heading: Sequence[str]) -> Cells:
    texts: dict[str, str] = {}
    columns: dict[str, int] = {}
    for place, (name, cell) in enumerate(zip(heading, line, strict=False), start=1):
        if name and cell.strip() and name not in texts:
            texts[name] = unguard(cell)
            columns[name] = place
    return Cells(number=number, texts=texts, columns=columns)


def unguard(cell: str) -> str:
    """The text without the ' that our own export puts before what could be a formula."""
    return "\n".join(
        line[1:]
        if line.startswith("'") and line[1:].lstrip()[:1] in tuple("=+-@＝＋－＠\t")
        else line
        for line in cell.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ).strip()


def read_list(text: str) -> list[Any]:
    """The items of a JSON list, or of `entries` in an object."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ImportUnreadable(f"not JSON: {str(error)[:100]}") from None
    if isinstance(found, dict):
        found = found.get("entries")
    if not isinstance(found, list):
        raise ImportUnreadable('no list of entries; write `[{"question": …}, …]`')
    if len(found) > MOST_ROWS:
        raise ImportUnreadable(f"more than {MOST_ROWS} items; split the file")
    return found
