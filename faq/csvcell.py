"""Cells of a CSV file that a spreadsheet shows and never runs."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

#: Every way a program may begin a new line within a cell.
_LINES = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_STARTERS = frozenset("=+-@")


def csv_cell(value: str | float | None) -> str:
    """A cell as text: numbers as they are, texts with a ' before what could be a formula.

    Every line of the text counts, because some programs break a cell open at its lines.
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = unicodedata.normalize("NFC", value).replace("\x00", "\ufffd")
    return "\n".join(_quote(line) for line in _LINES.split(text))


def _quote(line: str) -> str:
    """Put a ' before a line whose first visible character starts a formula, or a TAB."""
    seen = line.lstrip()
    while seen and _is_invisible(seen[0]):
        seen = seen[1:].lstrip()
    blanks = line[: len(line) - len(seen)]
    # = as ＝ or ﹦, + as ＋: spreadsheets read the full-width forms as well
    folded = unicodedata.normalize("NFKC", seen[:1])
    runs = folded[:1] in _STARTERS or "\t" in blanks
    return f"'{line}" if runs else line


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in {"Cf", "Cc", "Zs", "Zl", "Zp"}


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> str:
    """A whole file; Excel needs the mark at its start to read it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([csv_cell(name) for name in header])
    for row in rows:
        writer.writerow([csv_cell(value) for value in row])
    return "\ufeff" + out.getvalue()
