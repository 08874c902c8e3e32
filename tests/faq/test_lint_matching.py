"""What the check learns by asking the knowledge: texts that lead elsewhere, within bounds."""

from faq import lint_matching
from faq.cutting import Cuts
from faq.lint_heldout import check_thieves
from faq.lint_matching import check_reach, most_tried
from tests.faq.knowledge_files import TODAY, entry, knowledge

SHOP = (
    entry(
        "delivery-fee",
        "送料はいくらですか",
        *("全国一律の配送料", "何円から送料無料になりますか", "返品の送料はいくら"),
    ),
    entry(
        "return-postage",
        "返品の送料はだれが払いますか",
        *("返品の送料はいくらですか", "返送にかかるお金", "着払いで返してもいいですか"),
    ),
    entry(
        "return-how",
        "返品の手続きを教えてください",
        *("どうやって返せばいいですか", "返品の申し込み", "返品方法"),
    ),
)


def test_a_variant_that_another_entry_would_answer_names_both():
    thieves = list(check_thieves(knowledge(*SHOP), TODAY, Cuts()))
    assert [(each.entry_id, each.path, each.words["other"]) for each in thieves] == [
        ("return-postage", ("variants", 0), "delivery-fee"),
        ("delivery-fee", ("variants", 2), "return-postage"),
    ]
    assert [each.words["first"] for each in thieves] == [
        "返品の送料はいくら",
        "返品の送料はいくらですか",
    ]


def test_texts_that_two_entries_claim_are_told_once_as_doubles_only():
    known = knowledge(entry("a", "返品期限"), entry("b", "返品の期限は", "返品期限"))
    assert [each.rule for each in check_reach(known, TODAY)] == []


def test_questions_and_variants_are_tried_up_to_a_bound(monkeypatch):
    monkeypatch.setattr(lint_matching, "FEWEST_TRIED", 4)
    monkeypatch.setattr(lint_matching, "MOST_PAIRS", 4)
    greetings = (entry(name, f"質問{name}", "こんにちは", "ありがとう") for name in "abc")
    told = [
        (each.rule, each.entry_id, dict(each.words))
        for each in check_reach(knowledge(*greetings), TODAY)
    ]
    assert [row[:2] for row in told] == [("not-all-tried", "")]
    assert told[0][2] == {"count": "9", "first": "4"}


def test_the_bound_keeps_large_knowledge_quick():
    assert [most_tried(texts) for texts in (0, 800, 5_000, 35_000)] == [
        10_000_000,
        12_500,
        2_000,
        1_000,
    ]
