"""The edge's common part, seen from outside."""

import asyncio
import json
from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import BaseModel, ConfigDict, Field

from bot.appkeys import PUBLIC_URL
from bot.assets import Shelf, templates
from bot.errors import (
    BadInput,
    NotFound,
    Refused,
    StoreUnavailable,
    TooLarge,
    TooMany,
)
from bot.web import (
    OURSELVES,
    POLICY,
    PROXIES,
    client_address,
    client_block,
    install,
    is_own_origin,
    policy,
    read_body,
    read_json,
    require_own_origin,
)

RAISED = {
    "bad": BadInput,
    "none": NotFound,
    "no": Refused,
    "large": TooLarge,
    "many": TooMany,
    "store": StoreUnavailable,
    "bug": KeyError,
}


class Posted(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    text: str = Field(max_length=10)
    count: int = 0


class AlreadyTaken(Refused):
    says = "A colleague has it."


async def _raise(request: web.Request) -> web.Response:
    raise RAISED[request.match_info["what"]]


async def _echo(request: web.Request) -> web.Response:
    posted = await read_json(request, 200, Posted)
    return web.json_response(posted.model_dump())


async def _size(request: web.Request) -> web.Response:
    body = await read_body(request, 1000, seconds=0.2)
    return web.json_response(len(body))


async def _mine(request: web.Request) -> web.Response:
    require_own_origin(request)
    return web.json_response(is_own_origin(request))


async def _address(request: web.Request) -> web.Response:
    return web.Response(text=client_address(request))


async def _block(request: web.Request) -> web.Response:
    return web.Response(text=client_block(request))


async def _embed(request: web.Request) -> web.Response:
    request[POLICY] = policy(ancestors=(OURSELVES, "https://shop.example"))
    return web.Response(text="framed")


async def _taken(request: web.Request) -> web.Response:
    raise AlreadyTaken


SHELF = Shelf("bot", extra={"theme.css": b":root{--accent:#123456}"})


def make_app() -> web.Application:
    app = web.Application()
    install(app, statuses={AlreadyTaken: 423})
    app.router.add_get("/raise/{what}", _raise)
    app.router.add_get("/taken", _taken)
    app.router.add_post("/echo", _echo)
    app.router.add_post("/size", _size)
    app.router.add_post("/mine", _mine)
    app.router.add_get("/address", _address)
    app.router.add_get("/block", _block)
    app.router.add_get("/embed", _embed)
    SHELF.add_routes(app)
    return app


@pytest.fixture
async def app():
    return make_app()


@pytest.fixture
async def client(app):
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "status", "code", "detail"),
    [
        ("/raise/bad", 400, "bad_input", "The request could not be understood."),
        ("/raise/none", 404, "not_found", "There is nothing here, or it is not yours to see."),
        ("/raise/no", 409, "refused", "This is not possible now."),
        ("/raise/large", 413, "too_large", "This is larger than we accept."),
        (
            "/raise/many",
            429,
            "too_many",
            "Too many in a short time. Please wait a moment.",
        ),
        (
            "/raise/store",
            503,
            "store_unavailable",
            "The database did not take the write. Nothing was stored; try again.",
        ),
        ("/raise/bug", 500, "http_500", ""),
        ("/taken", 423, "already_taken", "A colleague has it."),
        ("/nowhere", 404, "http_404", ""),
    ],
)
async def test_each_error_has_its_status_and_a_request_id(client, path, status, code, detail):
    answer = await client.get(path)
    error = (await answer.json())["error"]
    message = error.pop("message")
    assert answer.status == status
    assert error == {"code": code, "detail": detail, "request_id": answer.headers["X-Request-Id"]}
    assert len(message) > 5
    assert len(error["request_id"]) == 16


async def test_a_browser_gets_a_page_in_its_language(client):
    headers = {"Accept": "text/html,*/*", "Accept-Language": "fr,en;q=0.8,ja;q=0.5"}
    english = await client.get("/nowhere", headers=headers)
    japanese = await client.get("/nowhere", headers={"Accept": "text/html"})
    assert english.content_type == "text/html"
    assert "<h1>Sorry, this page was not found.</h1>" in await english.text()
    assert (
        "<h1>恐れ入りますが、お探しのページは見つかりませんでした。</h1>" in await japanese.text()
    )


async def test_a_bug_is_logged_without_its_words(client, capsys):
    await client.get("/raise/bug", headers={"Accept": "text/html"})
    logged = capsys.readouterr().out
    assert "KeyError" in logged
    assert "'bug'" not in logged


async def test_a_wrong_method_says_which_is_right(client):
    answer = await client.get("/echo")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["/embed", "/raise/none", "/nowhere", "/raise/bug"])
async def test_every_response_has_the_security_headers(client, path):
    headers = (await client.get(path)).headers
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=31536000",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    assert {name: headers[name] for name in wanted} == wanted
    framed = "'self' https://shop.example" if path == "/embed" else "'none'"
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {framed}"
    )


@pytest.mark.parametrize(
    "origin", ["https://shop.example; script-src *", "*", "shop.example", "https://a b"]
)
def test_a_policy_takes_only_origins(origin):
    with pytest.raises(ValueError, match="is no origin"):
        policy(ancestors=(origin,))


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"text":"hello"}', "application/json", 200),
        (b'{"text":"hello"}', "application/json; charset=utf-8", 200),
        (b'{"text":"hello"}', "text/plain", 415),
        (b'{"text":"hello","owner":1}', "application/json", 400),
        (b'{"text":"hello","count":"1"}', "application/json", 400),
        (b'{"text":12}', "application/json", 400),
        (b'{"text":"' + b"x" * 11 + b'"}', "application/json", 400),
        (b'{"text":"' + b"x" * 300 + b'"}', "application/json", 413),
        (b"[" * 199, "application/json", 400),
        (b'{"text":NaN}', "application/json", 400),
        (b"", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
    ],
)
async def test_a_json_body_is_bounded_and_typed(client, body, kind, status):
    answer = await client.post("/echo", data=body, headers={"Content-Type": kind})
    assert answer.status == status


async def test_a_refused_body_is_not_repeated(client):
    body = json.dumps({"text": "090-1234-5678 is mine"})
    answer = await client.post("/echo", data=body, headers={"Content-Type": "application/json"})
    assert (await answer.json())["error"]["detail"] == (
        "text: String should have at most 10 characters"
    )


async def test_text_that_cannot_be_written_is_mended(client):
    body = b'{"text":"a\\u0000b\\ud800c"}'
    answer = await client.post("/echo", data=body, headers={"Content-Type": "application/json"})
    assert await answer.json() == {"text": "a\ufffdb\ufffdc", "count": 0}


async def test_a_dribbled_body_is_given_up(client):
    async def dribble():
        yield b"x"
        await asyncio.sleep(1)
        yield b"y"

    answer = await client.post("/size", data=dribble())
    assert answer.status == 408


@pytest.mark.parametrize(
    ("packed", "status"),
    [("gzip", 415), ("DEFLATE", 415), ("identity, br", 415), ("identity", 200), ("", 200)],
)
async def test_a_packed_body_is_refused_unread(client, packed, status):
    headers = {"Content-Encoding": packed, "Content-Type": "text/plain"}
    answer = await client.post("/size", headers=headers)
    assert answer.status == status
    assert answer.headers.get("Accept-Encoding") == ("identity" if status == 415 else None)


PUBLIC = "https://help.example"


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        ("https://help.example", "help.example", True),
        ("HTTPS://HELP.EXAMPLE", "help.example", True),
        ("http://help.example", "help.example", False),
        ("https://help.example:8443", "help.example", False),
        ("https://help.example.evil.example", "help.example", False),
        ("https://evil.example", "help.example", False),
        ("https://evil.example", "evil.example", False),
        ("https://shop.example", "help.example", False),
        ("https://help.example/", "help.example", False),
        ("null", "help.example", False),
        ("", "help.example", False),
        (None, "help.example", False),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", True),
        ("http://localhost:8080", "127.0.0.1:8080", False),
    ],
)
async def test_only_our_own_pages_may_post(app, client, origin, host, allowed):
    app._state[PUBLIC_URL] = PUBLIC
    headers = {"Host": host} | ({"Origin": origin} if origin is not None else {})
    answer = await client.post("/mine", headers=headers)
    assert answer.status == (200 if allowed else 403)


@pytest.mark.parametrize(
    ("site", "status"), [("same-origin", 200), ("same-site", 403), ("cross-site", 403)]
)
async def test_a_form_of_a_page_without_referrer_is_ours(client, site, status):
    answer = await client.post("/mine", headers={"Origin": "null", "Sec-Fetch-Site": site})
    assert answer.status == status


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        ((), "203.0.113.9", "127.0.0.1"),
        (("127.0.0.0/8",), "203.0.113.9", "203.0.113.9"),
        (("127.0.0.0/8",), "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (("127.0.0.0/8", "10.0.0.0/8"), "203.0.113.9, 10.1.2.3", "203.0.113.9"),
        (("127.0.0.0/8",), "<script>", "127.0.0.1"),
        (("127.0.0.0/8",), "", "127.0.0.1"),
    ],
)
async def test_only_our_proxies_name_the_sender(app, client, proxies, forwarded, address):
    app._state[PROXIES] = tuple(ip_network(proxy) for proxy in proxies)
    answer = await client.get("/address", headers={"X-Forwarded-For": forwarded})
    assert await answer.text() == address


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1%eth0", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("::1", "::1"),
        ("203.0.113.9", "203.0.113.9"),
    ],
)
async def test_a_subscriber_counts_as_one(app, client, address, block):
    app._state[PROXIES] = (ip_network("127.0.0.0/8"),)
    answer = await client.get("/block", headers={"X-Forwarded-For": address})
    assert await answer.text() == block


async def test_static_files_are_kept_for_ever_under_their_version(client):
    url = SHELF.url("tokens.css")
    answer = await client.get(url)
    old = await client.get("/static/old/tokens.css")
    same = await client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert (answer.status, answer.content_type, answer.charset) == (200, "text/css", "utf-8")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert old.headers["Cache-Control"] == "public, max-age=300"
    assert await old.text() == await answer.text()
    assert same.status == 304


async def test_the_version_covers_every_file():
    other = Shelf("bot", extra={"theme.css": b":root{--accent:#654321}"})
    assert other.url("tokens.css") != SHELF.url("tokens.css")
    with pytest.raises(KeyError):
        SHELF.url("missing.css")


@pytest.mark.parametrize(
    "path",
    ["", "..", "../web.py", "%2e%2e/web.py", "..%2fweb.py", "/etc/passwd", "tokens.css/"],
)
async def test_nothing_but_the_files_is_served(client, path):
    answer = await client.get(f"/static/x/{path}")
    assert answer.status == 404


def test_templates_escape_and_refuse_missing_values():
    environment = templates("bot")
    page = environment.get_template("error.html").render(
        lang="en", message="<script>1</script>", request_id="x"
    )
    assert "<h1>&lt;script&gt;1&lt;/script&gt;</h1>" in page
    with pytest.raises(Exception, match="'lang' is undefined"):
        environment.get_template("error.html").render()
