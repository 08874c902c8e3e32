"""The short reference of a conversation, M-7K2Q: easy to say, hard to misread."""

import re
import unicodedata
from random import Random

#: Neither look-alikes (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V: one of each at most) nor vowels, which
#: would spell words.
ALPHABET = "23456789CDFHJKMNPQRTVWXY"
LENGTH = 4
_LONGEST = 8
#: Where customers copy a reference from fits in here; the rest of a long text is not searched.
_SEARCHED = 20_000
_MISREAD = str.maketrans(
    {"0": "Q", "O": "Q", "1": "7", "I": "7", "L": "7", "B": "8", "S": "5", "Z": "2", "G": "6"}
    | {"U": "V"}
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ーｰ_", "-"))
_REFERENCE = re.compile(
    rf"(?<![A-Z0-9])M(?P<dash> ?- ?| )?(?P<code>[A-Z0-9]{{{LENGTH},{_LONGEST}}})(?![A-Z0-9])"
)


def new_reference(random: Random, length: int = LENGTH) -> str:
    """Draw a reference; it always holds a digit and a letter, so that no word or number is one."""
    if not LENGTH <= length <= _LONGEST:
        raise ValueError(f"a reference has {LENGTH} to {_LONGEST} characters")
    while True:
        code = "".join(random.choice(ALPHABET) for _ in range(length))
        if _is_code(code):
            return f"M-{code}"


def parse_reference(text: str) -> str | None:
    """Find the first reference in what somebody typed, however they typed it."""
    plain = unicodedata.normalize("NFKC", text[:_SEARCHED]).upper().translate(_DASHES)
    for found in _REFERENCE.finditer(plain):
        typed = found["code"]
        code = typed.translate(_MISREAD)
        # without its hyphen "Mount" would be one, so there a digit must really be typed
        sure = "-" in (found["dash"] or "") or any(char.isdigit() for char in typed)
        if sure and _is_code(code):
            return f"M-{code}"
    return None


def _is_code(code: str) -> bool:
    return (
        all(char in ALPHABET for char in code)
        and any(char.isdigit() for char in code)
        and any(char.isalpha() for char in code)
    )
