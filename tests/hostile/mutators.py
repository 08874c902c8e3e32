"""Seeded changes to texts and bytes: what a broken line, a bored person or a fuzzer makes of them."""

# ruff: noqa: E501 - payloads stand in one line

import json
import unicodedata
from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random
from typing import Any

#: Nothing grows past this, in characters: larger ones are cases of their own.
MOST = 30_000
_SPICE = (
    "\x00", "\ud83d", "\ude00", "\u202e", "\u200d", "\ufe0f", "\u0301", "\u3099", "\ufdfa", "<", ">",
    '"', "'", "\\", "{", "}", "[", "]", "\n", "\r", "\t", "%", "&", "=", ":", "：", "　", "𠮷", "ー",
)  # fmt: skip

TextMutator = Callable[[str, Random], str]
BytesMutator = Callable[[bytes, Random], bytes]


def _cut(text: str, chance: Random) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _cut_front(text: str, chance: Random) -> str:
    return text[chance.randrange(len(text) + 1) :]


def _repeat(text: str, chance: Random) -> str:
    return (text * chance.choice((2, 3, 17, 100)))[:MOST]


def _spice(text: str, chance: Random) -> str:
    letters = list(text)
    for _ in range(chance.randint(1, 8)):
        letters.insert(chance.randrange(len(letters) + 1), chance.choice(_SPICE))
    return "".join(letters)


def _swap_case(text: str, _: Random) -> str:
    return text.swapcase()[:MOST]


def _widen(text: str, _: Random) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def _compose(text: str, chance: Random) -> str:
    # quadratic in runs of marks: of a long text only the beginning
    form = chance.choice(("NFC", "NFD", "NFKC", "NFKD"))
    return (unicodedata.normalize(form, text[:2_000]) + text[2_000:])[:MOST]


def _surround(text: str, _: Random) -> str:
    return f"お世話になっております。{text}についてですが、りんごはいくらですか？"


def _nest(text: str, chance: Random) -> str:
    opening, closing = chance.choice(("()", "[]", "{}", "「」", '""', "<>", "（）"))
    depth = chance.choice((1, 3, 50))
    return (opening * depth + text + closing * depth)[:MOST]


def _reverse(text: str, _: Random) -> str:
    return text[::-1]


def _shuffle(text: str, chance: Random) -> str:
    letters = list(text)
    chance.shuffle(letters)
    return "".join(letters)


def _as_json(text: str, _: Random) -> str:
    return json.dumps(text, ensure_ascii=True)[:MOST]


def _shift(text: str, chance: Random) -> str:
    """Another plane: each character moved by the same step."""
    step = chance.choice((1, 0x20, 0x60, 0x100, 0x10000))
    return "".join(chr((ord(one) + step) % 0x110000) for one in text)


TEXT: Sequence[TextMutator] = (
    _cut, _cut_front, _repeat, _spice, _spice, _swap_case, _widen, _compose, _surround, _nest,
    _reverse, _shuffle, _as_json, _shift,
)  # fmt: skip


def _flip(raw: bytes, chance: Random) -> bytes:
    changed = bytearray(raw or b"\0")
    for _ in range(chance.choice((1, 1, 2, 8))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut_bytes(raw: bytes, chance: Random) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def _drop(raw: bytes, chance: Random) -> bytes:
    first = chance.randrange(len(raw) + 1)
    return raw[:first] + raw[first + chance.randint(1, 40) :]


def _double(raw: bytes, chance: Random) -> bytes:
    first = chance.randrange(len(raw) + 1)
    piece = raw[first : first + chance.randint(1, 200)]
    return raw[:first] + piece * chance.choice((2, 3, 50)) + raw[first:]


def _insert(raw: bytes, chance: Random) -> bytes:
    first = chance.randrange(len(raw) + 1)
    odd = (b"\x00", b"\xff\xfe", b"\xed\xa0\xbd", b"\xc0\xaf", b"\r\n", b"null", b"1e999", b"-0",
           b"\\ud800", b"\\u0000", b"[[[[[[[[", b"{}", b'"', b"9" * 5_000, b"NaN", b": ", b"- ",
           b"&a ", b"*a", b"!!python/object", b"\t", b"%", b"|", b">", b"#", b"\xe3\x80\x80")  # fmt: skip
    return raw[:first] + chance.choice(odd) + raw[first:]


BYTES: Sequence[BytesMutator] = (_flip, _flip, _cut_bytes, _drop, _double, _insert, _insert)


def mutate_text(text: str, chance: Random) -> str:
    """One to three changes."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        text = chance.choice(TEXT)(text, chance)
    return text


def split_text(text: str, chance: Random) -> list[str]:
    """One text in two or three messages, cut anywhere: in a tag, in a word, in a character."""
    # as code units, so that a pair can be cut in two as well
    units = text.encode("utf-16-le", "surrogatepass")
    most = len(units) // 2
    cuts = sorted({0, most, *(chance.randint(0, most) for _ in range(chance.choice((1, 2))))})
    parts = [
        units[2 * first : 2 * last].decode("utf-16-le", "surrogatepass")
        for first, last in pairwise(cuts)
    ]
    return [part for part in parts if part.strip()]


def mutate_bytes(raw: bytes, chance: Random) -> bytes:
    """One to three changes."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        raw = chance.choice(BYTES)(raw, chance)
    return raw


def mutate_json(value: Any, chance: Random, *, spice: Sequence[str] = _SPICE) -> Any:
    """Some value in the tree becomes of another type, or goes, or comes twice."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(list(value))
        changed = dict(value)
        match chance.randrange(5):
            case 0:
                del changed[key]
            case 1:
                changed[chance.choice(spice) + key] = changed.pop(key)
            case _:
                changed[key] = mutate_json(value[key], chance, spice=spice)
        return changed
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        changed_list = list(value)
        changed_list[place] = mutate_json(value[place], chance, spice=spice)
        return changed_list * (2 if chance.random() < 0.1 else 1)
    odd: tuple[Any, ...] = (
        None, True, False, 0, -1, 2**63, 10**400, 1.5, float("nan"), float("inf"), "", "x" * 5_000,
        [], {}, [[]], {"$ne": None}, [value], {"value": value}, chance.choice(spice), str(value),
    )  # fmt: skip
    return chance.choice(odd)
