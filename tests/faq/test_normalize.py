import pytest

from faq.normalize import (
    CUT_FOR_MATCHING,
    cut,
    fold,
    literal_key,
    plain_key,
    strip_padding,
    to_hiragana,
)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ﾛｯｶｰ　１６５０円", "ロッカ 1650円"),
        ("サーバー", "サーバ"),
        ("サーバ", "サーバ"),
        ("スーーパー", "スーパ"),
        ("カ〜ド", "カード"),
        ("髙島屋 渡邊", "高島屋 渡辺"),
        ("Café CRÈME", "cafe creme"),
        ("I can't", "i cant"),
        ("がぎ", "がぎ"),
    ],
)
def test_one_spelling_for_what_reads_the_same(written, folded):
    assert fold(written) == folded


def test_a_long_text_is_cut_before_and_after_folding():
    assert len(fold("\ufdfa" * 100_000)) <= 5_000
    assert len(cut(fold("あ" * 3_000))) == CUT_FOR_MATCHING


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("退会の手続きを教えてください", "退会の手続き"),
        ("お世話になっております 送料は", "送料は"),
        ("hello please refund", "refund"),
        ("ありがとうございました！", ""),
        ("よろしくお願いいたします。", ""),
        ("thank you so much", ""),
    ],
)
def test_politeness_is_stripped(text, bare):
    assert strip_padding(fold(text)).strip() == bare


def test_literal_key_ignores_marks_and_spaces():
    assert literal_key(fold("返品は、 いつまで？")) == literal_key(fold("返品はいつまで"))


def test_katakana_becomes_hiragana():
    assert to_hiragana("パーソナル休会") == "ぱーそなる休会"


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("返品したいんだけど", "返品したい"),
        ("返品したいのですが。", "返品したい"),
        ("すみません、返品したいんですけど…", "返品したい"),
        ("返品できますか？", "返品できます"),
        ("返品できますかね", "返品できます"),
        ("いつ届くの", "いつ届くの"),
        ("届いたんですけれど", "届いたんです"),
        ("はな", "はな"),
        ("ですか", "です"),
        ("How long?", "howlong"),
    ],
)
def test_a_soft_ending_asks_nothing_else(said, key):
    assert plain_key(fold(said)) == key
