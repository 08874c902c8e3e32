"""How long a text is as LINE counts, and where it may be cut: never inside a character."""

import unicodedata
from collections.abc import Iterator
from enum import Enum, auto
from functools import lru_cache

_ZWJ = "\u200d"
_ELLIPSIS = "…"
#: Pictographs that join with ZWJ; modifiers and flags are treated apart.
_PICTOGRAPHS = (
    (0x203C, 0x203C),
    (0x2049, 0x2049),
    (0x2122, 0x2139),
    (0x2194, 0x21AA),
    (0x231A, 0x23FF),
    (0x24C2, 0x24C2),
    (0x25AA, 0x25FE),
    (0x2600, 0x27BF),
    (0x2934, 0x2935),
    (0x2B05, 0x2B55),
    (0x3030, 0x303D),
    (0x3297, 0x3299),
    (0x1F000, 0x1F1E5),
    (0x1F200, 0x1F3FA),
    (0x1F400, 0x1FAFF),
    (0x1FC00, 0x1FFFD),
)


class _Kind(Enum):
    """What a code point does to its neighbours; after Unicode's annex 29."""

    CR = auto()
    LF = auto()
    CONTROL = auto()
    EXTEND = auto()  # combining and spacing marks, selectors, skin tones, tags
    ZWJ = auto()
    PREPEND = auto()
    FLAG = auto()  # regional indicators, which pair up
    PICTOGRAPH = auto()
    L = auto()
    V = auto()
    T = auto()
    LV = auto()
    LVT = auto()
    OTHER = auto()


_HANGUL_AFTER = {
    _Kind.L: {_Kind.L, _Kind.V, _Kind.LV, _Kind.LVT},
    _Kind.LV: {_Kind.V, _Kind.T},
    _Kind.V: {_Kind.V, _Kind.T},
    _Kind.LVT: {_Kind.T},
    _Kind.T: {_Kind.T},
}
_BREAKERS = {_Kind.CR, _Kind.LF, _Kind.CONTROL}
_NAMED = {
    "\r": _Kind.CR,
    "\n": _Kind.LF,
    _ZWJ: _Kind.ZWJ,
    "\u200c": _Kind.EXTEND,
    # the half-width voicing marks: ﾊ and ﾞ are one character
    "\uff9e": _Kind.EXTEND,
    "\uff9f": _Kind.EXTEND,
    "\u00a9": _Kind.PICTOGRAPH,
    "\u00ae": _Kind.PICTOGRAPH,
}
_RANGES = (
    (_Kind.L, 0x1100, 0x115F),
    (_Kind.L, 0xA960, 0xA97C),
    (_Kind.V, 0x1160, 0x11A7),
    (_Kind.V, 0xD7B0, 0xD7C6),
    (_Kind.T, 0x11A8, 0x11FF),
    (_Kind.T, 0xD7CB, 0xD7FB),
    (_Kind.PREPEND, 0x0600, 0x0605),
    (_Kind.FLAG, 0x1F1E6, 0x1F1FF),
    (_Kind.EXTEND, 0x1F3FB, 0x1F3FF),
    (_Kind.EXTEND, 0xE0020, 0xE007F),
    *((_Kind.PICTOGRAPH, first, last) for first, last in _PICTOGRAPHS),
)
_HANGUL = (0xAC00, 0xD7A3)
_CATEGORIES = {
    "Mn": _Kind.EXTEND,
    "Me": _Kind.EXTEND,
    "Mc": _Kind.EXTEND,
    "Cc": _Kind.CONTROL,
    "Cf": _Kind.CONTROL,
    "Zl": _Kind.CONTROL,
    "Zp": _Kind.CONTROL,
}


@lru_cache(maxsize=8_192)
def _kind(char: str) -> _Kind:
    if named := _NAMED.get(char):
        return named
    point = ord(char)
    if _HANGUL[0] <= point <= _HANGUL[1]:
        return _Kind.LVT if (point - _HANGUL[0]) % 28 else _Kind.LV
    for kind, first, last in _RANGES:
        if first <= point <= last:
            return kind
    return _CATEGORIES.get(unicodedata.category(char), _Kind.OTHER)


def utf16_length(text: str) -> int:
    """Count UTF-16 units, which is what LINE's limits mean."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> Iterator[str]:
    """Yield the characters as people see them: an emoji family or a flag is one."""
    start = 0
    previous = _Kind.CONTROL
    flags = 0
    pictograph = False  # the cluster so far is a pictograph with its marks
    joined = False  # ... and a ZWJ follows it
    for index, char in enumerate(text):
        kind = _kind(char)
        together = (
            _stay_together(previous, kind)
            or (kind is _Kind.PICTOGRAPH and joined)
            or (kind is _Kind.FLAG and flags % 2 == 1)
        )
        if index and not together:
            yield text[start:index]
            start = index
        joined = kind is _Kind.ZWJ and pictograph
        pictograph = kind is _Kind.PICTOGRAPH or (pictograph and kind is _Kind.EXTEND)
        flags = flags + 1 if kind is _Kind.FLAG else 0
        previous = kind
    if text:
        yield text[start:]


def _stay_together(previous: _Kind, kind: _Kind) -> bool:
    if previous in _BREAKERS or kind in _BREAKERS:
        return previous is _Kind.CR and kind is _Kind.LF
    if kind in {_Kind.EXTEND, _Kind.ZWJ} or previous is _Kind.PREPEND:
        return True
    return kind in _HANGUL_AFTER.get(previous, ())


def grapheme_length(text: str) -> int:
    """Count characters as people see them; LINE counts labels so."""
    return sum(1 for _ in graphemes(text))


def shorten(text: str, limit_utf16: int) -> str:
    """Cut a text that is too long between two characters and end it with an ellipsis."""
    if utf16_length(text) <= limit_utf16:
        return text
    room = limit_utf16 - len(_ELLIPSIS)
    kept: list[str] = []
    for cluster in graphemes(text):
        room -= utf16_length(cluster)
        if room < 0:
            break
        kept.append(cluster)
    return "".join(kept) + (_ELLIPSIS if limit_utf16 > 0 else "")
