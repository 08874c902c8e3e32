"""Texts are counted as LINE counts them, and characters stay whole."""

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lengths import grapheme_length, graphemes, shorten, utf16_length

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("返品abc", ["返", "品", "a", "b", "c"]),
        (f"a{FAMILY}b", ["a", FAMILY, "b"]),
        ("👍🏽👍", ["👍🏽", "👍"]),
        ("❤️‍🔥❤️", ["❤️‍🔥", "❤️"]),
        ("🇯🇵🇺🇸🇫", ["🇯🇵", "🇺🇸", "🇫"]),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿!", ["🏴󠁧󠁢󠁥󠁮󠁧󠁿", "!"]),
        ("1️⃣2", ["1️⃣", "2"]),
        ("ﾊﾞｽﾜｰﾄﾞ", ["ﾊﾞ", "ｽ", "ﾜ", "ｰ", "ﾄﾞ"]),
        ("か\u3099葛\U000e0100城", ["か\u3099", "葛\U000e0100", "城"]),
        ("e\u0301\u0323n\u0303", ["e\u0301\u0323", "n\u0303"]),
        ("각\u1100\u1161\u11a8\uac00\u11a8한", ["각", "\u1100\u1161\u11a8", "\uac00\u11a8", "한"]),
        ("नि", ["नि"]),
        ("a\r\nb\n\r", ["a", "\r\n", "b", "\n", "\r"]),
        ("\n\u0301x", ["\n", "\u0301", "x"]),
        ("a\u200db", ["a\u200d", "b"]),
        ("a\u200b\u0301", ["a", "\u200b", "\u0301"]),
        ("a\u200d👧", ["a\u200d", "👧"]),
        ("👧\u200d\u200d👧", ["👧\u200d\u200d", "👧"]),
    ],
)
def test_characters_are_what_people_see(text, expected):
    assert list(graphemes(text)) == expected


def test_each_way_of_counting():
    text = f"葛{FAMILY}🇯🇵"

    assert (grapheme_length(text), len(text), utf16_length(text)) == (3, 10, 16)


@given(st.text(max_size=60))
def test_characters_joined_are_the_text(text):
    assert "".join(graphemes(text)) == text


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_a_mark_never_begins_a_character_of_its_own(text):
    clusters = list(graphemes(text))

    for before, after in itertools.pairwise(clusters):
        if unicodedata.category(after[0]) in {"Mn", "Me"}:
            assert unicodedata.category(before[-1]) in {"Cc", "Cf", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("はい", 2, "はい"),
        ("はいはい", 3, "はい…"),
        (f"よ{FAMILY}か", 12, "よ…"),
        ("🍎🍎🍎", 4, "🍎…"),
        ("長い", 1, "…"),
    ],
)
def test_a_text_that_is_too_long_ends_in_an_ellipsis(text, limit, expected):
    assert shorten(text, limit) == expected


@given(st.text(max_size=40), st.integers(min_value=1, max_value=50))
def test_a_shortened_text_fits(text, limit):
    assert utf16_length(shorten(text, limit)) <= limit
