"""A reference survives being read aloud, retyped and pasted."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.references import ALPHABET, new_reference, parse_reference
from tests.hang import no_hang

#: A seed makes a draw repeatable.
SEEDS = st.integers(min_value=0, max_value=1_000_000).map(Random)


@pytest.mark.parametrize(
    "typed",
    [
        "M-7K2Q",
        "m-7k2q",
        "Ｍ－７Ｋ２Ｑ",
        "m7k2q",
        "M 7K2Q",
        "M - 7K2Q",
        "Mー7K2Q",
        "M‐7K2Q",
        "M-7KZ0",
        "m-lk2o",
        "お問い合わせ番号はM-7K2Qです。",
        "番号:M-7K2Q、よろしくお願いします",
        "Re: [M-7K2Q] my order",
        "first m-7k2q then M-9999 and M-8K2Q",
    ],
)
def test_a_reference_is_found_however_it_is_typed(typed):
    assert parse_reference(typed) == "M-7K2Q"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Mount Fuji",
        "mbits",
        "M-7K2",
        "M-7777",
        "M-HELP",
        "M-7K2Q7K2Q7",
        "XM-7K2Q",
        "090-1234-5678",
        "Mサイズ 7K2Q",
        "x" * 30_000 + " M-7K2Q",
    ],
)
def test_other_words_are_no_reference(typed):
    assert parse_reference(typed) is None


@given(SEEDS, st.integers(min_value=4, max_value=8))
def test_a_new_reference_is_found_again(random, length):
    reference = new_reference(random, length)

    assert len(reference) == length + 2
    assert set(reference[2:]) <= set(ALPHABET)
    words = [reference, reference.lower(), f"番号は{reference}です"]
    assert [parse_reference(text) for text in words] == [reference] * 3


@given(SEEDS)
def test_look_alikes_lead_to_the_same_reference(random):
    reference = new_reference(random)
    misread = reference.translate(str.maketrans("Q78526V", "0IBSZGU"))

    assert parse_reference(misread) == reference


@pytest.mark.parametrize("length", [3, 9])
def test_a_length_that_could_not_be_read_again_is_refused(length):
    with pytest.raises(ValueError, match="4 to 8"):
        new_reference(Random(1), length)  # noqa: S311 - nothing is drawn


def test_references_hardly_repeat():
    random = Random(7)  # noqa: S311 - a seed makes it repeatable

    assert len({new_reference(random) for _ in range(1_000)}) > 990


@pytest.mark.parametrize("text", ["M-" * 10_000, "M " * 10_000, "M7" * 10_000, "㍍" * 20_000])
def test_hostile_texts_are_searched_all_the_same(text):
    with no_hang():
        assert parse_reference(text) is None
