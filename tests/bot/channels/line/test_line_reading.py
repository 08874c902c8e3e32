"""What LINE tells becomes events of ours, one by one, whatever else is new or odd."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.line.reading import event_key, keep_unreadable, read_call, read_event
from bot.errors import BadInput
from bot.events import ContentKind, EventKind, Inbound, Media

PAYLOADS = Path(__file__).parents[3] / "payloads" / "line"
HANA = "U4af4980629c84e9b2d6f0d2b7c5e1a90"
KEN = "Uc0ffee12ab34cd56ef7890a1b2c3d4e5"
AT = 1795305600123
NOW = 1795305600900

M = EventKind.MESSAGE


def body(name):
    return (PAYLOADS / f"{name}.json").read_bytes()


def native(name):
    return json.loads(body(name))["events"][0]


def read(name):
    (event,) = read_call(body(name), now=NOW).events
    return event


def expected(name, **known):
    """The event of a payload: ids and token as LINE gave them, the rest as the test says."""
    event = native(name)
    message = event.get("message", {})
    base = Inbound(
        channel="line",
        event_key=event["webhookEventId"],
        kind=EventKind.OTHER,
        occurred_at=AT,
        customer_key=HANA,
        native_kind=event["type"],
    )
    if known.get("kind") is M:
        base = replace(
            base,
            source_key=message["id"],
            reply_token=event.get("replyToken"),
            read_token=message.get("markAsReadToken"),
        )
    return replace(base, **known)


@pytest.mark.parametrize(
    ("name", "text", "detail"),
    [
        ("text", "返品はいつまでできますか？(moon grin)", ()),
        ("text_quoting", "これのことです", (("quoted", "580123456789012301"),)),
        ("text_without_quote_token", "送料はいくら", ()),
    ],
)
def test_a_text(name, text, detail):
    assert read(name) == expected(name, kind=M, text=text, detail=detail)


def test_a_sticker_says_what_it_means():
    assert read("sticker") == expected(
        "sticker",
        kind=M,
        content=ContentKind.STICKER,
        detail=(("package", "446"), ("sticker", "1988"), ("keywords", "ありがとう、お辞儀")),
    )
    words = "、".join(f"語{number}" for number in range(15))
    assert read("sticker_with_text").detail == (
        ("package", "11537"),
        ("sticker", "52002734"),
        ("keywords", words),
        ("text", "助かりました"),
    )


@pytest.mark.parametrize(
    ("name", "content", "detail"),
    [
        ("image", ContentKind.IMAGE, ()),
        ("video", ContentKind.VIDEO, (("duration_ms", "61000"),)),
        ("audio", ContentKind.AUDIO, (("duration_ms", "4200"),)),
    ],
)
def test_what_line_holds_is_fetched_by_the_message_id(name, content, detail):
    media = Media(source=native(name)["message"]["id"])
    assert read(name) == expected(name, kind=M, content=content, media=media, detail=detail)


def test_a_file_keeps_its_name_and_size():
    media = Media(source=native("file")["message"]["id"], name="領収書 11月.pdf", size=20480)
    assert read("file") == expected("file", kind=M, content=ContentKind.FILE, media=media)


def test_pictures_of_a_set_say_which_they_are():
    assert read("image_of_a_set").detail == (
        ("set", "E005D41A7288F41B65593ED38FF6E9834B046AB36A37921A56BC236F13A91855"),
        ("set_index", "2"),
        ("set_total", "3"),
    )


def test_a_picture_held_elsewhere_is_told_and_never_fetched():
    assert read("image_held_elsewhere") == expected(
        "image_held_elsewhere",
        kind=M,
        content=ContentKind.IMAGE,
        media=None,
        detail=(("elsewhere", "https://images.example/1.jpg"),),
    )


def test_a_place():
    assert read("location") == expected(
        "location",
        kind=M,
        content=ContentKind.LOCATION,
        detail=(
            ("title", "待ち合わせ"),
            ("address", "東京都千代田区丸の内1-9-1"),
            ("latitude", "35.681236"),
            ("longitude", "139.767125"),
        ),
    )
    assert read("location_bare").detail == (("latitude", "0.000000"), ("longitude", "-180.000000"))


def test_a_kind_of_message_that_is_new_is_still_a_message():
    assert read("unknown_message") == expected(
        "unknown_message", kind=M, content=ContentKind.OTHER, detail=(("type", "hologram"),)
    )


@pytest.mark.parametrize(
    ("name", "choice", "detail"),
    [
        ("postback", "solved:yes", ()),
        ("postback_datetime", "callback", (("datetime", "2026-11-24T10:00"),)),
        (
            "postback_rich_menu",
            "menu",
            (("newRichMenuAliasId", "menu-b"), ("status", "SUCCESS")),
        ),
    ],
)
def test_a_tapped_button(name, choice, detail):
    event = native(name)
    assert read(name) == expected(
        name,
        kind=EventKind.CHOICE,
        choice=choice,
        detail=detail,
        source_key=event["webhookEventId"],
        reply_token=event["replyToken"],
    )


def test_coming_going_and_taking_back():
    token = native("follow")["replyToken"]
    again = native("follow_unblocked")["replyToken"]
    assert read("follow") == expected("follow", kind=EventKind.FOLLOW, reply_token=token)
    assert read("follow_unblocked") == expected(
        "follow_unblocked",
        kind=EventKind.FOLLOW,
        reply_token=again,
        detail=(("unblocked", "1"),),
    )
    assert read("unfollow") == expected("unfollow", kind=EventKind.UNFOLLOW)
    assert read("unsend") == expected(
        "unsend", kind=EventKind.UNSEND, target_key="580123456789012301"
    )


@pytest.mark.parametrize(
    "name",
    [
        "video_play_complete",
        "beacon",
        "membership",
        "account_link",
        "activated",
        "deactivated",
        "delivery",
        "unknown_event",
    ],
)
def test_what_we_do_not_serve_is_kept_without_a_token_to_answer_by(name):
    assert read(name) == expected(name)


@pytest.mark.parametrize("name", ["account_link_failed", "module", "bot_suspended", "bot_resumed"])
def test_what_nobody_did_belongs_to_nobody(name):
    assert read(name) == expected(name, customer_key=None)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("group_text", "group"),
        ("room_text", "room"),
        ("message_edited", "group"),
        ("join", "group"),
        ("leave", "group"),
        ("member_joined", "group"),
        ("member_left", "group"),
    ],
)
def test_talk_among_several_is_nobodys_conversation_with_us(name, source):
    assert read(name) == expected(name, customer_key=None, detail=(("source", source),))


def test_standby_is_recorded_and_cannot_be_answered():
    for name, text in (("standby", "ほかの窓口あて"), ("unknown_mode", "こんにちは")):
        assert read(name) == expected(name, kind=M, text=text, standby=True)


def test_a_message_without_user_id_is_a_message_all_the_same():
    assert read("without_user_id") == expected(
        "without_user_id", kind=M, customer_key=None, text="PCからです"
    )


@pytest.mark.parametrize("name", ["user_id_is_an_object", "user_id_is_a_path"])
def test_an_id_of_another_form_is_never_looked_up(name):
    assert read(name) == expected(
        name,
        customer_key=None,
        detail=(("problem", "source.userId has not the form of an id"),),
    )


def test_the_greetings_of_an_old_console_are_nobody():
    events = read_call(body("verify_of_an_old_console"), now=NOW).events
    assert [(e.kind, e.customer_key, e.reply_token, e.detail) for e in events] == [
        (EventKind.OTHER, None, None, (("source", "verify"),))
    ] * 2


def test_the_verify_button_brings_no_events():
    call = read_call(body("verify"), now=NOW)
    assert (call.destination, call.events) == ("U7b1e0c35a94d4f2e8c6db05f1a27e934", ())


def test_events_of_several_customers_come_in_the_order_they_happened():
    events = read_call(body("several_customers"), now=NOW).events
    assert [(e.occurred_at, e.customer_key, e.text, e.detail) for e in events] == [
        (AT, HANA, "青いTシャツについて", ()),
        # the poisoned one has no time of its own
        (NOW, None, "", (("problem", "message is missing"),)),
        (AT + 1000, KEN, "営業時間は？", ()),
        (AT + 2000, HANA, "それの送料は？", ()),
    ]


def test_an_event_with_next_to_nothing_is_read():
    event = read("bare")
    assert event == Inbound(
        channel="line",
        event_key=event.event_key,
        kind=M,
        occurred_at=NOW,
        customer_key=HANA,
        text="足りないものばかり",
        source_key=event.event_key,
        native_kind="message",
    )
    assert event.event_key.startswith("sha256:")


def test_a_redelivery_without_an_id_has_the_same_key():
    first, again = native("without_event_id"), native("without_event_id_redelivered")
    assert first != again
    assert event_key(first) == event_key(again)
    assert event_key(first) != event_key(first | {"timestamp": AT + 1})


@pytest.mark.parametrize("odd", ["", "x" * 101, 7, None, ["a"], "a\x00b", "a\ud800", "改\n行"])
def test_an_id_that_is_none_is_replaced_by_a_hash(odd):
    key = event_key({"webhookEventId": odd, "type": "follow"})
    assert key.startswith("sha256:")
    assert len(key) == 71


@pytest.mark.parametrize("good", ["1", "x" * 100, "01KAK5X001QW8F3M7T4Z9RHB1C"])
def test_an_id_of_one_to_a_hundred_characters_is_the_key(good):
    assert event_key({"webhookEventId": good}) == good


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [("送料\ud83d", "送料\ufffd"), ("営業\x00時間", "営業\ufffd時間"), ("\ud83d\ude00", "😀")],
)
def test_what_no_store_takes_is_replaced(sent, read_as):
    event = native("text")
    event["message"]["text"] = sent
    call = json.dumps({"events": [event]}).encode()
    assert read_call(call, now=NOW).events[0].text == read_as


@pytest.mark.parametrize(
    "odd", [None, True, "1795305600123", -1, 0, 10**14, 10**18, float("inf"), float("nan")]
)
def test_a_time_that_is_none_becomes_now(odd):
    assert read_event(native("text") | {"timestamp": odd}, now=NOW).occurred_at == NOW


@pytest.mark.parametrize(
    "odd",
    [
        {"replyToken": ["a"]},
        {"replyToken": "a b"},
        {"replyToken": "x" * 257},
        {"mode": None},
        {"deliveryContext": None},
        {"source": "U1", "replyToken": "a"},
    ],
)
def test_one_odd_property_does_not_cost_the_message(odd):
    assert read_event(native("text") | odd, now=NOW).text.startswith("返品は")


@pytest.mark.parametrize(
    "raw",
    [
        b"hello",
        b"",
        b"[" * 200_000,
        b'{"events":' * 100_000,
        b"[]",
        b"null",
        b"{}",
        b'{"events":null}',
        b'{"events":{}}',
        b'{"events":[],',
        b'{"events":[' + b"{}," * 250_000 + b"{}]}",
    ],
)
def test_what_is_no_list_of_events_is_told_so(raw):
    with pytest.raises(BadInput):
        read_call(raw, now=NOW)


@pytest.mark.parametrize(
    ("raw", "kinds"),
    [
        (b'\xef\xbb\xbf{"events":[]}', []),
        (b'{"events":[],"events":[{"type":"follow"}]}', ["follow"]),
        (b'{"events":[1,null,[],"x",{}]}', ["", "", "", "", ""]),
        (b'{"events":[{"type":"x\xff"}]}', ["x\ufffd"]),
        (b'{"events":[{"type":"follow","timestamp":' + b"9" * 5000 + b"}]}", ["follow"]),
        (b'{"events":[{"type":"follow","timestamp":NaN},{"type":"join"}]}', ["follow", "join"]),
        (
            b'{"events":[{"type":"a","deep":' + b"[" * 900 + b"]" * 900 + b'},{"type":"b"}]}',
            ["a", "b"],
        ),
    ],
)
def test_odd_json_loses_no_event(raw, kinds):
    assert [event.native_kind for event in read_call(raw, now=NOW).events] == kinds


def test_a_body_we_cannot_read_is_kept_for_admins_under_one_key():
    kept = keep_unreadable(b"hello \xff\x00", "The body is no JSON.", now=NOW)
    assert kept == Inbound(
        channel="line",
        event_key=kept.event_key,
        kind=EventKind.OTHER,
        occurred_at=NOW,
        text="hello \ufffd\ufffd",
        detail=(("problem", "The body is no JSON."),),
        native_kind="unreadable",
    )
    assert keep_unreadable(b"hello \xff\x00", "x", now=NOW + 1).event_key == kept.event_key
    assert len(keep_unreadable(b"x" * 10**6, "x", now=NOW).text) == 20_000
