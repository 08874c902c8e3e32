"""Card numbers and My Numbers are masked before anything is stored."""

import re
from dataclasses import dataclass, field

from bot.digit_runs import Run, digits_of, find_runs

CARD = "card"
MY_NUMBER = "my_number"
#: What stands where a My Number stood.
MY_NUMBER_MASK = "[個人番号]"

_CARD_LENGTHS = (16, 15, 14)
_LONGEST_CARD = 16
_KEPT_DIGITS = 4
_SHORTEST_PHONE = 10
_MY_NUMBER_LENGTH = 12
_MY_NUMBER_SHAPE = (4, 4, 4)
#: As cards are printed.
_CARD_SHAPES = {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4)}
#: How issuers' numbers begin, by length; asked where other digits stand around.
_ISSUERS = {
    14: re.compile(r"3(?:0[0-5]|[689])"),
    15: re.compile(r"3[47]|2131|1800"),
    16: re.compile(r"4|5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|6(?:011|2|4[4-9]|5)|35|3[0689]"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Masked:
    """A text that may be stored, and what was hidden in it."""

    text: str
    found: frozenset[str] = field(default_factory=frozenset)


def mask_text(text: str) -> Masked:
    """Hide every card number but its last four digits, and every My Number.

    Everything else stays as it is. Call it before the text reaches a store or a log.
    """
    pieces: list[str] = []
    found: set[str] = set()
    kept = 0
    for run in find_runs(text, _MY_NUMBER_LENGTH):
        first = 0
        while first < run.size:
            kind, last = _recognise(run, first)
            if kind:
                start, end = run.starts[first], run.ends[last - 1]
                hidden = _hide_all_but_four(text[start:end]) if kind == CARD else MY_NUMBER_MASK
                pieces += (text[kept:start], hidden)
                kept = end
                found.add(kind)
            first = last
    return Masked(text="".join(pieces) + text[kept:], found=frozenset(found))


def mask_phones(text: str) -> str:
    """Hide the telephone numbers in a text but their last four digits, for exports and logs.

    Stored texts keep them: an agent has to call back.
    """
    pieces: list[str] = []
    kept = 0
    for run in find_runs(text, _SHORTEST_PHONE):
        for phone in run.phones:
            start, end = run.starts[phone[0]], run.ends[phone[-1]]
            pieces += (text[kept:start], _hide_all_but_four(text[start:end]))
            kept = end
    return "".join(pieces) + text[kept:]


def is_my_number(digits: str) -> bool:
    """Whether twelve digits end in the check digit of a My Number."""
    if len(digits) != _MY_NUMBER_LENGTH:
        return False
    weights = (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)
    payload = zip(reversed(digits[:-1]), weights, strict=True)
    rest = sum(int(digit) * weight for digit, weight in payload) % 11
    return int(digits[-1]) == (0 if rest <= 1 else 11 - rest)


def _recognise(run: Run, first: int) -> tuple[str, int]:
    """Name what begins at a group of the run, and the group behind it."""
    for size in _CARD_LENGTHS:
        last = run.part_of(first, size)
        if last and _is_card(run, first, last):
            return CARD, last
    last = run.part_of(first, _MY_NUMBER_LENGTH)
    if last and _holds_my_number(run, first, last):
        return MY_NUMBER, last
    return "", first + 1


def _is_card(run: Run, first: int, last: int) -> bool:
    if not run.passes_luhn(first, last):
        return False
    digits = run.text_of(first, last)
    issued = _ISSUERS[len(digits)].match(digits) is not None
    if run.after_plus and first == 0 and len(digits) < _LONGEST_CARD:
        return issued  # else it is a telephone number from abroad
    if last == first + 1:
        return True
    if run.stands_alone(first, last):
        return issued or not run.holds_phone(first, last)
    # among other digits one part in ten passes by chance, so there more must speak for it
    printed = run.shape(first, last) in _CARD_SHAPES
    crowded = len(run.digits) > _LONGEST_CARD
    return issued and (printed or crowded) and not run.holds_phone(first, last)


def _holds_my_number(run: Run, first: int, last: int) -> bool:
    if run.after_plus and first == 0:
        return False  # +81 90 1234 5678 has twelve digits too
    if last > first + 1 and not _may_be_one(run, first, last):
        return False
    return is_my_number(run.text_of(first, last))


def _may_be_one(run: Run, first: int, last: int) -> bool:
    if run.holds_phone(first, last):
        return False
    if run.stands_alone(first, last):
        return True
    # three fours beside a fourth are a piece of a card number, or of a list
    around = run.shape(first - 1, first) + run.shape(last, last + 1)
    return run.shape(first, last) == _MY_NUMBER_SHAPE and _MY_NUMBER_SHAPE[0] not in around


def _hide_all_but_four(text: str) -> str:
    hidden: list[str] = []
    seen = 0
    for char in reversed(text):
        digits = digits_of(char)
        seen += len(digits)
        hidden.append("*" if digits and seen > _KEPT_DIGITS else char)
    return "".join(reversed(hidden))
