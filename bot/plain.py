"""Text that every later step can hold: no NUL, no half of a surrogate pair."""

import re
from typing import Any

#: SQLite's length() stops at NUL; neither UTF-8 nor sqlite3 can write a lone surrogate.
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """The text as sent, with what cannot be written replaced by U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", text)


def clean_json(value: Any) -> Any:
    """Parsed JSON with every text cleaned, keys included. May raise RecursionError."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [clean_json(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean_json(item) for key, item in value.items()}
    return value
