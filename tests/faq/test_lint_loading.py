"""What the loader complains about is told in Japanese too, under a rule's name."""

import re

import pytest

from faq.checking import check_folder
from tests.faq.knowledge_files import TODAY, write_folder

GOOD = "  - {id: b, question: 送料, answer: 550円です。}\n"
#: what stands under `entries:`, the rule, and the words in Japanese
BAD = [
    ("  - {id: a, question: x}", "schema", "`answer` がありません。`answer: …` を足してください"),
    ("  - {id: A, question: x, answer: y}", "schema", "`id` に「A」は使えません。半角の小文字"),
    ("  - {id: a, question: [x], answer: y}", "schema", "`question` は文で書きます"),
    ("  - {id: a, question: x, answer: y, variants: z}", "schema", "`variants` は箇条書き"),
    ("  - {id: a, question: x, answer: y, buttons: [z]}", "schema", "`buttons` の下は"),
    ("  - {id: a, question: x, answer: y, buttons: [{url: 'https://a.b'}]}", "schema", "ボタンに"),
    ("  - {id: a, question: x, answer: y, buttons: [{label: z}]}", "schema", "ボタンの行き先は"),
    ("  - {id: a, question: x, answer: y, priority: 200}", "schema", "`priority` に「200」は"),
    ("  - {id: a, question: x, answer: y, reviewed: 1.4.}", "schema", "`reviewed` に「1.4.」は"),
    ("  - {id: a, question: x, answer: y, channels: [tv]}", "schema", "`channels` に「tv」は"),
    ("  - {id: a, question: x, answer: y, translations: {EN: {}}}", "schema", "「EN」という言語"),
    (
        "  - {id: a, question: x, answer: y, translations: {ja: {}}}",
        "schema",
        "この項目やお知らせそのものが",
    ),
    ("  - {id: a, question: x, answer: y, id: c}", "schema", "「id」は2行目にもあります"),
    ("  - {id: a, question: x, answer: &y z}", "schema", "エイリアス（& と *）は使えません"),
    ("  - {id: a, question: x, answer: !y z}", "schema", "タグ（!）は使えません"),
    ("  - {id: a, question: x, answer: y, silence: [x]}", "schema", "`silence` の下は"),
    ("  - {id: a, question: x, answer: y, anser: z}", "unknown-key", "「answer」のことでしょうか"),
    ("  - {id: b, question: x, answer: y}", "duplicate-id", "id「b」は"),
    ("  - {id: a, question: x, answer: '[y](ftp://z)'}", "link-scheme", "「ftp:」で始まるリンク"),
    ("---", "schema", "ここから二つ目の文書"),
    ("  - [", "schema", "ファイルを読めません（"),
]


@pytest.mark.parametrize(("text", "rule", "words"), BAD)
def test_complaints_of_the_loader_in_japanese(tmp_path, text, rule, words):
    folder = write_folder(tmp_path / "k", a=f"entries:\n{GOOD}", b=f"entries:\n{text}\n")
    errors = [each for each in check_folder(folder, TODAY).findings if each.severity == "error"]
    assert [each.rule for each in errors] == [rule]
    assert words in errors[0].sentence("ja")
    assert not re.search(r"[ぁ-ん]", errors[0].sentence("en"))
