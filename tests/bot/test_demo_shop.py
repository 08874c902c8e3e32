"""The demo's shop page, read the way a browser reads it."""

import re

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.demo.shop import create_shop

CHAT = "http://127.0.0.1:8080"


@pytest.fixture
async def client():
    async with TestClient(TestServer(create_shop(CHAT))) as client:
        yield client


@pytest.mark.parametrize(("path", "lang"), [("/", "ja"), ("/en", "en")])
async def test_each_language_carries_the_one_line_embed(client, path, lang):
    answer = await client.get(path)
    html = await answer.text()
    assert answer.status == 200
    assert re.findall(r"<script.*?</script>", html) == [
        f'<script src="{CHAT}/widget.js" data-lang="{lang}" async></script>'
    ]
    assert html.count(f'<html lang="{lang}">') == 1


async def test_the_policy_allows_the_chat_and_nothing_else(client):
    answer = await client.get("/")
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; "
        f"script-src {CHAT}; frame-src {CHAT}; "
        "style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize("path", ["/", "/en"])
async def test_everything_the_page_asks_for_is_there_and_ours(client, path):
    html = await (await client.get(path)).text()
    wanted = set(re.findall(r'(?:src|href)="([^"#]+)"', html)) - {
        f"{CHAT}/widget.js",
        f"{CHAT}/chat?lang=ja",
        f"{CHAT}/chat?lang=en",
    }
    assert {link for link in wanted if "://" in link} == set()
    assert {(await client.get(f"/{link.removeprefix('./')}")).status for link in wanted} == {200}


@pytest.mark.parametrize("path", ["/", "/en"])
async def test_links_within_the_page_have_a_target(client, path):
    html = await (await client.get(path)).text()
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(re.findall(r'id="([^"]+)"', html))


async def test_the_style_sheet_asks_nobody_else(client):
    css = await (await client.get("/static/shop.css")).text()
    assert re.findall(r"url\(|@import", css) == []


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "chat.example",
        "javascript:alert(1)",
        "https://chat.example/",
        "https://chat.example; script-src *",
        'https://chat.example"><script>',
        "https://chat.example\nX: y",
    ],
)
def test_what_is_no_origin_is_refused(origin):
    with pytest.raises(ValueError, match="Not an origin"):
        create_shop(origin)
