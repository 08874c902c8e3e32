"""A cursor over one JSON value: checks it, and notes what is wrong under its path."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bot.standin.counting import count_units, has_surrogate

_NOT_PERCENT_ENCODED = re.compile(r"""[^\x21-\x7e]|["<>\\^`{|}]|%(?![0-9A-Fa-f]{2})""")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?")
_PHONE = re.compile(r"\+?[0-9*.()-]*[0-9][0-9*.()-]*")


class Probe:
    """One value of a request body, its path, and the list its problems go to."""

    __slots__ = ("path", "problems", "value")

    def __init__(self, value: Any, path: str, problems: list[str]) -> None:
        self.value = value
        self.path = path
        self.problems = problems

    def fail(self, problem: str) -> None:
        self.problems.append(f"{self.path or 'body'}: {problem}")

    def has(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def at(self, key: str) -> "Probe":
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Probe(value, f"{self.path}.{key}" if self.path else key, self.problems)

    def optional(self, key: str, check: Callable[["Probe"], object]) -> None:
        if self.has(key):
            check(self.at(key))

    def is_object(self, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> bool:
        """An object with all of the required and none but the named properties."""
        if not isinstance(self.value, dict):
            self.fail("must be an object")
            return False
        for key in required:
            if key not in self.value:
                self.at(key).fail("is required")
        for key in self.value:
            if key not in required and key not in optional:
                self.at(key).fail("unknown property")
        return all(key in self.value for key in required)

    def items(self, least: int, most: int) -> list["Probe"]:
        if not isinstance(self.value, list):
            self.fail("must be an array")
            return []
        if not least <= len(self.value) <= most:
            self.fail(f"must hold {least} to {most} items, holds {len(self.value)}")
        return [
            Probe(item, f"{self.path}[{index}]", self.problems)
            for index, item in enumerate(self.value)
        ]

    def text(
        self, most: int, *, least: int = 1, count: Callable[[str], int] = count_units
    ) -> bool:
        if not isinstance(self.value, str):
            self.fail("must be a string")
            return False
        length = count(self.value)
        if not least <= length <= most:
            self.fail(f"must be {least} to {most} characters long, is {length}")
        if has_surrogate(self.value):
            self.fail("must be valid Unicode, holds half a character")
        return least <= length <= most

    def pattern(self, pattern: str, meaning: str) -> None:
        if not isinstance(self.value, str) or not re.fullmatch(pattern, self.value):
            self.fail(f"must be {meaning}")

    def number(self, least: float, most: float) -> None:
        fits = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        if not fits or not least <= self.value <= most:
            self.fail(f"must be a number from {least:g} to {most:g}")

    def whole(self, least: int, most: int, *, step: int = 1) -> None:
        fits = isinstance(self.value, int) and not isinstance(self.value, bool)
        if not fits or not least <= self.value <= most or self.value % step:
            steps = f" in steps of {step}" if step > 1 else ""
            self.fail(f"must be a whole number from {least} to {most}{steps}")

    def choice(self, *values: str) -> None:
        if self.value not in values:
            self.fail(f"must be one of {', '.join(values)}")

    def boolean(self) -> None:
        if not isinstance(self.value, bool):
            self.fail("must be true or false")

    def colour(self) -> None:
        if not isinstance(self.value, str) or not _COLOUR.fullmatch(self.value):
            self.fail("must be a colour #RRGGBB or #RRGGBBAA")

    def https(self) -> None:
        """The address of a picture, film or sound."""
        self.uri(2000, schemes=("https",))

    def uri(
        self, most: int = 1000, *, schemes: tuple[str, ...] = ("http", "https", "line", "tel")
    ) -> None:
        if not self.text(most) or _has_bad_escapes(self):
            return
        try:
            parts = urlsplit(self.value)
        except ValueError:
            self.fail("is no address")
            return
        if parts.scheme.lower() not in schemes:
            self.fail(f"scheme must be one of {', '.join(schemes)}")
        elif parts.scheme.lower() == "tel" and not _PHONE.fullmatch(parts.path):
            self.fail("must be a telephone number")
        elif parts.scheme.lower() in {"http", "https"} and not parts.netloc:
            self.fail("has no host")


def _has_bad_escapes(probe: Probe) -> bool:
    found = _NOT_PERCENT_ENCODED.search(probe.value)
    if found is not None:
        probe.fail("must be percent-encoded")
    return found is not None
