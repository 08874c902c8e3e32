from collections import Counter

import pytest

from faq.english import stem
from faq.grams import is_japanese, line_grams, shape_grams, sound_grams, words_of


def test_shape_of_kanji_and_katakana():
    expected = Counter(["返", "品", "返品", "カード", "カー", "ード"])
    assert shape_grams("返品のカード") == expected


def test_shape_of_words_has_edges_and_pairs():
    assert shape_grams("ab c") == Counter(
        ["_a", "ab", "b_", "_ab", "ab_", "_ab_", "_c", "c_", "_c_", "ab c"]
    )


def test_kanji_around_okurigana_belong_together():
    assert shape_grams("引き落とし")["引落"] == 1
    assert shape_grams("引落")["引落"] == 1


def test_hiragana_alone_is_no_gram_of_the_line():
    assert line_grams("返せますか") == Counter(["返", "返せ"])
    assert line_grams("できますか") == Counter()


def test_words_stand_in_the_line_by_their_stem():
    assert line_grams("tables tabled") == Counter({"=tabl": 2})
    assert line_grams("返品", ["返品"]) == Counter(["返", "品", "返品", "<返品>"])


def test_sound_is_hiragana_in_twos_and_threes():
    assert sound_grams("かいひ abc") == Counter(["かい", "いひ", "かいひ"])


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("deliveries", "delivery"),
        ("returned", "return"),
        ("shipping", "ship"),
        ("charges", "charg"),
        ("charge", "charg"),
        ("address", "address"),
        ("is", "is"),
        ("12345", "12345"),
        ("привет", "привет"),
    ],
)
def test_stem(word, expected):
    assert stem(word) == expected


def test_words_that_can_be_misspelt():
    assert words_of("visaカードで払う") == ["visa", "カード"]


def test_japanese_is_recognised():
    assert [is_japanese(text) for text in ("hello", "送料", "ﾃ", "テ", "ね", "42")] == [
        False,
        True,
        False,
        True,
        True,
        False,
    ]
