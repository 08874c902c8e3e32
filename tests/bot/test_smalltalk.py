"""What customers say beside their matter is heard, and is no question to search for."""

import pytest
from factories import ENTRIES, fresh, heard, mind, said

from bot.conversation import Cause, Stage, Talk
from bot.dialogue import next_turn, settle
from bot.smalltalk import (
    is_asking_who,
    is_declining,
    is_disappointed,
    is_farewell,
    is_laughing,
    wished_language,
)
from bot.turns import Escalation
from faq.entry import Entry
from faq.knowledge import build_knowledge

HUMAN = "担当者に相談"
DECLINED = ("承知しました。ご用の際は、いつでもお送りください。", [HUMAN])
ROBOT = (
    "こちらは自動応答です。ご質問をお送りください。担当者におつなぎすることもできます。",
    [HUMAN],
)
ASK = ("承知しました。ご質問をお送りください。", [HUMAN])
OFFER = ["担当者につなぐ", "別の言い方で聞く"]


def turn_after(talk, text, know=None):
    know = know or mind()
    turn = next_turn(talk, said(text), know)
    return settle(turn.talk, know) if turn.wait_until else turn


@pytest.mark.parametrize("stage", [Stage.IDLE, Stage.SUGGESTED, Stage.ESCALATE])
@pytest.mark.parametrize(
    "text",
    [
        *(
            "もういいです",
            "いえ、結構です",
            "担当者は結構です",
            "人はいいです",
            "やっぱりやめます",
        ),
        *("オペレーターはもういいです", "never mind", "失礼します", "さようなら", "bye"),
    ],
)
def test_whoever_wants_no_more_is_let_go(text, stage):
    turn = turn_after(fresh(stage=stage, question="あれ", misses=2), text)
    assert (turn.escalate, heard(turn)) == (None, [DECLINED])


@pytest.mark.parametrize(
    "text",
    ["担当者は結構です", "担当者じゃなくてここで教えて", "no human please", "人間はいいです"],
)
def test_a_person_who_is_turned_down_is_not_called(text):
    assert turn_after(Talk(), text).escalate is None


def test_the_question_beside_a_refused_person_is_answered():
    turn = turn_after(Talk(), "担当者はいいので、送料はいくらですか")
    assert (turn.escalate, turn.says[0].entry_id) == (None, "shipping-fee")


@pytest.mark.parametrize(
    "text", ["大丈夫ですか", "いいですか", "いいです", "この色がいいです", "担当者はいいですか？"]
)
def test_what_may_be_a_yes_or_a_question_declines_nothing(text):
    assert not is_declining(text)


@pytest.mark.parametrize(
    "text",
    [
        *("意味がわかりません", "全然わからない", "役に立たない", "話にならない", "そうじゃない"),
        *("答えになってない", "何回同じこと言わせるの", "使えないボットだな", "それは知ってる"),
        *("useless", "that's not what I asked", "I don't understand", "That didn't help!"),
    ],
)
def test_disappointment_leads_on(text):
    solved = fresh(
        stage=Stage.SOLVED, entry_id="return-deadline", question="あれ", unsolved=1, misses=0
    )
    assert heard(turn_after(solved, text))[0][1] == OFFER
    assert heard(turn_after(Talk(), text))[0][1] == OFFER


@pytest.mark.parametrize(
    "text", ["使えない", "使い方がわからない", "クーポンが役に立たない", "何度も同じエラーが出る"]
)
def test_what_does_not_work_is_a_matter(text):
    assert not is_disappointed(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "あなたは人間ですか？",
            "ボットですか",
            "人間なの？ボットなの？",
            "AIですか",
            "これって自動応答ですか？",
        ),
        *("Are you human?", "is this a bot", "am I talking to a real person?"),
    ],
)
def test_who_asks_is_told_that_a_machine_answers(text):
    assert (turn_after(Talk(), text).escalate, heard(turn_after(Talk(), text))) == (None, [ROBOT])


@pytest.mark.parametrize(
    "text", ["人はいますか", "人と話せますか", "個人ですか", "can I talk to a human?"]
)
def test_a_wish_asks_for_nobodys_nature(text):
    assert not is_asking_who(text)


def test_an_entry_that_asks_the_same_is_answered():
    known = build_knowledge(
        (*ENTRIES, Entry(id="who", question="AIですか", answer="そうです。")), ()
    )
    assert turn_after(Talk(), "AIですか？", mind(knowledge=known)).says[0].entry_id == "who"


@pytest.mark.parametrize("text", ["いいえ", "まだ", "違う", "なし", "その他", "全部違います"])
def test_a_no_to_nothing_is_no_question(text):
    assert heard(turn_after(Talk(), text)) == [ASK]


@pytest.mark.parametrize(
    "text", ["w", "www", "笑", "（笑）", "草", "lol", "(^_^)", "…", "m(_ _)m"]
)
def test_laughs_are_a_sticker(text):
    assert is_laughing(text)
    assert heard(turn_after(Talk(), text)) == [
        ("ありがとうございます。ご質問がありましたら、文章でお送りください。", [HUMAN])
    ]


@pytest.mark.parametrize("text", ["？", "?!", "草刈り機", "1", "", "wifi"])
def test_a_word_is_no_laugh(text):
    assert not is_laughing(text)


@pytest.mark.parametrize("text", ["すみません", "お世話になっております", "よろしくお願いします"])
def test_politeness_alone_is_greeted(text):
    assert heard(turn_after(Talk(), text)) == [
        ("こんにちは。ご質問をそのままお送りください。", [HUMAN])
    ]


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("英語でお願いします", "en"),
        ("in English please", "en"),
        ("do you speak English?", "en"),
        ("日本語で大丈夫です", "ja"),
        ("Japanese please", "ja"),
        ("英語の説明書はありますか", None),
        ("英語で書いてある説明書が入っていません", None),
        ("English breakfast", None),
    ],
)
def test_a_wish_for_a_language(text, lang):
    assert wished_language(text) == lang


async def test_the_talk_goes_on_in_the_language_that_was_wished_for(story):
    await story.say("英語でお願いします")
    await story.say("送料")
    assert [text for sender, text, _ in await story.transcript() if sender == "bot"][:1] == [
        "Certainly, in English from here on. Please type your question."
    ]
    await story.say("日本語でお願いします")
    assert (await story.last())[0][1] == (
        "承知しました。日本語でご案内します。ご質問をお送りください。"
    )


@pytest.mark.parametrize(
    "text",
    [
        "つないでください",
        "お願いします。つないでください",
        "繋げて",
        "はい、代わってください",
        "connect me please",
    ],
)
def test_a_person_who_was_offered_is_accepted_in_words(text):
    talk = fresh(stage=Stage.ESCALATE, question="あれ", misses=2)
    assert next_turn(talk, said(text), mind()).escalate == Escalation(cause=Cause.MISSES)


@pytest.mark.parametrize("text", ["つながないでください", "つながらないです"])
def test_who_is_not_to_be_connected_is_not(text):
    talk = fresh(stage=Stage.ESCALATE, question="あれ", misses=2)
    assert next_turn(talk, said(text), mind()).escalate is None


@pytest.mark.parametrize(
    "text", ["できたわ", "やっぱり解決しました", "ログインできました！", "thx it worked"]
)
@pytest.mark.parametrize("stage", [Stage.SUGGESTED, Stage.ESCALATE])
def test_the_answer_before_may_have_done_it_after_all(text, stage):
    talk = fresh(stage=stage, entry_id="return-deadline", question="あれ")
    assert next_turn(talk, said(text), mind()).solved


@pytest.mark.parametrize(
    "text",
    [
        *("090-1111-2222に電話してください", "電話ください", "折り返しお願いします"),
        *("壊れていたので電話してほしいです", "please call me back", "至急連絡ください"),
    ],
)
def test_a_wish_to_be_called_is_one_for_a_person(text):
    assert next_turn(Talk(), said(text), mind()).escalate.cause is Cause.ASKED


@pytest.mark.parametrize(
    "text",
    [
        *("電話番号を教えてください", "電話でも注文できますか", "送料は？ ご連絡お願いします"),
        *("電話が来ない", "電話しないでください"),
    ],
)
def test_a_question_about_calls_is_none(text):
    assert next_turn(Talk(), said(text), mind()).escalate is None


@pytest.mark.parametrize("text", ["助けてください", "困っています", "2つあります", "I need help"])
def test_who_has_not_said_what_is_asked_for_it(text):
    assert heard(turn_after(Talk(), text))[0][0] == (
        "こんにちは。ご質問をそのままお送りください。"
    )


@pytest.mark.parametrize(
    "text", ["もう一回教えて", "さっきの", "もう一度お願いします", "say that again"]
)
def test_the_last_answer_is_said_again(text):
    talk = fresh(stage=Stage.SOLVED, entry_id="shipping-fee", question="送料")
    assert turn_after(talk, text).says[0].entry_id == "shipping-fee"


@pytest.mark.parametrize("text", ["もう少し詳しく", "詳しく教えてください", "more details please"])
def test_more_than_the_answer_is_for_a_person(text):
    talk = fresh(stage=Stage.SOLVED, entry_id="shipping-fee", question="あれ", unsolved=1)
    assert heard(turn_after(talk, text))[0][1] == OFFER


def test_a_protest_is_no_question():
    talk = fresh(stage=Stage.SOLVED, entry_id="return-deadline", question="あれ", unsolved=1)
    assert heard(turn_after(talk, "ちがうって"))[0][1] == OFFER
    assert heard(turn_after(Talk(), "違うんだけど")) == [ASK]


def test_farewells_and_matters_are_told_apart():
    said_so = [is_farewell(text) for text in ("では、失礼します", "また今度", "失礼な対応")]
    assert said_so == [True, True, False]


def test_what_leans_on_the_talk_before_is_not_answered_alone():
    talk = fresh(stage=Stage.SOLVED, entry_id="return-deadline", question="返品したい")
    alone = turn_after(Talk(), "いくらですか")
    leaning = turn_after(talk, "それはいくらですか")
    assert alone.says[0].entry_id == "shipping-fee"
    assert [ours.entry_id for ours in leaning.says] == [None]
    assert turn_after(talk, "その送料はいくらですか").says[0].entry_id == "shipping-fee"
