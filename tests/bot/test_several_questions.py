"""A message that asks more than one thing: one answer, and nothing swallowed."""

import json

import pytest
from factories import heard, mind, said

from bot.conversation import Cause, Stage, Talk
from bot.dialogue import next_turn
from bot.turns import Escalation

HUMAN = "担当者に相談"
REFUND = "返金はいつ入りますか？"
FEE = "送料はいくらですか？"
DAYS = "何日で届きますか？"
BOTH = "返金はいつ入りますか？あと送料も教えてください"
ALSO = "もう一つのご質問は、こちらでしょうか？"
SEVERAL = "ほかのご質問は、次の中にありますか？"
SOLVED = "解決しましたか？"
REST = (
    "恐れ入りますが、ほかのご質問にはまだお答えできていません。"
    "その部分だけをもう一度お送りいただくか、担当者にご相談ください。"
)
REFUNDED = ("返品の到着から5営業日です。", [])
PAID = ("全国一律500円です。", [])
CHOICES = ["解決した", "解決しない", HUMAN]
BESIDE = ["解決した", "別の言い方で聞く", HUMAN]


def turn_after(*texts):
    talk = Talk()
    for text in texts:
        turn = next_turn(talk, said(text), mind())
        talk = turn.talk
    return turn


def test_the_other_question_is_offered_first_below_the_answer():
    turn = turn_after(BOTH)
    assert heard(turn) == [REFUNDED, (ALSO, [FEE, *BESIDE])]
    assert [one["id"] for one in turn.says[0].decision["also"]] == ["shipping-fee"]
    assert (turn.talk.stage, turn.talk.entry_id) == (Stage.SOLVED, "refund-when")


@pytest.mark.parametrize("text", ["1", FEE, "はい", "お願いします"])
def test_a_tap_a_number_or_yes_answers_it(text):
    assert heard(turn_after(BOTH, text)) == [PAID, (SOLVED, CHOICES)]


@pytest.mark.parametrize("text", ["解決しました", "2", "大丈夫です"])
def test_solved_is_solved(text):
    assert turn_after(BOTH, text).solved


@pytest.mark.parametrize("text", ["いいえ", "3", "別の言い方で聞く"])
def test_no_means_that_it_was_another_one(text):
    assert heard(turn_after(BOTH, text)) == [
        ("承知しました。別の言い方でお送りください。", [HUMAN])
    ]


def test_not_solved_is_about_the_answer():
    turn = turn_after(BOTH, "解決しません")
    assert (turn.talk.rejected, turn.talk.unsolved) == (("refund-when",), 1)


def test_three_questions_are_answered_one_after_the_other():
    first = turn_after("返金はいつ入りますか？あと送料は？それから何日で届きますか？")
    second = next_turn(first.talk, said("1"), mind())
    third = next_turn(second.talk, said("1"), mind())
    assert [heard(turn) for turn in (first, second, third)] == [
        [REFUNDED, (SEVERAL, [FEE, DAYS, *BESIDE])],
        [PAID, (ALSO, [DAYS, *BESIDE])],
        [("2日から4日です。", []), (SOLVED, CHOICES)],
    ]


def test_what_nobody_can_answer_is_told():
    turn = turn_after(f"{REFUND}あと領収書の宛名は変更できますか？")
    assert heard(turn) == [REFUNDED, (f"{REST}\n{SOLVED}", CHOICES)]
    assert turn.says[0].decision["unmet"] == 1


def test_both_at_once():
    turn = turn_after(f"{REFUND}送料は？領収書の宛名は変更できますか？")
    assert heard(turn)[1][0] == f"{REST}\n{ALSO}"


SIX = "返品期限は？返金の時期は？送料は？配送日数は？不良品が届いたのですが？返品の期限はいつ？"
LEFT = (
    "恐れ入りますが、一度に承れるご質問の数を超えています。"
    "残りの{count}件は、続けて1つずつお送りください。"
)


async def test_what_is_asked_beyond_six_things_is_told(story):
    await story.say(f"{SIX}領収書の宛名は変更できますか？あとカタログはありますか？")
    (answered, asked) = (await story.transcript())[-2:]
    others = [label for label in asked[2] if label not in BESIDE]
    assert (answered[1], asked[1], len(others)) == (
        "商品到着後8日以内でしたら返品できます。",
        f"{LEFT.format(count=2)}\n{SEVERAL}",
        4,
    )
    row = (await story.rows("SELECT decision FROM message WHERE entry_id IS NOT NULL"))[0]
    assert json.loads(row["decision"])["left"] == 2


async def test_it_is_told_above_a_choice_as_well(story):
    await story.say("領収書？カタログ？店舗？送り先？返却？届け日？包装？会員？")
    left = LEFT.format(count=2)
    assert (await story.last())[0][1] == f"{left}\nどれについてのご質問でしょうか？"


def test_in_english():
    know = mind(lang="en")
    text = "How long can I return an item? And do you sell gift vouchers?"
    turn = next_turn(Talk(), said(text), know)
    assert heard(turn)[1][0] == (
        "I am sorry, the rest of your message is not answered yet. "
        "Please send that part again on its own, or ask for a person.\nDid that solve it?"
    )


def test_a_question_after_an_answer_does_not_offer_the_answered_one_again():
    turn = turn_after(REFUND, "送料はいくらですか？")
    assert heard(turn) == [PAID, (SOLVED, CHOICES)]


def test_an_entry_that_goes_to_people_takes_the_rest_along():
    turn = turn_after("返金はいつ入りますか？あと不良品が届いたのですが？")
    assert heard(turn) == [REFUNDED, (ALSO, ["届いた商品が壊れていました", *BESIDE])]
    tapped = next_turn(turn.talk, said("はい"), mind())
    assert tapped.escalate == Escalation(cause=Cause.ENTRY, team="returns")


async def test_the_whole_talk_through_the_intake(story):
    await story.say(BOTH)
    await story.tap("entry:shipping-fee")
    assert await story.transcript() == [
        ("customer", BOTH, []),
        ("bot", *REFUNDED),
        ("bot", ALSO, [FEE, *BESIDE]),
        ("customer", FEE, []),
        ("bot", *PAID),
        ("bot", SOLVED, CHOICES),
    ]
    rows = await story.rows("SELECT decision FROM message WHERE entry_id IS NOT NULL ORDER BY id")
    first, second = (json.loads(row["decision"]) for row in rows)
    assert ([one["id"] for one in first["also"]], second) == (["shipping-fee"], {"kind": "chosen"})
    # the customer's words stand in their own message only
    assert "教えて" not in rows[0]["decision"]
