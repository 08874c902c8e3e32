"""What was offered is picked in words as well as by a tap."""

import pytest
from factories import fresh, heard, mind, said

from bot.bubbles import Action
from bot.conversation import Stage, Talk
from bot.dialogue import next_turn
from bot.picking import find_choice, find_named, is_none_of_these

ENTRIES = tuple(
    Action(label=label, code=f"entry:{code}")
    for label, code in (
        ("予定日を過ぎても届かない", "late"),
        ("認証メールが届かない", "mail"),
        ("注文確認メールが届かない", "order"),
    )
)
OFFERED = (
    *ENTRIES,
    Action(label="どれでもない", code="none"),
    Action(label="担当者に相談", code="human"),
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1番目でお願いします", "entry:late"),
        ("上から2番目", "entry:mail"),
        ("二つ目です", "entry:mail"),
        ("みっつ目かな", "entry:order"),
        ("３つ目のやつ", "entry:order"),
        ("一番上", "entry:late"),
        ("最初のやつです", "entry:late"),
        ("真ん中", "entry:mail"),
        ("まんなかで", "entry:mail"),
        ("一番下でお願いします", "entry:order"),
        ("最後の", "entry:order"),
        ("the second one please", "entry:mail"),
        ("number 3", "entry:order"),
        ("the last one", "entry:order"),
        ("4番", "none"),
        ("6番", None),
        ("最後に一つ聞きたい", None),
        ("上の階に届けて", None),
        ("2番目に安い商品は", None),
        ("もう一つ", None),
        ("second hand", None),
    ],
)
def test_a_choice_by_its_place(text, code):
    found = find_choice(text, OFFERED)
    assert (found.code if found else None) == code


def test_one_choice_of_a_kind_has_no_place():
    solved = (Action(label="解決した", code="solved"), Action(label="解決しない", code="unsolved"))
    assert [find_choice(text, solved) for text in ("最後", "一番上", "真ん中")] == [None] * 3
    assert find_choice("真ん中", ENTRIES[:2]) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("認証メールの方です", "entry:mail"),
        ("予定日", "entry:late"),
        ("メール", None),
        ("届", None),
        ("配送料", None),
        ("担当者", None),
    ],
)
def test_a_choice_by_a_part_of_its_question(text, code):
    found = find_named(text, OFFERED)
    assert (found.code if found else None) == code


def test_what_is_said_of_the_offered_is_chosen_where_no_answer_is_sure():
    shown = next_turn(Talk(), said(choice="cat:返品"), mind())
    turn = next_turn(shown.talk, said("いつまでの方です。"), mind())
    assert [ours.entry_id for ours in turn.says][:1] == ["return-deadline"]


@pytest.mark.parametrize(
    "text",
    [
        *("どれも違います", "全部違う", "その他", "ほかの件です", "この中にはありません", "なし"),
        *("該当なし", "none of these", "Neither", "something else", "どれでもないです"),
    ],
)
def test_none_of_them(text):
    assert is_none_of_these(text)
    offered = fresh(stage=Stage.SUGGESTED, question="あれ", offered=OFFERED, misses=1)
    turn = next_turn(offered, said(text), mind())
    assert heard(turn)[0][1] == ["担当者につなぐ", "別の言い方で聞く"]
    assert turn.talk.rejected == ("late", "mail", "order")


def test_a_word_of_a_shown_question_means_that_one_whatever_it_means_alone():
    alone = next_turn(Talk(), said("返品期限"), mind())
    offered = (Action(label="クーポンの返品期限", code="entry:refund-when"), *OFFERED)
    shown = fresh(stage=Stage.SUGGESTED, question="あれ", offered=offered)
    turn = next_turn(shown, said("返品期限"), mind())
    assert (alone.says[0].entry_id, turn.says[0].entry_id) == ("return-deadline", "refund-when")


@pytest.mark.parametrize("text", ["次", "次の質問は？", "もう一つの方は", "next"])
def test_the_next_question_is_asked_for(text):
    shown = next_turn(Talk(), said(choice="cat:返品"), mind())
    first = next_turn(shown.talk, said("両方"), mind())
    assert next_turn(first.talk, said(text), mind()).says[0].entry_id == "refund-when"


@pytest.mark.parametrize("text", ["両方", "どちらもです", "全部知りたいです", "both of them"])
def test_all_of_them_are_answered_one_by_one(text):
    shown = next_turn(Talk(), said(choice="cat:返品"), mind())
    first = next_turn(shown.talk, said(text), mind())
    assert (first.says[0].entry_id, first.says[1].bubble.text) == (
        "return-deadline",
        "もう一つのご質問は、こちらでしょうか？",
    )
    second = next_turn(first.talk, said(text), mind())
    assert second.says[0].entry_id == "refund-when"


@pytest.mark.parametrize(
    "text", ["違う商品が届いた", "在庫なし", "その他の支払い方法は", "other size"]
)
def test_a_matter_is_no_turning_down(text):
    assert not is_none_of_these(text)
