"""Counts text the two ways LINE counts it: UTF-16 units and grapheme clusters."""

from unicodedata import category

_JOINER = "\u200d"
#: Grapheme extenders that Unicode files under letters, format characters or symbols:
#: ZWNJ, ZWJ, the half-width voiced marks, emoji skin tones and tag characters.
_EXTENDERS = ((0x200C, 0x200D), (0xFF9E, 0xFF9F), (0x1F3FB, 0x1F3FF), (0xE0020, 0xE007F))


def count_units(text: str) -> int:
    """UTF-16 code units, LINE's usual way to count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def count_clusters(text: str) -> int:
    """Grapheme clusters, LINE's way for labels and template texts.

    The rules of UAX #29 as far as chat text needs them; rare scripts may count a little higher.
    """
    clusters = 0
    flags = 0
    previous = ""
    for char in text:
        flags = flags + 1 if _is_flag(char) else 0
        # a flag is two regional letters: the second of each pair belongs to the first
        joined = flags % 2 == 0 if flags else _joins(previous, char)
        clusters += not joined
        previous = char
    return clusters


def has_surrogate(text: str) -> bool:
    """Half a character, which no valid Unicode text holds."""
    return any("\ud800" <= char <= "\udfff" for char in text)


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _joins(previous: str, char: str) -> bool:
    if not previous:
        return False
    if previous == "\r":
        return char == "\n"
    if category(char) in {"Mn", "Me", "Mc"} or _is_extender(char):
        return True
    if previous == _JOINER:
        return category(char) == "So"
    return _continues_hangul(previous, char)


def _is_extender(char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in _EXTENDERS)


def _continues_hangul(previous: str, char: str) -> bool:
    # a vowel or final jamo after any Hangul; a leading one after another leading one
    if "\u1160" <= char <= "\u11ff":
        return "\u1100" <= previous <= "\u11ff" or "\uac00" <= previous <= "\ud7a3"
    return "\u1100" <= char <= "\u115f" and "\u1100" <= previous <= "\u115f"
