"""The chat's page and widget as files."""

import gzip
import json
import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest

STATIC = files("bot") / "static"
CHAT = sorted((STATIC / "chat").iterdir(), key=lambda one: one.name)
SHIPPED = [STATIC / "widget.js", STATIC / "tokens.css", *CHAT]


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_the_page_speaks_one_language(client, lang):
    page = Page(await (await client.get(f"/chat?lang={lang}&theme=dark")).text())
    (html,) = page.all("html")
    (body,) = page.all("body")
    name = {"ja": "お問い合わせ窓口", "en": "Customer support"}[lang]
    assert html == {"lang": lang, "data-theme": "dark"}
    assert body["data-name"] == name


async def test_the_browser_chooses_the_language(client):
    english = await client.get("/chat", headers={"Accept-Language": "en-GB,en"})
    other = await client.get("/chat", headers={"Accept-Language": "fr"})
    assert '<html lang="en">' in await english.text()
    assert '<html lang="ja">' in await other.text()


async def test_nothing_stands_inline_and_nothing_is_foreign(client, origin):
    text = await (await client.get("/chat")).text()
    page = Page(text)
    assert [script.get("src", "")[:8] for script in page.all("script")] == ["/static/"]
    assert page.all("style") == []
    assert [name for _, attrs in page.tags for name in attrs if name.startswith("on")] == []
    assert [attrs for _, attrs in page.tags if "style" in attrs] == []
    for link in page.all("link"):
        answer = await client.get(link["href"])
        assert (answer.status, answer.headers["Cache-Control"]) == (
            200,
            "public, max-age=31536000, immutable",
        )
    assert re.findall(r"https?://", text.replace(origin, "")) == []


@pytest.mark.parametrize(
    ("query", "ancestors", "parents"),
    [("", "'none'", False), ("?embed=1", "'self' https://shop.example", True)],
)
async def test_only_configured_sites_frame_the_chat(client, origin, query, ancestors, parents):
    answer = await client.get(f"/chat{query}")
    (body,) = Page(await answer.text()).all("body")
    expected = ["https://shop.example", origin, origin.replace("http:", "https:")]
    assert answer.headers["Content-Security-Policy"].split("frame-ancestors ")[1] == ancestors
    assert json.loads(body["data-config"])["parents"] == (sorted(expected) if parents else [])


async def test_the_widget_carries_the_settings(client):
    answer = await client.get("/widget.js")
    (look,) = re.findall(r"^  const LOOK = (.*);$", await answer.text(), re.MULTILINE)
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.content_type == "text/javascript"
    assert json.loads(look) == {
        "accent": "#0b6e4f",
        "ink": "#ffffff",
        "name": {"ja": "お問い合わせ窓口", "en": "Customer support"},
        "lang": "ja",
    }


def test_a_visitor_downloads_little():
    packed = {file.name: len(gzip.compress(file.read_bytes(), 9)) for file in SHIPPED}
    assert sum(packed.values()) < 40_000, packed
    assert packed["widget.js"] < 6_000


@pytest.mark.parametrize("file", [one for one in SHIPPED if one.name.endswith(".js")], ids=str)
def test_scripts_write_text_and_no_markup(file):
    text = file.read_text()
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    assert re.findall(forbidden, text) == []
    # addresses in scripts: the namespace of SVG and the placeholder in a comment, nothing to call
    addresses = set(re.findall(r"https?://[\w.]+", text)) - {"http://www.w3.org", "https://HOST"}
    assert addresses == set()


async def test_the_bare_address_leads_to_the_chat(client) -> None:
    answer = await client.get("/", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (302, "/chat")
