import pytest

from faq.decision import Kind
from faq.everyday import Everyday, built_in_everyday
from faq.knowledge import build_knowledge
from faq.readings import best_readings, plain_readings
from tests.faq.knowledge_files import decide, entry, knowledge

KNOWN = knowledge(
    entry("withdraw", "退会の手続き"),
    entry("parking", "駐車場のご案内"),
    entry("fee", "料金の一覧"),
    entry("refund", "返金の時期"),
    entry("move", "転居の届け出"),
    entry("hours", "営業時間のご案内"),
)


def test_a_word_has_the_sense_of_its_groups():
    everyday = Everyday([["値段", "料金", "いくら"], ["退会", "やめる"], ["料金", "月謝"], ["車"]])
    assert everyday.senses("いくらですか") == {"0": 1}
    assert everyday.senses("料金の値段") == {"0": 1, "2": 1}
    assert everyday.senses("送料") == {}
    assert everyday.senses("車で行く") == {"3": 1}
    assert everyday.senses("駐車") == {}


@pytest.mark.parametrize("readings", [plain_readings(), best_readings()], ids=["plain", "best"])
@pytest.mark.parametrize(
    ("text", "entry_id"),
    [
        ("もう会員をやめたい", "withdraw"),
        ("月いくらかかるの", "fee"),
        ("お金はいつ戻ってくるの", "refund"),
        ("先週引っ越しました", "move"),
        ("何時に閉まりますか、開いてるのは何時まで", "hours"),
    ],
)
def test_another_word_brings_the_entry_but_does_not_answer(readings, text, entry_id):
    known = build_knowledge(KNOWN.order, (), readings=readings)
    made = decide(known, text)
    assert (made.candidates[0].entry_id, made.kind is Kind.ANSWER) == (entry_id, False)


@pytest.mark.parametrize("word", ["ありがとう", "こんにちは", "おなかすいた"])
def test_small_talk_has_no_sense(word):
    assert built_in_everyday().senses(word) == {}


@pytest.mark.parametrize(
    ("text", "entry_id"),
    [
        ("おねだんをしりたいです", "fee"),
        ("ひっこしました", "move"),
        ("はらいもどしはいつ", "refund"),
    ],
)
def test_another_word_typed_in_kana_brings_the_entry_too(text, entry_id):
    assert decide(KNOWN, text).candidates[0].entry_id == entry_id
