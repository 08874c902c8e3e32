"""Numbers as people type them: digits of any width with blanks, hyphens, line breaks between."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate

#: Digits that only NFKC makes digits: superscripts, circled ones. A circled 16 is two digits.
_ODD_DIGITS = "".join(
    char
    for block in (range(0xB2, 0xBA), range(0x2070, 0x208A), range(0x2460, 0x24EB))
    for char in map(chr, block)
    if unicodedata.normalize("NFKC", char).isdecimal()
)
#: What may stand within one number; invisible characters and the rest of keycap emoji included.
_BETWEEN = (
    r"\s\-‐‑‒–—―−－ｰー﹣﹘\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069"
    r"\ufeff\ufe0e\ufe0f\u20e3"
)
_DIGIT = rf"[\d{_ODD_DIGITS}]"
_RUN = re.compile(rf"{_DIGIT}(?:[{_BETWEEN}]{{0,3}}{_DIGIT})*")
_GROUP = re.compile(rf"{_DIGIT}+")
_LINE_BREAK = re.compile(r"[\n\r\u2028\u2029]")

#: How telephone numbers are grouped in Japan, and behind the country code 81.
_PHONE_SHAPES = {
    *((10,), (11,), (2, 8), (3, 7), (3, 8), (2, 4, 4), (3, 3, 4), (3, 4, 4), (4, 2, 4)),
    *((4, 3, 3), (4, 3, 4), (5, 1, 4)),
}
_SHAPES_AFTER_81 = {
    (9,),
    (10,),
    (1, 8),
    (2, 7),
    (2, 8),
    (1, 4, 4),
    (2, 3, 4),
    (2, 4, 4),
    (3, 2, 4),
}


class Run:
    """Digits with nothing but separators between them, in groups of digits that touch.

    Parts are named by their first group and the group behind their last.
    """

    def __init__(self, text: str, start: int, end: int) -> None:
        self.after_plus = text[max(start - 1, 0) : start] in {"+", "＋"}
        self.starts: list[int] = []
        self.ends: list[int] = []
        #: where each group begins among the digits, and at the end their number
        self.offsets = [0]
        self._lines: list[int] = []
        groups: list[str] = []
        several_lines = _LINE_BREAK.search(text, start, end) is not None
        line = 0
        for part in _GROUP.finditer(text, start, end):
            if groups and several_lines and _LINE_BREAK.search(text, self.ends[-1], part.start()):
                line += 1
            groups.append(digits_of(part.group()))
            self.starts.append(part.start())
            self.ends.append(part.end())
            self.offsets.append(self.offsets[-1] + len(groups[-1]))
            self._lines.append(line)
        self.digits = "".join(groups)
        self.size = len(groups)
        self._sizes = tuple(map(len, groups))
        self._group_at = {offset: number for number, offset in enumerate(self.offsets)}
        # sums up to each digit: then any part costs one subtraction
        self._luhn_sums = _luhn_sums(self.digits)
        #: parts that are telephone numbers, in order
        self.phones = self._find_phones(groups)
        self._in_phones = {number for phone in self.phones for number in phone}

    def part_of(self, first: int, digits: int) -> int:
        """The group behind the part of so many digits; 0 when a group would have to be cut."""
        return self._group_at.get(self.offsets[first] + digits, 0)

    def text_of(self, first: int, last: int) -> str:
        return self.digits[self.offsets[first] : self.offsets[last]]

    def shape(self, first: int, last: int) -> tuple[int, ...]:
        return self._sizes[max(first, 0) : last]

    def stands_alone(self, first: int, last: int) -> bool:
        """Whether this part is all of the run, or all of one line."""
        if (first, last) == (0, self.size):
            return True
        line = self._lines[first]
        before = first > 0 and self._lines[first - 1] == line
        behind = last < self.size and self._lines[last] == line
        return self._lines[last - 1] == line and not before and not behind

    def holds_phone(self, first: int, last: int) -> bool:
        return not self._in_phones.isdisjoint(range(first, last))

    def passes_luhn(self, first: int, last: int) -> bool:
        """Check the card digit by the difference of two sums, however many parts are asked."""
        start, end = self.offsets[first], self.offsets[last]
        sums = self._luhn_sums[(end - 1) % 2]
        return (sums[end] - sums[start]) % 10 == 0

    def _find_phones(self, groups: list[str]) -> tuple[range, ...]:
        found: list[range] = []
        for at, group in enumerate(groups):
            if found and at in found[-1]:
                continue
            phone = range(0)
            if group[0] == "0" and group[1:2] != "0":
                phone = self._phone_groups(at, at, _PHONE_SHAPES)
            elif group == "81":
                phone = self._phone_groups(at, at + 1, _SHAPES_AFTER_81)
            if phone:
                found.append(phone)
        return tuple(found)

    def _phone_groups(self, start: int, at: int, shapes: set[tuple[int, ...]]) -> range:
        for count in (3, 2, 1):
            sizes = self._sizes[at : at + count]
            if sizes in shapes and self._fills_lines(start, at + len(sizes)):
                return range(start, at + len(sizes))
        return range(0)

    def _fills_lines(self, first: int, last: int) -> bool:
        """Whether a part lies in one line, or is all of several: none ends in the next one."""
        begins, ends = self._lines[first], self._lines[last - 1]
        if begins == ends:
            return True
        before, behind = self._lines[max(first - 1, 0) : first], self._lines[last : last + 1]
        return begins not in before and ends not in behind


def find_runs(text: str, least: int) -> Iterator[Run]:
    """Yield the runs of at least so many digits, in order."""
    for found in _RUN.finditer(text):
        if found.end() - found.start() >= least // 2:
            run = Run(text, found.start(), found.end())
            if len(run.digits) >= least:
                yield run


def digits_of(text: str) -> str:
    """The digits in a text as plain ones."""
    if text.isascii():
        return text if text.isdecimal() else "".join(filter(str.isdecimal, text))
    plain = unicodedata.normalize("NFKC", text)
    return "".join(str(int(char)) for char in plain if char.isdecimal())


def _luhn_sums(digits: str) -> tuple[list[int], list[int]]:
    """Sum the digits up to each place, once with the odd places doubled, once with the even."""
    once = [int(digit) for digit in digits]
    twice = [(0, 2, 4, 6, 8, 1, 3, 5, 7, 9)[digit] for digit in once]
    odd, even = once[:], once[:]
    odd[1::2] = twice[1::2]
    even[::2] = twice[::2]
    return list(accumulate(odd, initial=0)), list(accumulate(even, initial=0))
