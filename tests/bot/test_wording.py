import pytest

from bot.assent import is_fine, is_no, is_yes
from bot.bubbles import Action
from bot.picking import find_choice
from bot.settings import COMPLAINT_WORDS, HUMAN_WORDS, NEUTRAL_WORDS
from bot.verdicts import find_score
from bot.wording import fold, has_word, is_emoji, is_hello, is_thanks, wishes, without_thanks

CHOICES = tuple(Action(label=label, code=code) for label, code in (("はい", "y"), ("２番目", "n")))


@pytest.mark.parametrize(
    "text",
    [
        "担当者",
        "担当者お願いします",
        "オペレーター",
        "ｵﾍﾟﾚｰﾀｰ",
        "オペレータ",
        "おぺれーたー",
        "オペレ－ター",
        "人間と話したい",
        "にんげんとはなしたい",
        "人と話せますか",
        "人 間",
        "担 当 者",
        "有人対応にして",
        "係の人を出して",
        "担当の方いますか",
        "スタッフに繋いで",
        "agent",
        "Agent please",
        "ＡＧＥＮＴ",
        "AGENTS",
        "human!",
        "I want a real person",
        "can I speak to a person",
        "個人情報の件で担当者と話したい",
        "上の人と代わって",
        "店長呼んで",
        "責任者を出してください",
        "誰かと話したい",
        "担当の方をお願いします",
        "サポートに繋いで",
        "get me your manager",
        "can I talk to somebody",
    ],
)
def test_a_wish_for_a_person_is_heard(text):
    assert has_word(text, HUMAN_WORDS, NEUTRAL_WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "個人間の送料",
        "担当の方を指名して予約できますか",
        "有人店舗はどこですか",
        "agentic",
        "友人と話してから決めます",
        "主人に相談します",
        "共有人数は何人まで",
        "humane",
        "reagent",
        "人間ドックの予約",
        "大人と子供の料金",
        "60歳以上の人にも贈れますか",
        "受取人に代わって受け取れますか",
        "店長のおすすめは",
        "人気の商品",
        "担当",
        "travel agent",
        "",
    ],
)
def test_a_word_inside_another_is_no_wish_for_a_person(text):
    assert not has_word(text, HUMAN_WORDS, NEUTRAL_WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "返金しろ",
        "金返せ！！",
        "消費者センターに言います",
        "消費者ｾﾝﾀｰ",
        "フザケるな",
        "最悪",
        "最悪の場合でも、ではなく最悪です",
        "責任者を出せ",
        "this is a SCAM",
        "I have complaints",
        "弁護士に相談します",
        "訴えますよ",
        "届いた椅子が壊れて怪我をしました",
        "充電中に煙が出てきた",
        "my child got hurt",
    ],
)
def test_a_complaint_is_heard(text):
    assert has_word(text, COMPLAINT_WORDS, NEUTRAL_WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "最悪の場合の返品期限",
        "しつこい汚れは落ちますか",
        "返金はいつですか",
        "scampi",
        "警察署の隣",
        "怪我をしない素材ですか",
        "火傷しにくいカップはありますか",
    ],
)
def test_a_calm_question_is_no_complaint(text):
    assert not has_word(text, COMPLAINT_WORDS, NEUTRAL_WORDS)


def test_own_words_are_taken_as_they_are():
    assert has_word("店長を呼んで", ["店長"])
    assert not has_word("店長室はどこ", ["店長"], ["店長室"])
    assert not has_word("何でも", [])


def test_words_are_found_late_in_a_long_text():
    assert has_word("あ" * 4_000 + "担当者", HUMAN_WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "ありがとう",
        "ありがとうございます！",
        "ありがとうございました😊",
        "どうもありがとう。",
        "助かりました",
        "わかりました！ありがとうございます",
        "早速のご返信ありがとうございます",
        "教えてくれてありがとう",
        "Thanks!",
        "thank you so much",
        "OK thanks",
        "サンキュー",
        "ありがと〜",
        "感謝です",
        "わかりました",
        "なるほど、了解です！",
        "はい、分かりました。",
        "I see, got it",
    ],
)
def test_thanks(text):
    assert is_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "ありがとう。返品期限は？",
        "ありがとうございます、ところで返品したい",
        "ありがとう 送料は",
        "thanks, where is my order",
        "no thanks",
        "ありがとうと言えばいいの",
        "わかりましたか",
        "わかりました、送料は？",
        "はい",
        "",
        "返品",
    ],
)
def test_a_question_with_thanks_is_a_question(text):
    assert not is_thanks(text)


def test_what_stands_beside_thanks():
    assert without_thanks("解決しました、ありがとうございます！") == "解決しました"


@pytest.mark.parametrize(
    "text", ["こんにちは", "こんばんわ！", "Hello", "hi there", "おはようございます☀"]
)
def test_a_greeting(text):
    assert is_hello(text)


@pytest.mark.parametrize(
    "text",
    [
        "質問があります",
        "質問が2つあります。",
        "すみません、お聞きしたいことがあるのですが",
        "相談したいのですが",
        "I have a question",
        "こんにちは！質問いいですか？",
        "質問してもよろしいですか",
        "2つあります",
    ],
)
def test_word_that_a_question_comes(text):
    assert is_hello(text)


@pytest.mark.parametrize(
    "text", ["こんにちは、送料は？", "返品の質問があります", "相談", "質問したい商品があります"]
)
def test_a_greeting_with_a_question_is_a_question(text):
    assert not is_hello(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1", "y"),
        ("２", "n"),
        ("②", "n"),
        ("1番", "y"),
        ("(1)", "y"),
        ("はい", "y"),
        ("2番目", "n"),
        ("0", None),
        ("3", None),
        ("12", None),
        ("1個", None),
        ("", None),
        ("？", None),
        ("١", None),
    ],
)
def test_a_typed_choice(text, code):
    found = find_choice(text, CHOICES)
    assert (found.code if found else None) == code


def test_a_number_means_nothing_where_no_number_was_shown():
    assert find_choice("1", ()) is None
    assert find_choice("1", CHOICES[:1]) is None
    assert find_choice("はい", CHOICES[:1]) == CHOICES[0]


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("5", 5),
        ("５点", 5),
        ("3です", 3),
        ("★★★", 3),
        ("⭐⭐", 2),
        ("6", None),
        ("0", None),
        ("50", None),
        ("よかった", 4),
        ("", None),
    ],
)
def test_a_typed_score(text, score):
    assert find_score(text) == score


def test_emoji_alone_are_a_sticker():
    assert [is_emoji(text) for text in ("👍", "😊😊 ", "👍いいね", "？", "", "❤️")] == [
        True, True, False, False, False, True,
    ]  # fmt: skip


def test_reading_ends_on_endless_repetitions():
    for text in ("いや" * 100 + "x", "はい、" * 100 + "x", "w" * 39 + "x", "ね" * 39 + "x"):
        assert not any(fits(text) for fits in (is_no, is_yes, is_thanks, is_fine, is_hello))


def test_folding_ends_on_any_text():
    assert fold("。" * 1_000_000) == ""
    assert fold("\ud800\x00") == "\ud800\x00"


@pytest.mark.parametrize(
    ("text", "wished"),
    [
        ("担当者お願いします", True),
        ("オペレーターに繋がらない", True),
        ("ボットはいらないので人と話したい", True),
        ("機械は不要。担当者を", True),
        ("オペレーターに繋がなくていいです", False),
        ("担当者いらない…送料は？", False),
        ("担当者は不要です", False),
        ("担当者はもういいです", False),
        ("オペレーターは結構です", False),
        ("人間じゃなくていいです", False),
        ("no human please", False),
        ("ロボットじゃなくて人間と話したい", True),
        ("担当者はいいので早く電話で話したい", True),
        ("no bot, a human please", True),
        ("I don't want an agent", False),
        ("I want a human, I don't need a bot", True),
        ("送料は？", False),
    ],
)
def test_a_person_is_wished_for_or_refused(text, wished):
    assert wishes(text, HUMAN_WORDS, NEUTRAL_WORDS) is wished
