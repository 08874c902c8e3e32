"""The demo's phone: what a customer does becomes webhooks, what the account sends is shown."""

import asyncio
import json
from uuid import uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import async_playwright, expect

from bot.standin.calls import answer_call
from bot.standin.phone import add_demo_customers
from bot.standin.platform import Platform
from bot.standin.values import Call
from bot.standin.web import create_standin

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(40)


class Bot:
    """A webhook that keeps the events it was told, each with the answer it gave."""

    def __init__(self):
        self.events = []
        self.statuses = []
        self.told = asyncio.Event()

    async def receive(self, request):
        self.events += (await request.json())["events"]
        self.told.set()
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    async def next_event(self):
        async with asyncio.timeout(30):
            await self.told.wait()
        self.told.clear()
        return self.events[-1]


@pytest.fixture
async def bot():
    bot = Bot()
    app = web.Application()
    app.router.add_post("/line/webhook", bot.receive)
    async with TestServer(app) as server:
        bot.url = str(server.make_url("/line/webhook"))
        yield bot


@pytest.fixture
def platform():
    platform = Platform("secret", "token", account_name="みどり商店")
    add_demo_customers(platform)
    return platform


@pytest.fixture
def hanako(platform):
    return next(iter(platform.customers))


@pytest.fixture
async def phone(platform, bot):
    async with TestClient(TestServer(create_standin(platform, webhook_url=bot.url))) as client:
        yield client


def push(platform, who, *messages):
    headers = {
        "Authorization": "Bearer token",
        "Content-Type": "application/json",
        "X-Line-Retry-Key": str(uuid4()),
    }
    body = json.dumps({"to": who, "messages": list(messages)}).encode()
    call = Call(method="POST", path="/v2/bot/message/push", headers=headers, body=body)
    assert answer_call(platform, call).status == 200


async def do(phone, who, deed, **wish):
    async with phone.post(f"/phone/{who}/{deed}", json=wish) as response:
        return response.status


async def state(phone, who=""):
    async with phone.get("/phone/state", params={"chat": who}) as response:
        return await response.json()


async def test_words_become_a_signed_message_event(phone, bot, hanako):
    assert await do(phone, hanako, "text", text="返品したい") == 202
    event = await bot.next_event()
    assert (event["type"], event["source"]["userId"]) == ("message", hanako)
    assert (event["message"]["type"], event["message"]["text"]) == ("text", "返品したい")
    shown = (await state(phone, hanako))["lines"]
    assert [(line["side"], line["message"]["text"]) for line in shown] == [
        ("customer", "返品したい")
    ]


async def test_a_tap_shows_its_words_and_tells_its_data(phone, bot, hanako):
    assert await do(phone, hanako, "postback", data="agent=1", displayText="担当者と話す") == 202
    event = await bot.next_event()
    assert (event["type"], event["postback"]) == ("postback", {"data": "agent=1"})
    shown = (await state(phone, hanako))["lines"]
    assert [line["message"]["text"] for line in shown] == ["担当者と話す"]


async def test_a_picture_can_be_fetched_until_it_is_unsent(phone, platform, bot, hanako):
    headers = {"Content-Type": "image/png"}
    async with phone.post(f"/phone/{hanako}/picture", data=PICTURE, headers=headers) as response:
        assert response.status == 202
    message_id = (await bot.next_event())["message"]["id"]
    async with phone.get(f"/phone/picture/{message_id}") as response:
        assert (response.status, await response.read()) == (200, PICTURE)

    assert await do(phone, hanako, "unsend", messageId=message_id) == 202
    assert (await bot.next_event())["unsend"] == {"messageId": message_id}
    async with phone.get(f"/phone/picture/{message_id}") as response:
        assert response.status == 404
    assert [line["unsent"] for line in (await state(phone, hanako))["lines"]] == [True]


async def test_block_silences_both_sides_until_it_is_lifted(phone, platform, bot, hanako):
    await do(phone, hanako, "unfollow")
    assert (await bot.next_event())["type"] == "unfollow"
    push(platform, hanako, {"type": "text", "text": "届かない"})
    assert await do(phone, hanako, "text", text="もしもし") == 409
    await do(phone, hanako, "follow")
    assert (await bot.next_event())["follow"] == {"isUnblocked": True}
    push(platform, hanako, {"type": "text", "text": "おかえりなさい"})
    shown = (await state(phone, hanako))["lines"]
    assert [line["message"]["text"] for line in shown] == [
        "このアカウントをブロックしました",
        "友だちに追加しました",
        "おかえりなさい",
    ]


async def test_an_event_refused_by_the_webhook_comes_again(phone, bot, hanako):
    bot.statuses = [503, 503]
    await do(phone, hanako, "text", text="返品したい")
    first = await bot.next_event()
    assert [line["waiting"] for line in (await state(phone, hanako))["lines"]] == [True]
    again = await bot.next_event()
    assert again == first | {"deliveryContext": {"isRedelivery": True}}


async def test_stickers_and_places_say_what_they_are(phone, bot, hanako):
    sticker = {"packageId": "446", "stickerId": "1989", "keyword": "ありがとう"}
    await do(phone, hanako, "sticker", **sticker)
    message = (await bot.next_event())["message"]
    assert (message["type"], message["keywords"]) == ("sticker", ["ありがとう"])
    await do(phone, hanako, "location")
    message = (await bot.next_event())["message"]
    assert (message["type"], message["title"]) == ("location", "現在地")


async def test_a_tap_can_say_words_and_carry_a_date(phone, bot, hanako):
    wish = {"data": "day", "text": "日付を選びました", "params": {"date": "2026-11-21"}}
    await do(phone, hanako, "postback", **wish)
    await bot.next_event()
    words, tap = bot.events
    assert words["message"]["text"] == "日付を選びました"
    assert tap["postback"] == {"data": "day", "params": {"date": "2026-11-21"}}


async def test_an_answer_shows_what_it_quotes(phone, platform, hanako):
    event = platform.events.text(hanako, "返品したい")
    platform.observe(event)
    answer = {"type": "text", "text": "承りました", "quoteToken": event["message"]["quoteToken"]}
    push(platform, hanako, answer)
    shown = (await state(phone, hanako))["lines"]
    assert [line.get("quoted") for line in shown] == [None, "返品したい"]


async def test_without_a_webhook_words_wait(platform, hanako):
    async with TestClient(TestServer(create_standin(platform))) as phone:
        await do(phone, hanako, "text", text="返品したい")
        await asyncio.sleep(0)
        lines = (await state(phone, hanako))["lines"]
    assert [line["waiting"] for line in lines] == [True]


@pytest.mark.parametrize(
    ("kind", "body", "status"), [("text/html", PICTURE, 415), ("image/png", b"", 413)]
)
async def test_only_pictures_of_some_size_are_taken(phone, hanako, kind, body, status):
    headers = {"Content-Type": kind}
    async with phone.post(f"/phone/{hanako}/picture", data=body, headers=headers) as response:
        assert response.status == status


async def test_nothing_new_is_answered_with_nothing(phone, platform, hanako):
    version = (await state(phone, hanako))["version"]
    params = {"chat": hanako, "version": version}
    async with phone.get("/phone/state", params=params) as response:
        assert response.status == 204
    platform.customers[hanako].loading_until = platform.clock() + 5000
    async with phone.get("/phone/state", params=params) as response:
        assert (await response.json())["loading"] is True


@pytest.mark.parametrize(
    ("deed", "wish", "status"),
    [
        ("text", {"text": ""}, 400),
        ("text", {"text": "あ" * 5001}, 400),
        ("text", {"text": 5}, 400),
        ("postback", {"data": "a" * 301}, 400),
        ("unsend", {"messageId": "no-such-message"}, 404),
        ("dance", {}, 404),
    ],
)
async def test_odd_wishes_are_refused(phone, hanako, deed, wish, status):
    assert await do(phone, hanako, deed, **wish) == status
    assert (await state(phone, hanako))["lines"] == []


async def test_other_pages_of_the_browser_cannot_write(phone, bot, hanako):
    path = f"/phone/{hanako}/text"
    foreign = {"Origin": "https://elsewhere.example"}
    async with phone.post(path, json={"text": "a"}, headers=foreign) as response:
        assert response.status == 403
    async with phone.post(path, data='{"text": "a"}') as response:
        assert response.status == 415
    async with phone.post(path, json=["a"]) as response:
        assert response.status == 400
    assert await do(phone, "U0", "text", text="a") == 404
    assert bot.events == []


async def test_the_page_forbids_every_foreign_thing(phone):
    async with phone.get("/") as response:
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
        page = await response.text()
    assert "みどり商店" in page
    assert "<script>" not in page
    assert "style=" not in page


@pytest.mark.browser
async def test_a_chat_on_a_narrow_phone(phone, platform, bot, hanako):
    payload = '<img src=x onerror="document.title=1">'
    reply = {
        "type": "postback",
        "label": "担当者と話す",
        "data": "agent=1",
        "displayText": "担当者と話します",
    }
    call = {"type": "uri", "label": "電話する", "uri": "tel:+81-120-000-000"}
    template = {"type": "buttons", "text": "お手続き", "actions": [call]}
    push(
        platform,
        hanako,
        {"type": "text", "text": payload, "sender": {"name": "受注チーム 鈴木"}},
        {
            "type": "template",
            "altText": "お手続き",
            "template": template,
            "quickReply": {"items": [{"type": "action", "action": reply}]},
        },
    )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = await browser.new_page(viewport={"width": 320, "height": 640})
        complaints = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(str(phone.make_url("/")))

        await expect(page.locator(".bubble").first).to_have_text(payload)
        await expect(page.locator(".who").first).to_have_text("受注チーム 鈴木")
        link = page.get_by_role("link", name="電話する")
        await expect(link).to_have_attribute("href", "tel:+81-120-000-000")

        await page.get_by_role("button", name="担当者と話す").click()
        await expect(page.locator(".customer .bubble")).to_have_text("担当者と話します")
        await expect(page.locator("#chips")).to_be_hidden()
        assert (await bot.next_event())["postback"] == {"data": "agent=1"}

        await page.fill("#words", "よろしくお願いします")
        await page.keyboard.press("Enter")
        await expect(page.locator(".customer .bubble").last).to_have_text("よろしくお願いします")
        await bot.next_event()
        await page.reload()
        await page.get_by_role("button", name="この発言を取り消す").click()
        await page.get_by_role("button", name="取り消す", exact=True).click()
        await expect(page.locator(".unsent")).to_have_text("送信を取り消しました")

        platform.customers[hanako].loading_until = platform.clock() + 60_000
        await expect(page.locator("#dots")).to_be_visible()
        width = await page.evaluate("document.documentElement.scrollWidth")
        await browser.close()
    assert (width, complaints) == (320, [])
