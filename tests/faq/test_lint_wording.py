"""The wording rules over sentences as people write them, and over their own advice."""

import re

import pytest

from faq.lint_answer import check_answers
from faq.lint_rules import RULES, advise
from faq.lint_words import DOUBLE_HONORIFICS, JARGON, KEIGO_SLIPS
from tests.faq.knowledge_files import entry
from tests.hang import no_hang

LEADS_ON = {"next_ids": ("b",)}


def rules(answer: str, lang: str = "ja", **more) -> list[str]:
    one = entry("a", "返品できますか", answer=answer, lang=lang, **(more or LEADS_ON))
    return sorted(each.rule for each in check_answers(one))


@pytest.mark.parametrize(
    "answer",
    [
        "すぐに届くため、早めにお申し込みください。",
        "お手続きは不要です。お支払いは現金です。",
        "次の順にお試しください。\n1. 電源を入れる。\n2. 10分待つ。",
        "「返品できません」と表示されたときは、担当者がお手伝いします。",
        "ログインできない場合は、再設定してください。",
        "登録できませんでしたら、お電話ください。",
        "お支払いいただく必要はありません。",
        "返品できますか？とお尋ねの方には、担当者がご案内します。",
        "恐れ入ります。返品はできかねます。",
        "誠に申し訳ございません。正しい商品をすぐにお送りします。",
        "バッファローの革の財布です。",
        "[くわしく](https://shop.example/a_(b))をご覧ください。",
        "[1]のボタンを押してください。",
        "１〜２日で届きます。",
        "ご安心ください。ありがとうございます。",
        "承知しました。担当者におつなぎします。",
    ],
)
def test_good_japanese_passes(answer):
    assert rules(answer) == []


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        ("ありがとうございます。ご注文を承りました。", "preamble"),
        ("この度はご注文いただき、誠にありがとうございます。\n明日届きます。", "preamble"),
        ("返品方法についてのご質問ですね。注文履歴からどうぞ。", "preamble"),
        ("8日以内です。送料は無料だ。", "plain-ending"),
        ("8日以内です。お選びいただく。", "plain-ending"),
        ("土日は発送を休む。", "plain-ending"),
        ("お電話での受付は行っておりません。", "no-cushion"),
        ("在庫がございません。", "no-cushion"),
        ("海外発送はしておりません。", "no-cushion"),
        ("ご利用になれません。申し訳ございません。", "no-cushion"),
        ("お召し上がりになられたあとで構いません。", "double-honorific"),
        ("お召し上がりは３日以内、または5日以内です。", "mixed-width"),
        ("［くわしく］（https://shop.example/a）をご覧ください。", "broken-link"),
        ("[くわしく](shop.example/a)をご覧ください。", "broken-link"),
    ],
)
def test_slips_in_japanese_are_told(answer, rule):
    assert rules(answer) == [rule]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("If you cannot sign in, reset your password.", []),
        ("Unfortunately, items cannot be returned.", []),
        ("We ship in 2 days. Thank you for your order.", []),
        ("Pay by VISA, JCB or in the LINE app.", []),
        ("We don't accept returns.", ["no-cushion"]),
        ("No refunds.", ["no-cushion"]),
        ("Thanks for reaching out! We ship in 2 days.", ["preamble"]),
        ("Press the RESET button.", ["all-caps"]),
    ],
)
def test_english(answer, found):
    assert rules(answer, "en") == found


def test_other_languages_keep_the_rules_that_know_no_language():
    assert rules("Das ist **nicht möglich.", "de") == ["broken-bold"]


@pytest.mark.parametrize(
    ("answer", "lang", "more", "found"),
    [
        ("恐れ入りますが、返品はできません。", "ja", {}, True),
        ("恐れ入りますが、返品はできませんが、交換を承ります。", "ja", {}, False),
        ("恐れ入りますが、返品はできません。交換を承ります。", "ja", {}, False),
        ("恐れ入りますが、返品はできません。何卒ご了承ください。", "ja", {}, True),
        ("恐れ入りますが、返品はできません。", "ja", {"escalate": True}, False),
        ("恐れ入りますが、返品はできません。[交換](https://shop.example/)", "ja", {}, False),
        ("We are sorry. They can't be changed.", "en", {}, True),
        ("We are sorry, they can't be changed; please order again.", "en", {}, False),
        ("We are sorry, they can't be changed. Order again.", "en", {}, False),
    ],
)
def test_a_no_needs_a_way_on(answer, lang, more, found):
    one = entry("a", "返品", answer=answer, lang=lang, **more)
    assert ("dead-end" in {each.rule for each in check_answers(one)}) is found


@pytest.mark.parametrize(
    ("channels", "length", "found"),
    [
        ((), 170, []),
        ((), 171, ["answer-length"]),
        (("line", "web"), 171, ["answer-length"]),
        (("web",), 300, []),
        (("web",), 301, ["answer-length"]),
    ],
)
def test_the_narrowest_channel_sets_the_length(channels, length, found):
    answer = ("はい、ご利用いただけます。" * 30)[: length - 1] + "。"
    told = rules(answer, next_ids=("b",), channels=channels)
    assert [name for name in told if name == "answer-length"] == found


@pytest.mark.parametrize("table", [JARGON, KEIGO_SLIPS, DOUBLE_HONORIFICS], ids="jkd")
def test_what_is_advised_is_itself_good(table):
    advised = [f"{instead}です。" for instead in table.values()]
    words = {"jargon", "keigo-slip", "double-honorific"}
    assert {each: set(rules(each)) & words for each in advised if set(rules(each)) & words} == {}


def test_every_word_of_the_lists_is_found():
    assert [word for word in JARGON if rules(f"こちらは{word}です。") != ["jargon"]] == []
    loud = re.compile(r"\(\?:|[|\[\]{}?]")
    plain = [word for word in (*KEIGO_SLIPS, *DOUBLE_HONORIFICS) if not loud.search(word)]
    assert len(plain) > 10
    silent = [
        word
        for word in plain
        if not {"keigo-slip", "double-honorific"} & set(rules(f"こちらは{word}ます。"))
    ]
    assert silent == []


@pytest.mark.parametrize(
    "answer",
    [
        "不可です。" * 5_000,
        "[a](https:" * 2_500,
        "「" * 25_000,
        "[" * 25_000,
        "あ、" * 12_500,
        "AA " * 8_000 + "a",
        "." + " " * 24_000 + "x",
        "**" * 12_000,
        "お" * 25_000,
        "この度は" * 6_000,
    ],
    ids=["refusals", "links", "quotes", "brackets", "commas", "caps", "blank", "bold", "o", "thx"],
)
def test_the_longest_answers_are_checked_all_the_same(answer):
    with no_hang(20):
        for lang in ("ja", "en"):
            rules(answer, lang)


def test_every_rule_can_be_told_in_both_languages():
    one = entry("a", "返品", answer="お問い合わせありがとうございます。了解しました、できない。")
    for finding in check_answers(one):
        japanese, english = advise(finding, "ja"), advise(finding, "en")
        assert re.search(r"[ぁ-ん]", japanese.what + japanese.how)
        assert not re.search(r"\{|\}", japanese.what + english.what + japanese.how + english.how)
    holes = {
        rule.name: set(re.findall(r"\{(\w+)\}", rule.ja.what + rule.ja.how))
        ^ set(re.findall(r"\{(\w+)\}", rule.en.what + rule.en.how))
        for rule in RULES.values()
    }
    assert {name: hole for name, hole in holes.items() if hole} == {}
