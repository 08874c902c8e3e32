"""What cannot be stored is replaced; everything else stays as the customer sent it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cleaning import MAX_TEXT, Cleaned, clean_text


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a\x00b", "a\ufffdb"),
        ("x\ud83d", "x\ufffd"),
        ("\ude00\ud83d!", "\ufffd\ufffd!"),
        ("\ud83d\ude00", "😀"),
        ("\ud83d\ud83d\ude00", "\ufffd😀"),
    ],
)
def test_what_cannot_be_stored_is_replaced(sent, kept):
    assert clean_text(sent) == Cleaned(text=kept)


@pytest.mark.parametrize(
    "text",
    [
        "  前後の空白 \n",
        "\u202eRTL\u202c",
        "👨‍👩‍👧‍👦",
        "\u200b\ufeff",
        "\x07\x1b[31m",
        "\r\n\t",
        "",
    ],
)
def test_everything_else_stays(text):
    assert clean_text(text) == Cleaned(text=text)


def test_a_long_text_is_capped_and_says_so():
    whole, longer = "😀" * MAX_TEXT, "😀" * (MAX_TEXT + 1)

    assert clean_text(whole) == Cleaned(text=whole)
    assert clean_text(longer) == Cleaned(text=whole, truncated=True)
    assert clean_text("a" * 1_000_000) == Cleaned(text="a" * MAX_TEXT, truncated=True)


def test_halves_that_become_one_character_count_once():
    halves = "\ud83d\ude00" * MAX_TEXT

    assert clean_text(halves) == Cleaned(text="😀" * MAX_TEXT)
    assert clean_text(halves + "!") == Cleaned(text="😀" * MAX_TEXT, truncated=True)


@given(st.text(alphabet=st.characters(), max_size=50))
def test_a_clean_text_can_be_written_and_is_clean_already(text):
    cleaned = clean_text(text)

    cleaned.text.encode()
    assert "\x00" not in cleaned.text
    assert clean_text(cleaned.text) == cleaned
