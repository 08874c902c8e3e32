"""Polite frames are found by their first letter, and are those that a plain search would find."""

import random
import re

import pytest

from faq.leading import first_letters
from faq.padding import _POLITE, take_out

TEXTS = (
    "いつもお世話になっております。返品したいのですが、教えていただけますか",
    "お手数ですが、ご確認をお願いいたします。支払いについて教えてください",
    "あのー、すみません、ちょっと聞きたいことがあるんですけど領収書はどこ",
    "返品の期限",
    "ありがとうございます",
    "",
)


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        ("(いつも)?(大変)?お世話", "い大お"),
        ("(?<![ぁ-ゖ])(あの|えっと)(?=[、 ])", "あえ"),
        ("[ごお]?(確認|質問)", "ごお確質"),
        ("取り|、?何卒", "取、何"),
        ("((お|ご)?返事)?いただく", "おご返い"),
    ],
)
def test_first_letters_are_all_a_pattern_can_begin_with(pattern: str, letters: str):
    assert first_letters(pattern) == frozenset(letters)


def test_a_pattern_that_fits_nothing_has_no_first_letter():
    with pytest.raises(ValueError, match="お"):
        first_letters("(お)?")


def test_the_same_is_taken_out_as_by_one_search():
    plain = re.compile("|".join(_POLITE))
    pieces = sorted(
        {piece for each in _POLITE for piece in re.findall(r"[ぁ-ん一-鿿ー、]+", each)}
    )
    rng = random.Random(7)  # noqa: S311 - the same texts every time
    mixed = ["".join(rng.choices(pieces, k=rng.randint(2, 9))) for _ in range(2_000)]
    for text in (*TEXTS, *mixed):
        assert take_out(text) == plain.sub(" ", text)
