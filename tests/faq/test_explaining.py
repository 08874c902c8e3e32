"""Why a message was decided as it was: the values, and the sentences that people read."""

import json
import string

import pytest

from faq.changes import Change, ChangeKind, list_changes
from faq.decision import Kind
from faq.explaining import explain_decision, explain_text
from faq.explaining_stored import explain_stored
from faq.explaining_texts import TABLE
from faq.knowledge import Knowledge
from faq.told import Outcome, Told
from tests.faq.knowledge_files import TODAY, decide, entry, knowledge

SHOP = knowledge(
    entry("deadline", "返品はいつまでできますか？", "返品期限", answer="8日以内です。"),
    entry("how", "返品の方法", "返送のしかた"),
    entry("fee", "送料はいくらですか", "配送料"),
    entry("coupon", "クーポンを使いたい", "ＡＢＣカードは使えますか"),
    entry("strict", "ポイントの有効期限", "ポイントはいつ切れますか", threshold=99),
    entry("gift", "ラッピングはできますか", "包装"),
    entry("gift-too", "包装紙を選べますか", "包装"),
    synonyms=[["返品", "返却", "返送"]],
)


def told(text: str, *, lang: str = "ja", known: Knowledge = SHOP) -> Told:
    return explain_text(known, text, lang=lang, today=TODAY)


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("送料はいくら", []),
        ("How Much", []),
        ("ＡＢＣカード", [(ChangeKind.LETTERS, "ＡＢＣ", "abc")]),
        ("ﾍﾝﾋﾟﾝしたい", [(ChangeKind.LETTERS, "ﾍﾝﾋﾟﾝ", "ヘンピン")]),
        ("サーバー", [(ChangeKind.LETTERS, "サーバー", "サーバ")]),
        ("送料を教えてください", [(ChangeKind.PADDING, "を教えてください", "")]),
        (
            "お世話になっております。返却の件です",
            [
                (ChangeKind.PADDING, "お世話になっております", ""),
                (ChangeKind.SYNONYM, "返却", "返品"),
            ],
        ),
        ("クーポソ", [(ChangeKind.TYPO, "クーポソ", "クーポン")]),
        ("返品", []),
        ("", []),
        ("。。。！？", []),
    ],
)
def test_every_difference_between_written_and_compared_is_told(text, changes):
    assert list_changes(SHOP.matcher, text) == tuple(
        Change(kind=kind, before=before, after=after) for kind, before, after in changes
    )


@pytest.mark.parametrize(
    ("text", "kind", "outcome", "sentence"),
    [
        (
            "返品期限",
            Kind.ANSWER,
            Outcome.LITERAL,
            "「返品期限」という言い方がそのまま登録されているため、回答しました。",
        ),
        (
            "返品期限を教えてください",
            Kind.ANSWER,
            Outcome.NEARLY,
            "登録されている「返品期限」とほぼ同じ文のため、回答しました。",
        ),
        (
            "包装",
            Kind.SUGGEST,
            Outcome.TWINS,
            "同じ言い方「包装」が複数の項目に登録されているため、候補として示しました。",
        ),
        ("ほげ", Kind.FALLBACK, Outcome.NOTHING, "近い項目がありませんでした。"),
    ],
)
def test_the_conclusion_comes_first(text, kind, outcome, sentence):
    made = told(text)
    assert (made.kind, made.outcome, made.sentences[0]) == (kind, outcome, sentence)


def test_an_answer_names_confidence_threshold_runner_up_and_margin():
    made = told("送料っていくらでしょう")
    best, second = made.candidates[:2]
    assert (made.outcome, best.entry_id, best.shared) == (Outcome.SURE, "fee", ("送料",))
    limits = SHOP.limits
    assert (made.threshold, made.own_threshold) == (limits.answer, False)
    assert made.least_margin == limits.margin
    assert made.margin == pytest.approx(best.confidence - second.confidence)
    assert made.sentences[:2] == (
        (
            f"「送料はいくらですか」に最も近く、確信度{best.confidence:.0f}が"
            f"しきい値{limits.answer:.0f}以上のため、回答しました。"
        ),
        (
            f"2位は「{second.question}」（確信度{second.confidence:.0f}）で、"
            f"差は{made.margin:.0f}点です。"
        ),
    )
    # every index that counts has its name in words
    assert {"shape", "line", "sound", "alike"} <= {part.name for part in best.parts} <= {*TABLE}
    assert sum(part.points for part in best.parts) == pytest.approx(best.score)


def test_below_the_threshold_and_below_an_entrys_own_are_told_apart():
    own = told("ポイントの期限")
    assert (own.outcome, own.threshold, own.own_threshold) == (Outcome.OWN, 99, True)
    assert "この項目に決められたしきい値99に届かない" in own.sentences[0]
    common = told("返送")
    assert (common.outcome, common.own_threshold) == (Outcome.BELOW, False)


def test_a_lead_that_is_too_small_is_told():
    known = knowledge(
        *(
            entry(f"e{n}", f"会費の支払い{n}", f"会費の支払い方法{n}", threshold=1)
            for n in range(2)
        )
    )
    made = told("会費の支払い方法", known=known)
    assert (made.kind, made.outcome) == (Kind.SUGGEST, Outcome.NEAR)
    assert f"2位との差が{made.margin:.0f}点で、必要な10点に足りない" in made.sentences[0]


def test_a_synonym_is_told_with_the_word_that_is_written():
    made = told("返却のしかた")
    assert made.changes == (Change(kind=ChangeKind.SYNONYM, before="返却", after="返送"),)
    assert "同義語として読み替えました: 返却 → 返送" in made.sentences


def test_a_word_that_is_written_as_it_was_said_is_no_synonym():
    made = told("返送のしかたは")
    assert (made.changes, made.candidates[0].shared) == ((), ("返送のしかた",))


def test_words_that_only_sound_alike_are_told():
    made = told("返品きげんを知りたい")
    assert made.candidates[0].sounds == (
        Change(kind=ChangeKind.READING, before="きげん", after="期限"),
    )
    assert "読みが同じ語とみなしました: きげん → 期限" in made.sentences


def test_words_that_the_knowledge_lacks_are_named():
    made = told("遊具の送料")
    assert made.unknown == ("遊具",)
    assert 0 < made.coverage < 1
    # a word that was mended is not unknown
    assert told("クーポソを使いたい").unknown == ()


def test_in_english_as_well():
    made = told("ＡＢＣカードのクーポソ", lang="en")
    assert made.sentences[0].startswith("Answered: closest to “ＡＢＣカードは使えますか”")
    assert "Written alike before comparing: ＡＢＣ → abc" in made.sentences
    assert "Taken as typing errors: クーポソ → クーポン" in made.sentences


def test_every_sentence_has_the_same_names_in_both_languages():
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert {key: names(both["ja"]) for key, both in TABLE.items()} == {
        key: names(both["en"]) for key, both in TABLE.items()
    }


def test_it_is_json():
    row = json.loads(json.dumps(told("返却のしかた").as_json()))
    assert (row["outcome"], row["changes"], row["current"]) == (
        "literal",
        [{"kind": "synonym", "before": "返却", "after": "返送"}],
        True,
    )


def stored(text: str, **more) -> dict:
    return decide(SHOP, text, **more).as_json()


def explain(texts: list[str], kept: dict, **more) -> Told:
    return explain_stored(SHOP, texts, kept, lang="ja", channel="web", today=TODAY, **more)


def test_what_is_stored_is_explained_by_the_text_that_gives_it():
    kept = stored("返品したい\nいつまで")
    made = explain(["いつまで", "返品したい\nいつまで"], kept)
    assert (made.current, made.text) == (True, "返品したい\nいつまで")
    assert made == explain_decision(
        SHOP, made.text, decide(SHOP, "返品したい\nいつまで"), lang="ja"
    )


def test_what_was_decided_without_rejected_entries_is_explained_so():
    kept = stored("返品期限", exclude=["deadline"])
    assert explain(["返品期限"], kept).current is False
    assert explain(["返品期限"], kept, exclude=["deadline", "fee"]).current is True


@pytest.mark.parametrize("texts", [[], ["送料"]])
def test_where_no_text_gives_it_only_what_is_stored_is_told(texts):
    kept = stored("返品期限")
    made = explain(texts, kept)
    assert (made.current, made.outcome, made.changes) == (False, None, ())
    assert made.sentences[:2] == (
        "このあとナレッジか会話の文脈が変わったため、当時の記録だけを示します。",
        "当時は「返品期限」に最も近いと判断し、確信度99で回答しました。",
    )


def test_another_version_of_the_knowledge_explains_nothing_anew():
    kept = {**stored("返品期限"), "knowledge": "0123456789ab"}
    made = explain(["返品期限"], kept)
    assert (made.current, made.knowledge_version) == (False, "0123456789ab")
    assert [each.question for each in made.candidates][:1] == ["返品はいつまでできますか？"]


@pytest.mark.parametrize(
    ("kept", "outcome", "sentence"),
    [
        (
            {"kind": "chosen"},
            Outcome.CHOSEN,
            "お客様が候補から選んだ項目です。照合はしていません。",
        ),
        (
            {"kind": "fallback"},
            Outcome.REFUSED,
            "お客様が示した項目を選ばなかったため、照合せずにご案内しました。",
        ),
    ],
)
def test_where_nothing_was_compared_that_is_told(kept, outcome, sentence):
    made = explain(["返品期限"], kept)
    assert (made.outcome, made.current, made.sentences) == (outcome, True, (sentence,))


@pytest.mark.parametrize("kept", [{}, {"kind": "fallback", "candidates": None, "knowledge": "x"}])
def test_what_is_hardly_stored_at_all_is_no_trouble(kept):
    assert explain(["返品期限"], kept).sentences == (
        "このあとナレッジか会話の文脈が変わったため、当時の記録だけを示します。",
        "当時は合う項目が見つかりませんでした。",
    )
