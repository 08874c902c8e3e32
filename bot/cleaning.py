"""Make a customer's text storable at the door, and leave everything else as it was sent."""

import re
from dataclasses import dataclass

#: Longest text that is stored, in code points.
MAX_TEXT = 20_000
REPLACEMENT = "\ufffd"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleaned:
    """A text that every store takes."""

    text: str
    truncated: bool = False  #: what followed the longest text was dropped


def clean_text(text: str) -> Cleaned:
    """Replace what cannot be stored (NUL, half a surrogate pair) and cap the length."""
    # two halves become one character, so twice the cap is enough to fill it
    head = text[: 2 * MAX_TEXT]
    if _UNSTORABLE.search(head):
        # the two halves of a pair may stand side by side: join them before the lone ones go
        units = head.encode("utf-16-le", "surrogatepass")
        head = units.decode("utf-16-le", "surrogatepass")
        head = _UNSTORABLE.sub(REPLACEMENT, head)
    truncated = len(head) > MAX_TEXT or len(text) > 2 * MAX_TEXT
    return Cleaned(text=head[:MAX_TEXT], truncated=truncated)
