"""The judge itself: what LINE documents is taken, what it forbids is refused, with its path."""

import pytest

from bot.standin.counting import count_clusters, count_units
from bot.standin.limits import (
    check_loading,
    check_message,
    check_push,
    check_read_mark,
    check_reply,
    find_unseen,
)


def postback(label="はい", **more):
    return {"type": "postback", "label": label, "data": "yes", **more}


def uri(address, label="開く"):
    return {"type": "uri", "label": label, "uri": address}


def buttons(**more):
    template = {"type": "buttons", "text": "お選びください", "actions": [postback()], **more}
    return {"type": "template", "altText": "お選びください", "template": template}


def column(**more):
    return {"text": "商品", "actions": [postback()], **more}


def carousel(*columns):
    template = {"type": "carousel", "columns": list(columns)}
    return {"type": "template", "altText": "商品", "template": template}


def quick(*actions):
    items = [{"type": "action", "action": action} for action in actions]
    return {"type": "text", "text": "どれですか", "quickReply": {"items": items}}


def flex(contents):
    return {"type": "flex", "altText": "案内", "contents": contents}


BUBBLE = {
    "type": "bubble",
    "body": {
        "type": "box",
        "layout": "vertical",
        "contents": [
            {"type": "text", "text": "送料は全国一律です", "wrap": True, "color": "#111111"},
            {"type": "separator", "margin": "md"},
            {"type": "button", "action": uri("https://shop.example/ship", "くわしく")},
        ],
    },
}
EMOJI = {"index": 0, "productId": "5", "emojiId": "1"}
PLACE = {"type": "location", "title": "店", "address": "東京都千代田区"}
PICTURE = "https://files.example/a.png"
STYLES = {"header": {"backgroundColor": "#FFFFFF", "separator": True, "separatorColor": "#000000"}}
LONG = {"type": "text", "text": "a" * 2000}
ACTION_URI = "message.quickReply.items[0].action.uri: "
IMAGE_CAROUSEL = {
    "type": "image_carousel",
    "columns": [{"imageUrl": PICTURE, "action": {"type": "uri", "uri": "https://shop.example/"}}],
}


def imagemap(**more):
    area = {"x": 0, "y": 0, "width": 520, "height": 520}
    action = {"type": "uri", "linkUri": "https://shop.example/", "area": area}
    size = {"width": 1040, "height": 1040}
    message = {"type": "imagemap", "baseUrl": PICTURE, "altText": "案内", "baseSize": size}
    return message | {"actions": [action]} | more


@pytest.mark.parametrize(
    ("text", "units", "clusters"),
    [
        ("", 0, 0),
        ("abc", 3, 3),
        ("返品😀", 4, 3),
        ("が", 1, 1),
        ("か\u3099", 2, 1),
        ("ﾊﾞ", 2, 1),
        ("👨‍👩‍👧", 8, 1),
        ("👍🏽", 4, 1),
        ("🇯🇵🇺🇸", 8, 2),
        ("❤️", 2, 1),
        ("1️⃣", 3, 1),
        ("葛󠄀", 3, 1),
        ("\r\n", 2, 1),
        ("\u1100\u1161\u11a8", 3, 1),
    ],
)
def test_counts_as_line_counts(text, units, clusters):
    assert (count_units(text), count_clusters(text)) == (units, clusters)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "text", "text": "あ" * 5000},
        {"type": "text", "text": "$ こんにちは", "emojis": [EMOJI]},
        {"type": "textV2", "text": "{{ok}} {who}", "substitution": {"who": {"type": "mention"}}},
        {"type": "sticker", "packageId": "446", "stickerId": "1988"},
        {"type": "image", "originalContentUrl": PICTURE, "previewImageUrl": PICTURE},
        {"type": "video", "originalContentUrl": PICTURE, "previewImageUrl": PICTURE},
        {"type": "audio", "originalContentUrl": PICTURE, "duration": 1000},
        {**PLACE, "latitude": 35.6, "longitude": 139.7},
        buttons(text="あ" * 160),
        buttons(text="あ" * 60, title="あ" * 40, thumbnailImageUrl=PICTURE),
        buttons(actions=[uri("tel:+81-120-000-000", "電話する")]),
        carousel(column(text="あ" * 120), column()),
        quick(*[postback("あ" * 20)] * 13),
        quick({"type": "camera", "label": "撮る"}, {"type": "location", "label": "場所"}),
        flex(BUBBLE),
        flex({"type": "carousel", "contents": [BUBBLE] * 12}),
        quick({"type": "message", "label": "はい", "text": "はい"}),
        quick({"type": "clipboard", "label": "写す", "clipboardText": "M-7K2Q"}),
        quick({"type": "datetimepicker", "label": "日付", "data": "d", "mode": "date"}),
        quick(uri("https://shop.example/") | {"altUri": {"desktop": "https://shop.example/pc"}}),
        quick(postback(inputOption="openKeyboard", fillInText="注文番号：")),
        buttons(defaultAction={"type": "uri", "uri": "https://shop.example/"}),
        {"type": "coupon", "couponId": "01JYNW8JMQVFBNWF1APF8Z3FS7"},
        imagemap(),
        {"type": "template", "altText": "商品", "template": IMAGE_CAROUSEL},
        flex(BUBBLE | {"size": "kilo", "action": uri("https://shop.example/"), "styles": STYLES}),
        {"type": "text", "text": "担当です", "sender": {"name": "受注チーム 山田"}},
    ],
)  # fmt: skip
def test_takes_what_line_takes(message):
    assert check_message(message) == []


@pytest.mark.parametrize(
    ("message", "problems"),
    [
        ("hi", ["message.type: unknown kind of message"]),
        ({"type": "file", "url": PICTURE}, ["message.type: unknown kind of message"]),
        ({"type": "text"}, ["message.text: is required"]),
        ({"type": "text", "text": ""}, ["message.text: must be 1 to 5000 characters long, is 0"]),
        (
            {"type": "text", "text": "😀" * 2501},
            ["message.text: must be 1 to 5000 characters long, is 5002"],
        ),
        (
            {"type": "text", "text": "\ud83d"},
            ["message.text: must be valid Unicode, holds half a character"],
        ),
        ({"type": "text", "text": "a", "markdown": True}, ["message.markdown: unknown property"]),
        (
            {"type": "text", "text": "😀", "emojis": [EMOJI]},
            ["message.emojis[0].index: must point at a $ in the text"],
        ),
        (
            {"type": "textV2", "text": "{who}さん"},
            ["message.text: {who} has no substitution"],
        ),
        (
            {"type": "text", "text": "a", "sender": {"name": "あ" * 21}},
            ["message.sender.name: must be 1 to 20 characters long, is 21"],
        ),
        (
            {"type": "text", "text": "a", "sender": {"name": "LINE 窓口"}},
            ["message.sender.name: must not hold the word LINE"],
        ),
        (
            {"type": "image", "originalContentUrl": "http://a.test", "previewImageUrl": PICTURE},
            ["message.originalContentUrl: scheme must be one of https"],
        ),
        (
            quick(*[postback()] * 14),
            ["message.quickReply.items: must hold 1 to 13 items, holds 14"],
        ),
        (
            quick({"type": "postback", "data": "a"}),
            ["message.quickReply.items[0].action.label: is required"],
        ),
        (
            quick(postback("あ" * 21)),
            ["message.quickReply.items[0].action.label: must be 1 to 20 characters long, is 21"],
        ),
        (
            buttons(text="あ" * 61, title="題"),
            ["message.template.text: must be 1 to 60 characters long, is 61"],
        ),
        (
            buttons(actions=[postback()] * 5),
            ["message.template.actions: must hold 1 to 4 items, holds 5"],
        ),
        (
            buttons(actions=[{"type": "camera", "label": "撮る"}]),
            ["message.template.actions[0]: camera is for quick replies only"],
        ),
        (
            buttons(actions=[postback(data="あ" * 301)]),
            ["message.template.actions[0].data: must be 1 to 300 characters long, is 301"],
        ),
        (
            buttons(actions=[postback(displayText="a", text="b")]),
            ["message.template.actions[0]: displayText and text exclude each other"],
        ),
        (
            buttons(actions=[uri("https://shop.example/返品")]),
            ["message.template.actions[0].uri: must be percent-encoded"],
        ),
        (
            buttons(actions=[uri("https://shop.example/?q=" + "%E8" * 400)]),
            ["message.template.actions[0].uri: must be 1 to 1000 characters long, is 1224"],
        ),
        (
            buttons(actions=[uri("mailto:a@shop.example")]),
            ["message.template.actions[0].uri: scheme must be one of http, https, line, tel"],
        ),
        (
            buttons(actions=[uri("javascript:alert(1)")]),
            ["message.template.actions[0].uri: scheme must be one of http, https, line, tel"],
        ),
        (
            {"type": "template", "altText": "あ" * 1501, "template": buttons()["template"]},
            ["message.altText: must be 1 to 1500 characters long, is 1501"],
        ),
        (
            {
                "type": "template",
                "altText": "a",
                "template": {"type": "confirm", "text": "a", "actions": [postback()] * 3},
            },
            ["message.template.actions: must hold 2 to 2 items, holds 3"],
        ),
        (
            carousel(column(title="題"), column()),
            ["message.template.columns: must be alike in number of actions, title and image"],
        ),
        (
            quick({"type": "fax", "label": "送る"}),
            ["message.quickReply.items[0].action.type: unknown kind of action"],
        ),
        (
            quick(postback(fillInText="注文番号：")),
            ["message.quickReply.items[0].action.fillInText: needs inputOption openKeyboard"],
        ),
        (quick(uri("tel:ask")), [ACTION_URI + "must be a telephone number"]),
        (quick(uri("https:///a")), [ACTION_URI + "has no host"]),
        (quick(uri("https://[shop.example")), [ACTION_URI + "is no address"]),
        (flex({"type": "page"}), ["message.contents.type: must be one of bubble, carousel"]),
        (
            flex({"type": "carousel", "contents": [BUBBLE, BUBBLE | {"size": "kilo"}]}),
            ["message.contents.contents: must be bubbles of one size"],
        ),
        (
            flex({"type": "bubble", "body": {"type": "map"}}),
            ["message.contents.body.type: unknown kind of component"],
        ),
        (
            flex({"type": "bubble", "body": {"type": "text", "text": "a" * 2000, "contents": []}}
                 | {"footer": {"type": "box", "layout": "vertical", "contents": [LONG] * 16}}),
            ["message.contents: must not be larger than 30720 bytes, is 34537"],
        ),
        (
            buttons(imageSize="huge"),
            ["message.template.imageSize: must be one of cover, contain"],
        ),
        (
            {"type": "template", "altText": "a", "template": {"type": "list"}},
            ["message.template.type: unknown kind of template"],
        ),
        (
            {"type": "template", "altText": "a", "template": {"type": "carousel"}},
            ["message.template.columns: is required"],
        ),
        (
            {"type": "textV2", "text": "a", "substitution": []},
            ["message.substitution: must be an object of at most 100 names"],
        ),
        (
            {"type": "textV2", "text": "a", "substitution": {"誰": {"type": "mention"}}},
            ["message.substitution: bad name '誰'"],
        ),
        (
            {"type": "text", "text": "a", "quickReply": [], "sender": "山田"},
            ["message.quickReply: must be an object", "message.sender: must be an object"],
        ),
        (
            {"type": "text", "text": 5, "sender": {"iconUrl": PICTURE}},
            ["message.text: must be a string"],
        ),
        (
            {"type": "text", "text": "a", "emojis": {}},
            ["message.emojis: must be an array"],
        ),
        (flex({"type": "bubble"}), ["message.contents: must not be empty"]),
        (
            flex({"type": "bubble", "body": {"type": "text", "text": ""}}),
            ["message.contents.body.text: must be 1 to 2000 characters long, is 0"],
        ),
        (
            flex({"type": "bubble", "body": {"type": "text", "text": "a", "color": "red"}}),
            ["message.contents.body.color: must be a colour #RRGGBB or #RRGGBBAA"],
        ),
        (
            {**PLACE, "latitude": 91, "longitude": 0},
            ["message.latitude: must be a number from -90 to 90"],
        ),
    ],
)  # fmt: skip
def test_refuses_what_line_refuses(message, problems):
    assert check_message(message) == problems


def test_a_label_is_counted_in_clusters_and_a_text_in_units():
    family = "👨‍👩‍👧"
    assert check_message(buttons(actions=[postback(family * 20)])) == []
    assert check_message({"type": "text", "text": family * 626}) == [
        "message.text: must be 1 to 5000 characters long, is 5008"
    ]


def test_bodies_of_both_sending_calls():
    hello = {"type": "text", "text": "こんにちは"}
    assert check_reply({"replyToken": "t", "messages": [hello] * 5}) == []
    assert check_push({"to": "U1", "messages": [hello], "notificationDisabled": True}) == []
    assert check_reply({"replyToken": "t", "messages": [hello] * 6}) == [
        "messages: must hold 1 to 5 items, holds 6"
    ]
    assert check_push({"to": "U1", "messages": [], "retryKey": "x"}) == [
        "retryKey: unknown property",
        "messages: must hold 1 to 5 items, holds 0",
    ]
    assert check_push({"to": "U1", "messages": [hello], "notificationDisabled": 1}) == [
        "notificationDisabled: must be true or false"
    ]
    assert check_reply({"replyToken": "t"}) == ["messages: is required"]
    assert check_push([]) == ["body: must be an object"]
    assert check_push({"to": "U1", "messages": [hello], "customAggregationUnits": ["a-b"]}) == [
        "customAggregationUnits[0]: must be 1 to 30 of A-Z, a-z, 0-9, _"
    ]


def test_loading_and_read_mark():
    person = "U" + "0" * 32
    assert check_loading({"chatId": person, "loadingSeconds": 60}) == []
    assert check_loading({"chatId": person, "loadingSeconds": 7}) == [
        "loadingSeconds: must be a whole number from 5 to 60 in steps of 5"
    ]
    assert check_loading({"chatId": "C" + "0" * 32}) == ["chatId: must be the id of a person"]
    assert check_read_mark({"markAsReadToken": "t"}) == []
    assert check_read_mark({"token": "t"}) == [
        "markAsReadToken: is required",
        "token: unknown property",
    ]


def test_quick_replies_before_the_last_message_are_seen_by_nobody():
    assert find_unseen([quick(postback()), {"type": "text", "text": "a"}]) == [
        "messages[0].quickReply: only the last message's are shown"
    ]
    assert find_unseen([{"type": "text", "text": "a"}, quick(postback())]) == []
