"""Cut a long text into parts that a channel takes, at the ends of paragraphs and sentences."""

from dataclasses import dataclass
from enum import IntEnum

from bot.lengths import graphemes, shorten, utf16_length

_ENDERS = frozenset("。！？!?．｡.")
_CLOSERS = frozenset("」』）)】》”’\"'")
_PAUSES = frozenset("、，,;；:：")


class _End(IntEnum):
    """How good a place to cut is."""

    CHARACTER = 0
    PAUSE = 1
    SENTENCE = 2
    PARAGRAPH = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class _Piece:
    """One grapheme, or a slice of one that is longer than a whole part."""

    text: str
    units: int
    end: _End


def split_text(text: str, limit_utf16: int, max_parts: int) -> list[str]:
    """Cut into at most `max_parts` parts of at most `limit_utf16` units.

    The parts joined are the text again, unless even full parts cannot hold it: then the last one
    ends in an ellipsis. Only a single character longer than a part is ever cut inside. Blanks that
    no part has room for may make a part of their own, which a sender leaves out.
    """
    # a pair of surrogates needs two units, and nothing comes of no parts
    if limit_utf16 < 2 or max_parts < 1:  # noqa: PLR2004 - explained above
        raise ValueError("a part needs room for two units, and there must be one part")
    if utf16_length(text) <= limit_utf16:
        return [text] if text else []
    pieces = _pieces(text, limit_utf16)
    parts = _pack(pieces, limit_utf16, well=True)
    if len(parts) > max_parts:
        # rather an ugly cut than words that never arrive
        parts = _pack(pieces, limit_utf16, well=False)
    if len(parts) <= max_parts:
        return parts
    rest = "".join(parts[max_parts - 1 :])
    return [*parts[: max_parts - 1], shorten(rest, limit_utf16)]


def _pieces(text: str, limit: int) -> list[_Piece]:
    clusters = [part for cluster in graphemes(text) for part in _slices(cluster, limit)]
    pieces = []
    for index, cluster in enumerate(clusters):
        before = clusters[max(index - 3, 0) : index]
        after = clusters[index + 1] if index + 1 < len(clusters) else ""
        pieces.append(
            _Piece(text=cluster, units=utf16_length(cluster), end=_end(before, cluster, after))
        )
    return pieces


def _slices(cluster: str, limit: int) -> list[str]:
    if utf16_length(cluster) <= limit:
        return [cluster]
    step = limit // 2
    return [cluster[at : at + step] for at in range(0, len(cluster), step)]


def _end(before: list[str], cluster: str, after: str) -> _End:
    """Judge the place behind a character by what stands on its two sides."""
    last = cluster[-1]
    if last == "\n":
        if after[:1] in {"\n", "\r"}:
            return _End.CHARACTER
        blank_line = bool(before) and before[-1][-1] == "\n"
        return _End.PARAGRAPH if blank_line else _End.SENTENCE
    if _ends_sentence(before, last, after[:1]):
        return _End.SENTENCE
    return _End.PAUSE if last in _PAUSES or last.isspace() else _End.CHARACTER


def _ends_sentence(before: list[str], last: str, after: str) -> bool:
    if after and (after in _ENDERS or after in _CLOSERS or after in "\r\n"):
        return False
    ender = last
    # look back over the closing quotes and the blank behind a full stop
    for earlier in reversed(before):
        if ender not in _CLOSERS and not ender.isspace():
            break
        ender = earlier[-1]
    if ender not in _ENDERS:
        return False
    # the point of 3.14 or of example.com ends nothing
    return last != "." or after == "" or after.isspace()


def _pack(pieces: list[_Piece], limit: int, *, well: bool) -> list[str]:
    parts = []
    start = 0
    while start < len(pieces):
        end, used = start, 0
        while end < len(pieces) and used + pieces[end].units <= limit:
            used += pieces[end].units
            end += 1
        if well and end < len(pieces):
            end = _best_end(pieces, start, end, limit)
        parts.append("".join(piece.text for piece in pieces[start:end]))
        start = end
    return parts


def _best_end(pieces: list[_Piece], start: int, end: int, limit: int) -> int:
    """Find the last good place in the part's second half, else the last sentence anywhere."""
    last: dict[_End, int] = {}
    last_in_second_half: dict[_End, int] = {}
    used = 0
    blank = True  # a channel refuses a part of blanks alone
    for index in range(start, end):
        used += pieces[index].units
        blank = blank and pieces[index].text.isspace()
        if blank:
            continue
        last[pieces[index].end] = index + 1
        if used * 2 >= limit:
            last_in_second_half[pieces[index].end] = index + 1
    found = (
        last_in_second_half.get(_End.PARAGRAPH)
        or last_in_second_half.get(_End.SENTENCE)
        or last.get(_End.PARAGRAPH)
        or last.get(_End.SENTENCE)
        or last_in_second_half.get(_End.PAUSE)
    )
    return found or end
