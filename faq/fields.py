"""Values read from a YAML tree, each complaint told with its place."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from rapidfuzz import fuzz, process

from faq.problem import Problem
from faq.yamltree import List, Node, Table, Text

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NEAR = 60.0
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(rf"{_DAY.pattern}[T ][0-9]{{2}}:[0-9]{{2}}")


@dataclass(slots=True)
class Reader:
    """Reads values of one file and keeps what is wrong with them."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, node: Node, what: str, how: str) -> None:
        """Note a problem at this node."""
        self.problems.append(
            Problem(file=self.file, line=node.line, column=node.column, what=what, how=how)
        )

    def table(self, node: Node, name: str, known: Collection[str]) -> Table | None:
        """A mapping with known keys only."""
        if not isinstance(node, Table):
            how = f"write `key: value` lines under `{name}`"
            if isinstance(node, Text) and "：" in node.value:
                how = "write `: ` (half-width colon and a space) for the full-width colon `：`"
            self.wrong(node, f"`{name}` must hold keys and values", how)
            return None
        for key, place in node.keys.items():
            if key not in known:
                self.wrong(place, f"unknown key `{shorten(key)}`", _advise(key, known))
        return node

    def items(self, node: Node | None, name: str, most: int) -> list[Node]:
        """The items of a list; none for an absent or empty one."""
        if node is None or is_empty(node):
            return []
        if not isinstance(node, List):
            self.wrong(node, f"`{name}` must be a list", "put each on its own line after `- `")
            return []
        if len(node.items) > most:
            self.wrong(node, f"`{name}` has more than {most} items", "keep the most telling ones")
        return node.items[:most]

    def text(self, node: Node | None, name: str, most: int) -> str | None:
        """A text of at most so many UTF-16 units, trimmed; None when absent or empty."""
        if node is None or is_empty(node):
            return None
        if not isinstance(node, Text):
            self.wrong(node, f"`{name}` must be a text", "write it on one line, or after `|`")
            return None
        value = unicodedata.normalize("NFC", node.value[: 2 * most]).strip()
        if utf16_units(node.value) > most:
            self.wrong(node, f"`{name}` is longer than {most} characters", "shorten it")
            return None
        found = _CONTROL.search(value)
        if found:
            what = f"`{name}` holds the control character U+{ord(found.group()):04X}"
            self.wrong(node, what, "delete it")
            return None
        return value or None

    def texts(self, node: Node | None, name: str, most: int, longest: int) -> tuple[str, ...]:
        """A list of texts."""
        read = (self.text(item, name, longest) for item in self.items(node, name, most))
        return tuple(dict.fromkeys(value for value in read if value))

    def matched(
        self, node: Node | None, name: str, pattern: re.Pattern[str], how: str
    ) -> str | None:
        """A short text of a given form."""
        value = self.text(node, name, 1_000)
        if value is None or node is None:
            return None
        if not pattern.fullmatch(value):
            self.wrong(node, f"`{name}` cannot be `{shorten(value)}`", how)
            return None
        return value

    def number(self, node: Node | None, name: str, least: int, most: int) -> int | None:
        """A whole number within bounds."""
        value = self.text(node, name, 100)
        if value is None or node is None:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,9}", value) or not least <= int(value) <= most:
            how = f"write a whole number from {least} to {most}"
            self.wrong(node, f"`{name}` cannot be `{shorten(value)}`", how)
            return None
        return int(value)

    def day(self, node: Node | None, name: str) -> date | None:
        """A date."""
        value = self.text(node, name, 100)
        if value is None or node is None:
            return None
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
                return date.fromisoformat(value)
        except ValueError:
            pass  # told below together with dates of another form
        how = "write a date that exists as 2026-04-01"
        self.wrong(node, f"`{name}` cannot be `{shorten(value)}`", how)
        return None

    def moment(self, node: Node | None, name: str, *, is_end: bool = False) -> datetime | None:
        """A date or a date and time, by the wall clock; a date alone ends with its day."""
        value = self.text(node, name, 100)
        if value is None or node is None:
            return None
        try:
            if _DAY.fullmatch(value):
                day = datetime.fromisoformat(value)
                return day + timedelta(days=1) if is_end else day
            if _MOMENT.fullmatch(value):
                return datetime.fromisoformat(value)
        except (ValueError, OverflowError):
            pass  # told below together with what has another form
        how = "write a date or a date and time that exist as 2026-04-01T09:00"
        self.wrong(node, f"`{name}` cannot be `{shorten(value)}`", how)
        return None

    def flag_or_text(self, node: Node | None, name: str, most: int) -> str | bool | None:
        """A plain true or false, or a text."""
        value = self.text(node, name, most)
        if isinstance(node, Text) and node.plain and value in ("true", "false"):
            return value == "true"
        return value


def is_empty(node: Node) -> bool:
    """A key with nothing after it, or with YAML's word for nothing."""
    return isinstance(node, Text) and node.plain and node.value in ("", "null", "~")


def is_absent(node: Node | None) -> bool:
    """Nothing was written, so nothing was complained about yet."""
    return node is None or is_empty(node) or (isinstance(node, Text) and not node.value.strip())


def utf16_units(text: str) -> int:
    """The length as messaging services count it."""
    return len(text) + sum(ord(letter) > 0xFFFF for letter in text)  # noqa: PLR2004 — last of the BMP


def shorten(value: str) -> str:
    """A value short enough for a line of complaint."""
    line = re.sub(r"\s+", " ", value)
    return line if len(line) <= 40 else line[:39] + "…"  # noqa: PLR2004 — told once, here


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was most likely meant."""
    found = process.extractOne(name[:100], list(known), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return found[0] if found else None


def _advise(key: str, known: Collection[str]) -> str:
    if "\u3000" in key:
        return "indent with ordinary spaces, not with the full-width space"
    if "：" in key:
        return "write `: ` with the half-width colon, not the full-width colon `：`"
    meant = nearest(key, known)
    return f"did you mean `{meant}`?" if meant else f"known are {', '.join(sorted(known))}"
