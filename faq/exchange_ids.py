"""Ids for entries that came without one: readable, unique, the same each time."""

import re
from collections.abc import Container

import jaconv

from faq.normalize import fold, strip_padding
from faq.readings import Readings

_LONGEST = 40
_BREAKS = re.compile(r"[^a-z0-9]+")


def new_id(question: str, taken: Container[str], readings: Readings) -> str:
    """An id spelled like the question sounds; `-2` and so on where it is taken."""
    folded = fold(question)
    sound = readings.read(strip_padding(folded) or folded)
    letters = jaconv.kata2alphabet(jaconv.hira2kata(sound))
    plain = _BREAKS.sub("-", letters.lower()).strip("-")
    base = plain[:_LONGEST].rpartition("-")[0] if len(plain) > _LONGEST else plain
    base = (base or plain[:_LONGEST]).strip("-") or "entry"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    return name
