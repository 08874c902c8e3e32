"""The door: 200 only after the events are stored, and nothing unsigned gets in."""

import asyncio
import gzip
import io
import json
from threading import get_ident

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from bot.appkeys import CLOCK, INTAKE, LINE
from bot.channels.line import webhook
from bot.channels.line.signature import sign
from bot.channels.line.webhook import LINE_DOOR, add_line
from bot.errors import StoreUnavailable
from bot.events import EventKind
from bot.intake import Intake, Receipt, Taken
from bot.settings import LineSettings
from bot.standin.sender import Signature, WebhookSender

SECRETS = LineSettings(channel_secret="line-secret", previous_channel_secret="second-secret")


class Memory(Intake):
    """Keeps what it is given; `trouble` is raised instead, `gate` holds it back."""

    def __init__(self):
        self.events = []
        self.trouble = None
        self.gate = None

    async def receive(self, events):
        if self.gate is not None:
            await self.gate.wait()
        if self.trouble is not None:
            raise self.trouble
        self.events += events
        return [
            Receipt(event_key=e.event_key, taken=Taken.NEW, customer_id=7, seq=1) for e in events
        ]


@pytest.fixture
def intake():
    return Memory()


@pytest.fixture
def app(intake, clock):
    app = web.Application()
    add_line(app)
    app[INTAKE], app[LINE], app[CLOCK] = intake, SECRETS, clock
    return app


@pytest.fixture
async def url(app):
    async with TestServer(app) as server:
        yield str(server.make_url("/line/webhook"))


@pytest.fixture
async def line(platform, url):
    async with WebhookSender(platform, url) as sender:
        yield sender


@pytest.fixture
def hello(platform, hana):
    return platform.events.text(hana, "営業時間は？")


async def post(url, body, headers=None):
    signed = {"X-Line-Signature": sign(body, "line-secret").decode()}
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            url, data=io.BytesIO(body), headers=signed if headers is None else headers
        ) as response,
    ):
        return response.status


async def test_a_signed_event_is_stored_and_acknowledged(line, intake, hello, hana):
    assert (await line.send(hello)).status == 200
    assert [(e.customer_key, e.text, e.reply_token) for e in intake.events] == [
        (hana, "営業時間は？", hello["replyToken"])
    ]


async def test_the_verify_button_gets_its_200(line, intake):
    assert (await line.send()).status == 200
    assert intake.events == []


@pytest.mark.parametrize(
    ("signature", "status"),
    [
        (Signature.RIGHT, 200),
        (Signature.SECOND_SECRET, 200),
        (Signature.MISSING, 401),
        (Signature.EMPTY, 401),
        (Signature.WRONG, 401),
        (Signature.HEX, 401),
        (Signature.NON_ASCII, 401),
    ],
)
async def test_only_a_right_signature_opens(line, intake, hello, signature, status):
    with capture_logs() as logs:
        assert (await line.send(hello, signature=signature)).status == status
    assert len(intake.events) == (1 if status == 200 else 0)
    told = [entry["status"] for entry in logs if entry["event"] == "line_webhook"]
    assert told == [status]
    assert "営業時間" not in str(logs)


async def test_two_signatures_are_ambiguous_and_a_trailing_blank_is_nothing(url, intake):
    body = b'{"events":[]}'
    right = sign(body, "line-secret").decode()
    two = [("X-Line-Signature", "AAAA"), ("X-Line-Signature", right)]
    assert await post(url, body, two) == 401
    assert await post(url, body, {"x-line-signature": right + " "}) == 200


async def test_without_a_secret_the_door_is_shut(intake, clock):
    app = web.Application()
    add_line(app)
    app[INTAKE], app[CLOCK] = intake, clock
    app[LINE] = LineSettings(previous_channel_secret="second-secret")
    async with TestServer(app) as server:
        url = str(server.make_url("/line/webhook"))
        for secret in ("", "second-secret"):
            signature = {"X-Line-Signature": sign(b"{}", secret).decode()}
            assert await post(url, b"{}", signature) == 404


async def test_other_methods_are_refused(url):
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 405


@pytest.mark.parametrize("trouble", [StoreUnavailable(), RuntimeError("お客様の言葉")])
async def test_what_cannot_be_stored_is_asked_for_again(line, intake, hello, trouble):
    intake.trouble = trouble
    with capture_logs() as logs:
        assert (await line.send(hello)).status == 503
    assert intake.events == []
    assert "お客様の言葉" not in str(logs)

    intake.trouble = None
    assert (await line.send(hello, redelivery=True)).status == 200
    assert len(intake.events) == 1


async def test_a_store_that_hangs_is_not_waited_for(monkeypatch, app, line, intake, hello):
    monkeypatch.setattr(webhook, "STORE_SECONDS", 0.05)
    intake.gate = asyncio.Event()

    assert (await line.send(hello)).status == 503
    assert len(app[LINE_DOOR].late) == 1

    intake.gate.set()
    assert (await line.send(hello, redelivery=True)).status == 200
    # the late one went through as well: telling the two apart is intake's work
    assert [e.text for e in intake.events] == ["営業時間は？"] * 2
    assert app[LINE_DOOR].late == set()


async def test_one_line_for_each_event_with_ids_alone(line, hello, platform, hana):
    with capture_logs() as logs:
        await line.send(hello, platform.events.sticker(hana))
    events = [entry for entry in logs if entry["event"] == "line_event"]
    assert [(e["event_key"], e["kind"], e["taken"], e["customer_id"]) for e in events] == [
        (hello["webhookEventId"], EventKind.MESSAGE, Taken.NEW, 7),
        (events[1]["event_key"], EventKind.MESSAGE, Taken.NEW, 7),
    ]
    assert "営業時間" not in str(logs)
    assert hana not in str(logs)
    assert hello["replyToken"] not in str(logs)


async def test_a_bad_neighbour_costs_nobody_their_message(line, intake, hello):
    assert (await line.send({"type": "message"}, hello, {"type": "hologram"})).status == 200
    assert sorted(e.text for e in intake.events) == ["", "", "営業時間は？"]


@pytest.mark.parametrize("body", [b"hello", b"[]", b"[" * 200_000, b'{"events":1}'])
async def test_a_signed_body_that_nobody_understands_is_kept(url, intake, body):
    assert await post(url, body) == 400
    assert [(e.kind, e.native_kind, e.text) for e in intake.events] == [
        (EventKind.OTHER, "unreadable", body.decode()[:20_000])
    ]


async def test_bodies_have_an_end(url, intake):
    fits = json.dumps({"events": [], "more": "x" * 1_000_000}).encode()
    assert await post(url, fits) == 200
    assert await post(url, fits + b" " * 100_000) == 413
    bomb = gzip.compress(b"0" * 50_000_000)
    headers = {"Content-Encoding": "gzip", "X-Line-Signature": "x"}
    assert await post(url, bomb, headers) == 413
    assert intake.events == []


async def test_a_body_that_dribbles_is_given_up(monkeypatch, url, intake):
    monkeypatch.setattr(webhook, "BODY_SECONDS", 0.05)
    stop = asyncio.Event()

    async def dribble():
        yield b'{"events":'
        await stop.wait()

    async with aiohttp.ClientSession() as session:
        try:
            async with session.post(url, data=dribble()) as response:
                assert response.status == 408
        finally:
            stop.set()


async def test_a_thousand_events_in_one_call(line, platform, intake, hana):
    events = [platform.events.text(hana, f"{number}") for number in range(1000)]
    receipt = await line.send(*events)
    assert receipt.status == 200
    assert receipt.seconds < 1
    assert [e.text for e in intake.events] == [str(number) for number in range(1000)]


@pytest.mark.parametrize(("count", "beside"), [(1, False), (1000, True)])
async def test_a_large_call_is_read_beside_the_event_loop(
    monkeypatch, line, platform, count, beside
):
    read, threads = webhook.read_call, []

    def note(body, *, now):
        threads.append(get_ident())
        return read(body, now=now)

    monkeypatch.setattr(webhook, "read_call", note)
    who = platform.add_customer("山田 花子").chat_id
    events = [platform.events.text(who, "x") for _ in range(count)]
    assert (await line.send(*events)).status == 200
    assert [thread != get_ident() for thread in threads] == [beside]


async def test_calls_for_another_account_are_not_ours_once_ours_is_known(
    app, line, platform, intake, hello
):
    other = "U" + "9" * 32
    app[LINE_DOOR].account_id = platform.bot_user_id
    # LINE has not confirmed the id yet: the signature decides alone
    assert (await line.send(hello, destination=other)).status == 200
    assert len(intake.events) == 1

    await line.send(hello)
    with capture_logs() as logs:
        assert (await line.send(hello, destination=other)).status == 200
    assert len(intake.events) == 2
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == [
        "line_destination_mismatch"
    ]
