"""The knowledge to read, and the questions offered while somebody writes."""

import asyncio
import re
from dataclasses import replace
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.answer_html import render_answer, to_summary
from bot.appkeys import LIBRARY, PUBLIC_URL, ZONE
from bot.channels.webchat.faq_pages import add_faq_routes
from bot.channels.webchat.suggesting import add_suggest_routes
from bot.clock import from_ms
from faq.announcement import Announcement
from faq.loader import load_folder
from tests.faq.knowledge_files import write_folder

KNOWLEDGE = """\
lang: ja
category: 返品・交換
entries:
  - id: return-deadline
    question: 返品は<いつ>までできますか？
    variants: [返品期限, 何日以内なら返せますか]
    answer: |
      商品到着後**8日以内**でしたら返品できます。
      - 未使用のもの
      - 箱のあるもの

      [手続き](https://shop.example/returns)からどうぞ。
    buttons: [{label: 電話する, tel: "+81 120-000-000"}]
    next: [return-how, only-line]
    translations:
      en:
        question: How long can I return an item?
        answer: Within **8 days**.
        category: Returns
  - id: return-how
    question: 返品の手続きを教えてください
    variants: [返品方法]
    answer: マイページからお申し込みください。
  - id: only-line
    question: LINEだけの項目
    answer: LINEでのみご案内します。
    channels: [line]
  - id: over
    question: 終わったキャンペーン
    answer: 終わりました。
    valid: {until: 2020-01-01}
  - id: fee
    category: 配送/送料
    question: 送料はいくらですか
    answer: 500円です。
"""


def load(folder, text):
    result = load_folder(write_folder(folder / "kb", shop=text))
    assert result.problems == ()
    return result.knowledge


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory):
    return load(tmp_path_factory.mktemp("shop"), KNOWLEDGE)


@pytest.fixture
async def shop(app, knowledge):
    app[LIBRARY] = SimpleNamespace(current=knowledge)
    app[ZONE] = ZoneInfo("Asia/Tokyo")
    app[PUBLIC_URL] = "https://help.shop.example"
    add_faq_routes(app)
    add_suggest_routes(app)
    async with TestClient(TestServer(app)) as client:
        yield client


async def text_of(client, path):
    answer = await client.get(path)
    assert answer.status == 200
    return await answer.text()


def links(page):
    return re.findall(r'href="(/chat[^"]*)"', page)


async def test_the_overview_lists_what_is_served_here_by_category(shop):
    page = await text_of(shop, "/chat/faq?lang=ja")
    assert links(page) == [
        "/chat/faq?lang=ja",
        "/chat/faq/return-deadline?lang=ja",
        "/chat/faq/return-how?lang=ja",
        "/chat/faq/fee?lang=ja",
        "/chat?lang=ja",
    ]
    assert "返品は&lt;いつ&gt;までできますか？" in page


async def test_english_readers_see_what_is_written_in_english(shop):
    page = await text_of(shop, "/chat/faq?lang=en")
    assert links(page) == [
        "/chat/faq?lang=en",
        "/chat/faq/return-deadline?lang=en",
        "/chat?lang=en",
    ]
    assert "<h2>Returns</h2>" in page


async def test_a_category_shows_questions_and_answers(shop):
    page = await text_of(shop, "/chat/faq/c/%E9%85%8D%E9%80%81%2F%E9%80%81%E6%96%99?lang=ja")
    assert re.findall(r'itemprop="name">([^<]*)<', page) == ["送料はいくらですか"]
    assert '<div class="answer" itemprop="text"><p>500円です。</p></div>' in page


async def test_an_entry_shows_its_answer_its_buttons_and_what_follows(shop):
    page = await text_of(shop, "/chat/faq/return-deadline?lang=ja")
    assert (
        "<p>商品到着後<strong>8日以内</strong>でしたら返品できます。</p>"
        "<ul><li>未使用のもの</li><li>箱のあるもの</li></ul>"
        '<p><a href="https://shop.example/returns" rel="noopener noreferrer">手続き</a>'
        "からどうぞ。</p>"
    ) in page
    assert '<a href="tel:+81120-000-000" rel="noopener noreferrer">電話する</a>' in page
    assert "/chat/faq/return-how?lang=ja" in links(page)
    assert "/chat/faq/only-line?lang=ja" not in links(page)


async def test_a_page_follows_a_new_version_and_the_calendar(shop, app, clock, tmp_path):
    assert "500円です。" in await text_of(shop, "/chat/faq/fee?lang=ja")
    changed = KNOWLEDGE.replace("500円です。", "600円です。").replace(
        "question: 送料はいくらですか",
        "question: 送料はいくらですか\n    valid: {until: 2027-01-31}",
    )
    app[LIBRARY].current = await asyncio.to_thread(load, tmp_path, changed)
    assert "600円です。" in await text_of(shop, "/chat/faq/fee?lang=ja")
    clock.now += 30 * 24 * 3_600_000
    assert (await shop.get("/chat/faq/fee?lang=ja")).status == 404


async def test_search_engines_find_one_address_for_each_language(shop):
    page = await text_of(shop, "/chat/faq/return-deadline?lang=ja&utm_source=x")
    assert "noindex" not in page
    assert re.findall(r'<link rel="(\w+)"(?: hreflang="(\w+)")? href="(http[^"]*)"', page) == [
        ("canonical", "", "https://help.shop.example/chat/faq/return-deadline?lang=ja"),
        ("alternate", "ja", "https://help.shop.example/chat/faq/return-deadline?lang=ja"),
        ("alternate", "en", "https://help.shop.example/chat/faq/return-deadline?lang=en"),
    ]
    answer = await shop.get("/chat/faq/sitemap.xml")
    assert answer.content_type == "application/xml"
    assert re.findall(r"<loc>.*/chat/faq([^<]*)\?lang=ja</loc>", await answer.text()) == [
        "",
        "/return-deadline",
        "/return-how",
        "/fee",
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/chat/faq/only-line?lang=ja",
        "/chat/faq/over?lang=ja",
        "/chat/faq/return-how?lang=en",
        "/chat/faq/nobody",
        "/chat/faq/c/nobody",
        "/chat/faq/c/%E8%BF%94%E5%93%81%E3%83%BB%E4%BA%A4%E6%8F%9B?lang=ja&page=2",
        "/chat/faq/c/%E8%BF%94%E5%93%81%E3%83%BB%E4%BA%A4%E6%8F%9B?lang=ja&page=x",
    ],
)
async def test_what_is_not_served_here_is_not_found(shop, path):
    assert (await shop.get(path)).status == 404


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<b>x</b> & y", "<p>&lt;b&gt;x&lt;/b&gt; &amp; y</p>"),
        ("a\nb\n\nc", "<p>a<br>b</p><p>c</p>"),
        ("3. x\n4. y", '<ol start="3"><li>x</li><li>y</li></ol>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        (  # an address ends where the markup would begin
            'https://a.example/?q="><script>',
            (
                '<p><a href="https://a.example/?q=" rel="noopener noreferrer">'
                "https://a.example/?q=</a>&quot;&gt;&lt;script&gt;</p>"
            ),
        ),
        ("[電話](tel:0120-000-000)", '<p><a href="tel:0120-000-000">電話</a></p>'),
    ],
)
def test_answers_become_safe_html(text, html):
    assert str(render_answer(text)) == html


def test_a_summary_is_one_plain_line():
    assert to_summary("**a** <b>\n- c\n- d", 100) == "a <b> c d"
    assert to_summary("1234567890", 5) == "1234…"


async def suggest(client, visitor, body, **headers):
    origin = str(client.make_url("")).rstrip("/")
    sent = {"Authorization": f"Bearer {visitor.token}", "Origin": origin, **headers}
    return await client.post("/chat/suggest", json=body, headers=sent)


@pytest.fixture
async def writer(shop):
    from tests.bot.webchat.conftest import Visitor

    visitor = Visitor(shop)
    await visitor.open()
    yield visitor
    await visitor.socket.close()


async def test_a_beginning_brings_likely_questions(shop, writer):
    answer = await suggest(shop, writer, {"text": "返品 きげん", "lang": "ja"})
    assert (answer.status, await answer.json()) == (
        200,
        {
            "suggestions": [
                {"code": "entry:return-deadline", "label": "返品は<いつ>までできますか？"},
                {"code": "entry:return-how", "label": "返品の手続きを教えてください"},
            ]
        },
    )
    answer = await suggest(shop, writer, {"text": "zzz", "lang": "ja"})
    assert await answer.json() == {"suggestions": []}


@pytest.mark.parametrize("text", ["ret", "RETU", "how do I ret", "when can i r e t ret"])
async def test_a_half_written_word_is_taken_for_the_words_it_may_become(shop, writer, text):
    answer = await suggest(shop, writer, {"text": text, "lang": "en"})
    assert (await answer.json())["suggestions"][0] == {
        "code": "entry:return-deadline",
        "label": "How long can I return an item?",
    }


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ({"text": "返品", "lang": "ja"}, {"Authorization": "Bearer x"}, 401),
        ({"text": "返品", "lang": "ja"}, {"Authorization": ""}, 401),
        ({"text": "返品", "lang": "ja"}, {"Origin": "https://evil.example"}, 403),
        ({"text": "", "lang": "ja"}, {}, 400),
        ({"text": "x" * 201, "lang": "ja"}, {}, 400),
        ({"text": "返品", "lang": "fr"}, {}, 400),
        ({"text": "返品"}, {}, 400),
        ([], {}, 400),
    ],
)
async def test_only_a_visitor_of_ours_is_offered_something(shop, writer, body, headers, status):
    assert (await suggest(shop, writer, body, **headers)).status == status


async def test_who_asks_too_often_waits(shop, writer, clock):
    body = {"text": "返品", "lang": "ja"}
    statuses = [(await suggest(shop, writer, body)).status for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    clock.now += 10_000
    assert (await suggest(shop, writer, body)).status == 200


async def test_what_is_announced_stands_above_an_answer_and_instead_of_a_paused_one(
    app, shop, clock
):
    fee = Announcement(id="fee", text="値上げのお知らせ", topics=("配送/送料",))
    stop = Announcement(id="stop", text="受付を休止中です。", topics=("x",), pause=("return-how",))
    everywhere = Announcement(id="all", text="全体のお知らせ")
    ended = from_ms(clock(), app[ZONE]).replace(tzinfo=None)
    over = Announcement(id="over", text="終わったお知らせ", topics=("fee",), ends=ended)
    app[LIBRARY].current = replace(
        app[LIBRARY].current, announcements=(everywhere, fee, stop, over)
    )
    answers = {}
    for entry_id in ("fee", "return-how", "return-deadline"):
        page = await text_of(shop, f"/chat/faq/{entry_id}?lang=ja")
        text = re.search(r'itemprop="text">(.*?)</div>', page, re.DOTALL)[1]
        answers[entry_id] = re.sub(r"<[^>]+>", " ", text).split()[:3]
    assert answers == {
        "fee": ["お知らせ", "値上げのお知らせ", "500円です。"],
        "return-how": ["お知らせ", "受付を休止中です。"],
        "return-deadline": ["商品到着後", "8日以内", "でしたら返品できます。"],
    }
