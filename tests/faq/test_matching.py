"""What a customer's words lead to, over whole knowledge bases."""

import random
from datetime import date

import pytest

from faq.calibration import LITERAL
from faq.decision import Kind
from faq.entry import Translation
from faq.matcher import RESCORED
from faq.normalize import CUT_FOR_MATCHING, strip_padding
from tests.faq.knowledge_files import decide, entry, knowledge

CLUB = knowledge(
    entry("suspend", "休会したい", "しばらく休みたい", "お休みの手続き", answer="前月10日まで。"),
    entry("withdraw", "退会の手続きを教えてください", "ジムをやめたい", "退会届"),
    entry("fee", "会費はいくらですか", "月会費", "料金表"),
    entry("fee-date", "会費の引き落とし日はいつですか", "何日に引かれますか"),
    entry("card-lost", "会員証をなくしました", "カードの紛失", "会員証の再発行"),
    entry("personal", "パーソナルトレーニングの料金はいくらですか", "パーソナルの値段"),
    entry("parking", "駐車場はありますか", "車で行けますか"),
    entry("pool", "プールは何時から使えますか", "プールの時間"),
    entry("join", "入会するにはどうすればいいですか", "入会手続き", "申し込み方法"),
    entry("hours", "営業時間を教えてください", "何時まで開いていますか", "日曜の営業時間"),
)


def best(text: str, known=CLUB) -> str | None:
    made = decide(known, text)
    return made.candidates[0].entry_id if made.candidates else None


@pytest.mark.parametrize(
    ("text", "entry_id"),
    [
        ("退会の手続きを教えてください", "withdraw"),
        ("「退会届」", "withdraw"),
        ("ｶｲﾋﾊｲｸﾗﾃﾞｽｶ 会費はいくらですか", "fee"),
        ("車で行けますか？？", "parking"),
    ],
)
def test_a_variant_said_literally_is_answered(text, entry_id):
    made = decide(CLUB, text)
    assert made.candidates[0].entry_id == entry_id
    if made.candidates[0].confidence == LITERAL:
        assert (made.kind, made.clear) == (Kind.ANSWER, True)


def test_a_slip_or_an_ending_apart_is_answered_too():
    made = decide(CLUB, "会費の引き落とし日はいつでしょうか")
    assert (made.kind, made.candidates[0].entry_id) == (Kind.ANSWER, "fee-date")
    assert made.candidates[0].confidence == 98.0


@pytest.mark.parametrize(
    ("text", "entry_id"),
    [
        ("たいかいしたいです", "withdraw"),  # typed in kana
        ("かいいんしょうをなくした", "card-lost"),
        ("球界したい", "suspend"),  # converted wrongly
        ("会員賞をなくしました", "card-lost"),
        ("パーソルナの値段", "personal"),  # mistyped
        ("ぷーるのじかん", "pool"),
        ("ﾌﾟｰﾙ ｼﾞｶﾝ", "pool"),
        ("引落日", "fee-date"),
        (
            (
                "いつもお世話になっております。先日は丁寧にご案内いただきありがとうございました。"
                "家族とも相談しましたが、仕事が忙しくて通えそうにありません。"
                "退会するにはどうしたらいいですか。"
            ),
            "withdraw",
        ),
    ],
)
def test_other_ways_to_write_it(text, entry_id):
    assert best(text) == entry_id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "。。。",
        "👋",
        "zxcvbnm",
        "ありがとうございました",
        "よろしくお願いします",
        "富士山の高さ",
        "what is the capital of france",
        "\u0000\u200b",
        "\ud800",
    ],
)
def test_what_the_knowledge_does_not_know_is_a_fallback(text):
    assert decide(CLUB, text).kind is Kind.FALLBACK


def test_a_close_runner_up_makes_it_a_suggestion():
    made = decide(CLUB, "手続き")
    assert made.kind is Kind.SUGGEST
    assert not made.clear
    assert {candidate.entry_id for candidate in made.candidates[:3]} == {
        "suspend",
        "withdraw",
        "join",
    }


def test_the_same_words_in_two_entries_are_never_answered():
    known = knowledge(entry("a", "送料", "配送料"), entry("b", "料金", "送料"))
    made = decide(known, "送料")
    assert (made.kind, [c.confidence for c in made.candidates]) == (Kind.SUGGEST, [49.5, 49.5])


def test_priority_decides_between_equals():
    known = knowledge(entry("a", "送料"), entry("b", "送料", priority=1))
    assert [c.entry_id for c in decide(known, "送料").candidates] == ["b", "a"]


def test_an_entry_has_its_own_threshold():
    texts = ("返品はいつまでできますか", "返品期限")
    easy = knowledge(entry("a", *texts, threshold=5), entry("b", "送料はいくら"))
    hard = knowledge(entry("a", *texts, threshold=100), entry("b", "送料はいくら"))
    assert decide(easy, "返品できる日数は").kind is Kind.ANSWER
    assert decide(hard, "返品期限").kind is Kind.SUGGEST


def test_synonyms_bridge_words():
    entries = (entry("a", "返品はいつまでできますか"), entry("b", "送料はいくらですか"))
    assert decide(knowledge(*entries), "返却の期日").kind is not Kind.ANSWER
    bridged = decide(knowledge(*entries, synonyms=[["返品", "返却"]]), "返却はいつまでできますか")
    assert (bridged.kind, bridged.candidates[0].confidence) == (Kind.ANSWER, LITERAL)


def test_english_and_misspelt_english():
    known = knowledge(
        entry("refund", "When do I get my refund?", "refund status", lang="en"),
        entry("address", "How can I change my delivery address?", lang="en"),
        entry("cancel", "How do I cancel an order?", "cancel my order", lang="en"),
    )
    asked = ["wheres my refund", "chnage delivry adress", "i want to cancel", "cancelling orders"]
    assert [best(text, known) for text in asked] == ["refund", "address", "cancel", "cancel"]


def test_a_translation_is_found_and_does_not_blur_the_original():
    known = knowledge(
        entry(
            "return",
            "返品はいつまでできますか",
            translations={"en": Translation(question="How long can I return it?", answer="8")},
        ),
        entry("fee", "送料はいくらですか"),
    )
    for text in ("返品はいつまでできますか", "how long can i return it"):
        made = decide(known, text)
        assert (made.kind, made.candidates[0].entry_id) == (Kind.ANSWER, "return")
    assert decide(known, "how long can i return it").candidates[0].variant == (
        "How long can I return it?"
    )


def test_entries_that_are_not_served_are_not_found():
    known = knowledge(
        entry("line", "送料", channels=("line",)),
        entry("later", "返品", valid_from=date(2026, 7, 1)),
        entry("over", "交換", valid_until=date(2026, 5, 31)),
        entry("last-day", "修理", valid_from=date(2026, 6, 1), valid_until=date(2026, 6, 1)),
    )
    kinds = {text: decide(known, text).kind for text in ("送料", "返品", "交換", "修理")}
    assert kinds == {
        "送料": Kind.FALLBACK,
        "返品": Kind.FALLBACK,
        "交換": Kind.FALLBACK,
        "修理": Kind.ANSWER,
    }
    assert decide(known, "送料", channel="line").kind is Kind.ANSWER
    assert decide(known, "交換", today=date(2026, 5, 31)).kind is Kind.ANSWER


def test_excluded_entries_are_left_out():
    first = decide(CLUB, "会費")
    rest = decide(CLUB, "会費", exclude=[first.candidates[0].entry_id])
    assert first.candidates[0].entry_id not in [c.entry_id for c in rest.candidates]
    assert rest.candidates[0].entry_id == first.candidates[1].entry_id


def test_one_entry_and_none():
    one = knowledge(entry("a", "返品はいつまでできますか", answer="8日以内です。"))
    kinds = [decide(one, text).kind for text in ("返品はいつまで？", "今日の天気", "こんにちは")]
    assert kinds == [Kind.ANSWER, Kind.FALLBACK, Kind.FALLBACK]
    assert decide(knowledge(), "返品").candidates == ()


def test_the_same_text_is_decided_the_same_in_another_build():
    entries = [CLUB.order[place] for place in range(len(CLUB.order))]
    again = knowledge(*entries)
    texts = ["退会", "会費", "手続き", "なんじまで", "cancel"]
    assert [decide(again, t) for t in texts] == [decide(CLUB, t) for t in texts]
    assert knowledge(*entries[1:]).version != CLUB.version


def test_a_decision_is_stored_small():
    made = decide(CLUB, "退会届")
    assert made.as_json() == {
        "kind": "answer",
        "margin": round(made.margin, 1),
        "clear": True,
        "knowledge": CLUB.version,
        "candidates": [
            {"id": c.entry_id, "confidence": round(c.confidence, 1), "variant": c.variant}
            for c in made.candidates
        ],
    }


def test_confidence_falls_from_first_to_last_and_the_list_is_bounded():
    made = decide(CLUB, "退会と休会と入会の手続き、会費、営業時間、駐車場、プール、会員証")
    confidences = [c.confidence for c in made.candidates]
    assert confidences == sorted(confidences, reverse=True)
    assert len(made.candidates) == 10
    assert all(0 <= c <= 100 for c in confidences)


def test_what_a_message_costs_is_bounded_over_five_thousand_entries():
    rng = random.Random(7)  # noqa: S311 — the same words in every run
    letters = "返品送料会員登録変更予約時間料金支払店舗電話住所荷物期限交換修理保証点検"
    entries = [
        entry(f"e{n}", "".join(rng.choices(letters, k=6)) + "はいつですか", f"第{n}項の手続き")
        for n in range(5_000)
    ]
    known = knowledge(*entries)
    hostile = ["あ" * 200, "返品" * 100, "e\u0301" * 100, "a" * 200, "漢" * 200, "ー" * 200]
    for text in [entries[17].question, *hostile]:
        ranking = known.matcher.rank(text)
        # an index is asked once a gram, and only the best are compared letter by letter
        asked = (*ranking.message.shape, *ranking.message.line, *ranking.message.sound)
        assert len(asked) <= 5 * CUT_FOR_MATCHING
        assert len(ranking.matches) <= RESCORED
    assert best("第4321項の手続き", known) == "e4321"


def test_a_question_of_one_entry_alone_is_decided_without_comparing():
    today = date(2026, 11, 20)
    for known_entry in CLUB.order:
        for text in known_entry.texts_in("ja"):
            quick = CLUB.decide_literal(text, channel="line", today=today)
            full = decide(CLUB, text)
            assert (quick.kind, quick.clear) == (full.kind, full.clear)
            assert quick.margin == pytest.approx(full.margin, abs=0.05)
            assert quick.candidates[0].entry_id == full.candidates[0].entry_id == known_entry.id
            assert quick.candidates[0].variant == full.candidates[0].variant == text


@pytest.mark.parametrize(
    "text",
    ["会費", "退会", "しばらく休みたい！？", "手続き", "", "退会届を出したい"],
)
def test_only_the_very_text_of_one_entry_is_literal(text):
    known = knowledge(
        entry("fee", "会費", "月会費"),
        entry("fee-too", "会費！", "年会費"),
        entry("out", "退会", "退会届"),
        entry("out-too", "退会、ですよね", "届け"),
        entry("rest", "しばらく休みたい"),
    )
    assert known.decide_literal(text, channel="line", today=date(2026, 11, 20)) is None


def test_an_entry_that_is_left_out_or_not_served_is_not_decided_by_its_letters():
    known = knowledge(
        entry("web-only", "駐車場はありますか", channels=("web",)), entry("pool", "プールの時間")
    )
    today = date(2026, 11, 20)
    assert known.decide_literal("駐車場はありますか", channel="line", today=today) is None
    assert known.decide_literal("駐車場はありますか", channel="web", today=today) is not None
    left_out = known.decide_literal("プールの時間", channel="web", today=today, exclude=("pool",))
    assert left_out is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("すみません、ちょっとお聞きしたいのですが、", ""),
        ("お忙しいところ恐れ入ります。", "よろしくお願いいたします。"),
        (
            "いつもお世話になっております。1点確認させてください。",
            "ご回答いただけますと幸いです。",
        ),
        ("突然のご連絡失礼いたします。", "お手数ですがよろしくお願いします。"),
        ("ご多忙のところ失礼いたします。", "お返事お待ちしております。"),
        ("夜分遅くに申し訳ありません。", "教えていただけると助かります。"),
        ("質問です。", "ご確認のほどよろしくお願い申し上げます。"),
    ],
)
@pytest.mark.parametrize("asked", ["会員証をなくしました。", "会費の引き落とし日はいつですか。"])
def test_politeness_around_a_question_changes_nothing(asked, before, after):
    bare, padded = (CLUB.matcher.rank(text) for text in (asked, f"{before}{asked}{after}"))
    assert padded.message.line == bare.message.line
    assert padded.message.shape == bare.message.shape
    assert [m.entry for m in padded.matches][:1] == [m.entry for m in bare.matches][:1]


@pytest.mark.parametrize("text", ["日程の確認", "電話で相談したい", "連絡先の変更"])
def test_what_is_asked_is_not_taken_for_politeness(text):
    assert strip_padding(text) == text
