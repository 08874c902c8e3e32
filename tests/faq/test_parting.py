"""Several questions in one message: what they are, and what is decided about each."""

import pytest

from faq.decision import Decision, Kind
from faq.parting import part_questions
from tests.faq.knowledge_files import decide, entry, knowledge
from tests.hang import no_hang

SHOP = knowledge(
    entry("deadline", "返品はいつまでできますか？", "返品期限", "いつまで返品できますか"),
    entry("how", "返品の方法を教えてください", "返品のしかた"),
    entry("fee", "送料はいくらですか", "送料", "配送料金はいくらですか"),
    entry("hours", "営業時間を教えてください", "何時まで開いていますか", "営業時間"),
    entry("parking", "駐車場の料金はいくらですか", "駐車場の料金", "駐車料金"),
    entry("pets", "ペットを連れて行けますか", "犬と入れますか", "ペット同伴"),
    entry("difference", "返品と交換の違いは何ですか", "返品と交換はどう違いますか"),
    entry("policy", "What is your return policy?", "return policy", "how do I return an item"),
    entry("abroad", "Do you ship abroad?", "international shipping", "shipping overseas"),
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "返品はいつまでですか？あと送料も教えてください",
            ["返品はいつまでですか？", "送料も教えてください"],
        ),
        ("営業時間と駐車場の料金は？", ["営業時間は", "駐車場の料金は"]),
        (
            "What's your return policy? Also do you ship abroad?",
            ["What's your return policy?", "do you ship abroad?"],
        ),
        ("送料はいくらですか。また、支払方法は？", ["送料はいくらですか。", "支払方法は？"]),
        ("返品できますか、送料はかかりますか", ["返品できますか", "送料はかかりますか"]),
        ("返品できますか？それから送料", ["返品できますか？", "送料"]),
        ("休会の仕方と、休会中の費用を教えて", ["休会の仕方", "休会中の費用を教えて"]),
        ("習いたいのと、いつ空いてるか知りたい", ["習いたい", "いつ空いてるか知りたい"]),
        ("How do I cancel and is there a fee?", ["How do I cancel", "is there a fee?"]),
        (
            "返品期限、送料、支払方法を教えて",
            ["返品期限を教えて", "送料を教えて", "支払方法を教えて"],
        ),
        ("2点あります。1. 返品期限は？ 2. 送料は？", ["返品期限は？", "送料は？"]),
        ("①返品期限は？\n②送料は？", ["返品期限は？", "送料は？"]),
        ("返品期限と送料", ["返品期限", "送料"]),
        ("返品期限\n送料", ["返品期限", "送料"]),
        ("プールとサウナはありますか", ["プールはありますか", "サウナはありますか"]),
    ],
)
def test_the_questions_of_a_message(text, parts):
    assert [asked.text for asked in part_questions(text)] == parts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "？？？",
        "送料はいくらですか？",
        "返品と交換の違いは？",
        "返品と交換のどちらがいいですか？",
        "友達と一緒に使えますか",
        "昨日届きました。サイズが合いません。返品はいつまでですか？",
        "こんにちは。送料を教えてください。よろしくお願いします。",
        "返品したい\nいつまで？",
        "返品したい\n送料",
        "すみません\n配送\nなんですけど",
        "明日また行ってもいいですか",
        "あとで払えますか？",
        "届くまであと何日ですか？",
        "あと3日で届きますか？",
        "電話でできますか、それとも来店ですか",
        "退会すると、料金は戻りますか",
        "24時間やってる店ってどこ？",
        "その件、予約はどうなりますか",
        "Can I pay by card and by phone?",
        "How much is it? Thank you very much!",
        "送料はいくら？送料はいくら？",
    ],
)
def test_one_question_is_left_whole(text):
    assert part_questions(text) == ()


@pytest.mark.parametrize(
    "text", ["あと、" * 400, "か、" * 400, "と" * 900, "ア？" * 300, "1. " * 400]
)
def test_a_hostile_text_has_few_parts(text):
    assert len(part_questions(text)) <= 20


def told(made: Decision) -> tuple:
    """Which entries are answered or offered, and what nobody answers."""
    best = made.candidates[0].entry_id if made.candidates else ""
    return made.kind, {best, *(each.entry_id for each in made.also)}, list(made.unmet)


@pytest.mark.parametrize(
    ("text", "entries", "unmet"),
    [
        ("返品はいつまでですか？あと送料も教えてください", {"deadline", "fee"}, []),
        ("営業時間と駐車場の料金は？", {"hours", "parking"}, []),
        ("What's your return policy? Also do you ship abroad?", {"policy", "abroad"}, []),
        (
            "送料はいくらですか？あと領収書の宛名は変更できますか？",
            {"fee"},
            ["領収書の宛名は変更できますか？"],
        ),
        # a name in a list of sure ones is asked for, however many entries it may mean
        ("送料と営業時間と返品を教えて", {"fee", "hours", "deadline"}, []),
        # and beside one that is answered
        ("送料とペット", {"fee", "pets"}, []),
        ("領収書と送料", {"fee"}, ["領収書"]),
        # what leans on the question before it is no question of its own
        ("送料はいくらですか？それは税込ですか？", {"fee"}, []),
        ("送料はいくらですか？いつですか？", {"fee"}, []),
        # both halves of one matter
        ("返品と交換の違いは？", {"difference"}, []),
    ],
)
def test_one_is_answered_and_the_others_are_not_forgotten(text, entries, unmet):
    assert told(decide(SHOP, text)) == (Kind.ANSWER, entries, unmet)


MANY = "返品期限は？返品の方法は？送料は？営業時間は？駐車場の料金は？ペット同伴は？"


def test_six_questions_are_all_answered_or_offered():
    made = decide(SHOP, MANY)
    found = {made.candidates[0].entry_id, *(each.entry_id for each in made.also)}
    assert (found, made.left) == ({"deadline", "how", "fee", "hours", "parking", "pets"}, 0)


@pytest.mark.parametrize(
    ("more", "left"),
    [
        ("返品と交換の違いは？", 1),
        ("返品と交換の違いは？あと領収書の宛名は変更できますか？", 2),
        # the same again, thanks, and what leans on the rest are no further questions
        ("送料は？ありがとうございます。それは税込ですか？", 0),
    ],
)
def test_what_was_not_looked_at_is_counted(more, left):
    assert decide(SHOP, MANY + more).left == left


def test_questions_behind_a_long_story_are_not_forgotten():
    story = "先日そちらで買った商品の件で、長くなりますがご相談です。" * 20
    text = f"返品期限は？送料は？{story}領収書の宛名は変更できますか？"
    found = [asked.text for asked in part_questions(text)]
    assert (len(text) > 500, found[0], found[-1]) == (
        True,
        "返品期限は？",
        "領収書の宛名は変更できますか？",
    )


ABROAD = knowledge(
    entry("area", "Do you ship overseas?", "Do you ship to America?"),
    entry("days", "How long does delivery take?", "when do you ship", "how long does it take"),
    entry("postage", "Who pays for return shipping?", "How much is it to send it back?"),
    entry("return", "Can I return an item?", "return something"),
    entry("send", "贈り先へ直接送れますか", "友人の家に送れますか"),
    entry("time", "何日かかりますか", "お届けまで何日ですか"),
    entry("fee", "いくらですか", "送料はいくらですか"),
)


@pytest.mark.parametrize(
    ("text", "kind", "best", "also"),
    [
        # delivery to a place that nobody knows is no delivery at home
        (
            "Do you ship to Germany? And how long does it take?",
            Kind.SUGGEST,
            "area",
            ["days"],
        ),
        ("台湾に送れますか？それは何日かかりますか？", Kind.SUGGEST, "send", ["time"]),
        # nor does it say so where it names nothing at all
        ("台湾に送れますか？いくらですか？", Kind.SUGGEST, "send", ["fee"]),
        # where every word is known nothing strange is asked
        ("友人の家に送れますか？いくらですか？", Kind.ANSWER, "send", []),
        ("Do you ship? And how long does it take?", Kind.ANSWER, "days", ["area"]),
    ],
)
def test_a_question_that_leans_on_a_strange_one_is_not_answered_first(text, kind, best, also):
    made = decide(ABROAD, text)
    found = [each.entry_id for each in made.also]
    assert (made.kind, made.candidates[0].entry_id, found) == (kind, best, also)


def test_the_clearest_is_answered():
    made = decide(SHOP, "送料はいくらですか？それから、ワンちゃんと一緒に入れますか？")
    assert (made.candidates[0].entry_id, made.part) == ("fee", "送料はいくらですか？")


@pytest.mark.parametrize("text", ["送料\n駐車料金", "送料と駐車料金", "送料、駐車料金、営業時間"])
def test_bare_words_are_questions_too(text):
    made = decide(SHOP, text)
    found = {made.candidates[0].entry_id, *(each.entry_id for each in made.also)}
    assert (made.kind, {"fee", "parking"} - found) == (Kind.ANSWER, set())


def test_without_reasons_the_same_is_decided():
    text = "返品はいつまでですか？あと送料も教えてください"
    assert decide(SHOP, text, explain=False) == decide(SHOP, text)


def test_an_entry_that_is_left_out_is_offered_by_no_part():
    made = decide(SHOP, "送料はいくらですか？ペットを連れて行けますか？", exclude=["pets"])
    assert "pets" not in [each.entry_id for each in (*made.candidates, *made.also)]


def test_what_is_stored_names_the_other_entries_and_never_what_was_written():
    made = decide(SHOP, "送料はいくらですか？ペットは？領収書の宛名は変更できますか？")
    row = made.as_json()
    assert [each["id"] for each in row["also"]] == ["pets"]
    assert (row["unmet"], "領収書" in str(row)) == (1, False)


@pytest.mark.parametrize("text", ["送料", "返品と交換の違いは何ですか", "返品期限", "ペットは？"])
def test_a_message_that_asks_one_thing_is_decided_as_one(text):
    made = decide(SHOP, text)
    assert (made.also, made.unmet, made.part) == ((), (), "")


@pytest.mark.parametrize("blank", [" ", "\x0b", "\n", "\u3000", "\u2028", " \n"])
def test_a_desert_of_blanks_takes_no_time(blank):
    with no_hang():
        asked = part_questions("送料はいくらですか？" + blank * 700 + "返品はできますか？")
    assert [each.text for each in asked] == ["送料はいくらですか？", "返品はできますか？"]
