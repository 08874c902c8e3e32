"""Frames: bounds on the way in, shape on the way out."""

import json

import pytest

from bot.bubbles import Action
from bot.channels.webchat import protocol
from bot.channels.webchat.protocol import Choice, FromClient, Hello, Read, Send, Typing, Visitor
from bot.errors import BadInput
from bot.events import EventKind, Inbound
from bot.people import Front, Standing
from bot.transcript import Answering, Attached, Shown, Situation
from bot.web import parse_json

ID = "client-01"


@pytest.mark.parametrize(
    ("frame", "parsed"),
    [
        (
            {"type": "send", "client_id": ID, "text": "こんにちは"},
            Send(type="send", client_id=ID, text="こんにちは"),
        ),
        (
            {"type": "choice", "client_id": ID, "code": "human", "label": "担当者"},
            Choice(type="choice", client_id=ID, code="human", label="担当者"),
        ),
        ({"type": "typing"}, Typing(type="typing", on=True)),
        ({"type": "typing", "on": False}, Typing(type="typing", on=False)),
        ({"type": "read", "seq": 3}, Read(type="read", seq=3)),
    ],
)
def test_what_a_page_may_say(frame, parsed):
    assert parse_json(json.dumps(frame), FromClient).root == parsed


@pytest.mark.parametrize(
    "frame",
    [
        {},
        [],
        None,
        {"type": "unknown"},
        {"type": "hello"},
        {"type": "send", "client_id": ID},
        {"type": "send", "client_id": ID, "text": ""},
        {"type": "send", "client_id": ID, "text": "x" * 4001},
        {"type": "send", "client_id": ID, "text": 5},
        {"type": "send", "client_id": ID, "text": "x", "customer_id": 7},
        {"type": "send", "client_id": "short", "text": "x"},
        {"type": "send", "client_id": "x" * 65, "text": "x"},
        {"type": "send", "client_id": "a b c d e f", "text": "x"},
        {"type": "choice", "client_id": ID, "code": "", "label": "x"},
        {"type": "choice", "client_id": ID, "code": "x" * 301, "label": "x"},
        {"type": "read", "seq": -1},
        {"type": "read", "seq": 2**53},
        {"type": "read", "seq": "3"},
        {"type": "read", "seq": True},
        {"type": "typing", "on": "yes"},
    ],
)
def test_what_a_page_may_not_say(frame):
    with pytest.raises(BadInput):
        parse_json(json.dumps(frame), FromClient)


def test_a_hello_is_bounded():
    assert parse_json('{"type":"hello"}', Hello) == Hello()
    for bad in ('{"token":"' + "x" * 201 + '"}', '{"after":-1}', '{"lang":"fr"}'):
        with pytest.raises(BadInput):
            parse_json(bad, Hello)


def test_a_choice_enters_the_talk():
    frame = Choice(type="choice", client_id=ID, code="entry:returns", label="返品")
    event = protocol.message_event(Visitor(id="visitor", lang="ja"), frame, now=5)
    assert event == Inbound(
        channel="web",
        event_key="visitor:client-01",
        kind=EventKind.CHOICE,
        occurred_at=5,
        customer_key="visitor",
        text="返品",
        choice="entry:returns",
        source_key=ID,
        lang="ja",
        native_kind="choice",
    )


def test_a_fresh_chat_has_one_key_however_often_it_is_opened():
    one = protocol.follow_event(Visitor(id="visitor"), site="shop", now=1)
    other = protocol.follow_event(Visitor(id="visitor"), now=2)
    assert one.event_key == other.event_key == "visitor:hello"
    assert one.detail == (("site", "shop"),)


def test_an_event_says_all_that_a_page_shows():
    shown = Shown(
        seq=4,
        sender="bot",
        kind="text",
        text="どうぞ",
        sent_at=9,
        buttons=(
            Action(label="開く", url="https://shop.example/"),
            Action(label="悪い", url="javascript:alert(1)"),
            Action(label="電話", tel="+81-120-000-000"),
        ),
        quick=(Action(label="はい", code="yes"),),
        files=(Attached(key="k", name="a.png", content_type="image/png", size=3, state="kept"),),
    )
    assert protocol.event(shown) == {
        "seq": 4,
        "from": "bot",
        "kind": "text",
        "text": "どうぞ",
        "at": 9,
        "buttons": [
            {"label": "開く", "url": "https://shop.example/"},
            {"label": "電話", "tel": "+81-120-000-000"},
        ],
        "quick": [{"label": "はい", "code": "yes"}],
        "files": [{"key": "k", "name": "a.png", "type": "image/png", "size": 3, "state": "kept"}],
    }


def test_the_state_tells_a_waiting_customer_everything():
    standing = Standing(
        front=Front.OPEN, position=2, wait="約3分", hours="", phone="", callback=False
    )
    situation = Situation(answering=Answering.WAITING, reference="M-7K2Q", read_seq=3)
    assert protocol.state(situation, standing) == {
        "type": "state",
        "answering": "waiting",
        "reference": "M-7K2Q",
        "read_seq": 3,
        "front": "open",
        "position": 2,
        "wait": "約3分",
    }
