"""Questions that ask for the same come together, others stay apart; costs follow the formula."""

import random

import pytest

from faq.gaps import HOUR_MS, Asking, Cost, cost_of, group_questions, unknown_words

DAY_MS = 24 * HOUR_MS
NOW = 1_000 * DAY_MS


@pytest.mark.parametrize(
    ("texts", "groups"),
    [
        (
            [
                "荷物がまだ届かない",
                "荷物が届きません",
                "注文した荷物いつ届きますか",
                "届かないんですけど荷物",
            ],
            [-1, -1, -1, -1],
        ),
        (
            [
                "ポイントの有効期限",
                "領収書をください",
                "ポイントはいつまで使える？",
                "領収書ほしいです",
            ],
            [-1, -2, -1, -2],
        ),
        (["ﾎﾟｲﾝﾄの有効期限", "ポイントの有効期限！！", "ポイント 有効期限"], [-1, -1, -1]),
        (
            ["my parcel has not arrived", "Can I pay with a gift card?", "where is my parcel?"],
            [-1, -2, -1],
        ),
        (["よろしくお願いします", "👍", "ありがとう"], [-1, -2, -3]),
        ([], []),
    ],
)
def test_questions_are_grouped_by_what_they_ask_for(texts, groups):
    assert group_questions([], texts) == groups


def test_known_groups_keep_their_questions_and_take_new_ones():
    known = [(7, "ギフト包装はできますか"), (4, "領収書をください")]
    new = ["領収書がほしい", "ギフト包装してほしい", "引っ越しました"]
    assert group_questions(known, new) == [4, 7, -1]


def test_the_same_words_join_their_group_however_they_are_written():
    assert group_questions([(3, "うーん")], ["うーん。", "ウーン"]) == [3, -1]


def test_synonyms_are_one_word():
    def same(text):
        return text.replace("ラッピング", "包装")

    assert group_questions([], ["ギフト包装", "ギフトラッピング"], same=same) == [-1, -1]


def test_ten_thousand_questions_are_grouped_alike_each_time():
    dice = random.Random(7)  # noqa: S311 - the same questions each time
    words = ["配送", "返品", "会員", "ポイント", "店舗", "領収書", "支払", "予約", "変更", "確認"]
    texts = ["".join(dice.choices(words, k=3)) + "について" for _ in range(10_000)]
    first = group_questions([], texts)
    assert len(first) == 10_000
    assert first == group_questions([], texts)


def asked(days_ago, *, handed=False, minutes=None):
    handling_ms = None if minutes is None else minutes * 60_000
    return Asking(asked_at=NOW - days_ago * DAY_MS, handed=handed, handling_ms=handling_ms)


@pytest.mark.parametrize(
    ("asking", "days", "cost"),
    [
        # 4 in 30 days, half of them to people, 6 minutes in the middle
        (
            [
                asked(1),
                asked(2),
                asked(3, handed=True, minutes=4),
                asked(4, handed=True, minutes=8),
            ],
            30,
            Cost(count=4, before=0, monthly=4.0, share=0.5, handling_ms=360_000, cost_ms=720_000),
        ),
        # a week tells of a month; what was before it is its trend
        (
            [asked(1, handed=True, minutes=7), asked(10), asked(11)],
            7,
            Cost(
                count=1,
                before=2,
                monthly=30 / 7,
                share=1.0,
                handling_ms=420_000,
                cost_ms=30 / 7 * 420_000,
            ),
        ),
        # nobody was handled yet: what is usual
        (
            [asked(1, handed=True)],
            30,
            Cost(count=1, before=0, monthly=1.0, share=1.0, handling_ms=300_000, cost_ms=300_000),
        ),
        # long ago: no cost now, and still there
        (
            [asked(100, handed=True, minutes=9)],
            30,
            Cost(count=0, before=0, monthly=0.0, share=0.0, handling_ms=540_000, cost_ms=0.0),
        ),
    ],
)
def test_a_cost_is_volume_by_share_by_minutes(asking, days, cost):
    assert cost_of(asking, now=NOW, days=days, usual_ms=300_000) == cost


def test_hours_are_what_people_would_be_spared():
    cost = Cost(
        count=124, before=0, monthly=124, share=0.5, handling_ms=360_000, cost_ms=124 * 180_000
    )
    assert round(cost.hours, 1) == 6.2


def test_words_that_the_knowledge_never_says_are_counted():
    texts = [
        "引越したい",
        "引越しました",
        "返品したい",
        "my house",
        "two houses",
        "Is it my house?",
    ]
    known = "返品はいつまでできますか\nhow do i move two?"
    assert unknown_words(texts, known) == [("house", 3), ("引越", 2)]
