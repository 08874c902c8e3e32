import threading

import pytest

from faq.knowledge import build_knowledge
from faq.readings import SudachiReadings, best_readings, plain_readings
from tests.faq.knowledge_files import decide, entry

KNOWN = [
    ("退会の手続き", "たいかいのてつづき"),
    ("引き落としの日", "ひきおとしのひ"),
    ("学校", "がっこう"),
    ("出発", "しゅっぱつ"),
    ("会員証をなくした", "かいいんしょうをなくした"),
    ("キャンセル", "きゃんせる"),
]


@pytest.mark.parametrize(("text", "sound"), KNOWN)
def test_plain_readings(text, sound):
    assert plain_readings().read(text) == sound


def test_plain_readings_know_no_words_and_break_at_unknown_characters():
    assert plain_readings().words("退会") == ()
    assert plain_readings().read("鱻会") == " かい"


@pytest.mark.parametrize(("text", "sound"), KNOWN)
def test_dictionary_readings(text, sound):
    pytest.importorskip("sudachipy")
    assert best_readings().read(text) == sound


def test_dictionary_forms_are_one_for_all_spellings():
    pytest.importorskip("sudachipy")
    readings = SudachiReadings()
    assert readings.words("引越しをした") == readings.words("引っ越しをした")
    assert readings.words("どうすればいいですか") == ["どう"]


def test_each_thread_has_its_own_tokenizer():
    pytest.importorskip("sudachipy")
    readings, heard = SudachiReadings(), []
    threads = [
        threading.Thread(target=lambda: heard.extend(readings.read("会費") for _ in range(200)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == ["かいひ"] * 800


def test_half_characters_reach_no_dictionary():
    known = build_knowledge([entry("a", "会費はいくら")], [], readings=best_readings())
    assert decide(known, "会\ud800費はいくら\udfff\u0000").candidates[0].entry_id == "a"


@pytest.mark.parametrize(
    ("written", "sound"),
    [
        ("荷物を置いて帰る", "にもつをおいてかえる"),
        ("注文を取り消したい", "ちゅうもんをとりけしたい"),
        ("仕事で引っ越しします", "しごとでひっこしします"),
        ("連絡先と住所の変更", "れんらくさきとじゅうしょのへんこう"),
    ],
)
def test_everyday_sentences_are_read_without_a_dictionary(written, sound):
    assert plain_readings().read(written) == sound
