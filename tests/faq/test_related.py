import pytest

from faq.decision import Kind
from faq.related import Related, built_in_related
from tests.faq.knowledge_files import decide, entry, knowledge


def test_a_word_hints_at_the_others_of_its_group():
    related = Related([["値段", "料金", "いくら"], ["退会", "やめる"]])
    assert related.hints("いくらですか") == {"値段": 1.0, "料金": 1.0}
    assert related.hints("料金の値段") == {}
    assert related.hints("送料") == {}


def test_a_hint_brings_the_entry_but_does_not_answer():
    known = knowledge(
        entry("withdraw", "退会の手続き"),
        entry("parking", "駐車場の場所"),
        entry("fee", "料金の一覧"),
    )
    made = decide(known, "もう会員をやめたい")
    assert (made.kind is Kind.ANSWER, made.candidates[0].entry_id) == (False, "withdraw")


@pytest.mark.parametrize("word", ["ありがとう", "こんにちは", "天気"])
def test_small_talk_hints_at_nothing(word):
    assert built_in_related().hints(word) == {}
