"""What leaves for LINE is within LINE's limits, and nothing of it gets lost on the way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bubbles import Action, Bubble, choices
from bot.channels.line.actions import encode_uri, render_phone
from bot.channels.line.plaintext import to_plain
from bot.channels.line.rendering import (
    choose_sender_name,
    group_requests,
    number_choices,
    render_messages,
)
from bot.lengths import utf16_length
from bot.standin.limits import check_push, find_unseen

APPLY = Action(label="返品を申し込む", url="https://shop.example/returns")
CALL = Action(label="電話する", tel="+81-120-000-000")
PERSON = Action(label="担当者に相談", code="human")


def postback(label, code):
    return {"type": "postback", "label": label, "data": code, "displayText": label}


def test_a_text_is_a_text():
    assert render_messages([Bubble(text="送料は500円です。")]) == [
        {"type": "text", "text": "送料は500円です。"}
    ]


def test_a_short_text_with_buttons_is_one_card():
    assert render_messages([Bubble(text="8日以内に返品できます。", buttons=(APPLY, CALL))]) == [
        {
            "type": "template",
            "altText": "8日以内に返品できます。\n返品を申し込む / 電話する",
            "template": {
                "type": "buttons",
                "text": "8日以内に返品できます。",
                "actions": [
                    {
                        "type": "uri",
                        "label": "返品を申し込む",
                        "uri": "https://shop.example/returns",
                    },
                    {"type": "uri", "label": "電話する", "uri": "tel:+81-120-000-000"},
                ],
            },
        }
    ]


@pytest.mark.parametrize(
    ("text", "prompt"), [("あ" * 161, "お選びください。"), ("a" * 161, "Please choose.")]
)
def test_a_long_text_stands_before_its_buttons(text, prompt):
    action = Action(label="OK", code="ok")
    messages = render_messages([Bubble(text=text, buttons=(action,))])
    assert [m.get("text") or m["template"]["text"] for m in messages] == [text, prompt]
    assert messages[1]["template"]["actions"] == [postback("OK", "ok")]


def test_the_text_of_a_card_is_counted_in_utf16_units():
    fits, exceeds = "😀" * 80, "😀" * 81
    assert len(render_messages([Bubble(text=fits, buttons=(CALL,))])) == 1
    assert len(render_messages([Bubble(text=exceeds, buttons=(CALL,))])) == 2


def test_more_than_four_buttons_take_several_cards():
    buttons = choices([(f"選択肢{number}", f"c{number}") for number in range(6)])
    messages = render_messages([Bubble(text="どれでしょうか？", buttons=buttons)])
    labels = [
        [action["label"] for action in m["template"]["actions"]]
        for m in messages
        if m["type"] == "template"
    ]
    assert messages[0] == {"type": "text", "text": "どれでしょうか？"}
    assert labels == [["選択肢0", "選択肢1", "選択肢2", "選択肢3"], ["選択肢4", "選択肢5"]]


def test_quick_replies_hang_on_the_last_message_with_numbers_to_type():
    quick = choices([("返品の期限", "e:1"), ("返金の時期", "e:2"), ("どれでもない", "none")])
    bubbles = [
        Bubble(text="どれについてでしょうか？", quick=quick),
        Bubble(text="お待ちしています。"),
    ]
    assert render_messages(bubbles) == [
        {
            "type": "text",
            "text": "どれについてでしょうか？\n1. 返品の期限\n2. 返金の時期\n3. どれでもない",
        },
        {
            "type": "text",
            "text": "お待ちしています。",
            "quickReply": {
                "items": [
                    {"type": "action", "action": postback("返品の期限", "e:1")},
                    {"type": "action", "action": postback("返金の時期", "e:2")},
                    {"type": "action", "action": postback("どれでもない", "none")},
                ]
            },
        },
    ]


def test_numbers_are_places_and_only_what_can_be_typed_is_listed():
    assert number_choices([PERSON]) == []
    assert number_choices([PERSON, CALL]) == []
    assert number_choices([CALL, PERSON, Action(label="待つ", code="wait")]) == [
        "2. 担当者に相談",
        "3. 待つ",
    ]
    scores = choices([("5 とても満足", "s5"), ("4 満足", "s4")])
    assert number_choices(scores) == ["5 とても満足", "4 満足"]


def test_quick_replies_alone_get_words_to_stand_on():
    messages = render_messages([Bubble(text="", quick=(PERSON,))])
    assert [m["text"] for m in messages] == ["お選びください。"]


def test_labels_are_cut_between_characters_and_the_tap_shows_all():
    label = "👨‍👩‍👧‍👦" * 25
    (message,) = render_messages([Bubble(text="x", buttons=(Action(label=label, code="c"),))])
    (action,) = message["template"]["actions"]
    assert action["label"] == "👨‍👩‍👧‍👦" * 19 + "…"
    assert action["displayText"] == label


def test_no_more_than_thirteen_quick_replies():
    quick = choices([(str(number), f"c{number}") for number in range(20)])
    (message,) = render_messages([Bubble(text="x", quick=quick)])
    assert len(message["quickReply"]["items"]) == 13


def test_what_line_does_not_take_as_a_button_is_told_in_words():
    far = Action(label="案内図", url="https://shop.example/" + "図" * 200)
    assert render_messages([Bubble(text="こちらです。", buttons=(far,))]) == [
        {"type": "text", "text": f"こちらです。\n案内図: {far.url}"}
    ]


@pytest.mark.parametrize(
    ("url", "encoded"),
    [
        ("https://shop.example/返品?q=箱 大", "https://shop.example/%E8%BF%94%E5%93%81?q=%E7%AE%B1%20%E5%A4%A7"),
        ("https://shop.example/%E8%BF%94?a=1&b=2#top", "https://shop.example/%E8%BF%94?a=1&b=2#top"),
        ("https://shop.example/100%", "https://shop.example/100%25"),
        ("https://日本語.example/", "https://xn--wgv71a119e.example/"),
        ("HTTP://shop.example", "http://shop.example"),
        ("https://line.me/R/oaMessage/%40id/?text", "https://line.me/R/oaMessage/%40id/?text"),
        ("line://ti/p/@shop", "line://ti/p/@shop"),
        ("javascript:alert(1)", ""),
        ("//shop.example", ""),
        ("https://[", ""),
        ("https://shop.example/" + "a" * 1000, ""),
    ],
)  # fmt: skip
def test_addresses_are_percent_encoded_or_refused(url, encoded):
    assert encode_uri(url) == encoded


def test_phone_numbers_become_tel_addresses():
    assert render_phone("+81 120 000 000") == "tel:+81120000000"
    assert render_phone("電話") == ""
    assert render_phone("") == ""


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("**8日以内**なら可能です", "8日以内なら可能です"),
        ("- 箱\n- 納品書\n  * 控え", "・箱\n・納品書\n  ・控え"),
        ("1. 開く\n2. 押す", "1. 開く\n2. 押す"),
        ("[こちら](https://shop.example/a)へ", "こちら（ https://shop.example/a ）へ"),
        ("[https://a.example](https://a.example)", "https://a.example"),
        ("[お電話](tel:0120-000-000)", "お電話（ 0120-000-000 ）"),
        ("2*3*4 ** 5 [x] (y) <b>", "2*3*4 ** 5 [x] (y) <b>"),
        ("-5度", "-5度"),
    ],
)
def test_the_markdown_of_answers_becomes_plain_text(markdown, plain):
    assert to_plain(markdown) == plain
    assert render_messages([Bubble(text=markdown)])[0]["text"] == plain
    assert render_messages([Bubble(text=markdown)], markdown=False)[0]["text"] == markdown


@pytest.mark.parametrize("text", ["*" * 20_000, "[" * 20_000, "[a](" * 5_000, "**a" * 6_000])
def test_hostile_markdown_takes_no_time(text):
    assert utf16_length(to_plain(text)) <= len(text)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("佐藤", "佐藤"),
        (" 佐藤\n花子 ", "佐藤 花子"),
        ("LINE担当", None),
        ("ＬＩＮＥ公式", None),
        ("Caroline", "Caroline"),
        ("あ" * 21, "あ" * 19 + "…"),
        ("", None),
        (None, None),
    ],
)
def test_the_sender_has_a_name_that_line_takes(name, shown):
    assert choose_sender_name(name) == shown
    (message,) = render_messages([Bubble(text="x")], sender_name=name)
    assert message.get("sender") == ({"name": shown} if shown else None)


def test_a_text_too_long_for_one_message_is_cut_at_sentences_and_nothing_is_lost():
    text = "これは長いお知らせの一文です。" * 800
    messages = render_messages([Bubble(text=text)])
    assert "".join(m["text"] for m in messages) == text
    assert all(m["text"].endswith("。") for m in messages)
    assert len(messages) == 3


def test_emoji_are_never_cut_in_two():
    messages = render_messages([Bubble(text="🍎" * 5000)], markdown=False)
    assert [m["text"] for m in messages] == ["🍎" * 2500, "🍎" * 2500]


def test_too_many_messages_are_joined_before_anything_is_cut():
    texts = [f"お知らせ{number}" for number in range(7)]
    assert [m["text"] for m in render_messages([Bubble(text=t) for t in texts])] == [
        "\n\n".join(texts)
    ]
    cards = [Bubble(text=f"{number}", buttons=(APPLY, PERSON)) for number in range(6)]
    assert [m["text"] for m in render_messages(cards)] == [
        "\n\n".join(f"{n}\n返品を申し込む: https://shop.example/returns" for n in range(6))
    ]


def test_bubbles_are_grouped_so_that_each_request_takes_them_whole():
    long = Bubble(text="あ" * 14_000)
    short = Bubble(text="い")
    assert group_requests([long, short, short, short, long]) == [
        (long, short, short),
        (short, long),
    ]
    assert group_requests([]) == []


def test_nothing_to_say_is_no_message():
    assert render_messages([]) == []
    assert render_messages([Bubble(text=" \n")]) == []


texts = st.text(max_size=400) | st.sampled_from(
    ["", " ", "あ" * 170, "返品は😀", "a" * 5001, "👨‍👩‍👧" * 900, "x\ud800", "\x00", "え。" * 9000]
)
actions = (
    st.builds(
        Action,
        label=st.text(max_size=60) | st.sampled_from(["", "\n", "はい", "LINE"]),
        code=st.text(max_size=320) | st.just("yes"),
    )
    | st.builds(
        Action,
        label=st.text(min_size=1, max_size=30),
        url=st.text(max_size=50)
        | st.text(max_size=50).map("https://shop.example/".__add__)
        | st.text(max_size=20).map("https://".__add__),
    )
    | st.builds(Action, label=st.just("電話"), tel=st.text(alphabet="0123456789+- x", max_size=16))
)
bubbles = st.builds(
    Bubble,
    text=texts,
    buttons=st.lists(actions, max_size=6).map(tuple),
    quick=st.lists(actions, max_size=16).map(tuple),
)


@settings(max_examples=120, deadline=None)
@given(st.lists(bubbles, max_size=6), st.none() | st.text(max_size=40), st.booleans())
def test_line_would_refuse_nothing_of_it(many, name, markdown):
    messages = render_messages(many, sender_name=name, markdown=markdown)
    if messages:
        assert check_push({"to": "U" + "0" * 32, "messages": messages}) == []
        assert find_unseen(messages) == []
    else:
        assert not any(bubble.text.strip() for bubble in many)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=3000).filter(str.strip), min_size=1, max_size=5))
def test_what_an_agent_writes_arrives_as_written(written):
    messages = render_messages([Bubble(text=text) for text in written], markdown=False)
    kept = [text.replace("\x00", "\ufffd") for text in written]
    assert [m["text"] for m in messages] == kept
