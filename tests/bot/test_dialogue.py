from dataclasses import replace

import pytest
from factories import NOON, fresh, heard, mind, said

from bot.answers import greet
from bot.conversation import Cause, Stage, Talk, talk_from_json
from bot.dialogue import next_turn, settle
from bot.events import ContentKind
from bot.turns import Escalation

HUMAN = "担当者に相談"
RETURN = "返品はいつまでできますか？"
REFUND = "返金はいつ入りますか？"
ANSWERED = [
    ("商品到着後8日以内でしたら返品できます。", ["返品を申し込む"]),
    ("解決しましたか？", ["解決した", "解決しない", REFUND, HUMAN]),
]
SETTLED = ("全国一律500円です。", [])
SOLVED = ("解決しましたか？", ["解決した", "解決しない", HUMAN])


def after(*texts, mind=mind()):  # noqa: B008 - a value
    """The talk after these lines, each said after the one before was settled."""
    talk = Talk()
    for text in texts:
        turn = next_turn(talk, said(text), mind)
        talk = settle(turn.talk, mind).talk if turn.wait_until else turn.talk
    return talk


def test_the_greeting_says_who_answers_what_it_can_do_and_how_data_is_used():
    know = mind(account_name={"ja": "青空商店", "en": "Aozora"}, privacy_url="https://a.example/p")
    turn = greet(Talk(), know)
    assert heard(turn) == [
        (
            (
                "こんにちは。青空商店です。\n"
                "よくあるご質問には自動応答がすぐにお答えし、むずかしいご用件は担当者が引き継ぎます。\n"
                "ご質問をそのままお送りください。\n"
                "いただいた内容は、ご対応と品質の向上のために使います。"
                "くわしくは https://a.example/p をご覧ください。\n"
                "下のボタンからもお選びいただけます。"
            ),
            ["返品", "配送", "商品", "その他", HUMAN],
        )
    ]


def test_an_account_named_in_one_language_only_keeps_its_name():
    turn = greet(Talk(), mind(lang="en", account_name={"ja": "青空商店"}))
    assert heard(turn)[0][0].startswith("Hello, this is 青空商店.\n")


def test_a_clear_question_is_answered_at_once():
    turn = next_turn(Talk(), said(RETURN), mind())
    assert (turn.wait_until, heard(turn)) == (None, ANSWERED)
    assert turn.says[0].entry_id == "return-deadline"
    assert turn.says[0].confidence > 90
    assert turn.talk.entry_id == "return-deadline"


def test_an_answer_in_english():
    turn = next_turn(Talk(), said("How long can I return an item?"), mind(lang="en"))
    assert heard(turn) == [
        ("Within 8 days of delivery.", ["返品を申し込む"]),
        ("Did that solve it?", ["Yes, solved", "No, not yet", REFUND, "Talk to a person"]),
    ]


def test_an_unclear_short_line_waits_for_its_continuation():
    turn = next_turn(Talk(), said("すみません"), mind())
    assert (heard(turn), turn.wait_until) == ([], NOON + 1500)
    assert (turn.talk.pending, turn.talk.pending_id) == ("すみません", 1)


def test_lines_are_merged_in_the_order_in_which_they_were_written():
    first = next_turn(Talk(), said("荷物なんですが", occurred_at=NOON + 5), mind())
    second = next_turn(first.talk, said("昨日", occurred_at=NOON), mind())
    third = next_turn(second.talk, said("なんか変", occurred_at=NOON + 9), mind())
    assert third.talk.pending == "昨日\n荷物なんですが\nなんか変"


def test_no_more_than_six_lines_are_awaited():
    talk, waits = Talk(), []
    for _ in range(7):
        turn = next_turn(talk, said("えっと"), mind())
        waits.append(turn.wait_until is not None)
        talk = turn.talk
    assert waits == [True] * 6 + [False]


@pytest.mark.parametrize(
    "fields", [{"text": "どういうこと？"}, {"text": "あ" * 41}, {"text": "番号", "masked": True}]
)
def test_what_is_no_beginning_is_not_awaited(fields):
    assert next_turn(Talk(), said(**fields), mind()).wait_until is None


def test_the_newest_line_may_stand_for_itself():
    pending = next_turn(Talk(), said("すみません"), mind()).talk
    turn = next_turn(pending, said(RETURN), mind())
    assert (turn.wait_until, heard(turn), turn.talk.pending) == (None, ANSWERED, "")


def test_the_first_miss_asks_back_and_the_second_offers_a_person():
    first = settle(next_turn(Talk(), said("ぬるぽ"), mind()).talk, mind())
    second = settle(next_turn(first.talk, said("がっ"), mind()).talk, mind())
    assert [heard(first), heard(second)] == [
        [
            (
                (
                    "恐れ入りますが、ご質問の内容をつかみきれませんでした。"
                    "たとえば「返品はいつまでできますか？」のように、短い文でもう一度お送りいただけますか？"
                ),
                ["返品", "配送", "商品", "その他", HUMAN],
            )
        ],
        [
            (
                "お役に立てず申し訳ございません。担当者におつなぎできます。いかがいたしますか？",
                ["担当者につなぐ", "別の言い方で聞く"],
            )
        ],
    ]


def test_an_answer_between_two_misses_begins_the_count_anew():
    talk = after("ぬるぽ", RETURN)
    assert talk.misses == 0


@pytest.mark.parametrize(
    ("text", "cause"),
    [("はい", Cause.MISSES), ("担当者につなぐ", Cause.MISSES), ("1", Cause.MISSES)],
)
def test_yes_to_a_person_after_misses(text, cause):
    turn = next_turn(after("ぬるぽ", "がっ"), said(text), mind())
    assert turn.escalate == Escalation(cause=cause)


@pytest.mark.parametrize(
    "text", ["いいえ", "大丈夫です", "結構です", "2", "別の言い方で聞く", "no thanks"]
)
def test_no_to_a_person(text):
    turn = next_turn(after("ぬるぽ", "がっ"), said(text), mind())
    assert (turn.escalate, heard(turn)) == (
        None,
        [("承知しました。別の言い方でお送りください。", [HUMAN])],
    )
    assert turn.talk.misses == 0


def test_yes_to_nothing_that_was_asked_is_no_question():
    turn = next_turn(Talk(), said("はい"), mind())
    assert heard(turn) == [
        ("ありがとうございます。ご質問がありましたら、文章でお送りください。", [HUMAN])
    ]


@pytest.mark.parametrize(
    "text", ["ありがとうございました、もう大丈夫です", "Thanks, that's all!", "これで大丈夫です"]
)
def test_thanks_with_nothing_more_to_ask_is_no_question(text):
    solved = next_turn(after(RETURN), said(text), mind())
    assert solved.solved
    polite = next_turn(Talk(), said(text), mind())
    assert [words for words, _ in heard(polite)] == [
        "どういたしまして。ほかにもございましたら、いつでもお送りください。"
    ]


@pytest.mark.parametrize(
    "text", ["担当者", "ｵﾍﾟﾚｰﾀｰ", "人間と話したい", "agent", "担当者につないで", "人と話せますか"]
)
@pytest.mark.parametrize("stage", list(Stage))
def test_a_wish_for_a_person_counts_at_any_moment(text, stage):
    talk = fresh(stage=stage, pending="えっと", pending_id=1)
    turn = next_turn(talk, said(text), mind())
    assert (turn.escalate, turn.wait_until) == (Escalation(cause=Cause.ASKED), None)


def test_a_question_that_is_literally_an_entry_is_no_wish_for_a_person():
    turn = next_turn(Talk(), said("担当者の名前を教えてください"), mind())
    assert (turn.escalate, turn.says[0].entry_id) == (None, "agent-name")


@pytest.mark.parametrize(
    "text", ["返金しろ", "もう最悪！消費者センターに電話する", "責任者を出せ、担当者！"]
)
@pytest.mark.parametrize("stage", list(Stage))
def test_a_complaint_skips_the_bots_questions(text, stage):
    turn = next_turn(fresh(stage=stage, entry_id="refund-when"), said(text), mind())
    assert (turn.escalate, turn.says) == (Escalation(cause=Cause.COMPLAINT, urgent=True), ())
    assert turn.talk.question == text


@pytest.mark.parametrize(
    "text",
    [
        *("はい", "解決しました", "大丈夫です", "1", "解決した", "解決しました、ありがとう"),
        *("返品できました", "無事に変更できました、ありがとうございます！"),
    ],
)
def test_solved(text):
    turn = next_turn(after(RETURN), said(text), mind())
    assert (turn.solved, heard(turn)) == (
        True,
        [("解決してよかったです。ご利用ありがとうございました。", [])],
    )


@pytest.mark.parametrize("text", ["いいえ", "まだです", "2", "解決しない"])
def test_unsolved_offers_what_is_closer_and_then_a_person(text):
    first = next_turn(after(RETURN), said(text), mind())
    assert heard(first)[0][1][-2:] in (
        ["どれでもない", HUMAN],
        ["担当者につなぐ", "別の言い方で聞く"],
    )
    assert first.talk.rejected == ("return-deadline",)
    second = next_turn(fresh(unsolved=1, entry_id="refund-when", question="x"), said(""), mind())
    assert heard(second)  # never a silent turn
    again = next_turn(
        fresh(unsolved=1, entry_id="refund-when", question=REFUND, stage=Stage.SOLVED),
        said("いいえ"),
        mind(),
    )
    assert heard(again)[0][1] == ["担当者につなぐ", "別の言い方で聞く"]


def test_an_entry_that_was_turned_down_is_not_said_again():
    talk = next_turn(after(RETURN), said(choice="unsolved"), mind()).talk
    turn = next_turn(talk, said(RETURN), mind())
    assert [ours.entry_id for ours in turn.says] == [None]


def test_none_of_these_is_about_one_question_only():
    offered = fresh(stage=Stage.SUGGESTED, question="あれ", rejected=("refund-when",))
    turn = next_turn(offered, said(REFUND), mind())
    assert turn.says[0].entry_id == "refund-when"


def test_none_of_these_asks_back_and_then_offers_a_person():
    shown = next_turn(Talk(), said(choice="cat:返品"), mind())
    assert heard(shown) == [
        ("「返品」のよくあるご質問です。お選びください。", [RETURN, REFUND, HUMAN])
    ]
    none = next_turn(shown.talk, said(choice="none"), mind())
    assert none.talk.rejected == ("return-deadline", "refund-when")
    again = next_turn(none.talk, said(choice="none"), mind())
    assert heard(again)[0][1] == ["担当者につなぐ", "別の言い方で聞く"]


def test_a_number_chooses_what_was_offered_last():
    shown = next_turn(Talk(), said(choice="cat:返品"), mind())
    turn = next_turn(shown.talk, said("2"), mind())
    assert turn.says[0].entry_id == "refund-when"


def test_a_number_while_nothing_is_offered_is_a_line_like_any_other():
    turn = next_turn(Talk(), said("2"), mind())
    assert (turn.wait_until, turn.talk.pending) == (NOON + 1500, "2")


def test_yes_to_a_single_suggestion_chooses_it():
    shown = next_turn(Talk(), said(choice="cat:商品"), mind())
    turn = next_turn(shown.talk, said("はい"), mind())
    assert turn.says[0].entry_id == "broken"


def test_an_entry_may_hand_over_after_its_answer():
    turn = next_turn(Talk(), said("届いた商品が壊れていました"), mind())
    assert heard(turn) == [("ご不便をおかけし申し訳ございません。", [])]
    assert turn.escalate == Escalation(cause=Cause.ENTRY, team="returns")


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        (
            "entry:gone",
            "恐れ入りますが、このご案内は終了しました。ご質問をもう一度お送りください。",
        ),
        (
            "cat:なくなった",
            "恐れ入りますが、このボタンは使えなくなりました。ご用件をお送りください。",
        ),
        ("solved", "恐れ入りますが、このボタンは使えなくなりました。ご用件をお送りください。"),
        ("wait", "恐れ入りますが、このボタンは使えなくなりました。ご用件をお送りください。"),
        (
            "score:5:1:1",
            "恐れ入りますが、このボタンは使えなくなりました。ご用件をお送りください。",
        ),
        ("all", "恐れ入りますが、このボタンは使えなくなりました。ご用件をお送りください。"),
        ("nonsense", "恐れ入りますが、このボタンは使えなくなりました。ご用件をお送りください。"),
    ],
)
def test_a_stale_button_gets_a_kind_answer_and_a_way_on(choice, text):
    assert heard(next_turn(Talk(), said(choice=choice), mind())) == [(text, [HUMAN])]


@pytest.mark.parametrize(
    ("content", "text", "key"),
    [
        (
            ContentKind.STICKER,
            "",
            "ありがとうございます。ご質問がありましたら、文章でお送りください。",
        ),
        (
            ContentKind.TEXT,
            "👍",
            "ありがとうございます。ご質問がありましたら、文章でお送りください。",
        ),
        (
            ContentKind.TEXT,
            "  ",
            "ありがとうございます。ご質問がありましたら、文章でお送りください。",
        ),
        (
            ContentKind.IMAGE,
            "",
            (
                "お送りいただいたものを受け取りました。恐れ入りますが、自動応答では内容を確認できません。"
                "ご質問を一言そえていただくか、担当者にご相談ください。"
            ),
        ),
    ],
)
def test_what_has_no_words_gets_a_fitting_reply(content, text, key):
    turn = next_turn(Talk(), said(text, content=content), mind())
    assert (heard(turn), turn.wait_until) == ([(key, [HUMAN])], None)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("ありがとう", ContentKind.TEXT),
        ("こんにちは", ContentKind.TEXT),
        ("", ContentKind.STICKER),
    ],
)
def test_a_line_that_waited_is_answered_when_nothing_more_comes_of_it(text, content):
    pending = fresh(pending="送料", pending_id=1)
    turn = next_turn(pending, said(text, content=content), mind())
    assert (heard(turn), turn.talk.pending) == ([SETTLED, SOLVED], "")


def test_a_picture_is_acknowledged_with_the_answer_to_its_line():
    turn = next_turn(fresh(pending="送料"), said(content=ContentKind.IMAGE), mind())
    assert [labels for _, labels in heard(turn)] == [[], [], SOLVED[1]]
    assert heard(turn)[1:] == [SETTLED, SOLVED]


def test_a_bare_yes_belongs_to_the_line_before_it():
    talk = fresh(stage=Stage.ESCALATE, pending="送料", pending_id=1)
    turn = next_turn(talk, said("お願いします"), mind())
    assert turn.escalate is None


def test_a_short_second_question_is_read_with_the_first():
    talk = fresh(stage=Stage.SOLVED, entry_id="broken", question="返品")
    at_once = next_turn(talk, said("どのくらい？"), mind())
    waited = settle(next_turn(talk, said("どのくらい"), mind()).talk, mind())
    assert [at_once.says[0].entry_id, waited.says[0].entry_id] == ["return-deadline"] * 2


WORDS = (
    "",
    "ぬるぽ",
    RETURN,
    "1",
    "9",
    "はい",
    "いいえ",
    "ありがとう",
    "こんにちは",
    "👍",
    "送料",
    "返品",
    "届いた商品が壊れていました",
    "担当者",
    "返金しろ",
    "<script>",
    "あ" * 3_000,
)
CODES = (
    "human",
    "solved",
    "unsolved",
    "none",
    "again",
    "greet",
    "entry:broken",
    "cat:返品",
    "x:y",
)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_no_turn_is_a_dead_end(lang):
    know = mind(lang=lang)
    talks = [Talk()] + [
        fresh(stage=stage, entry_id="refund-when", question="返品", misses=misses)
        for stage in Stage
        for misses in (0, 3)
    ]
    for talk in talks:
        for one in [*map(said, WORDS), *(said(choice=code) for code in CODES)]:
            turn = next_turn(talk, one, know)
            if turn.wait_until:
                turn = settle(turn.talk, know)
            codes = {
                action.code
                for ours in turn.says
                for action in (*ours.bubble.quick, *ours.bubble.buttons)
            }
            assert turn.solved or turn.escalate or "human" in codes, (talk, one)


def test_a_turn_is_the_same_however_often_it_is_computed():
    talk = after(RETURN)
    assert next_turn(talk, said("2"), mind()) == next_turn(talk, said("2"), mind())


def test_the_talk_survives_the_database():
    talk = replace(after(RETURN), pending="a\nb", pending_id=3, slot="1-2")
    assert talk_from_json(talk.to_json()) == talk
