"""Long answers arrive in parts that read well, and whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lengths import graphemes, utf16_length
from bot.splitting import split_text
from tests.hang import no_hang

PIECES = st.sampled_from(
    [
        "返品",
        "です。",
        "\n\n",
        "\n",
        "\r\n",
        "、",
        "Is it? ",
        "3.14",
        "」",
        "！",
        " ",
        "👨\u200d👩\u200d👧",
        "🇯🇵",
        "が",
    ]
)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("短い文です。", 20, ["短い文です。"]),
        ("", 20, []),
        (
            "一つ目です。\n\n二つ目です。三つ目です。",
            14,
            ["一つ目です。\n\n", "二つ目です。三つ目です。"],
        ),
        ("一つ目です。二つ目です。", 8, ["一つ目です。", "二つ目です。"]),
        ("「そうです。」と言いました。", 9, ["「そうです。」", "と言いました。"]),
        ("本当ですか！？はい。", 8, ["本当ですか！？", "はい。"]),
        ("It costs 3.14 euros. Yes, it does.", 25, ["It costs 3.14 euros. ", "Yes, it does."]),
        ("よい。「はい。」次", 7, ["よい。", "「はい。」次"]),
        ("あ\n\nいうえお。かきく", 8, ["あ\n\nいうえお。", "かきく"]),
        ("一行目\r\n二行目", 6, ["一行目\r\n", "二行目"]),
        ("It is. Then we go.", 6, ["It is.", " Then ", "we go."]),
        ("It is. Then we go.", 8, ["It is. ", "Then we ", "go."]),
        ("完了です。\nはい", 5, ["完了です。", "\nはい"]),
        ("はい。完了です。\n次", 8, ["はい。", "完了です。\n次"]),
        ('He said "no." Then left.', 14, ['He said "no." ', "Then left."]),
        ("one two three", 8, ["one two ", "three"]),
        ("はい。あいうえおかきくけこ", 8, ["はい。", "あいうえおかきく", "けこ"]),
        ("あいうえおかき", 3, ["あいう", "えおか", "き"]),
        ("🍎🍎🍎", 5, ["🍎🍎", "🍎"]),
    ],
)
def test_parts_end_where_paragraphs_and_sentences_end(text, limit, expected):
    assert split_text(text, limit, 5) == expected


def test_a_text_too_long_for_all_parts_ends_in_an_ellipsis():
    assert split_text("あ。" * 20, 6, 3) == ["あ。あ。あ。", "あ。あ。あ。", "あ。あ。あ…"]


def test_full_parts_are_used_before_anything_is_dropped():
    assert split_text("はい。あいうえおかきくけこ", 8, 2) == ["はい。あいうえお", "かきくけこ"]


def test_five_thousand_emoji_fit_three_messages_of_line():
    parts = split_text("🍎" * 5_000, 5_000, 5)

    assert [utf16_length(part) for part in parts] == [5_000, 5_000]


def test_a_character_longer_than_a_part_is_cut_as_the_last_resort():
    zalgo = "e" + "\u0301" * 9

    assert split_text(zalgo, 4, 9) == [zalgo[:4], zalgo[4:8], zalgo[8:]]


@pytest.mark.parametrize(("limit", "parts"), [(1, 3), (10, 0)])
def test_parts_with_no_room_are_refused(limit, parts):
    with pytest.raises(ValueError, match="room for two units"):
        split_text("はい", limit, parts)


@given(st.lists(PIECES, max_size=60).map("".join), st.integers(14, 40))
def test_parts_fit_lose_nothing_and_keep_characters_whole(text, limit):
    parts = split_text(text, limit, 1_000)

    assert "".join(parts) == text
    assert all(0 < utf16_length(part) <= limit for part in parts)
    assert [c for part in parts for c in graphemes(part)] == list(graphemes(text))


@given(st.text(max_size=80), st.integers(2, 30), st.integers(1, 4))
def test_any_text_fits_its_parts(text, limit, most):
    parts = split_text(text, limit, most)

    assert len(parts) <= most
    assert all(0 < utf16_length(part) <= limit for part in parts)
    if "".join(parts) != text:
        assert parts[-1].endswith("…")


@pytest.mark.parametrize("text", ["\u0301" * 20_000, "👨‍" * 10_000, "。」" * 10_000, "🇯" * 20_000])
def test_hostile_texts_are_split_all_the_same(text):
    with no_hang():
        parts = split_text(text, 5_000, 5)
    assert len(parts) <= 5
